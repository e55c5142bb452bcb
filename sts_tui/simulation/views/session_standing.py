"""In which state is a session now, and what decides that? Time, a dated Deny, and what the engine says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from msgspec import Struct

from sts_tui.simulation.allowed_requests import Signature
from sts_tui.simulation.authorization.authorizer import LoggedQuestion
from sts_tui.simulation.authorization.session_access import Access, SessionAccess, requests_at_issue
from sts_tui.simulation.authorization.session_state import SessionState, state_of
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_OVER: Final = (SessionState.EXPIRED, SessionState.ORPHANED, SessionState.REVOKED)

_CUT: Final = (SessionState.CUT, SessionState.PARTLY)


class Standing(Struct, frozen=True):
    """A state and its reason."""

    state: SessionState
    reason: str = ""
    """For *cut* the statement, `SCP emergency#1`; for *partly* also how many: `2 of 5 requests: …`."""


class Standings:
    """The states of one simulation's sessions, computed from what changed."""

    def __init__(self) -> None:
        self.access = SessionAccess()
        self.changes = 0
        """How often a state was found to differ from the one before."""
        self._last: dict[str, Standing] = {}
        self._newly_allowed = 0
        self._at_issue: dict[str, tuple[tuple[Signature, LoggedQuestion], ...]] = {}

    def of(self, session: Session, simulation: Simulation) -> Standing:
        """The first that holds of expired, orphaned, revoked, cut, partly, revoking, expiring, active."""
        found = self._find(session, simulation)
        if self._last.get(session.access_key_id) != found:
            self._last[session.access_key_id] = found
            self.changes += 1
        return found

    def refresh(self, simulation: Simulation) -> int:
        """Looks again at the sessions whose state can change while the configuration stays the same; returns
        `changes`. Those are sessions that are cut and get more requests, and policies that test the time.
        """
        world, log = simulation.world, simulation.events
        keys = set(self.access.timed)
        if log.newly_allowed != self._newly_allowed:
            self._newly_allowed = log.newly_allowed
            keys |= {key for key, standing in self._last.items() if standing.state in _CUT}
        for key in keys:
            session = world.sessions.get(key)
            if session is not None:
                self.of(session, simulation)
        return self.changes

    def tidy(self, simulation: Simulation) -> None:
        """Forgets sessions that are not listed any more."""
        gone = [key for key in self._last if key not in simulation.world.sessions]
        for key in gone:
            self._last.pop(key, None)
            self._at_issue.pop(key, None)
        self.access.forget(gone)

    def _find(self, session: Session, simulation: Simulation) -> Standing:
        world = simulation.world
        state = state_of(session, world)
        if state in _OVER:
            return Standing(state)
        access = self.access.of(session, self.requests(session, simulation), world)
        return _standing(state, access)

    def requests(
        self, session: Session, simulation: Simulation
    ) -> Iterable[tuple[Signature, LoggedQuestion]]:
        key = session.access_key_id
        made = simulation.events.allowed.get(key)
        if made is not None:
            self._at_issue.pop(key, None)
            return made
        if key not in self._at_issue:
            edition = simulation.events.issued_under.get(key)
            then = simulation.world.in_force if edition is None else simulation.history.edition(edition)
            self._at_issue[key] = tuple(requests_at_issue(session, then, simulation.world))
        return self._at_issue[key]


def _standing(state: SessionState, access: Access) -> Standing:
    if not access.denied:
        return Standing(state)
    if access.denied == access.of:
        return Standing(SessionState.CUT, access.by)
    return Standing(SessionState.PARTLY, f"{access.denied} of {access.of} requests: {access.by}")


_KEPT: Final[WeakKeyDictionary[Simulation, Standings]] = WeakKeyDictionary()


def standings(simulation: Simulation) -> Standings:
    """What is remembered of a simulation's sessions."""
    return _KEPT.setdefault(simulation, Standings())


def standing_of(session: Session, simulation: Simulation) -> Standing:
    """The state of a session now, and what decides it."""
    return standings(simulation).of(session, simulation)
