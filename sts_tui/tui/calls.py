"""How does a key make an AWS call, or undo one? A refusal becomes a message."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sts_tui.simulation.calls.not_modeled import NotModelledError
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.undo.history import NothingToUndoError
from sts_tui.sts.errors import AwsError
from sts_tui.tui.presenter import Presenter, Running
from sts_tui.tui.text.styled_text import line, one_line


class Calling(Running, Protocol):
    """What calls need of the explorer."""

    @property
    def presenter(self) -> Presenter: ...
    def is_unchangeable(self) -> bool: ...
    def is_left_to_steps(self, what: str) -> bool: ...


class Calls:
    """The calls of one explorer. None is made while it shows a past instant, or takes a tour's pictures."""

    def __init__(self, app: Calling) -> None:
        self._app = app

    def call(
        self, action: str, params: Mapping[str, Any], caller: Identity, *, joins: bool
    ) -> dict[str, Any] | None:
        """As `Host.call`."""
        app = self._app
        if app.is_unchangeable() or app.is_left_to_steps(f"call {action}"):
            return None
        try:
            answer = app.command_log.call(action, params, caller, joins=joins)
        except AwsError as error:
            app.say(f"{error.code}: {error.message}{f' ({error.hint})' if error.hint else ''}", "deny")
            return None
        except NotModelledError as error:
            app.say(f"{error.message}: {error.hint}", "deny")
            return None
        finally:
            app.presenter.refresh()
        from sts_tui.simulation.operations.policy_warnings import policy_warnings  # lazily: all operations

        for warning in policy_warnings(action, params, app.simulation.world.configuration):
            app.command_log.add_message(line((f"warning: {one_line(warning)}", "warning")))
        return answer

    def undo(self) -> None:
        """Undoes the last change."""
        if not self._app.is_unchangeable() and not self._app.is_left_to_steps("undo"):
            self._go(self._app.command_log.undo, "Undone")

    def redo(self) -> None:
        """Makes the change again that was undone last."""
        if not self._app.is_unchangeable() and not self._app.is_left_to_steps("redo"):
            self._go(self._app.command_log.redo, "Redone")

    def _go(self, through_history: Callable[[], str], word: str) -> None:
        try:
            self._app.say(f"{word}: {through_history()}")
        except NothingToUndoError as error:
            self._app.say(str(error))
        self._app.presenter.refresh()
