"""The access matrix on the screen: services against access levels, and what differs from another state.

Tab compares what holds now with what held before the last edit, at the start, and without SCPs and RCPs:
each cell then says how many actions would be gained (+) and lost (-) by going there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar, Final

from msgspec import Struct
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sts_tui.simulation.reach.access.access_matrix import (
    LEGEND,
    LEVELS,
    NOTHING,
    OF_A_NEW_SESSION,
    AccessMatrix,
    Cell,
)
from sts_tui.tui.dialogs.dialog import Dialog, ListQuestion
from sts_tui.tui.text.styled_text import Line, Span, Style, line, one_line, text_of, width_of
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.table import Table

_HINT: Final = "← → level   enter actions   y copy   esc close"
_TITLES: Final = dict(zip(LEVELS, ("LIST", "READ", "WRITE", "TAGGING", "PERMISSIONS"), strict=True))
_WIDTH: Final = len("[12/34 ~]")
_STYLES: Final[Mapping[str, Style]] = {
    "all": "allow",
    "some": "allow",
    "conditional": "warning",
    "unknown": "undecided",
    "none": "muted",
}


ROWS_BESIDES: Final = 3
"""Rows of the box besides its head and its list: the borders, and one between them."""


class Chosen(Struct, frozen=True):
    """A cell whose actions are wanted, or the text to copy."""

    service: str = ""
    level: str = ""
    cell: Cell = Cell()
    text: str = ""
    asks_all: bool = False
    """Whether every resource is to be evaluated."""


class Row(Struct, frozen=True):
    """One service: its cells now, and in the state that it is compared with."""

    service: str
    now: Mapping[str, Cell]
    then: Mapping[str, Cell] | None = None


class AccessScreen(ListQuestion[Chosen]):
    """Returns what was chosen."""

    MOST_HEAD = 6

    DEFAULT_CSS = """
    AccessScreen Document { height: auto; margin-bottom: 1; }
    AccessScreen Table { background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "level(1)", "Next level", show=False, priority=True),
        Binding("left,h", "level(-1)", "Level before", show=False, priority=True),
        Binding("tab", "compare(1)", "Compare", show=False, priority=True),
        Binding("shift+tab", "compare(-1)", "Compare", show=False, priority=True),
        Binding("a", "ask_all", "Evaluate every resource", show=False),
        Binding("y", "copy", "Copy", show=False),
        Binding("escape,q,v", "leave", "Close", show=False),
    ]

    def __init__(self, who: str, about: str = "", *, is_role: bool = False) -> None:
        """`about`: why nothing is allowed, or which of the role's sessions the matrix is about. `is_role`: it
        is about a new session of a role.
        """
        super().__init__()
        self._who = one_line(who)
        self._about = one_line(about)
        self._is_role = is_role
        self._level = 0
        self._with = ""
        """The state that it is compared with; empty: none."""
        self.found: Mapping[str, AccessMatrix] | None = None

    def compose(self) -> ComposeResult:
        with Dialog(f"What {self._who} can do", _HINT):
            yield Document(id="head", can_focus=False, most=self.MOST_HEAD)
            columns = (_service_column(), *(self._column(place) for place in range(len(LEVELS))))
            yield Table(columns, empty="Evaluating every action …", id="matrix")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Table).focus()
        self._say_head()
        self._make_room()

    def on_resize(self) -> None:
        self.call_after_refresh(self._make_room)  # the head gives way first

    def _make_room(self) -> None:
        """The box is as high as its longest matrix, whatever is compared."""
        longest = max((len(each.rows) for each in (self.found or {}).values()), default=0)
        head = self.query_one("#head", Document)
        beside = min(head.line_count(), head.most) + ROWS_BESIDES
        room = self.size.height * 94 // 100 - beside
        self.query_one(Table).styles.height = max(3, min(longest + 1, room))

    def fill(self, found: Mapping[str, AccessMatrix]) -> None:
        """The matrices by state, `now` first."""
        if self.is_mounted:
            self.found = found
            keys = "tab compare   " if len(found) > 1 else ""
            keys += "a ask all   " if found["now"].what_was_left_out else ""
            self.query_one(Dialog).show_hint(_HINT.replace("enter actions   ", f"enter actions   {keys}"))
            self._show()

    def _show(self) -> None:
        table: Table[Row] = self.query_one("#matrix", Table)
        rows = self._rows()
        table.empty = "Nothing differs." if self._with else f"{NOTHING[:1].upper()}{NOTHING[1:]}."
        table.show(ListRows(rows, lambda row: row.service))
        table.repaint_rows()
        self._say_head()
        self._make_room()

    def _rows(self) -> list[Row]:
        assert self.found is not None
        now = self.found["now"]
        if not self._with:
            return [Row(service, cells) for service, cells in now.rows.items()]
        then = self.found[self._with]
        both = dict.fromkeys((*now.rows, *then.rows))
        rows = [Row(name, now.rows.get(name, {}), then.rows.get(name, {})) for name in both]
        return [row for row in rows if any(_difference(row, level) != (0, 0) for level in LEVELS)]

    def _say_head(self) -> None:
        lines: list[Line] = []
        if self.found is not None:
            if len(self.found) > 1:
                lines += self._states(list(self.found)[1:])
            compared = f"now, compared with {self._with}: + gained, - lost" if self._with else LEGEND
            lines.append(line((compared, "muted")))
            if (left_out := self.found["now"].what_was_left_out) and not self._with:
                lines.append(line((f"{left_out}; a evaluates all of them.", "warning")))
            if self.found["now"].has_wildcard and not self._with:
                lines.append(line(("A wildcard covers further services.", "muted")))
        is_empty = self.found is not None and not self.found["now"].rows
        about = self._about or (OF_A_NEW_SESSION if is_empty and self._is_role else "")
        if about:
            lines.append(line((about[:1].upper() + about[1:] + ".", "warning")))
        self.query_one("#head", Document).show([(each, 4) for each in lines])

    def _states(self, others: Sequence[str]) -> Iterator[Line]:
        """What is shown, in brackets, and what it can be compared with; each in one row."""
        room = self.query_one("#head", Document).widths()[1]
        row: list[Span] = [self._state("", "now"), Span("  compared with ", "muted")]
        for name in others:
            state = self._state(name, name)
            if width_of((*row, state)) > room:
                yield tuple(row)
                row = [Span("    ")]
            row += [state, Span(" ")]
        yield tuple(row)

    def _state(self, name: str, text: str) -> Span:
        return Span(f"[{text}]", "title") if name == self._with else Span(f" {text} ", "muted")

    def _column(self, place: int) -> Column[Row]:
        level = LEVELS[place]

        def cell(row: Row) -> Line:
            spans = _cell(row, level)
            is_here = place == self._level
            return (Span("[", "key"), *(spans or (Span(" "),)), Span("]", "key")) if is_here else spans

        width = max(_WIDTH, len(_TITLES[level]))
        return Column(id=level, title=_TITLES[level], width=width, cell=cell, grow=1, most=16)

    # Keys ------------------------------------------------------------------------------------------------

    def action_level(self, step: int) -> None:
        self._level = (self._level + step) % len(LEVELS)
        self.query_one("#matrix", Table).repaint_rows()

    def action_compare(self, step: int) -> None:
        if self.found is not None:
            states = ["", *list(self.found)[1:]]
            self._with = states[(states.index(self._with) + step) % len(states)]
            self._show()

    def action_ask_all(self) -> None:
        if self.found is not None and self.found["now"].not_settled:
            self.dismiss(Chosen(asks_all=True))

    def action_copy(self) -> None:
        table: Table[Row] = self.query_one("#matrix", Table)
        rows = [table.rows[place] for place in range(len(table.rows))]
        texts = ["\t".join((r.service, *(text_of(_cell(r, level)) for level in LEVELS))) for r in rows]
        self.dismiss(Chosen(text="\n".join(["\t".join(("service", *LEVELS)), *texts])))

    def on_table_activated(self) -> None:
        row: Row | None = self.query_one("#matrix", Table).cursor_row
        if row is not None:
            level = LEVELS[self._level]
            self.dismiss(Chosen(row.service, level, row.now.get(level, Cell())))


def _service_column() -> Column[Row]:
    return Column(
        id="service",
        title="SERVICE",
        width=14,
        grow=1,
        most=24,
        cell=lambda row: line((one_line(row.service), "strong")),
    )


def _cell(row: Row, level: str) -> Line:
    if row.then is not None:
        lost, gained = _difference(row, level)
        spans = []
        if gained:
            spans.append(Span(f"+{gained}", "allow"))
        if lost:
            spans.append(Span(f"{' ' if spans else ''}-{lost}", "deny"))
        return tuple(spans) or (Span("·", "muted"),)
    cell = row.now.get(level, Cell())
    return (Span(cell.mark, _STYLES[cell.verdict]),) if cell.of else ()


def _difference(row: Row, level: str) -> tuple[int, int]:
    """(actions lost, actions gained) from the state that it is compared with to now."""
    before = set((row.then or {}).get(level, Cell()).allowed)
    now = set(row.now.get(level, Cell()).allowed)
    return len(before - now), len(now - before)
