"""What does the incident desk look like as JSON? The shape that `incident --json` and tours read.

Times are ISO 8601; `at` is null if the holder is not cut, `back` if no workload comes back.
"""

from __future__ import annotations

from datetime import datetime

from sts_tui.account.json_value import Json
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.containment.credential_use import Use
from sts_tui.simulation.containment.desk import Incident, Row
from sts_tui.simulation.containment.hindsight.cut_history import Aftermath
from sts_tui.simulation.containment.proof import Proof
from sts_tui.simulation.containment.renewals import Broken


def incident_json(incident: Incident) -> dict[str, Json]:
    """The desk as a JSON object: `whose`, `used_by`, `can_do`, `can_go`, `can_stay`, `cuts`, `aftermath`,
    `proof`.
    """
    return {
        "whose": {**incident.whose, "at": iso(incident.at), **_how_asked(incident)},
        "used_by": {"users": [_use(one) for one in incident.used_by]},
        "can_do": {
            "requests": [
                {
                    "action": one.action,
                    "resource": one.resource,
                    "verdict": one.verdict,
                    **({"region": one.region} if one.region else {}),
                    **({"needs": list(one.needs)} if one.needs else {}),
                }
                for one in incident.requests
            ]
        },
        "can_go": {"roles": list(incident.can_go), "loop": list(incident.loop)},
        "can_stay": {"actions": list(incident.can_stay)},
        "cuts": [_cut(row) for row in incident.rows],
        "aftermath": _aftermath(incident.aftermath),
        "proof": _proof(incident.proof),
    }


def _how_asked(incident: Incident) -> dict[str, Json]:
    """Which credentials were evaluated, if the holder has none."""
    return {"asked": incident.holder.how_asked} if incident.holder.how_asked else {}


def _use(use: Use) -> dict[str, Json]:
    return {
        "name": use.name,
        "workload": use.workload or None,
        "copied": use.is_thief,
        "per_minute": round(use.per_minute, 2),
        "since": _instant(use.since),
        "addresses": list(use.addresses),
    }


def _cut(row: Row) -> dict[str, Json]:
    trial, summary = row.trial, row.summary
    return {
        "id": summary.id,
        "title": row.cut.title,
        "cut": summary.cut,
        "at": _instant(summary.at),
        "spares": list(summary.spares),
        "breaks": list(summary.breaks),
        "back": _instant(summary.back),
        "best": summary.best,
        "why_not": summary.why_not,
        "broken": [_broken(one) for one in trial.broken],
        "returns": [_broken(one) for one in trial.returns if one.back_at],
        "survivors": list(trial.survivors),
        "still_possible": list(trial.still_possible),
        "widens": list(trial.widens),
        "sign_ins": list(trial.sign_ins),
        "locks_out": trial.locks_out or None,
        "commands": [step.command for step in row.cut.steps],
    }


def _broken(one: Broken) -> dict[str, Json]:
    return {
        "name": one.name,
        "per_minute": round(one.per_minute, 2),
        "back": _instant(one.back_at),
        "through": one.through or None,
        "why_not": one.why_not or None,
    }


def _aftermath(after: Aftermath) -> dict[str, Json]:
    return {
        "done": [{"at": iso(one.at), "by": one.by, "command": one.command} for one in after.done],
        "alive": [
            {
                "label": one.label,
                "state": one.state,
                "why": one.why or None,
                "expires_at": iso(one.expires_at),
            }
            for one in after.alive
        ],
        "denied": after.denied,
        "came_back": list(after.came_back),
        "last_expires_at": _instant(after.last_expires_at),
        "next_move": after.next_move or None,
    }


def _proof(proof: Proof) -> dict[str, Json]:
    return {
        "denied": proof.denied,
        "of": proof.of,
        "unknown": proof.unknown,
        "of_policies": proof.is_of_policies,
        "of_new_session": proof.is_of_new_session,
        "complete": proof.is_complete,
        "still_allowed": list(proof.still_allowed),
        "denials": list(proof.denials),
        "alive": list(proof.alive),
    }


def _instant(at: datetime | None) -> str | None:
    return None if at is None else iso(at)
