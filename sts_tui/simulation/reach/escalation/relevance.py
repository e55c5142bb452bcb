"""What does the verdict on one action depend on: the caller, the resource? Read from the text of the
policies.

If no policy tests who is calling, one verdict holds for all sources with the same policies; if none tests the
resource, for all resources.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.authorization.policies import boundary_document
from sts_tui.simulation.reach.assume_rights import (
    could_cover,
    mentions_caller,
    mentions_resource,
    statements_of,
)
from sts_tui.simulation.reach.escalation.escalation_targets import statements_in
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World


class Relevance(Struct, frozen=True):
    """What the verdict on one action depends on."""

    depends_on_caller: bool
    depends_on_resource: bool


class Relevances:
    """The relevances of one world, each computed once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._guardrails: dict[tuple[str, str], tuple[Mapping[str, object], ...]] = {}
        self._known: dict[tuple[object, ...], Relevance] = {}

    def of(self, source: Source, action: str) -> Relevance:
        """What the verdict on an action of a source depends on, computed once for each set of policies."""
        key = (source.policy_class, action)
        found = self._known.get(key)
        if found is None:
            concerned = [each for each in self._about(source) if could_cover(each, action)]
            concerned += self._of_guardrails(source.account, action)
            found = self._known[key] = Relevance(
                depends_on_caller=any(map(mentions_caller, concerned)),
                depends_on_resource=any(map(mentions_resource, concerned)),
            )
        return found

    def _about(self, source: Source) -> Iterator[Mapping[str, object]]:
        """The statements of the source's policies and of its boundary."""
        yield from statements_in(source)
        if source.entity.permissions_boundary is not None:
            boundary = boundary_document(source.arn, self._world.in_force)
            if boundary and boundary.written:
                yield from statements_of(boundary.written.document)

    def _of_guardrails(self, account: str, action: str) -> tuple[Mapping[str, object], ...]:
        """The statements of the SCPs over an account that could cover an action."""
        found = self._guardrails.get((account, action))
        if found is None:
            found = self._guardrails[account, action] = tuple(
                each
                for level in levels_of(account, self._world.in_force)
                for policy in level.service_control_policies
                for each in statements_of(policy.document.document)
                if could_cover(each, action)
            )
        return found
