"""Steps as text: what `record` writes and `parse_tour` reads back as the same steps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from sts_tui.tours import steps
from sts_tui.tours.words import join_words, quoted


def write_tour(written: Iterable[steps.Step]) -> str:
    """A tour of these steps, one a line."""
    return "".join(f"{write_step(step)}\n" for step in written)


def write_step(step: steps.Step) -> str:
    """The line that reads back as `step`. Line breaks in words cannot be written: they become blanks."""
    return " ".join(_line(step).splitlines())


def _line(step: steps.Step) -> str:
    match step:
        case steps.Say():
            return f"say {step.text}".rstrip()
        case steps.Aws() | steps.Request() | steps.Revoke():
            return ("try " if step.may_fail else "") + _call(step)
        case steps.WaitFor() | steps.WaitUntil() | steps.WaitUntilExpires():
            return _wait(step)
        case (
            steps.ExpectOk()
            | steps.ExpectError()
            | steps.ExpectDecision()
            | steps.ExpectOutput()
            | steps.ExpectSession()
        ):
            return f"expect {_expectation(step)}"
        case steps.Press() | steps.Type() | steps.Shot():
            return _for_the_explorer(step)
        case steps.Account() | steps.Set() | steps.As() | steps.Undo() | steps.Redo():
            return _short(step)
        case _:
            assert_never(step)


def _short(step: steps.Account | steps.Set | steps.As | steps.Undo | steps.Redo) -> str:
    match step:
        case steps.Account():
            return f"account {join_words(step.files)}"
        case steps.Set():
            return f"set {join_words([step.name, step.value])}"
        case steps.As():
            return f"as {quoted(step.who)}"
        case steps.Undo():
            return "undo"
        case steps.Redo():
            return "redo"


def _call(step: steps.CallStep) -> str:
    match step:
        case steps.Aws():
            return f"aws {join_words(step.words)}"
        case steps.Request():
            context = [f"{key}={value}" for key, value in step.context]
            return f"request {join_words([step.action, step.resource, *context])}"
        case steps.Revoke():
            return f"revoke {quoted(step.role)}"


def _wait(step: steps.Wait) -> str:
    match step:
        case steps.WaitFor():
            return f"wait {quoted(step.duration)}"
        case steps.WaitUntil():
            return f"wait until {quoted(step.instant)}"
        case steps.WaitUntilExpires():
            return f"wait until {quoted(step.who)} expires"


def _expectation(step: steps.Expect) -> str:
    match step:
        case steps.ExpectOk():
            return "ok"
        case steps.ExpectError():
            text = [step.text] if step.text is not None else []
            status = ["status", step.status] if step.status is not None else []
            return f"error {join_words([step.code, *text, *status])}"
        case steps.ExpectDecision():
            verdict = "allowed" if step.allowed else "denied"
            return verdict if step.by is None else f"{verdict} by {quoted(step.by)}"
        case steps.ExpectOutput():
            return f"output {join_words([step.expression, step.value])}"
        case steps.ExpectSession():
            return f"session {join_words([step.who, step.state])}"


def _for_the_explorer(step: steps.ScreenStep) -> str:
    match step:
        case steps.Press():
            return f"press {join_words(step.keys)}"
        case steps.Type():
            return f"type {quoted(step.text)}"
        case steps.Shot():
            return f"shot {step.name}"
