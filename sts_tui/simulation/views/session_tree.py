"""Which rows of sessions are out of date? A new session changes only its own chain among twenty thousand. The
rows are kept by chain: a session that was not chained from another, and those below it. The rows of a chain
are made again when a session joins it or the state of one of its sessions changes; all rows are made again
when anything else that they depend on changes. Finding the changes costs one comparison per session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.views.rows import IS_CUT_OFF, SessionRow, chain_rows
from sts_tui.simulation.views.session_standing import Standing, Standings
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation


_OF_TIME: Final = (SessionState.ACTIVE, SessionState.EXPIRING, SessionState.EXPIRED)
"""States that depend only on a session's own times."""


class SessionTree:
    """The rows of a simulation's sessions, as `rows.session_rows` makes them."""

    def __init__(self, lenders: tuple[SessionTree, ...] = ()) -> None:
        """`lenders`: trees of the same model at other times, whose rows are reused for chains that are the
        same when the first rows are made.
        """
        self._lenders = lenders
        self.rows: tuple[SessionRow, ...] = ()
        self.by_key: dict[str, SessionRow] = {}
        """By access key id."""
        self.live: Counter[str] = Counter()
        """How many sessions still work, by the ARN of their role."""
        self.cut_off: Counter[str] = Counter()
        """How many sessions are revoked or cut, by the ARN of their role."""
        self._made_from: tuple[Configuration, Configuration, Settings] | None = None
        self._sessions: Mapping[str, Session] = {}
        self._chains: dict[str, list[Session]] = {}
        self._root_of: dict[str, str] = {}
        self._rows_of: dict[str, tuple[SessionRow, ...]] = {}
        self._standing: dict[str, Standing] = {}

    def update(self, sim: Simulation, known: Standings, expired: Iterable[str] = ()) -> None:
        """Update the rows. `expired`: access key ids of sessions that expired since."""
        world = sim.world
        made_from = (world.configuration, world.in_force, world.settings)
        is_same = self._made_from is not None and all(
            a is b for a, b in zip(made_from, self._made_from, strict=True)
        )
        changed = self._changed(world, known) if is_same else None
        if changed is None:
            self._forget()
            changed = list(world.sessions)
        self._made_from, self._sessions = made_from, world.sessions
        dirty = {self._joined(key, world): None for key in chain(changed, expired) if key in world.sessions}
        lenders, self._lenders = [one for one in self._lenders if one.is_valid_for(world.configuration)], ()
        for root in dirty:
            self._make(root, sim, known, lenders)
        if dirty or len(self.rows) != len(world.sessions):
            self.rows = tuple(chain.from_iterable(self._rows_of.values()))

    def _changed(self, world: World, known: Standings) -> list[str] | None:
        """Access key ids of sessions that are new or changed their state; None if some no longer exist."""
        before, standing = self._sessions, self._standing
        changed = []
        if world.sessions is not before:
            added = [key for key in world.sessions if key not in standing]
            if len(world.sessions) != len(standing) + len(added):
                return None
            changed += added
            changed += [key for key, session in world.sessions.items() if before.get(key) is not session]
        for key, found in standing.items():
            if (last := known.last(key)) is not found and last is not None and last != found:
                changed.append(key)
        return changed

    def _forget(self) -> None:
        self.by_key, self.live, self.cut_off = {}, Counter(), Counter()
        self._chains, self._root_of, self._rows_of, self._standing = {}, {}, {}, {}

    def _joined(self, key: str, world: World) -> str:
        """The first session of its chain, which it joins when it is new."""
        root = self._root_of.get(key)
        if root is None:
            session = world.sessions[key]
            root = self._root_of[key] = self._root_of.get(session.parent or "", key)
            self._chains.setdefault(root, []).append(session)
        return root

    def is_valid_for(self, configuration: Configuration) -> bool:
        """Whether its rows are valid for this configuration as far as accounts and workloads matter. Roles
        are compared for each chain.
        """
        if not self._made_from:
            return False
        own = self._made_from[0]
        return (
            own.accounts is configuration.accounts
            and own.trust_anchors is configuration.trust_anchors
            and own.anywhere_profiles is configuration.anywhere_profiles
            and own.pod_associations is configuration.pod_associations
        )

    def reusable_rows(
        self, root: str, sessions: list[Session], standing: list[Standing], configuration: Configuration
    ) -> tuple[SessionRow, ...] | None:
        """The rows of this chain with these states; None if they are not equal to new rows. Rows in states
        that do not depend only on time also have a date, so these have to be made.
        """
        if self._chains.get(root) != sessions or any(one.state not in _OF_TIME for one in standing):
            return None
        own = self._made_from[0].roles if self._made_from else {}
        if own is not configuration.roles and any(
            own.get(one.issuer_arn) is not configuration.roles.get(one.issuer_arn) for one in sessions
        ):
            return None
        state = {session.access_key_id: one for session, one in zip(sessions, standing, strict=True)}
        return tuple(_in_state(row, state[row.access_key_id]) for row in self._rows_of[root])

    def _make(
        self, root: str, sim: Simulation, known: Standings, lenders: Sequence[SessionTree] = ()
    ) -> None:
        """Make the rows of one chain again, or take them from another tree."""
        sessions = [sim.world.sessions[one.access_key_id] for one in self._chains[root]]
        self._count(self._rows_of.get(root, ()), -1)
        standing = [known.soon(one, sim) for one in sessions]
        for session, found in zip(sessions, standing, strict=True):
            self._standing[session.access_key_id] = found
        made = None
        for lender in lenders:
            made = made or lender.reusable_rows(root, sessions, standing, sim.world.configuration)
        if made is None:
            made = tuple(chain_rows(sessions, sim, self._found))
        self._chains[root], self._rows_of[root] = sessions, made
        self._count(made, 1)
        self.by_key.update((row.access_key_id, row) for row in made)

    def _found(self, session: Session, sim: Simulation) -> Standing:
        return self._standing[session.access_key_id]

    def _count(self, rows: Iterable[SessionRow], by: int) -> None:
        for row in rows:
            if row.role_arn and row.state.still_works:
                self.live[row.role_arn] += by
            elif row.role_arn and row.state in IS_CUT_OFF:
                self.cut_off[row.role_arn] += by


def _in_state(row: SessionRow, standing: Standing) -> SessionRow:
    """The row with a state that depends only on time."""
    if row.state is standing.state and row.reason == standing.reason:
        return row
    since = row.expires_at if standing.state is SessionState.EXPIRED else None
    return replace(row, state=standing.state, reason=standing.reason, state_since=since)
