"""What is reached from one node, and by which hop last? Breadth first, so that every chain is the shortest.

A hop that goes `through` others counts as many as it has. One that issues a limited session leads to its
target and no further, until another hop leads there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sts_tui.simulation.reach.graph import HopGroup

Leaving: TypeAlias = "Callable[[str], Iterable[HopGroup]]"
"""The hops that begin at a node. A node is asked about once, and may leave out what another had before."""
Predecessors: TypeAlias = "dict[str, tuple[str, HopGroup]]"
"""Of each node that is reached, the nearest first: from where, and by which hop."""


def predecessors(source: str, leaving: Leaving, *, certain: bool, until: str = "") -> Predecessors:
    """`certain`: without hops that are unknown. The search ends once `until` is found."""
    search = _Search(source, leaving, certain=certain)
    level, hops = [source], 0
    while level or search.later:
        hops += 1
        following: list[str] = []
        for here, group in search.arriving(level, hops):
            following += search.arrived(here, group)
            if group.target == until:
                return search.found
        level = following
    return search.found


class _Search:
    """What is found so far."""

    def __init__(self, source: str, leaving: Leaving, *, certain: bool) -> None:
        self.found: Predecessors = {}
        self.later: dict[int, list[tuple[str, HopGroup]]] = {}
        """Longer hops, by the number of hops after which they arrive."""
        self._ends: set[str] = set()
        """Nodes to which only limited sessions lead so far."""
        self._source, self._leaving, self._certain = source, leaving, certain

    def _is_new(self, group: HopGroup) -> bool:
        target = group.target
        is_known = target in self.found and (target not in self._ends or group.is_limited)
        return not (is_known or target == self._source or (self._certain and group.unknown))

    def arriving(self, level: Iterable[str], hops: int) -> Iterator[tuple[str, HopGroup]]:
        """What arrives after so many hops: from the nodes of a level at once, then by longer ways."""
        for here in level:
            for group in filter(self._is_new, self._leaving(here)):
                if group.through:
                    self.later.setdefault(hops + len(group.through) - 1, []).append((here, group))
                else:
                    yield here, group
        for here, group in self.later.pop(hops, ()):
            if self._is_new(group):
                yield here, group

    def arrived(self, here: str, group: HopGroup) -> tuple[str, ...]:
        """The node that is reached, if the search continues from it."""
        self.found.pop(group.target, None)  # its chain is that of its last entry, which comes after `here`
        self.found[group.target] = (here, group)
        if group.is_limited:
            self._ends.add(group.target)
            return ()
        self._ends.discard(group.target)
        return (group.target,)


def hops_to(
    source: str, target: str, found: Mapping[str, tuple[str, HopGroup]]
) -> list[tuple[str, HopGroup]]:
    """Where each hop of the chain from `source` to `target` begins, and the hop; `through` is unfolded.

    `found`: of each node from where and by which hop, as `predecessors` has it.
    """
    hops: list[tuple[str, HopGroup]] = []
    here = target
    while here != source:
        before, group = found[here]
        single = [(each.sources[0], each) for each in group.through] or [(before, group)]
        hops[:0] = single
        here = before
    return hops
