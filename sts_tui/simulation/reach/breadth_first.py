"""Which nodes can be reached from one node, and through which last hop? Breadth first, so that every chain is
a shortest one.

A hop that goes `through` others counts as that many hops. A hop that issues a limited session leads to its
target and no further, unless another hop leads there too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sts_tui.simulation.reach.graph import HopGroup

Leaving: TypeAlias = "Callable[[str], Iterable[HopGroup]]"
"""The hops that begin at a node. It is called once for each node, and may leave out hops that it gave for an
earlier one.
"""
Predecessors: TypeAlias = "dict[str, tuple[str, HopGroup]]"
"""By reached node, the nearest first: the node before it, and the hop between them."""


def predecessors(source: str, leaving: Leaving, *, certain: bool, until: str = "") -> Predecessors:
    """`certain`: leave out hops that are unknown. The search ends once `until` is found."""
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
    """The nodes found so far."""

    def __init__(self, source: str, leaving: Leaving, *, certain: bool) -> None:
        self.found: Predecessors = {}
        self.later: dict[int, list[tuple[str, HopGroup]]] = {}
        """Hops that go through others, by the number of single hops after which they arrive."""
        self._ends: set[str] = set()
        """Nodes to which only limited sessions lead so far."""
        self._source, self._leaving, self._certain = source, leaving, certain

    def _is_new(self, group: HopGroup) -> bool:
        target = group.target
        is_known = target in self.found and (target not in self._ends or group.is_limited)
        return not (is_known or target == self._source or (self._certain and group.unknown))

    def arriving(self, level: Iterable[str], hops: int) -> Iterator[tuple[str, HopGroup]]:
        """(source, hop) of what is reached after this many hops: first by single hops from the nodes of a
        level, then by hops through others.
        """
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
        """The node that is reached, in a tuple, if the search continues from it; else empty."""
        self.found.pop(group.target, None)  # reinsert it: its place in the order is after `here`
        self.found[group.target] = (here, group)
        if group.is_limited:
            self._ends.add(group.target)
            return ()
        self._ends.discard(group.target)
        return (group.target,)


def hops_to(
    source: str, target: str, found: Mapping[str, tuple[str, HopGroup]]
) -> list[tuple[str, HopGroup]]:
    """(source, hop) for each hop of the chain from `source` to `target`; hops `through` others are replaced
    by these. `found`: the result of `predecessors`.
    """
    hops: list[tuple[str, HopGroup]] = []
    here = target
    while here != source:
        before, group = found[here]
        single = [(each.sources[0], each) for each in group.through] or [(before, group)]
        hops[:0] = single
        here = before
    return hops
