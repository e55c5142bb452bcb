"""Which cuts end the access of leaked credentials, what does each break, and what does it leave working?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sts_tui.simulation.containment.desk import Incident
    from sts_tui.simulation.identities import Identity
    from sts_tui.simulation.simulation import Simulation


def incident(simulation: Simulation, who: str, acting: Identity | None = None) -> Incident:
    """The incident desk for an access key id, session, role, user or person: see `desk.incident`.

    Raises UnknownIdentityError.
    """
    from sts_tui.simulation.containment import desk  # imported on first use

    return desk.incident(simulation, who, acting)
