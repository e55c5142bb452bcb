"""What is reached from one node, and by which hop last? Breadth first, so that every chain is the shortest.

A hop that goes `through` others counts as many as it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
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
        for here in level:
            for group in leaving(here):
                target = group.target
                if target in found or target == source or (certain and group.unknown):
                    continue
                if group.through:
                    later.setdefault(hops + len(group.through) - 1, []).append((here, group))
                    continue
                found[target] = (here, group)
                if target == until:
                    return found
                following.append(target)
        for here, group in later.pop(hops, ()) if later else ():
            if found.setdefault(group.target, (here, group)) == (here, group):
                if group.target == until:
                    return found
                following.append(group.target)
        level = following
    return found


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
