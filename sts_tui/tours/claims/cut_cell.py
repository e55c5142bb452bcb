"""What does a cut do to one kind of credentials? A cell of the matrix of cuts, as a claim.

`cuts/<topic>.json` has the matrix row by row, as AWS documents it; `cut_matrix` computes each cell by
carrying out the cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from sts_tui.tours.claims.claim import Claim, Sureness, Written
from sts_tui.tours.claims.cut_matrix import COLUMNS, LONG_TERM_KEY, Reach, cut_matrix

CUTS = Path(__file__).parent / "cuts"
_SENTENCES = {
    Reach.CUT: "`{cut}` ends {credentials}.",
    Reach.PARTLY: "`{cut}` denies some requests of {credentials}; others are still allowed.",
    Reach.NEW_ONLY: "`{cut}` does not end {credentials}, but prevents new ones.",
    Reach.LIVES: "`{cut}` does not affect {credentials}; new ones are issued.",
}


class CutCell(Claim):
    """A claim about one cut and one kind of credentials."""

    cut: str
    credentials: str
    then: Reach

    def check(self) -> str:
        """What the cut does instead; empty if the claim holds."""
        found = cut_matrix()[self.cut, self.credentials]
        return "" if found is self.then else f"expected {self.then.value}, found {found.value}"


def _whole(cells: dict[str, Reach]) -> dict[str, Reach]:
    if tuple(cells) != COLUMNS:
        raise ValueError(f"the columns are {', '.join(COLUMNS)}")
    return cells


class CutRow(Written):
    """A row as written in the file."""

    cut: str
    does: str
    """The calls of the cut, for the table."""
    cells: Annotated[dict[str, Reach], AfterValidator(_whole)]
    source: str
    unverified: tuple[str, ...] = ()
    """Columns that the documentation does not cover."""

    def claims(self, topic: str) -> Iterator[CutCell]:
        """A claim for each cell."""
        for column, reach in self.cells.items():
            named = f"a {column}" if column == LONG_TERM_KEY else f"credentials from {column}"
            yield CutCell.model_validate(
                {
                    "id": f"{self.cut}-{column.lower().replace(' ', '-')}",
                    "title": _SENTENCES[reach].format(cut=self.cut, credentials=named),
                    "source": self.source,
                    "sure": Sureness.UNVERIFIED if column in self.unverified else Sureness.DOCUMENTED,
                    "cut": self.cut,
                    "credentials": column,
                    "then": reach,
                },
                context={"topic": topic},
            )
