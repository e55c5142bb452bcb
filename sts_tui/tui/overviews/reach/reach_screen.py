"""The reach tree on the screen: who gets where, hop by hop, with what each hop takes.

It opens at once and fills in when the search in the background is done. Tab turns from *from* to *into* to
*between*; → unfolds; enter walks the hops as AWS calls; `x` explains a hop; `R` dims what would end with the
role under the cursor; `V` revokes the roles of its loop together; `/` finds.
"""

from __future__ import annotations

from functools import partial
from typing import ClassVar, Final

from msgspec import Struct
from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.outside import Entry
from sts_tui.tui.dialogs.dialog import Dialog, Question
from sts_tui.tui.overviews.reach.reach_head import (
    LEAST_NAME,
    MOST_NAMED,
    Found,
    common_to,
    fact_lines,
    label_of,
    loop_lines,
    title,
)
from sts_tui.tui.overviews.reach.reach_rows import row_spans
from sts_tui.tui.overviews.reach.reach_tree import (
    Direction,
    OutsideTree,
    Path,
    ReachTree,
    TreeRow,
    chain_rows,
)
from sts_tui.tui.text.distinct_names import without_common
from sts_tui.tui.text.styled_text import (
    Line,
    Span,
    cells,
    line,
    longest_shortened,
    one_line,
    text_of,
    width_of,
    wrap,
)
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.field import Field
from sts_tui.tui.widgets.table import Table

_HINT: Final = "enter walk   x explain   R cut   V loop   → ← unfold   tab view   / find   y copy   esc close"
_LEAST_HEAD: Final = 7
"""Minimum rows above the tree; there are more where the tree leaves room."""
_BESIDE_HEAD: Final = 4
"""Rows of the box besides the head and the tree: the border, the gaps, the search line."""
_MOST_WHOLE: Final = 4
"""Lines of a row that is shown in full below the tree."""
_ENDS: Final = "  ends"
_BESIDE_ROW: Final = 4
"""Cells of a row that its text cannot use: the cursor and the scrollbar."""


class Wish(Struct, frozen=True):
    """What was chosen for a row: `walk`, `explain`, `revoke` or `copy`."""

    what: str
    path: Path = ()
    hop: HopGroup | None = None
    roles: tuple[str, ...] = ()
    text: str = ""


class _FindLine(Field):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.end_find", "Close", show=False),
        Binding("down,tab", "screen.end_find", "Back to the tree", show=False),
    ]


