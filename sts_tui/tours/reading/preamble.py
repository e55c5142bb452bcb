"""How does a tour begin? Its account files, seed and clock, before the first action. The explorer begins in
the same way without a tour, so the grammar is imported only for a tour.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.simulation.simulation import Simulation

if TYPE_CHECKING:
    from sts_tui.tours.reading import steps

DEFAULT_SIZE = (120, 36)
"""Columns and rows of the explorer's pictures."""


class Opening(Struct, frozen=True, kw_only=True):
    """The beginning of a tour. `files` are the account files to open, merged into one model."""

    files: tuple[Path, ...]
    seed: int = 0
    start: datetime | None = None
    """None: the files' StartTime, else 2026-01-15T09:00:00Z."""
    size: tuple[int, int] = DEFAULT_SIZE
    theme: str | None = None

    def open(self, *, vocabulary: bool = False) -> Simulation:
        """Open the simulation; raises AccountFileError with every error of the files. `vocabulary`: include
        all warnings of `validate`.
        """
        return Simulation.open(self.files, seed=self.seed, start=self.start, vocabulary=vocabulary)


def opening_of(
    tour: steps.Tour,
    folder: Path,
    sample: Path,
    *,
    files: Sequence[Path] = (),
    seed: int | None = None,
    start: datetime | None = None,
) -> Opening:
    """The beginning of a tour: its `account` and `set` lines, unless `files`, `seed` or `start` replace them.
    `folder`: the tour's paths are relative to it; `sample`: opened if no file is given.
    """
    from sts_tui.tours.reading import settings, steps

    chosen = settings_before_the_first_action(tour)
    named = [
        folder / name
        for line in tour.lines
        if isinstance(line.step, steps.Account)
        for name in line.step.files
    ]
    own_start = settings.parse_start(chosen["start"]) if "start" in chosen else None
    own_seed = settings.parse_seed(chosen.get("seed", "0"))
    return Opening(
        files=tuple(files or named or [sample]),
        seed=own_seed if seed is None else seed,
        start=start or own_start,
        size=settings.parse_size(chosen["size"]) if "size" in chosen else DEFAULT_SIZE,
        theme=chosen.get("theme"),
    )


def settings_before_the_first_action(tour: steps.Tour) -> dict[str, str]:
    """The last value of each of `seed`, `size`, `theme` and `start` that the tour sets, by name."""
    from sts_tui.tours.reading import settings, steps

    return {
        line.step.name: line.step.value
        for line in tour.lines
        if isinstance(line.step, steps.Set) and line.step.name in settings.BEFORE_THE_FIRST_ACTION
    }
