"""How is `expect` read: what a tour claims about the last call or a session?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.substitutions import has_substitution

SESSION_STATES = ("active", "partly", "cut", "revoked", "expired", "orphaned")
_USAGE = {
    "ok": "expect ok",
    "error": "expect error CODE [TEXT] [status N]",
    "allowed": "expect allowed [by TEXT]",
    "denied": "expect denied [by TEXT]",
    "output": "expect output JMESPATH VALUE",
    "incident": "expect incident JMESPATH VALUE",
    "score": "expect score JMESPATH VALUE",
    "session": "expect session WHO active|partly|cut|revoked|expired|orphaned",
}

_VALUES: Final[Mapping[str, type[steps.ExpectOutput | steps.ExpectIncident | steps.ExpectScore]]] = {
    "output": steps.ExpectOutput,
    "incident": steps.ExpectIncident,
    "score": steps.ExpectScore,
}


def parse_expect(words: Sequence[str]) -> steps.Expect:
    """The words after `expect`; raises StepError."""
    match list(words):
        case ["ok"]:
            return steps.ExpectOk()
        case ["error", code, *rest] if code:
            return _expect_error(code, rest)
        case ["allowed" | "denied" as verdict]:
            return steps.ExpectDecision(verdict == "allowed")
        case ["allowed" | "denied" as verdict, "by", *rest] if any(rest):
            return steps.ExpectDecision(verdict == "allowed", " ".join(rest))
        case ["output" | "incident" | "score" as form, expression, value]:
            _check_expression(expression)
            return _VALUES[form](expression, value)
        case ["session", who, state]:
            _check_state(state)
            return steps.ExpectSession(who, state)
        case [form, *_] if form in _USAGE:
            raise StepError(f"write {_USAGE[form]}", "quote what belongs together")
        case [form, *_]:
            raise StepError(
                f"there is no expect {form!r}", did_you_mean(form, _USAGE) or "; ".join(_USAGE.values())
            )
        case _:
            raise StepError("expect what?", "; ".join(_USAGE.values()))


def _expect_error(code: str, rest: list[str]) -> steps.ExpectError:
    status = None
    if len(rest) >= 2 and rest[-2] == "status":
        status = rest[-1]
        rest = rest[:-2]
        if not has_substitution(status) and not re.fullmatch(r"[1-5]\d\d", status):
            raise StepError(f"{status!r} is not an HTTP status", "for example status 403")
    return steps.ExpectError(code, " ".join(rest) or None, status)


def _check_expression(expression: str) -> None:
    if has_substitution(expression):
        return
    from sts_tui.tours.reading.jmespath_language import (
        compile_expression,  # imports jmespath: on first use
    )

    compile_expression(expression)


def _check_state(state: str) -> None:
    if state not in SESSION_STATES and not has_substitution(state):
        hint = did_you_mean(state, SESSION_STATES) or ", ".join(SESSION_STATES)
        raise StepError(f"{state!r} is not a session's state", hint)
