"""Who is equivalent to an administrator, and who can write any policy into a user or role?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role, User
from sts_tui.account.iam_quotas import VERSIONS_PER_POLICY
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.authorization.chosen_request import chosen_request
from sts_tui.simulation.authorization.hypothetical_request import question_under
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.changed_copy import noun_of, with_everything
from sts_tui.simulation.reach.escalation.escalation_paths import OWN_POLICIES
from sts_tui.simulation.reach.escalation.escalation_targets import statements_in
from sts_tui.simulation.reach.escalation.named_policies import limits_what_is_written
from sts_tui.simulation.reach.escalation.permission_resources import PermissionResources
from sts_tui.simulation.reach.escalation.permission_verdicts import (
    ACTIONS,
    EVERY_RESOURCE,
    PermissionVerdicts,
)
from sts_tui.simulation.reach.evaluated_hop import SESSION_NAME
from sts_tui.simulation.reach.graph import HopGroup
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.world import World
from sts_tui.sts.identity import session_identity, user_identity

_OF_AN_ADMINISTRATOR: Final = (
    "iam:CreateUser",
    "iam:CreatePolicy",
    "ec2:RunInstances",
    "kms:CreateKey",
    "s3:CreateBucket",
)
"""Evaluated on every resource: a source to which a boundary or SCP denies one of these is not an
administrator.
"""
_ROLE_WRITES: Final = frozenset(("iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:CreatePolicyVersion"))


class PolicyWriters:
    """The administrators and policy writers of one world."""

    def __init__(
        self, world: World, hops: DirectHops, permissions: PermissionVerdicts, resources: PermissionResources
    ) -> None:
        self._world = world
        self._hops = hops
        self._permissions = permissions
        self._resources = resources

    def administrators(self, groups: Iterable[HopGroup]) -> Iterator[str]:
        """ARNs of the sources that are allowed everything or can write their own policies; `groups`: all of
        `Escalation.groups`.
        """
        own = {
            source
            for group in groups
            if group.target in group.sources
            and group.operation in OWN_POLICIES
            and not group.unknown
            and not limits_what_is_written(group)
            for source in group.sources
        }
        for source in self._hops.sources.by_arn.values():
            if self.is_allowed_everything(source) or (
                source.arn in own and self._can_gain_everything(source)
            ):
                yield source.arn

    def _can_gain_everything(self, source: Source) -> bool:
        """Whether a source that can write its own policies would be allowed what administrators do: a
        permissions boundary that it cannot delete, or an SCP, still limits it. Its own Denies do not.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
        """
        entity, world = source.entity, self._world
        if entity.permissions_boundary is not None:
            action = f"iam:Delete{noun_of(entity)}PermissionsBoundary"
            if self._permissions.of(source, action, source.arn, {}) == "":
                entity = replace(entity, permissions_boundary=None)
        copy = with_everything(world.in_force, _without_own_policies(entity))
        user, role = copy.users.get(source.arn), copy.roles.get(source.arn)
        if user is not None:
            caller = user_identity(user)
        elif role is not None:
            caller = session_identity(assumed_session(role, SESSION_NAME, world))
        else:
            return False
        asked = (question_under(copy, world.settings, caller, action, "*") for action in _OF_AN_ADMINISTRATOR)
        made = (chosen_request(one, world.now) for one in asked)
        return all(one is not None and one.outcome is Outcome.ALLOWED for one in made)

    def is_allowed_everything(self, source: Source) -> bool:
        """Whether an Allow covers everything and no other policy denies what administrators do."""
        return (
            self._permissions.covered_actions(source) == ACTIONS
            and any(
                each.get("Effect") == "Allow"
                and each.get("Action") in ("*", ["*"])
                and each.get("Resource") in ("*", ["*"])
                and "Condition" not in each
                for each in statements_in(source)
            )
            and all(
                self._permissions.of(source, action, EVERY_RESOURCE, {}) == ""
                for action in _OF_AN_ADMINISTRATOR
            )
        )

    def writes_policies_of(self, source: str, role_arn: str) -> bool:
        """Whether a source (its ARN) can write any policy into a role."""
        return self.write_into(source, role_arn) is not None

    def write_into(self, source: str, principal: str) -> tuple[str, str] | None:
        """(operations, ARN): how a source can write any policy into a user or role (ARNs), and the ARN that
        the operations change: (`PutUserPolicy`, the user), (`CreatePolicyVersion`, a policy of it). None if
        it cannot.
        """
        known = self._hops.sources.by_arn.get(source) or self._hops.narrowed(source).sources.by_arn.get(
            source
        )
        if known is None or account_of(source) != account_of(principal):
            return None
        covered = self._permissions.covered_actions(known)
        for actions, resource in self._policy_writes(principal):
            if covered.issuperset(actions) and all(
                self._permissions.of(known, action, resource, {}) == "" for action in actions
            ):
                return ", ".join(action.partition(":")[2] for action in actions), resource
        return None

    def _policy_writes(self, principal: str) -> Iterator[tuple[tuple[str, ...], str]]:
        """The calls that together write any policy into a user or role, with their resource."""
        kind = "User" if principal in self._world.in_force.users else "Role"
        yield from (((f"iam:{verb}{kind}Policy",), principal) for verb in ("Put", "Attach"))
        for each, versions in self._resources.own_policies(principal, account_of(principal) or ""):
            if versions is not None:
                is_full = versions >= VERSIONS_PER_POLICY
                yield (*(("iam:DeletePolicyVersion",) if is_full else ()), "iam:CreatePolicyVersion"), each

    def may_write_policies(self, source: str) -> bool:
        """Whether the text of a source's Allows covers writing any policy into some role."""
        known = self._hops.sources.by_arn.get(source)
        return known is not None and not _ROLE_WRITES.isdisjoint(self._permissions.covered_actions(known))


def _without_own_policies(entity: User | Role) -> User | Role:
    """The user or role without identity-based policies."""
    if isinstance(entity, User):
        return replace(entity, user_policy_list=(), attached_managed_policies=(), group_list=())
    return replace(entity, role_policy_list=(), attached_managed_policies=())
