"""Which cut ends which kind of credentials? The table in `docs/incident.md`, from the claims.

Each cell is a claim that `sts-tui selftest` proves by carrying the cut out.
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
    """The whole page: what is written by hand, with the table as it is now."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(MARKS[0])
    _, _, after = rest.partition(MARKS[1])
    return f"{before}{MARKS[0]}\n{matrix_table()}\n{MARKS[1]}{after}"


def matrix_table() -> str:
    """As Markdown."""
    lines = [("cut", *COLUMNS), ("---",) * (len(COLUMNS) + 1)]
    lines += [
        (
            f"[`{row.cut}`]({row.source}): {row.does}",
            *(_WORDS[row.cells[column]] for column in COLUMNS),
        )
        for row in cut_rows("cuts-and-credentials")
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
