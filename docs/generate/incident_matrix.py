"""Which cut ends which kind of credentials? Generates the table in `docs/incident.md` from the claims.

Each cell is a claim, which `sts-tui selftest` checks by executing the cut.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sts_tui.tours.claims.cut_matrix import COLUMNS, Reach
from sts_tui.tours.claims.load import cut_rows

PAGE: Final = Path(__file__).parents[1] / "incident.md"
MARKS: Final = ("<!-- matrix: written by `make docs` -->", "<!-- /matrix -->")
_WORDS: Final = {
    Reach.CUT: "**cut**",
    Reach.PARTLY: "*partly*",
    Reach.NEW_ONLY: "*new only*",
    Reach.LIVES: "lives",
}


def incident_page() -> str:
    """The complete page: the hand-written text with the current table."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n{matrix_table()}\n{MARKS[1]}{after}"


def matrix_table() -> str:
    """The table as Markdown."""
    lines = [("cut", *COLUMNS), ("---",) * (len(COLUMNS) + 1)]
    lines += [
        (
            f"[`{row.cut}`]({row.source}): {row.does}",
            *(_WORDS[row.cells[column]] for column in COLUMNS),
        )
        for row in cut_rows("cuts-and-credentials")
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
