"""Which session does WHO name, in steps that need a session?"""

from __future__ import annotations

from typing import Protocol

from sts_tui.account.json_value import Json
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.session import Session
from sts_tui.tours.reading.errors import StepError


class Surroundings(Protocol):
    """The simulation and account in which a name is resolved."""

    simulation: Simulation
    last_incident: dict[str, Json] | None

    def resolve(self, who: str) -> Identity: ...


def session_of(who: str, around: Surroundings) -> Session:
    """The session that WHO names; if it is also the name of a user, the newest session with that name. Raises
    StepError if it is not a session, UnknownIdentityError if it is unknown.
    """
    identity = around.resolve(who)
    sessions = around.simulation.world.sessions
    if identity.kind is IdentityKind.SESSION and (session := sessions.get(identity.access_key_id or "")):
        return session
    for session in reversed(list(sessions.values())):
        if who in (session.name, session.label) and identity.account in (None, session.account):
            return session
    raise StepError(f"{who} is not a session")
