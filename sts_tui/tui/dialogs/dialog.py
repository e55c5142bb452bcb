"""What do all dialogs share? A titled box; escape cancels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from sts_tui.tui.keys.hinted_keys import key_at, press
from sts_tui.tui.text.distinct_names import without_common
from sts_tui.tui.text.styled_text import cells, shorten
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.textual_internals import DrawnWithItsWidgets

if TYPE_CHECKING:
    from textual.app import App

    from sts_tui.tui.host import Clipboard, Host

T = TypeVar("T")
BESIDE_TITLE: Final = 6
"""Cells of the border that a title or a hint cannot use."""
AFTER_HINT: Final = 3
"""Cells of the border after a hint."""
LEAST_OF_LIST: Final = 4
"""Minimum lines of a list: its header and three rows."""
LEAST_OF_WHOLE: Final = 3
"""Minimum lines of the text below a list; with fewer it is not shown."""


def fitting_hint(hint: str, width: int) -> str:
    """What fits of `enter send   f4 explain   esc cancel`: first the gaps become narrower, then parts are
    left out from the end, `esc` last.
    """
    parts = hint.split("   ")
    if cells(hint) <= width:
        return hint
    while cells("  ".join(parts)) > width and len(parts) > 1:
        droppable = [index for index, part in enumerate(parts) if not part.startswith("esc")]
        parts.pop(droppable[-1] if droppable else -1)
    return shorten("  ".join(parts), width)


def common_words_of(app: App[Any]) -> frozenset[str]:
    """Words that nearly all names of the explorer's model have."""
    return cast("Host", app).row_cache.common_words if hasattr(app, "row_cache") else frozenset()


class Dialog(Vertical):
    """The box. Its title is never parsed as markup."""

    def __init__(
        self, title: str, hint: str = "esc close", *, is_danger: bool = False, id: str | None = None
    ) -> None:
        super().__init__(id=id, classes="-danger" if is_danger else None)
        self._title = title
        self._hint = hint
        self.border_title = Content(title)
        self.border_subtitle = Content(hint)

    def show_hint(self, hint: str) -> None:
        """The keys at the lower edge, or a message there."""
        self._hint = hint
        self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Leaves out whole keys that do not fit, last the one that closes the box; of a long title the words
        that nearly all names have, then its middle.
        """
        room = self.outer_size.width - BESIDE_TITLE
        if room > 0:
            self.border_title = Content(without_common(self._title, common_words_of(self.app), room))
            self.border_subtitle = Content(fitting_hint(self._hint, room))

    def on_click(self, event: events.Click) -> None:
        """A click on a key of the hint presses it."""
        hint = str(self.border_subtitle)
        if event.widget is not self or event.y != self.outer_size.height - 1:
            return
        key = key_at(hint, event.x - (self.outer_size.width - AFTER_HINT - cells(hint)))
        if key is not None:
            event.stop()
            press(self.app, key)


class Question(DrawnWithItsWidgets, ModalScreen[T | None], Generic[T]):
    """Returns a value, or None if it was canceled. It changes nothing itself."""

    CSS_PATH = str(
        Path(__file__).parents[1] / "styles" / "modals.tcss"
    )  # Textual would begin at the subclass
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        # The next step of a tour closes a dialog that it opened: a presenter needs only one key.
        Binding("n", "app.perform('tour_next')", "Next step", show=False, id="tour_next"),
        Binding("b", "app.perform('tour_back')", "Step back", show=False, id="tour_back"),
    ]

    def on_mount(self) -> None:
        self.app.clear_notifications()  # they would cover the box
        self.app.stylesheet.apply(self)  # it was registered before the rules of its CSS_PATH were loaded

    def time_passed(self) -> None:
        """The simulation continued behind it: what it says of the present is looked up again. Called once a
        second at most.
        """

    def in_turn(self, action: Callable[[], object]) -> None:
        """Acts once the keys that were pressed before are handled.

        A binding with priority overtakes them where keys come fast: a key goes to the focused widget, then to
        its ancestors, and last the app looks for its binding. This takes the same way.
        https://textual.textualize.io/guide/input/#priority-bindings
        """
        focused = self.focused
        if focused is None:
            action()
            return
        # twice through the widget, since what it posts about a key comes after the key
        stops = iter((focused, focused, *focused.ancestors))

        def onward() -> None:
            stop = next(stops, None)
            if stop is not None:
                stop.call_later(onward)
            elif self.is_current:
                action()

        onward()

    def copy_briefly(self, what: str, text: str) -> None:
        """Copies, and says how at the lower edge of the box."""
        from sts_tui.tui.copying.clipboard import copy_briefly

        self.query_one(Dialog).show_hint(copy_briefly(cast("Clipboard", self.app), what, text))

    def action_leave(self) -> None:
        self.dismiss(None)


class ListQuestion(Question[T], Generic[T]):
    """A list between the texts above and below it (`#head`, `#whole`). In a low terminal these give way to
    the list: first the one below, which repeats a row that the list shortens.
    """

    MOST_HEAD: ClassVar[int]
    MOST_WHOLE: ClassVar[int] = 0
    """Maximum lines of the text below the list; 0: there is none."""

    def on_resize(self) -> None:
        room = self.size.height * 94 // 100 - 2 - LEAST_OF_LIST
        below = min(self.MOST_WHOLE, room // 3)
        if self.MOST_WHOLE:
            whole = self.query_one("#whole", Document)
            whole.display = below >= LEAST_OF_WHOLE
            whole.limit(max(1, below))
        taken = below + 1 if below >= LEAST_OF_WHOLE else 0
        self.query_one("#head", Document).limit(max(1, min(self.MOST_HEAD, room - taken - 1)))
