"""How do tours open the incident desk, and find the cuts that they name?"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.json_value import Json
from sts_tui.simulation.containment.cut import Cut
from sts_tui.simulation.containment.desk import incident
from sts_tui.simulation.containment.incident_json import incident_json
from sts_tui.simulation.containment.incident_text import incident_lines
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.reading.errors import StepError


class IncidentResult(Struct, frozen=True):
    """The desk as a step reports it."""

    document: dict[str, Json]
    output: str
    message: str


def look(who: str, simulation: Simulation, acting: Identity) -> IncidentResult:
    """Compute the desk. Raises UnknownIdentityError."""
    desk = incident(simulation, who, acting, acting.account)
    simulation.look_at(desk.holder.credentials)
    return IncidentResult(incident_json(desk), "\n".join(incident_lines(desk)), desk.conclusion)


def chosen_cuts(who: str, ids: Sequence[str], simulation: Simulation, acting: Identity) -> tuple[Cut, ...]:
    """The cuts with these ids for this holder. Raises StepError for an unknown or ambiguous id, and
    UnknownIdentityError.
    """
    from sts_tui.simulation.containment.desk import cuts_of  # computed without trials

    found = cuts_of(simulation, who, acting.account)
    return tuple(_chosen(cut_id, found) for cut_id in ids)


def _chosen(cut_id: str, cuts: Sequence[Cut]) -> Cut:
    exact = [cut for cut in cuts if cut.id == cut_id]
    named = exact or [cut for cut in cuts if cut.id.partition(":")[0] == cut_id]
    if len(named) == 1:
        return named[0]
    ids = [cut.id for cut in named or cuts]
    problem = "means several cuts" if named else "is not a cut of this holder"
    raise StepError(f"{cut_id} {problem}", did_you_mean(cut_id, ids) or ", ".join(ids))
