"""Which cut ends which kind of credentials? The matrix of cuts on the screen, found by performing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sts_tui.tui.dialogs.dialog import Dialog, ListQuestion
from sts_tui.tui.text.styled_text import Line, Span, Style, line, one_line
from sts_tui.tui.widgets.columns import Column, ListRows
from sts_tui.tui.widgets.document import Document
from sts_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from sts_tui.tours.claims.cut_cell import CutRow
    from sts_tui.tours.claims.cut_matrix import Reach
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host

Matrix = Mapping[tuple[str, str], "Reach"]
_HEADS: Final = {
    "AssumeRole": "ROL",
    "AssumeRoleWithSAML": "SAM",
    "AssumeRoleWithWebIdentity": "OID",
    "GetFederationToken": "FED",
    "GetSessionToken": "SES",
    "GetScopedCredentials": "SCO",
    "IAM Identity Center": "IDC",
    "aws login": "LOG",
    "Cognito guest": "COG",
    "Roles Anywhere": "ANY",
    "EKS Pod Identity": "POD",
    "long-term key": "KEY",
}
"""Short enough for all columns of a terminal with 80; a line above the table explains them."""
_WHOLE_HEADS: Final = {
    **{kind: kind for kind in _HEADS},
    "AssumeRoleWithSAML": "WithSAML",
    "AssumeRoleWithWebIdentity": "WithWebIdentity",
    "GetFederationToken": "FederationToken",
    "GetSessionToken": "SessionToken",
    "GetScopedCredentials": "ScopedCreds",
    "IAM Identity Center": "Identity Center",
    "EKS Pod Identity": "Pod Identity",
}
"""Where there is room for all of them."""
_BESIDE_COLUMNS: Final = 30
"""Cells of the box besides the columns of kinds: the cuts, the borders, the cursor."""
_CELLS: Final[Mapping[str, tuple[str, Style]]] = {
    "cut": ("cut", "allow"),
    "partly": ("~", "warning"),
    "new only": ("new", "warning"),
    "lives": ("on", "deny"),
}
_MEANS: Final = {
    "cut": "every request is denied",
    "partly": "only some requests are denied",
    "new only": "they still work, no new ones are issued",
    "lives": "nothing ends",
}
TITLE: Final = "Which cut ends which credentials"


def open_matrix(app: Host) -> None:
    """Carries every cut out for every kind of credentials, in the background, and shows the table."""

    def compute(progress: Progress) -> Matrix:
        from sts_tui.tours.claims.cut_matrix import cut_matrix  # a model of its own: only where it is wanted

        return cut_matrix()

    def show(matrix: Matrix) -> None:
        from sts_tui.tours.claims.load import cut_rows

        app.clear_status()
        app.ask(MatrixScreen(cut_rows("cuts-and-credentials"), matrix), app.copied("matrix"))

    app.background.soon("Trying every cut in a copy of a model", compute, show)


class MatrixScreen(ListQuestion[str]):
    """A row for each cut, a column for each kind of credentials. Returns the text to copy."""

    MOST_HEAD = 8
    MOST_WHOLE = 4
    DEFAULT_CSS = """
    MatrixScreen Document { height: auto; }
    MatrixScreen #head { margin-bottom: 1; }
    MatrixScreen #whole { margin-top: 1; }
    MatrixScreen Table { height: 1fr; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "copy", "Copy", show=False),
        Binding("escape,q,K", "leave", "Close", show=False),
    ]

    def __init__(self, rows: Sequence[CutRow], matrix: Matrix) -> None:
        super().__init__()
        self._rows = rows
        self._matrix = matrix
        self._heads = _HEADS

    def compose(self) -> ComposeResult:
        with Dialog(TITLE, "j k move   y copy   esc close"):
            yield Document(id="head", can_focus=False, most=self.MOST_HEAD)
            yield Table(_columns(self._matrix, self._heads), id="cuts")
            yield Document(id="whole", can_focus=False, most=self.MOST_WHOLE)

    def on_mount(self) -> None:
        super().on_mount()
        table: Table[CutRow] = self.query_one("#cuts", Table)
        table.on_moved = lambda *_: self._show_whole()
        table.show(ListRows(self._rows, lambda row: row.cut))
        table.focus()
        self._show_heads()
        self._show_whole()

    def on_resize(self) -> None:
        self._show_heads()

    def _show_heads(self) -> None:
        """Kinds of credentials by name where there is room, else by three letters that a line explains."""
        room = self.size.width * 96 // 100 - _BESIDE_COLUMNS
        is_roomy = sum(len(head) + 1 for head in _WHOLE_HEADS.values()) <= room
        heads = _WHOLE_HEADS if is_roomy else _HEADS
        self.query_one("#head", Document).show(head_lines(heads))
        if heads is not self._heads:
            table: Table[CutRow] = self.query_one("#cuts", Table)
            cut = table.cursor_key
            self._heads = heads
            table.set_columns(_columns(self._matrix, heads))
            table.show(ListRows(self._rows, lambda row: row.cut))
            table.choose(cut)

    def _show_whole(self) -> None:
        """What the cut under the cursor calls, and where AWS documents it."""
        row: CutRow | None = self.query_one("#cuts", Table).cursor_row
        if row is not None:
            does = line((f"{row.cut}  ", "strong"), (one_line(row.does), "plain"))
            shown = [does, line((row.source, "muted"))]
            if row.unverified:
                shown.append(line((f"Not documented by AWS: {', '.join(row.unverified)}", "warning")))
            self.query_one("#whole", Document).show([(each, 2) for each in shown])

    def action_copy(self) -> None:
        table = ["\t".join(("cut", *_HEADS))]
        for row in self._rows:
            table.append("\t".join((row.cut, *(self._matrix[row.cut, kind].value for kind in _HEADS))))
        self.dismiss("\n".join(table))


def head_lines(heads: Mapping[str, str]) -> list[tuple[Line, int]]:
    """What the headings of the columns and the words in the cells mean."""
    kinds = ", ".join(f"{head}={kind}" for kind, head in heads.items())
    words: list[Span] = []
    for reach, text in _MEANS.items():
        word, style = _CELLS[reach]
        words += [Span(f"{'   ' if words else ''}{word}", style), Span(f" {text}", "muted")]
    explained = [(line((kinds, "muted")), 0)] if heads is _HEADS else []
    return [*explained, (tuple(words), 0)]


def _columns(matrix: Matrix, heads: Mapping[str, str]) -> tuple[Column[CutRow], ...]:
    first: Column[CutRow] = Column(
        id="cut", title="CUT", width=20, grow=1, most=24, cell=lambda row: line((row.cut, "strong"))
    )
    return (first, *(_column(kind, head, matrix) for kind, head in heads.items()))


def _column(kind: str, head: str, matrix: Matrix) -> Column[CutRow]:
    def cell(row: CutRow) -> Line:
        word, style = _CELLS[matrix[row.cut, kind].value]
        return line((word, style))

    return Column(id=kind, title=head, width=len(head), grow=1, most=max(6, len(head)), cell=cell)
