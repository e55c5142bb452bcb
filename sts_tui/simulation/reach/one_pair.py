"""What is the shortest chain from one principal to one role? Only the part of the graph that the principal
reaches is searched.

The search goes forward from the source: the hops of a node are found when the search reaches it, so that it
ends at the target and its cost depends on the roles on the way. The answer is that of the whole graph
(`reach.reach_of`, then `HopGraph.chains_from`).
"""

from __future__ import annotations

from collections.abc import Iterator

from sts_tui.simulation.reach.breadth_first import hops_to, predecessors
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation import Escalation
from sts_tui.simulation.reach.escalation.granted_hops import granted_hops
from sts_tui.simulation.reach.escalation.own_changes import hops_after_changes
from sts_tui.simulation.reach.graph import Chain, Hop, HopGroup
from sts_tui.simulation.simulation import Simulation


class ForwardHops:
    """The hops of one world, found node by node."""

    def __init__(self, simulation: Simulation, *, with_escalation: bool = False) -> None:
        self._world = simulation.world
        dumped = simulation.model.raw_dumps
        self._search = DirectHops(self._world, dumped, only=frozenset())
        self._escalation = Escalation(self._world, self._search) if with_escalation else None
        self._known: dict[str, tuple[HopGroup, ...]] = {}

    def leaving(self, node: str) -> tuple[HopGroup, ...]:
        """The hops of a user, a role or a service; none for nodes outside the files."""
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = tuple(self._found(node))
        return found

    def _found(self, node: str) -> Iterator[HopGroup]:
        found = list(self._search.leaving(node))
        yield from found
        if self._escalation is not None:
            source = self._search.narrowed(node).sources.by_arn.get(node)
            if source is not None:
                gained = list(self._escalation.leaving(source))
                yield from gained
                itself = HopGroup(sources=(node,), target=node, operation="")
                becoming = (*found, *gained, itself)
                granted = list(granted_hops(becoming, self._world, self._search, self._escalation))
                yield from granted
                known = (*found, *gained, *granted)
                yield from hops_after_changes(node, known, self._world, self._search)

    def chain(self, source: str, target: str) -> Chain | None:
        """The shortest chain; a chain with an unknown hop only if no certain chain exists."""
        found = predecessors(source, self.leaving, certain=True, until=target)
        if target not in found:
            found = predecessors(source, self.leaving, certain=False, until=target)
        if target not in found:
            return None
        return Chain(tuple(self._hop(before, group) for before, group in hops_to(source, target, found)))

    @property
    def rests_on_session_tags(self) -> bool:
        """Whether a found hop sets or requires a tag of the session, or sets the source identity: then other
        hops depend on it.
        """
        return any(
            each.session_tag is not None or each.tag is not None or each.sets_identity
            for groups in self._known.values()
            for group in groups
            for each in group.brought
        )

    def _hop(self, source: str, group: HopGroup) -> Hop:
        return group.hop(source, self._label)

    def _label(self, node: str) -> str:
        configuration = self._world.in_force
        if role := configuration.roles.get(node):
            return role.role_name
        user = configuration.users.get(node)
        return user.user_name if user is not None else node
