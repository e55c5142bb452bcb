"""Was the file of a presented tour saved again, and which step of the new text is the one that is shown?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.reading.steps import Tour, TourLine

LOOKS_EVERY: Final = 0.5
"""Seconds of the wall clock between two looks at the files."""


class TourFile:
    """The file of a tour, and the account files that it opens."""

    def __init__(
        self,
        path: Path,
        account_files: Sequence[Path],
        read: Callable[[], tuple[Tour, Simulation]],
    ) -> None:
        """`read` gives the tour as it is on the disk now, and its model at the beginning. It raises
        TourError and AccountFileError.
        """
        self.path = path
        self.read = read
        self._files = (path, *account_files)
        self._seen = self._stamps()
        self._next_look = 0.0

    def was_saved(self, reading: float) -> bool:
        """Whether a file has changed since the last time that this was asked. `reading`: the wall clock, in
        seconds.
        """
        if reading < self._next_look:
            return False
        self._next_look = reading + LOOKS_EVERY
        before, self._seen = self._seen, self._stamps()
        return before != self._seen

    def _stamps(self) -> tuple[tuple[int, int, int], ...]:
        return tuple(_stamp(path) for path in self._files)


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:  # an editor is replacing it
        return (0, 0, 0)
    return (found.st_mtime_ns, found.st_size, found.st_ino)


def same_position(before: Sequence[TourLine], after: Sequence[TourLine], position: int) -> int:
    """The position in the lines `after` that corresponds to `position` in the lines `before`.

    The line that was performed last is found again; if it was changed, the line in its place; if it was
    removed, the last one before it.
    """
    texts = [line.text for line in before], [line.text for line in after]
    found = 0
    for tag, begin, end, new_begin, new_end in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if begin >= position:
            break
        within = min(position, end) - begin
        if tag in ("equal", "replace"):
            found = min(new_end, new_begin + within)
        elif tag == "delete":
            found = new_begin
    return found
