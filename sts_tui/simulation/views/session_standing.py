"""In which state is a session now, and what decides that? Time, a dated Deny, and what the engine says."""

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
        """How often a state was found to differ from the one before."""
        self.waiting: dict[str, None] = {}
        """Access key ids of sessions whose state is what it was before the configuration changed, because the
        allowance did not suffice.
        """
        self._last: dict[str, Standing] = {}
        self._borrowed: set[str] = set()
        """Sessions of which only another instant's standing is known."""
        self._untouched: set[str] = set()
        """Sessions that nothing is denied to, whatever time passes and whatever else they are allowed, under
        the configuration and settings of `_untouched_under`.
        """
        self._untouched_under: tuple[object, object] = (None, None)
        self._newly_allowed = 0
        self._at_issue: dict[str, tuple[tuple[Signature, LoggedQuestion], ...]] = {}

    def of(self, session: Session, simulation: Simulation) -> Standing:
        """The first that holds of expired, orphaned, revoked, cut, partly, revoking, expiring, active."""
        with self.within(None):
            return self.soon(session, simulation)

    def soon(self, session: Session, simulation: Simulation) -> Standing:
        """As `of`, as far as the allowance of `within` goes; beyond it, what was known last."""
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
        """What was found last; None where it was never asked for."""
        return self._last.get(access_key_id)

    @contextmanager
    def within(self, evaluations: int | None) -> Iterator[None]:
        """At most so many requests are evaluated inside; None: any number."""
        before, self.access.allowance = self.access.allowance, evaluations
        try:
            yield
        finally:
            self.access.allowance = before

    def borrow(self, other: Standings) -> None:
        """Takes what is known of the same sessions at another instant of the same model."""
        self.access.borrow(other.access)
        self._borrowed.update(other._last)
        self._last = {**other._last, **self._last}

    def settle(self, simulation: Simulation) -> None:
        """Finds the states of sessions that wait, as far as the allowance goes."""
        for key in tuple(self.waiting):
            if self.access.is_exhausted:
                return
            session = simulation.world.sessions.get(key)
            if session is None:
                del self.waiting[key]
            else:
                self.soon(session, simulation)

    def refresh(self, simulation: Simulation) -> int:
        """Looks again at the sessions whose state can change while the configuration stays the same; returns
        `changes`. Those are sessions that are cut and get more requests, and policies that test the time.
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
        """Forgets sessions that are no longer listed."""
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
            return None  # at a past instant of thousands of sessions that is nearly all of them
        if session.access_key_id in self._borrowed:  # to find its requests in the log takes as long, too
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
        """As `requests`; None where they would have to be evaluated and the allowance does not suffice."""
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
    """What is remembered of a simulation's sessions."""
    return _KEPT.setdefault(simulation, Standings())


def standing_of(session: Session, simulation: Simulation) -> Standing:
    """The state of a session now, and what decides it."""
    return standings(simulation).of(session, simulation)
