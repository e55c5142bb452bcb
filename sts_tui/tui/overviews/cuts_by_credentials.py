"""Which cut ends which kind of credentials? The matrix of cuts on the screen, found by carrying them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.styled_text import Line, Span, Style, line, one_line

if TYPE_CHECKING:
    from sts_tui.tours.claims.cut_matrix import Reach
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host

Matrix = Mapping[tuple[str, str], "Reach"]
_HEADS: Final = {
    "AssumeRole": "Rol",
    "AssumeRoleWithSAML": "SAM",
    "AssumeRoleWithWebIdentity": "OID",
    "GetFederationToken": "Fed",
    "GetSessionToken": "Ses",
    "GetScopedCredentials": "Sco",
    "IAM Identity Center": "IdC",
    "aws login": "Log",
    "Cognito guest": "Cog",
    "Roles Anywhere": "Any",
    "EKS Pod Identity": "Pod",
    "long-term key": "Key",
}
"""Short enough for all columns of a terminal with 80."""
_CELLS: Final[Mapping[str, tuple[str, Style]]] = {
    "cut": ("cut", "allow"),
    "new only": ("new", "warning"),
    "lives": ("on", "deny"),
}
_FIRST: Final = 22
_WIDTH: Final = 4
TITLE: Final = "Which cut ends which credentials"


def open_matrix(app: Host) -> None:
    """Carries every cut out for every kind of credentials, in the background, and shows the table."""

    def compute(progress: Progress) -> list[tuple[Line, int]]:
        from sts_tui.tours.claims.cut_matrix import cut_matrix  # a model of its own: only where it is wanted

        return matrix_lines(cut_matrix())

    def show(lines: list[tuple[Line, int]]) -> None:
        app.clear_status()
        app.ask(ReadingScreen(TITLE, lines), app.copied("matrix"))

    app.background.soon("Carrying out every cut in a copy of a model", compute, show)


def matrix_lines(matrix: Matrix) -> list[tuple[Line, int]]:
    """The table, what its words mean, and what each cut calls."""
    from sts_tui.tours.claims.load import cut_rows

    rows = cut_rows("cuts-and-credentials")
    lines: list[tuple[Line, int]] = [
        ((Span(" " * _FIRST), *(Span(f"{_HEADS[name]:<{_WIDTH}}", "title") for name in _HEADS)), 0)
    ]
    for row in rows:
        cells = (_cell(matrix[row.cut, column].value) for column in _HEADS)
        lines.append(((Span(f"{row.cut:<{_FIRST}}", "strong"), *cells), 0))
    meanings = (
        (*_CELLS["cut"], "every request is denied, or the credentials no longer authenticate"),
        (*_CELLS["new only"], "they work on; new ones of the same kind are not issued"),
        (*_CELLS["lives"], "they work on, and new ones are issued"),
    )
    lines.append(((), 0))
    lines += [(line((f"{word:<{_WIDTH}}", style), (text, "muted")), _WIDTH) for word, style, text in meanings]
    lines.append(((), 0))
    for row in rows:
        lines.append((line((f"{row.cut:<{_FIRST}}", "strong"), (one_line(row.does), "plain")), _FIRST))
        lines.append((line((" " * _FIRST, "plain"), (row.source, "muted")), _FIRST))
    return lines


def _cell(reach: str) -> Span:
    word, style = _CELLS[reach]
    return Span(f"{word:<{_WIDTH}}", style)
