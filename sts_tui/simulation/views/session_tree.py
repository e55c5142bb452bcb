"""Which rows of sessions are out of date? Of twenty thousand, a new session changes its own chain.

The rows are kept by chain: a session that was chained from none, and those below it. A chain is made again
when a session joins it, or when the state of one of its sessions was found to differ; all of them when
something else changes that rows are made from. Looking for what changed costs a comparison for each session.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import TYPE_CHECKING

from sts_tui.simulation.views.rows import IS_CUT_OFF, SessionRow, chain_rows
from sts_tui.simulation.views.session_standing import Standing, Standings
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation


class SessionTree:
    """The rows of a simulation's sessions, as `rows.session_rows` makes them."""

    def __init__(self) -> None:
        self.rows: tuple[SessionRow, ...] = ()
        self.by_key: dict[str, SessionRow] = {}
        """By access key id."""
        self.live: Counter[str] = Counter()
        """Sessions that still work, by the ARN of their role."""
        self.cut_off: Counter[str] = Counter()
        """Sessions that are revoked or cut, likewise."""
        self._made_from: tuple[object, ...] = ()
        self._sessions: Mapping[str, Session] = {}
        self._chains: dict[str, list[Session]] = {}
        self._root_of: dict[str, str] = {}
        self._rows_of: dict[str, tuple[SessionRow, ...]] = {}
        self._standing: dict[str, Standing] = {}

    def update(self, sim: Simulation, known: Standings, expired: Iterable[str] = ()) -> None:
        """Brings the rows up to date. `expired`: access key ids of sessions that expired since."""
        world = sim.world
        made_from = (world.configuration, world.in_force, world.settings)
        is_same = bool(self._made_from) and all(
            a is b for a, b in zip(made_from, self._made_from, strict=True)
        )
        changed = self._changed(world, known) if is_same else None
        if changed is None:
            self._forget()
            changed = list(world.sessions)
        self._made_from, self._sessions = made_from, world.sessions
        dirty = {self._joined(key, world): None for key in chain(changed, expired) if key in world.sessions}
        for root in dirty:
            self._make(root, sim, known)
        if dirty or len(self.rows) != len(world.sessions):
            self.rows = tuple(chain.from_iterable(self._rows_of.values()))

    def _changed(self, world: World, known: Standings) -> list[str] | None:
        """Access key ids of sessions that are new, or in another state; None where some are gone."""
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

    def _make(self, root: str, sim: Simulation, known: Standings) -> None:
        """Makes the rows of one chain again."""
        sessions = [sim.world.sessions[one.access_key_id] for one in self._chains[root]]
        self._count(self._rows_of.get(root, ()), -1)
        made = tuple(chain_rows(sessions, sim, self._noted(known)))
        self._chains[root], self._rows_of[root] = sessions, made
        self._count(made, 1)
        self.by_key.update((row.access_key_id, row) for row in made)

    def _noted(self, known: Standings) -> Callable[[Session, Simulation], Standing]:
        def standing(session: Session, sim: Simulation) -> Standing:
            found = self._standing[session.access_key_id] = known.soon(session, sim)
            return found

        return standing

    def _count(self, rows: Iterable[SessionRow], by: int) -> None:
        for row in rows:
            if row.role_arn and row.state.still_works:
                self.live[row.role_arn] += by
            elif row.role_arn and row.state in IS_CUT_OFF:
                self.cut_off[row.role_arn] += by
