"""What is reached from one node, and by which hop last? Breadth first, so that every chain is the shortest.

A hop that goes `through` others counts as many as it has.
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
    found: Predecessors = {}
    later: dict[int, list[tuple[str, HopGroup]]] = {}
    """Longer hops, by the number of hops after which they arrive."""
    level, hops = [source], 0
    while level or later:
        hops += 1
        following: list[str] = []
        for here, group in _arriving(level, leaving, later, hops, certain=certain):
            target = group.target
            if target not in found and target != source:
                found[target] = (here, group)
                if target == until:
                    return found
                following.append(target)
        level = following
    return found


def _arriving(
    level: Iterable[str],
    leaving: Leaving,
    later: dict[int, list[tuple[str, HopGroup]]],
    hops: int,
    *,
    certain: bool,
) -> Iterator[tuple[str, HopGroup]]:
    """The hops that arrive after so many; longer ones are put down for later."""
    for here in level:
        for group in leaving(here):
            if certain and group.unknown:
                continue
            if len(group.through) > 1:
                later.setdefault(hops + len(group.through) - 1, []).append((here, group))
            else:
                yield here, group
    yield from later.pop(hops, ())


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
