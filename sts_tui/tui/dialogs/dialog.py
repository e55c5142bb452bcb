"""What do all dialogs share? A titled box; escape cancels."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar, cast

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

if TYPE_CHECKING:
    from sts_tui.tui.host import Clipboard

T = TypeVar("T")


class Dialog(Vertical):
    """The box. Its title is never parsed as markup."""

    def __init__(
        self, title: str, hint: str = "esc close", *, is_danger: bool = False, id: str | None = None
    ) -> None:
        super().__init__(id=id, classes="-danger" if is_danger else None)
        self.border_title = Content(title)
        self.border_subtitle = Content(hint)


class Question(ModalScreen[T | None], Generic[T]):
    """Returns a value, or None if it was cancelled. It changes nothing itself."""

    CSS_PATH = "../styles/modals.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Close", show=False),
        # The next step of a tour closes a dialog that it opened: a presenter needs only one key.
        Binding("n", "app.perform('tour_next')", "Next step", show=False, id="tour_next"),
        Binding("b", "app.perform('tour_back')", "Step back", show=False, id="tour_back"),
    ]

    def on_mount(self) -> None:
        self.app.clear_notifications()  # they would cover the box

    def copy_briefly(self, what: str, text: str) -> None:
        """Copies, and says how at the lower edge of the box."""
        from sts_tui.tui.copying.clipboard import copy_briefly

        self.query_one(Dialog).border_subtitle = copy_briefly(cast("Clipboard", self.app), what, text)

    def action_leave(self) -> None:
        self.dismiss(None)
