"""Where does a filter look for a word? In the text of each row in lower case, made once per row and kept.

A filter over 100,000 rows is one pass over a list of texts; making the texts takes twenty times as long. So a
text is kept as long as its row, also when the list around it changes, and texts that a stopped computation
had made are kept too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

R = TypeVar("R")
Progress = Callable[[int, int], None]
"""(done, of)"""
_STEP: Final = 1_000


class RowTexts(Generic[R]):
    """The texts of the rows of one list. Rows are frozen: a row that changes is another object."""

    __slots__ = ("_kept", "_read", "made")

    def __init__(self, read: Callable[[R], str]) -> None:
        self._read = read
        self._kept: tuple[Sequence[R], list[str]] = ((), [])
        """Rows, and the texts of the first of them; replaced, never changed: two threads may look."""
        self.made = 0
        """How many texts were made; typing letters must not increase it."""

    def of(self, rows: Sequence[R], progress: Progress | None = None) -> list[str]:
        """The text of each row, in their order."""
        before, known = self._kept
        if before is rows and len(known) == len(rows):
            return known
        texts, same = list(known) if before is rows else [], {}
        if before is not rows:
            same = dict(zip(map(id, before), known, strict=False))  # `before` keeps the identities taken
        try:
            for start in range(len(texts), len(rows), _STEP):
                if progress is not None:
                    progress(start, len(rows))
                texts += [same.get(id(row)) or self._made(row) for row in rows[start : start + _STEP]]
        finally:
            self._kept = (rows, texts)
        return texts

    def _made(self, row: R) -> str:
        self.made += 1
        return self._read(row).lower()
