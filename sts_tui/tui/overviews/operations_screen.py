"""The table of STS operations: callers, what the acting identity could call now, and a form for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sts_tui.sts.facts.operation_matrix import ANY_CALLER, OPERATION_ROWS, OperationRow
from sts_tui.tui.dialogs.dialog import Dialog
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.overviews.callable_now import callable_now
from sts_tui.tui.overviews.operations_table import lasts, operations_lines
from sts_tui.tui.text.styled_text import Line, line, one_line, width_of
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

HINT = "enter form   / search   tab details   y copy   esc close"


class OperationsScreen(ReadingScreen):
    """Returns `sts:OPERATION` for the form, or the text to copy."""

    DEFAULT_CSS = """
    OperationsScreen Table { height: auto; background: $surface; }
    OperationsScreen #reading { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "form", "Form", show=False),
        Binding("tab", "app.focus_next", "Details", show=False),
    ]

    def __init__(self, now: Mapping[str, Line], acting: str) -> None:
        super().__init__("STS operations", operations_lines(), HINT)
        self._table: Table[OperationRow] = Table(_columns(now, acting))

    def compose(self) -> ComposeResult:
        with Dialog(self._title, self._hint):
            yield self._table
            yield Document(id="reading")
            yield self.search_line()

    def on_mount(self) -> None:
        self.query_one(Document).can_focus = True
        self._table.show(ListRows(list(OPERATION_ROWS.values()), lambda row: row.operation))
        self.call_after_refresh(self._table.focus)

    def make_room(self) -> None:
        """The table is whole where there is room for four lines of details below it."""
        search = 1 if self.query_one("#search", Field).display else 0
        room = self.size.height * 94 // 100 - self.BESIDES - search
        rows = min(len(OPERATION_ROWS) + 1, max(4, room - 5))
        self._table.styles.height = rows
        self.query_one("#reading", Document).limit(max(1, room - rows - 1))

    def action_form(self) -> None:
        row = self._table.cursor_row
        if row is not None:
            self.dismiss(f"sts:{row.operation}")

    def on_table_activated(self) -> None:
        self.action_form()


def _columns(now: Mapping[str, Line], acting: str) -> tuple[Column[OperationRow], ...]:
    """Callers and answers are whole where there is room; the details below have what other columns say."""
    callers = max(len(_callers(row)) for row in OPERATION_ROWS.values())
    answers = max(map(width_of, now.values()))
    return (
        Column(id="operation", title="OPERATION", width=26, cell=lambda row: line((row.operation, "strong"))),
        Column(
            id="now", title=f"AS {one_line(acting)}", width=min(answers, 30), most=answers, grow=2,
            cell=lambda row: now[row.operation],
        ),
        Column(
            id="callers", title="CALLER", width=min(callers, 42), most=callers, grow=3, priority=1,
            cell=lambda row: line(_callers(row)),
        ),
        Column(
            id="lasts", title="SHORTEST/DEFAULT/LONGEST", width=24, priority=2,
            cell=lambda row: line(lasts(row) if row.longest_seconds is not None else "-"),
        ),
        Column(id="mfa", title="MFA", width=3, priority=4, cell=lambda row: _yes(row.takes_mfa)),
        Column(
            id="policies", title="SESSION POLICY", width=14, priority=5,
            cell=lambda row: _yes(row.takes_session_policies),
        ),
        Column(id="tags", title="TAGS", width=4, priority=6, cell=lambda row: _yes(row.takes_tags)),
    )  # fmt: skip


def _callers(row: OperationRow) -> str:
    """The kinds of callers, or those that are left out, whichever is shorter."""
    if not row.is_signed:
        return "not signed: token or assertion"
    others = [kind.value for kind in ANY_CALLER if kind not in row.callers]
    texts = [row.callers_in_words, *([f"all but {', '.join(others)}"] if others else ())]
    shorter: str = min(texts, key=len)
    return shorter


def _yes(taken: bool) -> Line:
    return line("yes" if taken else ("-", "muted"))


def open_operations(app: Host) -> None:
    """Opens the table; the chosen operation's form follows."""

    def answered(answer: str | None) -> None:
        if answer is None:
            return
        if answer == "sts:AssumeRole":
            app.perform("assume")
        elif answer.startswith("sts:"):
            from sts_tui.tui.dialogs.operation_form import open_form

            open_form(app, answer)
        else:
            app.copy_text("table of operations", answer)

    now = callable_now(app.simulation, app.acting)
    app.ask(OperationsScreen(now, app.acting.label), answered)
