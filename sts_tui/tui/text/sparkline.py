"""How many of something fell into each stretch of time, as a row of small bars?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import Final

LEVELS: Final = " ▁▂▃▄▅▆▇█"


def counts(instants: Sequence[float], first: float, last: float, width: int) -> list[int]:
    """How many of the sorted `instants` (seconds) fall into each of `width` equal stretches from `first` to
    `last`; the last stretch includes its end. Costs the width, not the number of instants.
    """
    span = max(last - first, 1e-9)
    edges = [bisect_left(instants, first + span * step / width) for step in range(width)]
    edges.append(bisect_left(instants, last + 1e-6))
    return [max(0, end - begin) for begin, end in zip(edges, edges[1:], strict=False)]


def bars(numbers: Sequence[int]) -> str:
    """The numbers as bars of eight heights; the smallest that is not nothing can be seen."""
    most = max(numbers, default=0) or 1
    top = len(LEVELS) - 1
    return "".join(LEVELS[min(top, -(-number * top // most))] for number in numbers)


def sparkline(
    instants: Sequence[float], first: float, last: float, width: int, here: float
) -> tuple[str, int]:
    """The bars, and the column in which `here` is."""
    column = int((here - first) / max(last - first, 1e-9) * width)
    return bars(counts(instants, first, last, width)), max(0, min(width - 1, column))
