"""May a source make one call? All policies are evaluated, once for all sources to which the same policies
apply.

Actions that no Allow could cover, by its text, are not evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Final

from sts_tui.account.json_value import JsonObject
from sts_tui.simulation.authorization.authorizer import Question, prepare
from sts_tui.simulation.authorization.hypothetical_request import hypothetical_request
from sts_tui.simulation.reach.assume_rights import listed, may_cover
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation_paths import PATHS
from sts_tui.simulation.reach.escalation.escalation_targets import statements_in
from sts_tui.simulation.reach.escalation.relevance import Relevances
from sts_tui.simulation.reach.evaluated_hop import verdict_of
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity

EVERY_RESOURCE: Final = "*"
ACTIONS: Final = frozenset(permission.action for path in PATHS for permission in path.permissions)
"""The actions of all paths."""
NO_ACTIONS: Final[frozenset[str]] = frozenset()


class PermissionVerdicts:
    """The verdicts of one world. Empty: allowed; None: denied; else the fact that would decide it."""

    def __init__(self, world: World, hops: DirectHops) -> None:
        self._world = world
        self._hops = hops
        self._known: dict[tuple[object, ...], str | None] = {}
        self._covered: dict[object, frozenset[str]] = {}
        self._relevances = Relevances(world)
        self._session: CallerIdentity | None = None
        """A session that is evaluated in place of its role; its verdicts are not cached."""
        self.evaluations = 0

    def covered_actions(self, source: Source) -> frozenset[str]:
        """The actions of the paths that the text of an Allow could cover."""
        key = source.policy_class
        found = self._covered.get(key)
        if found is None:
            found = NO_ACTIONS
            for statement in statements_in(source):
                if statement.get("Effect") == "Allow":
                    found = found | _covered_by(statement)
            self._covered[key] = found
        return found

    def of(self, source: Source, action: str, resource: str, context: Mapping[str, str]) -> str | None:
        """Empty: allowed by every policy; None: denied; else the fact that would decide it. Cached for all
        sources to which the same policies apply.
        """
        if self._session is not None:
            return self.decide(self._session, source, action, resource, context)
        key = self.equivalence_key(source, action, resource, context)
        if key not in self._known:
            caller = self._hops.evaluator.caller(source)
            self._known[key] = self.decide(caller, source, action, resource, context)
        return self._known[key]

    @contextmanager
    def of_session(self, caller: CallerIdentity) -> Iterator[None]:
        """A context in which `of` evaluates a session in place of its role, because session policies may
        limit it.
        """
        self._session = caller
        try:
            yield
        finally:
            self._session = None

    def equivalence_key(
        self, source: Source, action: str, resource: str, context: Mapping[str, str]
    ) -> tuple[object, ...]:
        """Equal for questions to which the same policies give the same verdict."""
        relevance = self._relevances.of(source, action)
        return (
            source.arn if relevance.depends_on_caller else source.policy_class,
            action,
            resource if relevance.depends_on_resource else EVERY_RESOURCE,
            tuple(context.values()),
        )

    def decide(
        self, caller: CallerIdentity, source: Source, action: str, resource: str, context: JsonObject
    ) -> str | None:
        """As `of`, for any caller and context, without the cache."""
        self.evaluations += 1
        question = self.question(caller, source, action, resource, context)
        return verdict_of(prepare(question).decide(self._world.now))

    def question(
        self, caller: CallerIdentity, source: Source, action: str, resource: str, context: JsonObject
    ) -> Question:
        """The request as the authorizer evaluates it."""
        return hypothetical_request(
            caller,
            action,
            resource,
            self._world,
            resource_account=source.account,
            operation_context=context,
        )

    def count_evaluation(self) -> None:
        """Count an evaluation that was made elsewhere."""
        self.evaluations += 1


def _covered_by(statement: Mapping[str, object]) -> frozenset[str]:
    """The actions of the paths that a statement could cover. In doubt an action is included."""
    if "NotAction" in statement:
        return ACTIONS
    found = NO_ACTIONS
    for pattern in listed(statement.get("Action")):
        if covered := _covered_by_pattern(str(pattern)):
            found = found | covered
    return found


@lru_cache(maxsize=16_384)
def _covered_by_pattern(pattern: str) -> frozenset[str]:
    return frozenset(each for each in ACTIONS if may_cover(pattern, each.lower()))
