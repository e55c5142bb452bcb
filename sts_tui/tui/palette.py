"""The palette: every action of the table, and a jump to every role and session."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape
from textual.types import IgnoreReturnCallbackType

from sts_tui.tui.keys.actions import ACTIONS

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

MOST = 40
"""Hits of one search."""


class ExplorerCommands(Provider):
    """Names are Content, never markup."""

    @property
    def _app(self) -> Host:
        return cast("Host", self.app)

    def _actions(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        context = self._app.presenter.action_context()
        for spec in ACTIONS.values():
            if spec.id in ("palette", "back"):
                continue
            reason = spec.reason_against(context)
            keys = self._app.keymap.names(spec.id)
            help = f"({reason}) {spec.help}" if reason else spec.help
            yield f"{spec.label}  {keys}".strip(), help, partial(self._app.perform, spec.id)

    def _places(self) -> Iterator[tuple[str, str, IgnoreReturnCallbackType]]:
        app = self._app
        for role in app.row_cache.roles():
            yield (
                f"role {role.name}",
                escape(f"{role.account_name or role.account_id}  {role.arn}"),
                partial(app.presenter.go_to_role, role.arn),
            )
        for row in app.row_cache.sessions():
            yield (
                f"session {row.label}",
                escape(f"{row.state.value}  {row.via}"),
                partial(app.presenter.go_to_session, row.access_key_id),
            )

    async def discover(self) -> Hits:
        for name, help, callback in self._actions():
            yield DiscoveryHit(Content(name), callback, text=name, help=help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        found = 0
        for name, help, callback in (*self._actions(), *self._places()):
            score = matcher.match(f"{name} {help}")
            if score > 0:
                yield Hit(score, Content(name), callback, text=name, help=help)
                found += 1
                if found >= MOST:
                    return
