"""Who reaches whom, on which shortest chain, and which roles form a loop? The graph of hops.

Nodes are principals. An edge is a `HopGroup`: many sources that can all become one target in the same way. If
a trust policy admits the hundreds of principals of an account, these share one tuple of sources, so that the
graph grows with the number of policies and not with the number of pairs. Chains are computed on demand, from
one predecessor per node. Policies do not matter here: `direct_hops` decides whether a hop is possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from sts_tui.simulation.reach.breadth_first import Predecessors, hops_to, predecessors
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext
from sts_tui.sts.session import Session

_FARTHEST_STEPS: Final = 500_000
"""How many roles are visited at most to compute how far each source gets: a fraction of a second."""

_ISSUING: Final = ("GetCredentialsForIdentity", "CreateSession")
_LIMITED: Final = "limited session of "
"""Prefix to the name of a role, for a node with no hop from it."""


class Hop(Struct, frozen=True, kw_only=True):
    """One call, or path through IAM, by which a principal becomes another now."""

    source: str
    """ARN of a user or role; `github/main` of an identity provider's user; `service:ec2.amazonaws.com`."""
    source_label: str
    target: str
    """ARN of a role."""
    target_label: str
    operation: str
    """`AssumeRole`, `AssumeRoleWithSAML`, `AssumeRoleWithWebIdentity`; else the path by which permissions are
    gained: `PutUserPolicy`, `PassRole, RunInstances`."""
    needs: tuple[str, ...] = ()
    """What the caller has to supply: `MFA`, `external id acme-7`."""
    unknown: str = ""
    """The fact outside the files that decides whether the hop is possible; empty: it is possible."""


class HopGroup(Struct, frozen=True, kw_only=True, eq=False):
    """The same hop from each of several sources."""

    sources: tuple[str, ...]
    target: str
    operation: str
    needs: tuple[str, ...] = ()
    unknown: str = ""
    brought: tuple[CandidateContext, ...] = ()
    """`needs` as parameters and context of the call."""
    through: tuple[HopGroup, ...] = ()
    """The single hops that it consists of, if they lead to the target only together: the first one sets a
    session tag that the last one requires, or issues a session limited by session policies.
    """
    written: str = ""
    """If the source first gives a user or role the right to assume the target and then becomes it: the ARN
    that the first operation changes, of that principal or of one of its policies.
    """
    written_with: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    """Condition keys of that operation's request: (`aws:RequestTag/team`, `ops`), (`aws:TagKeys`, (`team`,)).
    """
    session: Session | None = None
    """The session that the hop issues, if session policies, session tags or a source identity distinguish it
    from a session issued without parameters.
    """

    @property
    def is_limited(self) -> bool:
        """Whether session policies may deny what the role is allowed. Then a chain continues only with hops
        that are `through` this one.
        """
        return self.session is not None and self.session.has_session_policy

    @property
    def is_session(self) -> bool:
        """Whether the hop is a call (of STS, Cognito or Roles Anywhere) that issues a session of the
        target.
        """
        return self.operation.startswith(("AssumeRole", "AssumeRoot")) or self.operation in _ISSUING

    def hop(self, source: str, label: Callable[[str], str]) -> Hop:
        """The hop of one of the sources; `label` gives the display name of a source or target."""
        return Hop(
            source=source,
            source_label=label(source),
            target=self.target,
            target_label=label(self.target),
            operation=self.operation,
            needs=self.needs,
            unknown=self.unknown,
        )


class Chain(Struct, frozen=True):
    """Consecutive hops, each from the target of the one before."""

    hops: tuple[Hop, ...]

    @property
    def source(self) -> str:
        return self.hops[0].source

    @property
    def target(self) -> str:
        return self.hops[-1].target

    @property
    def is_certain(self) -> bool:
        """Whether none of its hops depends on a fact outside the files."""
        return not any(hop.unknown for hop in self.hops)


class Reached(Struct, frozen=True):
    """How far one source gets: the number of roles, and the hops to the farthest of them."""

    roles: int
    hops: int


