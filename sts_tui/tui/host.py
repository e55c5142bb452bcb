"""What may an action ask of the running explorer? Handlers, dialogs and overviews know only this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar

from textual.geometry import Size
from textual.screen import Screen

from sts_tui.simulation.identities import Identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.background import Background
from sts_tui.tui.main_screen import MainScreen
from sts_tui.tui.options import Other
from sts_tui.tui.presenter import Passing, Past, Presenter, Running
from sts_tui.tui.row_cache import RowCache
from sts_tui.tui.selection import Selection
from sts_tui.tui.text.styled_text import Line, Style
from sts_tui.tui.ticker import Ticker

T = TypeVar("T")


class Clipboard(Protocol):
    """Where copied text goes."""

    @property
    def is_headless(self) -> bool: ...
    @property
    def is_web(self) -> bool: ...
    def copy_to_clipboard(self, text: str) -> None: ...
    def show_text(self, title: str, text: str) -> None:
        """Opens a text to read and to select from."""


class Host(Running, Clipboard, Protocol):
    """The running explorer as an action sees it."""

    theme: str
    simulation: Simulation
    row_cache: RowCache
    looking_back: Past | None

    # What it shows
    @property
    def main(self) -> MainScreen: ...
    @property
    def presenter(self) -> Presenter: ...
    @property
    def selection(self) -> Selection: ...
    @property
    def size(self) -> Size: ...

    # What it says and asks
    def say(self, text: str, style: Style = "plain") -> None:
        """Shows a message in the bottom line and keeps it in the list of messages."""

    def say_line(self, spans: Line) -> None: ...
    def show_progress(self, text: str) -> None:
        """Shows a text in the bottom line that is not kept as a message."""

    def clear_status(self) -> None: ...
    def ask(self, screen: Screen[T], answered: Callable[[T | None], None]) -> None:
        """Opens a dialog; `answered` gets its answer, None where it was left."""

    def copied(self, what: str) -> Callable[[str | None], None]:
        """Answers a reading screen: its text goes to the clipboard as `what`."""

    def copy_text(self, what: str, text: str) -> None: ...
    def open_palette(self) -> None: ...

    # What it does
    @property
    def ticker(self) -> Ticker: ...
    @property
    def background(self) -> Background: ...
    def call(
        self,
        action: str,
        params: Mapping[str, object],
        *,
        caller: Identity | None = None,
        joins: bool = False,
    ) -> dict[str, object] | None:
        """One AWS call by the acting identity or `caller`; None where AWS refused it, which is shown.
        `joins`: one undo reverts it together with the call before it.
        """

    def act_as(self, identity: Identity) -> None: ...
    def undo(self) -> None: ...
    def redo(self) -> None: ...
    def wait_until(self, instant: datetime) -> None: ...
    def perform(self, id: str) -> None:
        """Performs an action, or says why it cannot be performed."""

    def perform_chosen(self, id: str | None) -> None: ...

    long_wait: Passing | None

    def is_unchangeable(self) -> bool:
        """Whether nothing may change now, since a past instant is shown or a long wait passes; says so."""

    def set_timer(self, delay: float, callback: Callable[[], object]) -> object:
        """Calls a function once, after this many seconds."""

    def call_after_refresh(self, callback: Callable[..., object], *args: object) -> bool:
        """Calls it once the screen has been drawn."""

    @property
    def is_ticking(self) -> bool: ...
    def is_left_to_steps(self, what: str) -> bool:
        """Whether a key must not do this because a tour's pictures are being taken."""

    def suspend(self) -> AbstractContextManager[None]:
        """Lends the terminal to another program."""

    @property
    def screen(self) -> Screen[object]: ...
    def open_other(self, other: Other) -> None:
        """Ends this model; the explorer begins again with another one."""

    def leave(self) -> None:
        """Ends the explorer with exit code 0."""
