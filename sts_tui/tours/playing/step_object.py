"""How is a step's result written for programs? As the objects of `run --json` and of the endpoint's steps."""

from __future__ import annotations

from sts_tui.account.json_value import Json
from sts_tui.simulation.authorization.context import iso
from sts_tui.tours.playing.runner import PlayedLine


def step_object(tour_name: str, played: PlayedLine) -> dict[str, Json]:
    """The JSON object of one step, by member; members that do not apply are null."""
    line, result = played.line, played.result
    error, decision, event = result.error, result.decision, result.event
    return {
        "tour": tour_name,
        "line": line.number,
        "step": line.text,
        "outcome": result.outcome.value,
        "at": iso(result.at),
        "as": result.acting,
        "message": result.message,
        "output": result.document,
        "error": {"code": error.code, "message": error.message, "status": error.status} if error else None,
        "decision": {
            "outcome": decision.outcome.value,
            "reason": decision.reason,
            "statements": [statement.label for statement in decision.statements],
        }
        if decision
        else None,
        "decided_by": event.decided_by if event else None,
        "explanation": list(result.explanation),
        "warnings": list(result.warnings),
    }