class HopGraph:
    """All hops of a model. Frozen by convention."""

    def __init__(self, groups: Iterable[HopGroup], labels: Mapping[str, str]) -> None:
        """`labels`: display names by source or target; a node without one is shown as it is."""
        self.groups: Final = tuple(groups)
        self.administrators: tuple[str, ...] | None = None
        """ARNs of the sources that are equivalent to an administrator; None: not computed."""
        self._labels = labels
        self._has_longer = any(group.through or group.is_limited for group in self.groups)
        # Sources that share a tuple share a set of groups, so whole accounts need one entry.
        self._by_tuple: dict[int, list[HopGroup]] = {}
        self._tuples: dict[str, list[int]] = {}
        self._by_target: dict[str, list[HopGroup]] = {}
        """Filled when it is first asked for."""
        for group in self.groups:
            found = self._by_tuple.get(id(group.sources))
            if found is None:
                found = self._by_tuple[id(group.sources)] = []
                for source in group.sources:
                    self._tuples.setdefault(source, []).append(id(group.sources))
            found.append(group)

    def __len__(self) -> int:
        """How many hops there are; a source with two ways into a role counts twice."""
        return sum(len(group.sources) for group in self.groups)

    @property
    def sources(self) -> Iterator[str]:
        """Every source of a hop, in the order in which they were found."""
        return iter(self._tuples)

    def label(self, node: str) -> str:
        """The display name of a source or a target."""
        return self._labels.get(node, node)

    def hops(self) -> Iterator[Hop]:
        """Every hop, once per source and role: of several, the one that requires least of the caller."""
        seen: set[tuple[str, str, str]] = set()
        for group in self.groups:
            for source in group.sources:
                if (source, group.target, group.operation) not in seen:
                    seen.add((source, group.target, group.operation))
                    yield self._hop(source, group)

    def into(self, target: str) -> Iterator[HopGroup]:
        """The hops that end in one role."""
        if not self._by_target:
            for group in self.groups:
                self._by_target.setdefault(group.target, []).append(group)
        return iter(self._by_target.get(target, ()))

    def leaving(self, source: str) -> Iterator[HopGroup]:
        """The hops that begin at one source."""
        for key in self._tuples.get(source, ()):
            yield from self._by_tuple[key]

    def reached_without(self, starts: Iterable[str], without: str) -> frozenset[str]:
        """The nodes that can be reached from `starts` (which are included) without passing one node. Sources
        that share a tuple are followed once, so that the cost grows with the graph and not with the number of
        pairs.
        """
        seen = {each for each in starts if each != without}
        waiting, followed, ends = list(seen), set[int](), set[str]()
        while waiting:
            for key in self._tuples.get(waiting.pop(), ()):
                if key in followed:
                    continue
                followed.add(key)
                groups = self._by_tuple[key]
                ends |= {group.target for group in groups if group.is_limited}
                fresh = {group.target for group in groups if not group.is_limited} - seen - {without}
                seen |= fresh
                waiting += fresh
        return frozenset(seen | ends - {without})

    def _hop(self, source: str, group: HopGroup) -> Hop:
        return group.hop(source, self.label)

    def chains_from(self, source: str, target: str | None = None) -> Iterator[Chain]:
        """The shortest chain from a source to each role it can become, the nearest first; or to one role. A
        chain with an unknown hop is given only if no certain chain exists.
        """
        found = self._predecessors(source, certain=True, until=target or "")
        if target is None:
            for each in found:
                yield self._chain(source, each, found)
            wider = self._predecessors(source, certain=False)
            yield from (self._chain(source, each, wider) for each in wider if each not in found)
            return
        if target not in found:
            found = self._predecessors(source, certain=False, until=target)
        if target in found:
            yield self._chain(source, target, found)

    def _predecessors(self, source: str, *, certain: bool, until: str = "") -> Predecessors:
        """See `predecessors`; sources that share a tuple are followed once."""
        seen: set[int] = set()

        def fresh(here: str) -> Iterable[HopGroup]:
            keys = self._tuples.get(here, ())
            if len(keys) == 1:  # nearly always
                (key,) = keys
                if key in seen:
                    return ()
                seen.add(key)
                return self._by_tuple[key]
            unseen = [key for key in keys if key not in seen]
            seen.update(unseen)
            return [group for key in unseen for group in self._by_tuple[key]]

        return predecessors(source, fresh, certain=certain, until=until)

    def _chain(self, source: str, target: str, found: Predecessors) -> Chain:
        return Chain(tuple(self._hop(before, group) for before, group in hops_to(source, target, found)))

    def reached_from(self, source: str) -> Reached:
        """How many roles a source can become with certainty, and how many hops the farthest takes."""
        depth = {source: 0}
        if self._has_longer:
            for target, (before, group) in self._predecessors(source, certain=True).items():
                depth[target] = depth[before] + (len(group.through) or 1)
            return Reached(len(depth) - 1, max(depth.values()))
        seen: set[int] = set()
        waiting = [source]
        for here in waiting:  # grows
            after = depth[here] + 1
            for key in self._tuples.get(here, ()):
                if key in seen:
                    continue
                seen.add(key)
                for group in self._by_tuple[key]:
                    if group.target not in depth and not group.unknown:
                        depth[group.target] = after
                        waiting.append(group.target)
        return Reached(len(depth) - 1, max(depth.values()))

    def reached_from_each(self) -> dict[str, Reached]:
        """`reached_from` of every source. If that takes more than `_FARTHEST_STEPS` steps, the number of hops
        is left out (0): roles are counted as bit sets over the condensed graph, but hops need one search for
        each source.
        """
        counts = self._counts()
        if sum(counts.values()) <= _FARTHEST_STEPS:
            return {source: self.reached_from(source) for source in counts}
        return {source: Reached(roles, 0) for source, roles in counts.items()}

    def _counts(self) -> dict[str, int]:
        """How many roles each source reaches, computed with one bit set for each strongly connected
        component.
        """
        bit = {name: 1 << number for number, name in enumerate({group.target: None for group in self.groups})}
        bit |= {f"{_LIMITED}{name}": one for name, one in bit.items()}
        edges = self._edges()
        reached: dict[str, int] = {}
        for component in strongly_connected(edges):  # what a component leads to comes before it
            found = 0
            for name in component:
                for following in edges[name]:
                    found |= reached.get(following, 0) | bit.get(following, 0)
            for name in component:
                reached[name] = found
        counts = {}
        for source, keys in self._tuples.items():
            found = 0
            for key in keys:
                found |= reached.get(f"#{key}", 0)
            counts[source] = (found & ~bit.get(source, 0)).bit_count()
        return counts

    def loops(self) -> tuple[tuple[str, ...], ...]:
        """Groups of roles (ARNs) that can become each other, a role that can become itself included.

        Any holder of a session of one of them can renew it indefinitely; to end that, every role of the group
        has to be revoked before one of them is assumed again.
        """
        order = {name: number for number, name in enumerate(self._tuples)}
        found = []
        for component in strongly_connected(self._edges(only_sessions=True)):
            roles = sorted((name for name in component if name in order), key=order.__getitem__)
            # A role that leads back to itself is two nodes: the role, and a tuple of sources that contains
            # it.
            if len(component) > 1 and roles:
                found.append(tuple(roles))
        return tuple(sorted(found, key=lambda roles: order[roles[0]]))

    def _edges(self, *, only_sessions: bool = False) -> dict[str, list[str]]:
        """Edges from each role to its tuples and from each tuple to its targets, instead of from each source
        to each target.

        `only_sessions`: only hops that issue a session; a write to IAM renews nothing.
        """
        targets = {group.target for group in self.groups if not group.is_limited}
        edges = {name: [f"#{key}" for key in keys] for name, keys in self._tuples.items() if name in targets}
        for key, groups in self._by_tuple.items():
            edges[f"#{key}"] = [
                group.target if not group.is_limited else f"{_LIMITED}{group.target}"
                for group in groups
                if not group.unknown and (group.is_session or not only_sessions)
            ]
        return edges


def strongly_connected(edges: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """The groups of nodes that reach each other; `edges` are the nodes that follow each node.

    Tarjan's algorithm without recursion, so that a ring of ten thousand roles does not overflow the stack.

    <https://doi.org/10.1137/0201010>
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    on_stack: set[str] = set()
    stack: list[str] = []
    found: list[list[str]] = []
    for root in edges:
        if root in index:
            continue
        work: list[tuple[str, Iterator[str]]] = [(root, iter(edges[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            here, rest = work[-1]
            for following in rest:
                if following not in edges:
                    continue
                if following not in index:
                    index[following] = low[following] = len(index)
                    stack.append(following)
                    on_stack.add(following)
                    work.append((following, iter(edges[following])))
                    break
                if following in on_stack:
                    low[here] = min(low[here], index[following])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[here])
                if low[here] == index[here]:
                    found.append(_popped(stack, on_stack, here))
    return found


def _popped(stack: list[str], on_stack: set[str], until: str) -> list[str]:
    component: list[str] = []
    while not component or component[-1] != until:
        component.append(stack.pop())
        on_stack.discard(component[-1])
    return component
