"""How does the simulation become what panes show? This is the only place in the explorer that asks for rows.

Rows are made when the configuration or the set of sessions changes, not when time passes: time left, states
that change with time, and counts are read while a row is drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from sts_tui.account import durations
from sts_tui.simulation.clock import SimClock
from sts_tui.simulation.event_log import Tally
from sts_tui.simulation.events import RequestAnswered, SessionsRevoked, Verdict
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.nouns.noun import NounRow
from sts_tui.simulation.views.nouns.table import NOUNS, ROLES
from sts_tui.simulation.views.rows import PolicyRow, RoleRow, SessionRow, counted_role_rows, policy_rows
from sts_tui.simulation.views.session_standing import Standings, standing_of, standings
from sts_tui.simulation.views.session_tree import SessionTree
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session
from sts_tui.tui.text import instants
from sts_tui.tui.text.distinct_names import common_words
from sts_tui.tui.text.explained import Explained
from sts_tui.tui.text.header_text import Header

if TYPE_CHECKING:
    from sts_tui.simulation.journal.journal import Unsaved

NAMES = 1000
"""Roles whose names are compared for common words."""


SLICE: Final = 80
"""Requests of sessions that are evaluated at a time, in about forty milliseconds."""
SLICES_UNTIL_SHOWN: Final = 30
"""With many sessions, the list shows intermediate results after this many slices."""


class RowCache:
    """Keeps the rows it made, by what they were made from.

    The state of a session is what the engine answers about its requests, and after an edit that can be many
    thousands. Where `slice` is given, no more are evaluated at a time; the other sessions keep their last
    known state until `settle` reaches them.
    """

    def __init__(
        self, simulation: Simulation, slice: int | None = None, lenders: Iterable[RowCache] = ()
    ) -> None:
        """`lenders`: caches of the same model at other instants; what is the same there is not made again."""
        self.simulation = simulation
        self._slice = slice
        self._slices = 0
        self._changes = 0
        self.last_assumed: Mapping[str, str] | None = None
        """The last input of the assume-role form."""
        self._expired: list[str] = []
        """Access key ids of sessions that expired since: that changes no mapping, but rows."""
        self._expiries = 0
        self._rows_of: tuple[object, ...] = ()
        self._roles: tuple[RoleRow, ...] = ()
        self._common_of: tuple[Sequence[RoleRow] | None, frozenset[str]] = (None, frozenset())
        """Rows of roles, and the words that are common to their names."""
        self._tree: SessionTree = SessionTree(tuple(one._tree for one in lenders))
        self._role_by_arn: dict[str, RoleRow] = {}
        self._policies: dict[tuple[str, str], tuple[PolicyRow, ...]] = {}
        self._nouns: dict[str, tuple[tuple[object, ...], tuple[NounRow, ...], dict[str, NounRow]]] = {}
        """By noun: what the rows were made from, the rows, and the rows by key."""
        self._explained: dict[int, Explained] = {}
        self._denied_of: tuple[int, int] = (0, 0)
        self.newest_denied: RequestAnswered | None = None
        """The newest request that `denied_since` counted."""
        self._denied_seen = 0

    # Rows ------------------------------------------------------------------------------------------------

    @property
    def version(self) -> tuple[object, ...]:
        """Changes when rows must be built again. It is compared by the identity of its members."""
        if self._slice is None:
            self.look_again()
        return self._made_from()

    def _made_from(self) -> tuple[object, ...]:
        world = self.simulation.world
        configuration = id(world.configuration), id(world.in_force)
        return (*configuration, id(world.sessions), self._expiries, world.settings, self._changes)

    def look_again(self) -> None:
        """Finds sessions whose state has changed although no mapping has: time passed, requests were made."""
        known = standings(self.simulation)
        with known.within(self._slice):
            known.refresh(self.simulation)
        self._take_changes(known)

    def note_expired(self, access_key_id: str) -> None:
        """A session expired."""
        self._expired.append(access_key_id)
        self._expiries += 1

    def settle(self) -> bool:
        """Evaluates more of the sessions whose state is not known yet; whether rows must be built again."""
        known, before = standings(self.simulation), self._changes
        if known.waiting:
            with known.within(self._slice):
                known.settle(self.simulation)
            self._slices += 1
            self._take_changes(known)
        return self._changes != before

    def _take_changes(self, known: Standings) -> None:
        """Building the rows of many thousand sessions takes long, so it is not done for each one that was
        found.
        """
        if not known.waiting or self._slices % SLICES_UNTIL_SHOWN == 0:
            self._changes = known.changes

    def _update(self) -> None:
        if (version := self.version) == self._rows_of and version:
            return
        known = standings(self.simulation)
        with known.within(self._slice):
            self._tree.update(self.simulation, known, self._expired)
        self._expired.clear()
        roles = counted_role_rows(self.simulation, self._tree.live, self._tree.cut_off)
        if roles is not self._roles:
            self._roles, self._role_by_arn = roles, {row.arn: row for row in roles}
        self._policies.clear()
        self._kept = (
            self.simulation.world
        )  # keeps the identities in `version` in use while these rows are shown
        self._take_changes(known)
        self._rows_of = self._made_from()

    def roles(self) -> Sequence[RoleRow]:
        self._update()
        return self._roles

    def sessions(self) -> Sequence[SessionRow]:
        self._update()
        return self._tree.rows

    @property
    def tallies(self) -> Mapping[str, Tally]:
        return self.simulation.events.tallies

    @property
    def common_words(self) -> frozenset[str]:
        """Words that nearly all roles have in their names."""
        roles = self.roles()
        if roles is not self._common_of[0]:
            self._common_of = (roles, common_words(tuple(row.name for row in roles[:NAMES])))
        return self._common_of[1]

    def role(self, arn: str) -> RoleRow | None:
        return self._role_by_arn.get(arn)

    def session(self, access_key_id: str) -> SessionRow | None:
        return self._tree.by_key.get(access_key_id)

    def live_sessions(self, role_arn: str) -> int:
        return self._tree.live.get(role_arn, 0)

    def nouns(self, noun: str) -> Sequence[RoleRow | NounRow]:
        """The rows of a noun: the same ones as long as nothing changed that they are made from."""
        if noun == ROLES:
            return self.roles()
        world = self.simulation.world
        made_from = NOUNS[noun].follows(world)
        known = self._nouns.get(noun)
        if known is None or any(a is not b for a, b in zip(known[0], made_from, strict=True)):
            rows = NOUNS[noun].rows(world)
            known = self._nouns[noun] = (made_from, rows, {row.key: row for row in rows})
        return known[1]

    def noun_row(self, noun: str, key: str) -> RoleRow | NounRow | None:
        """The row with this key; None where there is none."""
        if noun == ROLES:
            return self.role(key)
        self.nouns(noun)
        return self._nouns[noun][2].get(key)

    def policies(self, noun: str, key: str) -> tuple[PolicyRow, ...]:
        """What pane 2 shows for the thing with this key."""
        if (noun, key) not in self._policies:
            of_noun = policy_rows if noun == ROLES else NOUNS[noun].policies
            self._policies[noun, key] = of_noun(self.simulation.world, key) if key else ()
        return self._policies[noun, key]

    def issuing_user(self, row: SessionRow) -> str:
        """The user whose permissions a session has, where it is not a role session."""
        session = self.simulation.world.sessions.get(row.access_key_id)
        if session is None or row.role_arn is not None or ":user/" not in session.issuer_arn:
            return ""
        return session.issuer_arn

    # Header ----------------------------------------------------------------------------------------------

    def header(
        self, acting: Identity, clock: SimClock, is_readonly: bool, unsaved: Unsaved | None = None
    ) -> Header:
        """`acting`: the acting identity; `clock`: speed of the clock; `unsaved`: why work is not saved."""
        simulation, world = self.simulation, self.simulation.world
        account = acting.account or world.first_account
        facts = world.configuration.accounts.get(account)
        game_day = game_day_text(world)
        due = None if game_day else simulation.next_due()  # its timetable stays hidden
        session = (
            world.sessions.get(acting.access_key_id or "") if acting.kind is IdentityKind.SESSION else None
        )
        row = self.session(session.access_key_id) if session else None
        standing = standing_of(session, simulation) if session else None
        return Header(
            model=simulation.model.name or "account",
            account=f"{facts.name} {account}" if facts and facts.name else account,
            more_accounts=max(0, len(world.configuration.accounts) - 1),
            now=simulation.now,
            speed=clock.speed,
            is_paused=clock.is_paused,
            next_due=due[0] if due else None,
            next_what=due[1] if due else "",
            chain=self._chain(acting, session),
            is_session=session is not None,
            expires_at=session.expires_at if session else None,
            issued_at=session.issued_at if session else None,
            limit=row.limit if row else "",
            state=standing.state if standing else None,
            reason=standing.reason if standing else "",
            facts=_facts(session, row),
            is_readonly=is_readonly,
            game_day=game_day,
            unsaved=unsaved,
            propagation=world.settings.propagation_seconds,
        )

    def _chain(self, acting: Identity, session: Session | None) -> tuple[str, ...]:
        """The chain of sessions, from the first caller to the acting identity."""
        names = [acting.label]
        while session is not None:
            above = self.simulation.world.sessions.get(session.parent or "")
            names.append(above.label if above else session.parent_label or "operator")
            session = above
        return tuple(reversed(names))

    # Requests --------------------------------------------------------------------------------------------

    def explanation(self, event: RequestAnswered) -> Explained:
        from sts_tui.tui.text.explanation_text import explained

        found = self._explained.get(event.number)
        if found is None:
            if len(self._explained) > 256:
                self._explained.clear()
            found = self._explained[event.number] = explained(event, self.simulation)
        return found

    def denied_since(self, revocation: SessionsRevoked) -> int:
        """Requests denied to the sessions that it hit, counted once each."""
        number, count = self._denied_of
        if number != revocation.number:
            count, self._denied_seen, self.newest_denied = 0, revocation.number, None
        for event in self.simulation.events.since(self._denied_seen):
            if (
                isinstance(event, RequestAnswered)
                and event.verdict is Verdict.EXPLICIT_DENY
                and event.access_key_id in revocation.hit
            ):
                count += 1
                self.newest_denied = event
        self._denied_seen = self.simulation.events.last_number
        self._denied_of = (revocation.number, count)
        return count


def game_day_text(world: World) -> str:
    """How a game day that is under way goes; empty without one."""
    if world.game_day is None or world.game_day.failed is not None:
        return ""
    from sts_tui.simulation.views.game_score import score_of  # only on game days

    score = score_of(world)
    assert score is not None
    _, _, through, denied = score.measures
    left = durations.countdown(score.ends_at - world.now)
    return f"game day {left}: {through.text} got through, {denied.text} denied"


def _facts(session: Session | None, row: SessionRow | None) -> tuple[str, ...]:
    if session is None or row is None:
        return ()
    facts = []
    if row.through:
        facts.append(row.through)
    if row.tags:
        facts.append(
            "tags "
            + " ".join(f"{key}={value}{'*' if transitive else ''}" for key, value, transitive in row.tags)
        )
    if session.source_identity:
        facts.append(f"source identity {session.source_identity}")
    if session.mfa_at is not None:
        facts.append(f"mfa {instants.clock_time(session.mfa_at)}")
    if row.session_policy:
        facts.append(f"session policy {row.session_policy}")
    return tuple(facts)
