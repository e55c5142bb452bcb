"""The palette: every action by likely use, and everything that has a name, an ARN or an id.

Actions that can be performed now come first: those used recently, then those of the focused pane, then by
their priority in the footer. A search prefers names to help texts, and finds roles, sessions, users,
policies, resources and workloads by every word that identifies them: unique id, access key id, source
identity.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from sts_tui.account.diagnostics.printable import one_line
from sts_tui.simulation.containment.holder import find_holder
from sts_tui.simulation.identities import UnknownIdentityError, identity_of_user
from sts_tui.simulation.pasted_who import is_pasted, role_session_named, without_wrapping
from sts_tui.simulation.views.nouns.noun import Noun, NounRow
from sts_tui.simulation.views.nouns.table import NOUNS
from sts_tui.simulation.views.sign_in_choices import sign_in_choices
from sts_tui.sts.authenticate import access_keys
from sts_tui.tui.dialogs.signing_in import sign_in_by
from sts_tui.tui.keys.actions import ACTIONS, ActionSpec
from sts_tui.tui.widgets.textual_internals import Surviving

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.style import Style

    from sts_tui.tui.host import Host

MOST = 40
"""Hits of one search."""
SLICE = 200
"""Names that are read or matched in one go."""


class _Entry(NamedTuple):
    """One entry: its name, its description, other texts that find it, and what it does."""

    name: str
    help: str
    words: str
    perform: Callable[[], object]
    bonus: float = 0.0
    """Ranks entries that match equally well."""


class _Noun(NamedTuple):
    """An entry with the texts that words are looked for in, both in lower case."""

    entry: _Entry
    name: str
    whole: str


class ExplorerCommands(Provider):
    """Names are Content, never markup. One opening of the palette reads all nouns once."""

    def __init__(self, screen: Screen[Any], match_style: Style | None = None) -> None:
        super().__init__(screen, match_style)
        self._read_nouns: list[_Noun] = []
        self._unread_nouns: Iterator[_Entry] | None = None

    @property
    def _app(self) -> Host:
        return cast("Host", self.app)

    def _actions(self) -> Iterator[_Entry]:
        app = self._app
        context = app.presenter.action_context()

        def likely(spec: ActionSpec) -> tuple[bool, int, bool, int]:
            used = app.command_log.used
            recency = used.index(spec.id) if spec.id in used else -1
            return (
                spec.reason_against(context) is None,
                recency,
                context.focus in spec.panes and spec.worth > 0,
                spec.worth,
            )

        chosen = [spec for spec in ACTIONS.values() if spec.id not in ("palette", "back")]
        ordered = sorted(chosen, key=likely, reverse=True)
        for position, spec in enumerate(ordered):
            reason = spec.reason_against(context)
            keys = app.keymap.names(spec.id)
            help = f"({reason}) {spec.help}" if reason else spec.help
            bonus = 0.1 * (1 - position / len(ordered))
            yield _Entry(f"{spec.label}  {keys}".strip(), help, spec.id, partial(app.perform, spec.id), bonus)

    def _noun(self, number: int) -> _Noun | None:
        """The noun of this number, None where there are fewer; read when a search first needs it."""
        if number < len(self._read_nouns):
            return self._read_nouns[number]
        if self._unread_nouns is None:
            self._unread_nouns = self._nouns()
        entry = next(self._unread_nouns, None)
        if entry is None:
            return None
        name = entry.name.lower()
        noun = _Noun(entry, name, f"{name} {entry.help} {entry.words}".lower())
        self._read_nouns.append(noun)
        return noun

    def _nouns(self) -> Iterator[_Entry]:
        app = self._app
        world = app.simulation.world
        for role in app.row_cache.roles():
            where = f"{role.account_name or role.account_id}  {role.arn}"
            yield _Entry(
                f"role {role.name}", where, role.role_id, partial(app.presenter.go_to_role, role.arn)
            )
        for row in app.row_cache.sessions():
            session = world.sessions.get(row.access_key_id)
            ids = f"{session.arn} {session.user_id} {session.source_identity or ''}" if session else ""
            help = f"{row.state.value}  {row.via}  {row.access_key_id}"
            yield _Entry(
                f"session {row.label}", help, ids, partial(app.presenter.go_to_session, row.access_key_id)
            )
        for noun in NOUNS.values():
            for each in app.row_cache.nouns(noun.id):
                if isinstance(each, NounRow):
                    yield self._noun_entry(noun, each)
        for user in world.configuration.users.values():
            words = f"{user.user_id} {' '.join(access_keys(user))}"
            act = partial(app.act_as, identity_of_user(user))
            yield _Entry(f"identity {user.user_name}", f"act as it  {user.arn}", words, act)
        for choice in sign_in_choices(world):
            verb = "" if choice.step.startswith("signout") else "sign in as "
            name = f"{verb}{choice.who}: {choice.what}"
            yield _Entry(name, choice.note, choice.words, partial(sign_in_by, app, choice.step, choice.who))
        yield from self._incidents()

    def _incidents(self) -> Iterator[_Entry]:
        """The incident desk of every user, role, live session and person."""
        world = self._app.simulation.world
        for user in world.configuration.users.values():
            words = f"{user.user_id} {' '.join(access_keys(user))}"
            yield self._incident(user.user_name, user.arn, user.arn, words)
        for role in world.configuration.roles.values():
            yield self._incident(role.role_name, role.arn, role.arn, role.role_id)
        people: set[str] = set()
        for session in world.sessions.values():
            if session.expires_at > world.now:
                yield self._incident(session.label, session.access_key_id, session.arn, session.user_id)
                people.add(session.source_identity or "")
        for person in sorted(people - {""}):
            yield self._incident(person, person, "a source identity, in every role", "")

    def _incident(self, name: str, who: str, help: str, words: str) -> _Entry:
        return _Entry(f"incident {name}", help, f"{who} {words}", partial(self._open_incident, who))

    def _pasted(self, who: str) -> Iterator[_Entry]:
        """For a session, unique id or key in the form of findings and logs, which no list shows."""
        app = self._app
        world = app.simulation.world
        if (named := role_session_named(who, world)) is not None:
            role = named.role
            yield _Entry(f"role {role.role_name}", role.arn, "", partial(app.presenter.go_to_role, role.arn))
        try:
            holder = find_holder(who, world)
        except UnknownIdentityError as error:
            if named is None:
                yield _Entry(one_line(who), error.message, "", partial(self._open_incident, who))
            return
        yield self._incident(holder.label, who, holder.how_asked, "")

    def _open_incident(self, who: str) -> None:
        from sts_tui.tui.overviews.incident_desk import open_incident

        open_incident(self._app, who)

    def _noun_entry(self, noun: Noun, row: NounRow) -> _Entry:
        texts = dict.fromkeys((row.account, row.arn or row.key, *row.cells))
        help = "  ".join(text for text in texts if text and text != row.name)
        go = partial(self._app.presenter.go_to_noun, noun.id, row.key)
        return _Entry(f"{noun.one} {row.name}", help, f"{row.key} {row.words}", go)

    async def discover(self) -> Hits:
        async for hit in self._surviving(self._discovered()):
            yield hit

    async def search(self, query: str) -> Hits:
        async for hit in self._surviving(self._found(query)):
            yield hit

    async def _surviving(self, hits: Hits) -> Hits:
        """Reports an error of the search; Textual would show an empty list without saying so."""
        try:
            async for hit in hits:
                yield hit
        except Exception as error:
            if not (isinstance(self.app, Surviving) and self.app.survive(error)):
                raise

    async def _discovered(self) -> Hits:
        for each in self._actions():
            yield DiscoveryHit(Content(each.name), each.perform, text=each.name, help=literal(each.help))

    async def _found(self, query: str) -> Hits:
        query = without_wrapping(query)
        matcher = self.matcher(query)
        words = query.lower().split()
        found: list[tuple[float, _Entry]] = []
        for each in self._actions():
            score = max(matcher.match(each.name), 0.4 * matcher.match(each.help))
            if score > 0:
                found.append((min(score, 1.0) + each.bonus, each))
        for number in count():
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)  # lets keys and clock go on; the next letter ends this search
            if (noun := self._noun(number)) is None:
                break
            if score := _score(noun, words):
                found.append((score, noun.entry))
        if not found and is_pasted(query):
            found = [(1.0, entry) for entry in self._pasted(query)]
        found.sort(key=lambda pair: -pair[0])
        for score, each in found[:MOST]:
            yield Hit(score, Content(each.name), each.perform, text=each.name, help=literal(each.help))


def literal(text: str) -> str:
    """Markup that shows a text literally. Textual takes help texts, unlike names, as markup, and its own
    `escape` leaves brackets before anything but a letter, and stops at a control character.
    """
    return one_line(text).replace("[", "\\[")


def _score(noun: _Noun, words: list[str]) -> float:
    """How well a noun matches: every word is in it, in the name rather than elsewhere; 0: it does not."""
    if not words or not all(word in noun.whole for word in words):
        return 0.0
    if all(word in noun.name for word in words):
        return 1.2 if noun.name.split(" ", 1)[-1].startswith(words[-1]) else 0.95
    return 0.85
