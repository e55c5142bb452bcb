"""Does an expectation hold? If not, the result has the explanation of the decision."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import assert_never

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.iam import Decision, Outcome, Provenance
from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.views.session_standing import standing_of
from sts_tui.tours.playing.last_call import LastCall
from sts_tui.tours.playing.sessions import Surroundings, session_of
from sts_tui.tours.playing.values import written
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.jmespath_language import query


class CheckResult(Struct, frozen=True):
    """The result of a check. `message`: what was found, in one line."""

    holds: bool
    message: str
    explanation: tuple[str, ...] = ()


def check(step: steps.Expect, last: LastCall | None, around: Surroundings) -> CheckResult:
    """Check an expectation. Raises StepError before the first call of a tour, UnknownIdentityError for an
    unknown WHO.
    """
    if isinstance(step, steps.ExpectSession):
        return _session(step, around)
    if isinstance(step, steps.ExpectIncident):
        return _incident(step, around.last_incident)
    if isinstance(step, steps.ExpectScore):
        from sts_tui.tours.playing.games import score  # imported on first use

        return _found(step, query(step.expression, score(around.simulation).document))
    if last is None:
        raise StepError("there is no aws, request, revoke or cut before this expect")
    judged = _call(step, last)
    if judged.holds:
        return judged
    return CheckResult(False, judged.message, last.explanation(around.simulation))


def _call(
    step: steps.ExpectOk | steps.ExpectError | steps.ExpectDecision | steps.ExpectOutput,
    last: LastCall,
) -> CheckResult:
    match step:
        case steps.ExpectOk():
            return CheckResult(last.error is None, _result_of(last))
        case steps.ExpectError():
            return _error(step, last)
        case steps.ExpectDecision():
            return _decision(step, last, last.decision)
        case steps.ExpectOutput():
            return _output(step, last)
        case _:
            assert_never(step)


def _result_of(last: LastCall) -> str:
    """The result of the call, in one line."""
    if last.error is None:
        return "it succeeded"
    return f"it failed: {last.error.code} ({last.error.status}): {last.error.message}"


def _error(step: steps.ExpectError, last: LastCall) -> CheckResult:
    error = last.error
    holds = (
        error is not None
        and error.code == step.code
        and (step.text is None or step.text in error.message)
        and (step.status is None or str(error.status) == step.status)
    )
    return CheckResult(holds, _result_of(last))


def _decision(step: steps.ExpectDecision, last: LastCall, decision: Decision | None) -> CheckResult:
    if decision is None:
        return _without_decision(step, last)
    summary = _summary_of(decision)
    if (decision.outcome is Outcome.ALLOWED) is not step.allowed:
        return CheckResult(False, summary)
    if step.by is None:
        return CheckResult(True, summary)
    by = step.by
    return CheckResult(any(_names(by, statement) for statement in decision.statements), summary)


def _names(text: str, statement: Provenance) -> bool:
    """Whether TEXT is a part of the policy's name or the statement's id, or of both as they are printed. The
    policy's owner matters only if TEXT contains it (`App/AWSRevokeOlderSessions#1`).
    """
    printed = f"{statement.policy}#{statement.sid or statement.index + 1}"
    return text in printed or ("/" in text and text in statement.label)


def _without_decision(step: steps.ExpectDecision, last: LastCall) -> CheckResult:
    """No policy was evaluated: success counts as allowed, a refusal does not count as denied."""
    if last.error is None:
        decided = last.event.decided_by if last.event else "no policy"
        return CheckResult(step.allowed and step.by is None, f"allowed by {decided}")
    return CheckResult(False, f"no policy was evaluated, {_result_of(last)}")


def _summary_of(decision: Decision) -> str:
    verb = {
        Outcome.ALLOWED: "allowed",
        Outcome.EXPLICIT_DENY: "denied",
        Outcome.IMPLICIT_DENY: "denied",
        Outcome.UNDECIDED: "undecided, which counts as denied",
    }[decision.outcome]
    if decision.statements:
        return f"{verb} by {', '.join(dict.fromkeys(one.label for one in decision.statements))}"
    return f"{verb}: {decision.reason}"


def _output(step: steps.ExpectOutput, last: LastCall) -> CheckResult:
    return _found(step, None if last.document is None else query(step.expression, last.document))


def _incident(step: steps.ExpectIncident, document: Mapping[str, Json] | None) -> CheckResult:
    if document is None:
        raise StepError("there is no incident before this expect")
    return _found(step, query(step.expression, document))


def _found(step: steps.ExpectOutput | steps.ExpectIncident | steps.ExpectScore, found: object) -> CheckResult:
    actual = f"{step.expression} is {written(found)}"
    if found is None:
        holds = step.value == "null"
    else:
        holds = written(found) == step.value or _equals_json(found, step.value)
    return CheckResult(holds, actual if holds else f"{actual}, not {step.value}")


def _equals_json(found: object, value: str) -> bool:
    """Whether they are equal as JSON, if `value` is JSON: `1` and `1.0` are equal, `1` and `true` are not."""
    try:
        wanted = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return _canonical(found) == _canonical(wanted)


def _canonical(value: object) -> str:
    return json.dumps(_plain_numbers(value), sort_keys=True)


def _plain_numbers(value: object) -> object:
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _plain_numbers(item) for key, item in value.items()}
        case list():
            return [_plain_numbers(item) for item in value]
        case _:
            return value


def _session(step: steps.ExpectSession, around: Surroundings) -> CheckResult:
    session = session_of(step.who, around)
    standing = standing_of(session, around.simulation)
    state = standing.state
    shown = SessionState.ACTIVE if state.counts_as_active else state
    words = state.value if shown is state else f"{state.value}, which counts as active"
    reason = f" ({standing.reason})" if standing.reason else ""
    return CheckResult(shown.value == step.state, f"{session.label} is {words}{reason}")
