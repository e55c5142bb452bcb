"""In which state is a session now, and why? Time, a dated Deny and the engine's verdicts decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
        """How many changes of a state were found."""
        self.waiting: dict[str, None] = {}
        """Access key ids of sessions whose state was not updated after the configuration changed, because the
        allowance did not suffice.
        """
        self._last: dict[str, Standing] = {}
        self._borrowed: set[str] = set()
        """Sessions whose standing was taken over from another time."""
        self._untouched: set[str] = set()
        """Sessions to which no request is denied at any time, under the configuration and settings of
        `_untouched_under`.
        """
        self._untouched_under: tuple[object, object] = (None, None)
        self._newly_allowed = 0
        self._at_issue: dict[str, tuple[tuple[Signature, LoggedQuestion], ...]] = {}

    def of(self, session: Session, simulation: Simulation) -> Standing:
        """The first that applies of expired, orphaned, revoked, cut, partly, revoking, expiring, active."""
        with self.within(None):
            return self.soon(session, simulation)

    def soon(self, session: Session, simulation: Simulation) -> Standing:
        """As `of`, within the allowance of `within`; beyond it, the last known standing."""
        key = session.access_key_id
        found = self._find(session, simulation)
        if found is None:
            self.waiting[key] = None
            return self._last.get(key) or Standing(state_of(session, simulation.world))
        self.waiting.pop(key, None)
        if self._last.get(session.access_key_id) != found:
            self._last[session.access_key_id] = found
            self.changes += 1
        return found

    def last(self, access_key_id: str) -> Standing | None:
        """The last known standing; None if there is none."""
        return self._last.get(access_key_id)

    @contextmanager
    def within(self, evaluations: int | None) -> Iterator[None]:
        """A context in which at most this many requests are evaluated; None: any number."""
        before, self.access.allowance = self.access.allowance, evaluations
        try:
            yield
        finally:
            self.access.allowance = before

    def borrow(self, other: Standings) -> None:
        """Take over the standings of the same sessions at another time of the same model."""
        self.access.borrow(other.access)
        self._borrowed.update(other._last)
        self._last = {**other._last, **self._last}

    def settle(self, simulation: Simulation) -> None:
        """Update the waiting sessions, within the allowance."""
        for key in tuple(self.waiting):
            if self.access.is_exhausted:
                return
            session = simulation.world.sessions.get(key)
            if session is None:
                del self.waiting[key]
            else:
                self.soon(session, simulation)

    def refresh(self, simulation: Simulation) -> int:
        """Update the sessions whose state can change while the configuration stays the same: cut sessions
        that make new requests, and sessions with policies that test the time. Return `changes`.
        """
        world, log = simulation.world, simulation.events
        keys = set(self.access.timed)
        if log.newly_allowed != self._newly_allowed:
            self._newly_allowed = log.newly_allowed
            keys |= {key for key, standing in tuple(self._last.items()) if standing.state in _CUT}
        for key in keys:
            session = world.sessions.get(key)
            if session is not None:
                self.soon(session, simulation)
        return self.changes

    def tidy(self, simulation: Simulation) -> None:
        """Drop sessions that are no longer listed."""
        gone = [key for key in self._last if key not in simulation.world.sessions]
        for key in gone:
            self._last.pop(key, None)
            self._borrowed.discard(key)
            self.waiting.pop(key, None)
            self._at_issue.pop(key, None)
        self.access.forget(gone)

    def _find(self, session: Session, simulation: Simulation) -> Standing | None:
        world = simulation.world
        state = state_of(session, world)
        if state in _OVER:
            return Standing(state)
        if self._untouched_under[0] is not world.in_force or self._untouched_under[1] is not world.settings:
            self._untouched_under = (world.in_force, world.settings)
            self._untouched.clear()
        if session.access_key_id in self._untouched:
            return Standing(state)
        if self.access.is_exhausted and not self.access.is_known(session.access_key_id):
            return None  # nearly all of the thousands of sessions of a past time
        if session.access_key_id in self._borrowed:  # finding its requests in the log would take too long
            if self.access.is_exhausted:
                return None
            self._borrowed.discard(session.access_key_id)
            self.access.spend(1)
        requests = self._requests_soon(session, simulation)
        access = None if requests is None else self.access.soon(session, requests, world)
        if access is None:
            return None
        if not access.denied and session.access_key_id not in self.access.timed:
            self._untouched.add(session.access_key_id)
        return _standing(state, access)

    def _requests_soon(
        self, session: Session, simulation: Simulation
    ) -> Iterable[tuple[Signature, LoggedQuestion]] | None:
        """As `requests`; None if they would have to be evaluated and the allowance does not suffice."""
        key = session.access_key_id
        is_known = key in self._at_issue or key in simulation.events.allowed
        if not is_known and self.access.is_exhausted:
            return None
        found = self.requests(session, simulation)
        if not is_known:
            self.access.spend(len(self._at_issue[key]))
        return found

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
    """The cached standings of a simulation's sessions."""
    return _KEPT.setdefault(simulation, Standings())


def standing_of(session: Session, simulation: Simulation) -> Standing:
    """The state of a session now, and what decides it."""
    return standings(simulation).of(session, simulation)