class ReachScreen(Question[Wish]):
    """Returns what was chosen. `origin` and `role` are nodes of the graph; empty: none is selected."""

    DEFAULT_CSS = """
    ReachScreen Document { height: auto; }
    ReachScreen #whole { display: none; margin-top: 1; }
    ReachScreen Table { height: 1fr; background: $surface; }
    ReachScreen _FindLine { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,l", "unfold(True)", "Unfold", show=False, priority=True),
        Binding("left,h", "unfold(False)", "Fold", show=False, priority=True),
        Binding("tab", "turn(1)", "From, into, between", show=False, priority=True),
        Binding("shift+tab", "turn(-1)", "From, into, between", show=False, priority=True),
        Binding("x", "wish('explain')", "Explain", show=False),
        Binding("R", "cut", "What ends", show=False),
        Binding("V", "wish('revoke')", "Revoke the loop", show=False),
        Binding("D", "wish('incident')", "Incident desk", show=False),
        Binding("slash", "find", "Find", show=False),
        Binding("y", "wish('copy')", "Copy", show=False),
        Binding("escape,q", "leave", "Close", show=False),
    ]

    def __init__(self, origin: str, role: str, you: str, *, mode: str = "", cursor: Path = ()) -> None:
        """`you`: the node of the acting identity, which is marked."""
        super().__init__()
        self._origin, self._role, self._you = origin, role, you
        self._modes = [name for name, root in (("from", origin), ("into", role)) if root]
        if origin and role and origin != role:
            self._modes.append("between")
        self._modes.append("outside")
        self.mode = mode if mode in self._modes else self._modes[0]
        self._cursor = cursor
        self.found: Found | None = None
        self._trees: dict[str, ReachTree] = {}
        self._cut = ""
        self._alive: frozenset[str] | None = None
        """Nodes that are still reached without the one that is removed; None: none is removed."""
        self._rows: list[TreeRow] = []
        self._not_found = ""
        """The last search text that is not in the tree."""

    def compose(self) -> ComposeResult:
        with Dialog("Reach", _HINT):
            yield Document(id="head", can_focus=False, most=_LEAST_HEAD)
            columns = (Column(id="row", title="", width=20, grow=1, cell=self._cell),)
            yield Table(columns, empty="Finding every possible hop …", id="tree")
            yield Document(id="whole", can_focus=False, most=_MOST_WHOLE)
            yield _FindLine(placeholder="find a role", id="find")

    def on_mount(self) -> None:
        super().on_mount()
        table: Table[TreeRow] = self.query_one("#tree", Table)
        table.on_moved = lambda *_: self._show_whole()
        table.focus()
        self._say_head()

    def _show_whole(self) -> None:
        """The row under the cursor in full, if the tree shortens it."""
        row, whole = self._row(), self.query_one("#whole", Document)
        room = self.query_one("#tree", Table).size.width - _BESIDE_ROW
        whole.display = row is not None and width_of(row_spans(row, self.mode, you=self._you)) > room
        if row is not None:
            whole.show([(row_spans(replace(row, lasts=row.lasts[-1:]), self.mode, you=self._you)[1:], 2)])

    def fill(self, found: Found) -> None:
        """Shows the result of the search."""
        if not self.is_mounted:
            return
        self.found = found
        roots: tuple[tuple[Direction, str], ...] = (("from", self._origin), ("into", self._role))
        for direction, root in roots:
            if root:
                self._trees[direction] = ReachTree(found.graph, root, direction, found.administrators)
        self._trees["outside"] = OutsideTree(found.graph, found.outside, found.administrators)
        tree = self._tree
        if not self._cursor and tree is not None and "into" in self._modes:
            is_empty = not tree.children(tree.root)
            self.mode = "into" if is_empty and self.mode == "from" else self.mode
        self._show(self._cursor)

    # What is shown ---------------------------------------------------------------------------------------

    @property
    def _tree(self) -> ReachTree | None:
        return self._trees.get(self.mode)

    def _show(self, cursor: Path = ()) -> None:
        """Reads the rows again; the cursor goes to `cursor`, else stays."""
        if self.found is None:
            return
        self._rows = self._between() if self.mode == "between" else self._of_tree()
        table: Table[TreeRow] = self.query_one("#tree", Table)
        table.show(ListRows(self._rows, lambda row: row.path))
        if cursor:
            table.choose(cursor)
        self._say_head()
        self._show_whole()

    def _of_tree(self) -> list[TreeRow]:
        tree, found = self._tree, self.found
        rows = tree.rows() if tree is not None else []
        if self.mode in ("into", "outside") and found is not None:
            everywhere = self.mode == "outside"
            notes = [_shut(each) for each in found.shut if everywhere or each.target == self._role]
            path = (tree.root if tree is not None else "", "untried")
            if notes:
                rows = [_not_last(row) for row in rows]
            rows += [
                TreeRow(path=(*path, str(place)), label="", lasts=(place == len(notes) - 1,), note=note)
                for place, note in enumerate(notes)
            ]
        return rows

    def _between(self) -> list[TreeRow]:
        found = self.found
        if found is None:
            return []
        chain = next(found.graph.chains_from(self._origin, self._role), None)
        if chain is not None:
            return chain_rows(found.graph, chain, found.administrators)
        return [TreeRow(path=("",), label="", note="no chain of hops leads there")]

    def _say_head(self) -> None:
        head = self.query_one("#head", Document)
        head.limit(self._room_of_head())
        if self.found is None:
            head.show([(self._title(), 6)])
            return
        for named in range(MOST_NAMED, 0, -1):
            lines = self._head_lines(self.found, named)
            rows = sum(len(wrap(each, max(8, head.size.width - 1), indent=6)) for each in lines)
            if rows <= head.most:
                break
        head.show([(each, 6) for each in lines])

    def _room_of_head(self) -> int:
        box = self.query_one(Dialog).outer_size.height
        return max(_LEAST_HEAD, box - _BESIDE_HEAD - len(self._rows))

    def _title(self) -> Line:
        origin, role = self._label(self._origin), self._label(self._role)
        role = "it" if self._role == self._origin else role
        room = self.query_one("#head", Document).size.width
        return title(self._modes, self.mode, origin, role, self._rows, room)

    def _head_lines(self, found: Found, named: int) -> list[Line]:
        lines = [self._title(), *loop_lines(found, self._rows, named)]
        if self._not_found:
            lines.append(line((f"Nothing here is called {one_line(self._not_found)}.", "warning")))
        return [*lines, *fact_lines(found, self._rows, self.mode)]

    def _label(self, node: str) -> str:
        return label_of(node, self.found.graph if self.found is not None else None) if node else ""

    def _cell(self, row: TreeRow) -> Line:
        alive = self._alive
        survives = alive is None or row.node in alive or bool(row.note)
        room = self.query_one("#tree", Table).size.width - _BESIDE_ROW
        if survives:
            return row_spans(self._fitting(row, room), self.mode, you=self._you)
        room -= cells(_ENDS)
        spans = row_spans(self._fitting(row, room), self.mode, you=self._you)
        if width_of(spans) > room:  # what becomes of it matters more than what the hop takes
            spans = longest_shortened(spans, room, middle=False)
        return (*(Span(each.text, "muted") for each in spans), Span(_ENDS, "revoked"))

    def _fitting(self, row: TreeRow, room: int) -> TreeRow:
        """The row with a shorter name where what follows the name would be cut off."""
        over = width_of(row_spans(row, self.mode, you=self._you)) - room
        if over <= 0 or not row.label:
            return row
        common = common_to(self._rows)
        left = max(cells(row.label) - over, LEAST_NAME)
        return replace(row, label=without_common(row.label, common, left))

    # Keys ------------------------------------------------------------------------------------------------

    def _row(self) -> TreeRow | None:
        row: TreeRow | None = self.query_one("#tree", Table).cursor_row
        return row

    def action_unfold(self, is_open: bool) -> None:
        self.in_turn(partial(self._unfold, is_open))

    def _unfold(self, is_open: bool) -> None:
        row, tree = self._row(), self._tree
        if row is None or tree is None:
            return
        if not is_open and not row.is_open and len(row.path) > 1:
            self.query_one("#tree", Table).choose(row.path[:-1])
        elif row.inside:
            tree.toggle(row.path, is_open)
            self._show()

    def action_turn(self, step: int) -> None:
        self.in_turn(partial(self._turn, step))

    def _turn(self, step: int) -> None:
        if self._modes:
            self.mode = self._modes[(self._modes.index(self.mode) + step) % len(self._modes)]
            self._cut, self._alive = "", None
            self._show()
            self.query_one("#tree", Table).move_to(0)

    def action_cut(self) -> None:
        row = self._row()
        self._cut = "" if row is None or row.node == self._cut else row.node
        tree = self._tree
        self._alive = tree.survivors(self._cut) if self._cut and tree is not None else None
        self.query_one("#tree", Table).repaint_rows()

    def action_find(self) -> None:
        field = self.query_one("#find", Field)
        field.display = True
        self.set_focus(field)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        tree, wanted = self._tree, event.value.strip()
        self._not_found = ""
        if tree is not None and tree.direction == "from" and (chain := tree.find(wanted)):
            self._show(tree.open_chain(chain))
        else:
            row = next((each for each in self._rows if wanted.lower() in each.label.lower()), None)
            self._not_found = wanted if row is None else ""
            self._show(row.path if row is not None else ())
        self.action_end_find()

    def action_end_find(self) -> None:
        self.query_one("#find", Field).display = False
        self.query_one("#tree", Table).focus()

    def action_wish(self, what: str) -> None:
        row = self._row()
        if self.found is None or row is None:
            return
        if what == "copy":
            text = "\n".join(text_of(row_spans(each, self.mode, you=self._you)) for each in self._rows)
            self.dismiss(Wish("copy", text=text))
        elif what == "revoke":
            loop = next((each for each in self.found.loops if row.node in each), ())
            if not loop and ":role/" not in row.node:
                return  # only sessions of roles are revoked
            self.dismiss(Wish("revoke", path=row.path, roles=loop or (row.node,)))
        elif what == "incident":
            self.dismiss(Wish(what, path=row.path, text=row.node))
        elif row.hop is not None:
            self.dismiss(Wish(what, path=row.path, hop=row.hop))

    def on_table_activated(self) -> None:
        row = self._row()
        if row is not None and row.hop is None and not row.is_open:
            self._unfold(True)
        else:
            self.action_wish("walk")


def _not_last(row: TreeRow) -> TreeRow:
    """A row of a tree in which more follows below its root."""
    return replace(row, lasts=(False, *row.lasts[1:])) if row.lasts else row


def _shut(entry: Entry) -> str:
    conditions = "".join(f" [{each}]" for each in entry.conditions)
    if entry.is_untried:
        return f"? {entry.who}{conditions}: could not be tried"
    return f"- {entry.who}{conditions}: kept out, {entry.kept_out}"
