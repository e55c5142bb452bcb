"""Which rows does the reach tree have? From one principal outward, or into one role, unfolded as one walks.

A row is a path of nodes from the root. Children of a node are read from the graph of hops when it is
unfolded, so a model of ten thousand roles costs no more than what is open. A node that is on its own path is
marked as a loop and is not unfolded again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from msgspec import Struct

from sts_tui.simulation.reach.graph import Chain, Hop, HopGraph, HopGroup

MOST_CHILDREN: Final = 100
"""Of one node; the rest is counted."""
Direction = Literal["from", "into"]
OUTSIDE: Final = "outside the files"
"""The root of everyone who comes in from outside."""
Path = tuple[str, ...]


class TreeRow(Struct, frozen=True, kw_only=True):
    """One row. `path` are the nodes from the root to it, and its key."""

    path: Path
    label: str
    lasts: tuple[bool, ...] = ()
    """For each level below the root: whether the node there is the last child."""
    hop: HopGroup | None = None
    """The hop from the node above to it (in the tree *into*: from it); the one that needs least."""
    others: int = 0
    """Further ways between the same two nodes."""
    is_open: bool = False
    inside: int = 0
    """How many nodes it unfolds to."""
    is_loop: bool = False
    is_administrator: bool = False
    note: str = ""
    """The text of a row that is not a node."""

    @property
    def node(self) -> str:
        return self.path[-1]

    @property
    def source(self) -> str:
        """Where the hop begins, in the tree *from*; empty for the root."""
        return self.path[-2] if len(self.path) > 1 else ""


class ReachTree:
    """The tree around one root."""

    def __init__(
        self, graph: HopGraph, root: str, direction: Direction, administrators: frozenset[str]
    ) -> None:
        self.graph = graph
        self.root = root
        self.direction: Final = direction
        self._administrators = administrators
        self._open: set[Path] = {(root,)}

    def toggle(self, path: Path, is_open: bool | None = None) -> None:
        """Unfolds or folds a node; None: toggles it."""
        if is_open is None:
            is_open = path not in self._open
        if is_open:
            self._open.add(path)
        else:
            self._open.discard(path)

    def open_chain(self, chain: Chain) -> Path:
        """Unfolds what leads along a chain from the root, and returns its last path."""
        path = self.path_of(chain)
        for hop in chain.hops:
            self._open.update((path[:1], path))
            path = (*path, hop.target)
        return path

    def rows(self) -> list[TreeRow]:
        """The root and whatever is unfolded below it, from top to bottom."""
        root = TreeRow(
            path=(self.root,),
            label=self.graph.label(self.root),
            is_open=(self.root,) in self._open,
            inside=len(self.children(self.root)),
            is_administrator=self.root in self._administrators,
        )
        return [root, *self._below(root)] if root.is_open else [root]

    def _below(self, above: TreeRow) -> Iterator[TreeRow]:
        children = self.children(above.node)
        shown = children[:MOST_CHILDREN]
        for place, (node, groups) in enumerate(shown):
            is_last = place == len(children) - 1
            row = self._row(above, node, groups, is_last)
            yield row
            if row.is_open:
                yield from self._below(row)
        if len(children) > len(shown):
            text = f"{len(children) - len(shown)} more; / finds each"
            path = (*above.path, "")
            yield TreeRow(path=path, label="", lasts=(*above.lasts, True), note=text)
        if not children and len(above.path) == 1:
            nothing = "it can assume no role" if self.direction == "from" else "no principal can assume it"
            yield TreeRow(path=(*above.path, ""), label="", lasts=(True,), note=nothing)

    def _row(self, above: TreeRow, node: str, groups: Sequence[HopGroup], is_last: bool) -> TreeRow:
        """`groups` are the ways there; none below the root of all that is outside."""
        path = (*above.path, node)
        is_loop = node in above.path
        ends = bool(groups) and all(each.is_limited for each in groups)
        is_leaf = is_loop or (ends and self.direction == "from")
        return TreeRow(
            path=path,
            label=self.graph.label(node),
            lasts=(*above.lasts, is_last),
            hop=groups[0] if groups else None,
            others=max(0, len(groups) - 1),
            is_open=path in self._open and not is_leaf,
            inside=0 if is_leaf else len(self.children(node)),
            is_loop=is_loop,
            is_administrator=node in self._administrators,
        )

    def children(self, node: str) -> list[tuple[str, list[HopGroup]]]:
        """The nodes one hop away, each with its hops, the one that needs least first. Certain hops of STS
        come first, then other ways to gain permissions, then what is unknown.
        """
        found: dict[str, list[HopGroup]] = {}
        if self.direction == "from":
            for group in self.graph.leaving(node):
                if group.target != node:
                    found.setdefault(group.target, []).append(group)
        else:
            for group in self.graph.into(node):
                if group.is_limited and node != self.root:
                    continue  # its session leads no further, unless a hop of its own goes through it
                for source in group.sources:
                    if source != node:
                        found.setdefault(source, []).append(group)
        for groups in found.values():
            groups.sort(key=_worth)
        return sorted(found.items(), key=lambda item: _worth(item[1][0]))

    def starts(self) -> Sequence[str]:
        """Where the hops of the tree begin."""
        return (self.root,)

    def path_of(self, chain: Chain) -> Path:
        """The first path of a chain: where it begins."""
        return (self.root,)

    def survivors(self, without: str) -> frozenset[str]:
        """The nodes that the root still reaches when one node is cut out; *into*: those that still get in."""
        if self.direction == "from":
            return self.graph.reached_without(self.starts(), without)
        seen = {self.root}
        waiting = [self.root]
        while waiting:
            for node, _ in self.children(waiting.pop()):
                if node != without and node not in seen:
                    seen.add(node)
                    waiting.append(node)
        return frozenset(seen)

    def find(self, text: str) -> Chain | None:
        """The shortest chain from the root to the nearest role whose name has this text."""
        wanted = text.lower()
        chains = self.graph.chains_from(self.root)
        return next((each for each in chains if wanted in each.hops[-1].target_label.lower()), None)


class OutsideTree(ReachTree):
    """The tree below everyone who comes in from outside the files: services, other accounts, users of
    providers.
    """

    def __init__(self, graph: HopGraph, outside: Sequence[str], administrators: frozenset[str]) -> None:
        """`outside`: the nodes of the graph that no file holds."""
        super().__init__(graph, OUTSIDE, "from", administrators)
        self._outside = outside

    def children(self, node: str) -> list[tuple[str, list[HopGroup]]]:
        return [(each, []) for each in self._outside] if node == OUTSIDE else super().children(node)

    def starts(self) -> Sequence[str]:
        return (OUTSIDE, *self._outside)

    def path_of(self, chain: Chain) -> Path:
        return (OUTSIDE, chain.source)

    def find(self, text: str) -> Chain | None:
        wanted = text.lower()
        chains = (chain for each in self._outside for chain in self.graph.chains_from(each))
        found = (
            each
            for each in chains
            if wanted in each.hops[-1].target_label.lower() or wanted in each.source.lower()
        )
        return min(found, key=lambda each: len(each.hops), default=None)


def _worth(group: HopGroup) -> tuple[bool, bool, int]:
    return bool(group.unknown), not group.is_session, len(group.needs)


def chain_rows(graph: HopGraph, chain: Chain, administrators: frozenset[str]) -> list[TreeRow]:
    """The hops of one chain, each below the one before."""
    path: Path = (chain.source,)
    rows = [TreeRow(path=path, label=graph.label(chain.source), is_open=True)]
    for hop in chain.hops:
        group = HopGroup(
            sources=(hop.source,),
            target=hop.target,
            operation=hop.operation,
            needs=hop.needs,
            unknown=hop.unknown,
        )
        group = next((each for each in graph.leaving(hop.source) if _is_same(each, hop)), group)
        path = (*path, hop.target)
        rows.append(
            TreeRow(
                path=path,
                label=hop.target_label,
                lasts=(True,) * (len(path) - 1),
                hop=group,
                is_open=True,
                is_administrator=hop.target in administrators,
            )
        )
    return rows


def _is_same(group: HopGroup, hop: Hop) -> bool:
    """Whether a hop is one of the group; one of those that only together lead somewhere is in none."""
    return (group.target, group.operation, group.needs) == (hop.target, hop.operation, hop.needs)
