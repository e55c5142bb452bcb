"""What does the audience see? Three panes at most: sessions, requests, and where something happens.

The statement that decided takes the place of the pane, and the time that a session has left is beside it in
big digits. On a small screen one pane is in front, with the requests below, as without a tour.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sts_tui.account import durations
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.nouns.table import ROLES
from sts_tui.tui.main_screen import ABOVE_THE_LISTS, MainScreen
from sts_tui.tui.panes.sessions import STYLE_OF_STATE, state_at
from sts_tui.tui.stage.big_digits import big
from sts_tui.tui.stage.deciding_statement import deciding_statement
from sts_tui.tui.stage.direction import Front
from sts_tui.tui.text.distinct_names import without_common
from sts_tui.tui.text.styled_text import Line, Span, cells, one_line, shorten
from sts_tui.tui.text.symbols import OF_STATE
from sts_tui.tui.widgets.document import Document

if TYPE_CHECKING:
    from sts_tui.simulation.views.rows import SessionRow
    from sts_tui.tui.app import StsApp

USERS: Final = "users"
SPOTLIGHT: Final = "-spotlight"
"""The class of a screen whose deciding statement is in front."""


class FrontStage:
    """The stage on the main screen of an explorer."""

    def __init__(self, app: StsApp) -> None:
        self._app = app
        self._statement = Document(id="deciding-statement", can_focus=False)
        self._countdown = Document(id="countdown", can_focus=False)
        self._session = ""
        """The access key id of the session whose time is shown."""

    @property
    def _main(self) -> MainScreen:
        return self._app.main

    def enter(self) -> None:
        """Takes the layout of a presentation."""
        if self._main.has_class("-on-stage"):
            return
        self._main.query_one("#top").mount(self._statement, self._countdown)
        self._main.switch_classes({"-on-stage": True, "-front-roles": True})
        self._countdown.display = False

    def leave(self) -> None:
        """The layout of the explorer again."""
        if self._statement.is_attached:
            self._statement.remove()
            self._countdown.remove()
        fronts = {f"-front-{name}": False for name in ABOVE_THE_LISTS}
        self._main.switch_classes({"-on-stage": False, SPOTLIGHT: False, **fronts})

    def clear(self) -> None:
        """Begins a new scene: removes the statement of the last one."""
        self._main.switch_classes({SPOTLIGHT: False})

    def restart(self) -> None:
        """The model is at its beginning again."""
        self._session = ""
        self.clear()

    def bring(self, front: Front) -> None:
        """Shows what a step brings to the front."""
        self._session = front.session or self._session
        presenter = self._app.presenter
        if front.subject:
            self._show_changed_policies(front.subject, front.policy)
            return
        if front.pane != "sessions":  # the next caller meets the same statement
            self.clear()
        if front.request is not None:
            self._show_request(front.request, front.pane)
        elif front.pane == "sessions" and front.session:
            presenter.go_to_session(front.session)
            if self._main.has_class("-front-explanation"):  # of a request before
                self._main.switch_classes({"-front-explanation": False, "-front-policies": True})
        elif front.pane:
            self._main.go_to(front.pane)

    def _show_changed_policies(self, subject: str, policy: str) -> None:
        """Shows the policies of what was changed, first the one that was written."""
        self.clear()
        noun = USERS if ":user/" in subject else ROLES
        if self._app.row_cache.noun_row(noun, subject) is None:
            self._main.go_to("requests")
            return
        self._main.go_to("policies")
        self._app.presenter.select_noun(noun, subject)
        self._main.policies.choose(policy)

    def _show_request(self, request: RequestAnswered, pane: str) -> None:
        shown = deciding_statement(request, self._app.simulation)
        if shown is None:
            self._app.presenter.go_to_request(request.number)
            self._main.go_to("explanation")
            return
        self._statement.border_title = f"decided by {shorten(one_line(shown.label), 60)}"
        self._statement.show(shown.lines)
        self._main.go_to("policies" if self._main.has_class("-compact") else pane)
        self._main.switch_classes({SPOTLIGHT: True})

    def refresh(self) -> None:
        """Draws the countdown for the current time."""
        if not self._countdown.is_attached:
            return
        row = self._app.row_cache.session(self._session) if self._session else None
        if self._countdown.display != (row is not None):
            self._countdown.display = row is not None
        if row is not None:
            title = without_common(one_line(row.label), self._app.row_cache.common_words, self._room - 2)
            self._countdown.border_title = title
            self._countdown.show(self._countdown_lines(row, self._app.simulation))

    @property
    def _room(self) -> int:
        return max(8, self._countdown.size.width or 20)

    def _countdown_lines(self, row: SessionRow, simulation: Simulation) -> list[tuple[Line, int]]:
        state = state_at(row, simulation.now)
        style = STYLE_OF_STATE[state]
        left = max(timedelta(0), row.expires_at - simulation.now)
        text = durations.countdown(left) if left else "0:00"
        digits = big(text, self._room, is_ascii=self._app.options.is_ascii)
        pad = " " * max(0, (self._room - max(map(len, digits))) // 2)
        shown = f"{OF_STATE[state]} {state.value}"
        lines: list[tuple[Line, int]] = [((Span(f"{pad}{each}", style),), 0) for each in digits]
        lines += [((), 0), ((Span(f"{pad}{shown}", style),), 0)]
        if cells(one_line(row.label)) > self._room - 2:  # the title is shortened
            lines += [((), 0), ((Span(row.label, "muted"),), 0)]
        return lines
