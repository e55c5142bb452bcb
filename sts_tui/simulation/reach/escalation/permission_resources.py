"""Which resources does a path need its permissions on?"""

from __future__ import annotations

from collections.abc import Iterator

from sts_tui.account.arn import account_of
from sts_tui.account.entities import User
from sts_tui.account.iam_quotas import VERSIONS_PER_POLICY
from sts_tui.simulation.authorization.policies import groups_of, identity_documents
from sts_tui.simulation.reach.assume_rights import listed
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation_paths import On
from sts_tui.simulation.reach.escalation.escalation_targets import statements_in
from sts_tui.simulation.reach.escalation.permission_verdicts import EVERY_RESOURCE
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World


class PermissionResources:
    """The resources of one world."""

    def __init__(self, world: World, hops: DirectHops) -> None:
        self._world = world
        self._hops = hops

    def of(self, on: On, source: Source, target: str) -> Iterator[str]:
        """ARNs, or `*`. None means that the path does not hold."""
        configuration = self._world.in_force
        match on:
            case On.TARGET:
                yield target
            case On.ITSELF:
                yield source.arn
            case On.EVERYTHING:
                yield EVERY_RESOURCE
                # An Allow limited to some resources still works on these.
                yield from (each for each in self._named_resources(source) if each != EVERY_RESOURCE)
            case On.OWN_GROUP:
                if isinstance(source.entity, User):
                    yield from (group.arn for group in groups_of(source.entity, configuration))
            case On.OWN_POLICY | On.OWN_FULL_POLICY | On.OWN_OLDER_POLICY:
                for policy, versions in self.own_policies(source.arn, source.account):
                    if _is_meant(on, versions):
                        yield policy
            case On.PROVIDER:
                yield from self._hops.trusts[target].federated

    def own_policies(self, arn: str, account: str) -> Iterator[tuple[str, int | None]]:
        """(ARN, number of versions) of the customer managed policies of a principal; None: no file has the
        versions.
        """
        policies = self._world.in_force.policies
        for each in identity_documents(arn, self._world.in_force):
            if each.arn and account_of(each.arn) == account:
                policy = policies.get(each.arn)
                yield each.arn, len(policy.policy_version_list) if policy else None

    def _named_resources(self, source: Source) -> Iterator[str]:
        """The resources that the source's Allows name, with an example for each wildcard."""
        for statement in statements_in(source):
            if statement.get("Effect") == "Allow":
                for resource in map(str, listed(statement.get("Resource"))):
                    if "${" not in resource:
                        yield resource.replace("*", "any").replace("?", "x") if resource != "*" else resource


def _is_meant(on: On, versions: int | None) -> bool:
    """Whether a policy with this number of versions is one that `on` means; None: the number is unknown, so
    that it may have room for one more.
    """
    if on is On.OWN_POLICY:
        return versions is None or versions < VERSIONS_PER_POLICY
    return versions is not None and versions >= (2 if on is On.OWN_OLDER_POLICY else VERSIONS_PER_POLICY)
