"""Whose permissions could a path gain? Candidates, before any policy is evaluated.

They are the users, roles and groups of the account, the roles that trust the service or the provider, and the
accounts that an organization's administrator manages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from sts_tui.account.arn import account_of, root_arn
from sts_tui.account.entities import BUILT_IN_PROVIDERS, User
from sts_tui.simulation.authorization.organization import is_management_account, levels_of
from sts_tui.simulation.authorization.policies import groups_of
from sts_tui.simulation.authorization.trusted_principals import trusted_services
from sts_tui.simulation.reach.assume_rights import statements_of
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.escalation.escalation_paths import EscalationPath, Target
from sts_tui.simulation.reach.sources import Source
from sts_tui.simulation.reach.trust_index import trust_index
from sts_tui.simulation.world import World


class EscalationTargets:
    """The candidates of a world, computed when first needed."""

    def __init__(self, world: World, hops: DirectHops) -> None:
        self._world = world
        self._hops = hops
        self._trusting: dict[str, Mapping[str, list[str]]] = {}

    def of(self, path: EscalationPath, source: Source) -> Iterable[str]:
        """ARNs (or names, for what has no ARN) of those whose permissions the source would gain by the
        path.
        """
        match path.target:
            case Target.GROUP:
                return self._other_groups(source)
            case Target.ROLE:
                return (arn for arn in self._roles.get(source.account, ()) if arn != source.arn)
            case Target.USER:
                return (arn for arn in self._users.get(source.account, ()) if arn != source.arn)
            case Target.ROLE_OF_SERVICE:
                roles = self._roles_of_service(source.account, path.service)
                if path.has_profile is None:
                    return roles
                return (arn for arn in roles if (arn in self._with_profile) is path.has_profile)
            case Target.ROLE_OF_PROVIDER | Target.ROLE_OF_OIDC | Target.ROLE_OF_MISSING_OIDC:
                return self._roles_of_provider.get((source.account, path.target), ())
            case Target.ROLE_OF_PERMISSION_SET | Target.MEMBER_ROOT | Target.GUARDRAILS:
                return self._targets_of_organization(path.target, source)
        return _itself(path, source) if self._gains_itself(path.target, source) else ()

    def _gains_itself(self, target: Target, source: Source) -> bool:
        """Whether there is something to change for a path that changes the source's own permissions."""
        match target:
            case Target.BOUNDED_ITSELF:
                return source.entity.permissions_boundary is not None
            case Target.DENIED_ITSELF:
                return any(each.get("Effect") == "Deny" for each in statements_in(source))
            case Target.WITHOUT_MFA:
                return isinstance(source.entity, User) and not source.entity.mfa_devices
        return True

    def _targets_of_organization(self, target: Target, source: Source) -> Iterable[str]:
        if target is Target.ROLE_OF_PERMISSION_SET and self._administers("sso.amazonaws.com", source.account):
            return self._roles_of_permission_sets
        if target is Target.GUARDRAILS and self._administers("", source.account):
            return (f"guardrails of {each}" for each in self._members)
        if (
            target is Target.MEMBER_ROOT
            and self._has_root_sessions
            and self._administers("iam.amazonaws.com", source.account)
        ):
            partition = source.arn.split(":", 2)[1]
            return (root_arn(each, partition) for each in self._members)
        return ()

    def _other_groups(self, source: Source) -> Iterator[str]:
        """The groups of the user's account without those that the user is in."""
        if isinstance(source.entity, User):
            own = {group.arn for group in groups_of(source.entity, self._world.in_force)}
            yield from (arn for arn in self._groups.get(source.account, ()) if arn not in own)

    @cached_property
    def _groups(self) -> Mapping[str, list[str]]:
        return _by_account(self._world.in_force.groups)

    @cached_property
    def _roles(self) -> Mapping[str, list[str]]:
        """Roles whose trust policy can be edited, by account."""
        roles = self._world.in_force.roles.values()
        return _by_account(role.arn for role in roles if not role.is_service_linked)

    @cached_property
    def _users(self) -> Mapping[str, list[str]]:
        return _by_account(self._world.in_force.users)

    def _roles_of_service(self, account: str, service: str) -> Sequence[str]:
        """The roles of an account that trust a service and that can be passed to it."""
        found = self._trusting.get(service)
        if found is None:
            roles = self._world.in_force.roles
            named = (roles[arn] for arn in trust_index(roles).that_trust_service(service))
            found = self._trusting[service] = _by_account(
                each.arn for each in named if not each.is_service_linked and service in trusted_services(each)
            )
        return found.get(account, ())

    @cached_property
    def _with_profile(self) -> frozenset[str]:
        """The roles in an instance profile."""
        profiles = self._world.in_force.instance_profiles.values()
        return frozenset(role for profile in profiles for role in profile.roles)

    @cached_property
    def _roles_of_provider(self) -> Mapping[tuple[str, Target], list[str]]:
        """By account, and by the kind of provider that their trust policies name."""
        found: dict[tuple[str, Target], list[str]] = {}
        for arn in dict.fromkeys(trust_index(self._world.in_force.roles).of_providers):
            federated = self._hops.trusts[arn].federated
            in_iam = (one for one in federated if one not in BUILT_IN_PROVIDERS)
            for kind in dict.fromkeys(map(self._kind_of_provider, in_iam)):
                found.setdefault((account_of(arn) or "", kind), []).append(arn)
        return found

    def _kind_of_provider(self, arn: str) -> Target:
        if ":saml-provider/" in arn:
            return Target.ROLE_OF_PROVIDER
        is_there = arn in self._world.in_force.oidc_providers
        return Target.ROLE_OF_OIDC if is_there else Target.ROLE_OF_MISSING_OIDC

    def _administers(self, service: str, account: str) -> bool:
        """Whether an account is the management account, or the delegated administrator of a service."""
        organization = self._world.in_force.organization
        return organization is not None and (
            account == organization.management_account_id
            or account in organization.delegated_administrators.get(service, ())
        )

    @cached_property
    def _has_root_sessions(self) -> bool:
        organization = self._world.in_force.organization
        return organization is not None and "RootSessions" in organization.features

    @cached_property
    def _members(self) -> list[str]:
        """The accounts of the files that are members of the organization."""
        configuration = self._world.in_force
        return [
            each
            for each in configuration.accounts
            if levels_of(each, configuration) and not is_management_account(each, configuration)
        ]

    @cached_property
    def _roles_of_permission_sets(self) -> list[str]:
        roles = self._world.in_force.roles
        return [arn for arn, role in roles.items() if role.role_name.startswith("AWSReservedSSO_")]


def statements_in(source: Source) -> Iterator[Mapping[str, object]]:
    """Every statement of its identity-based policies."""
    for written in source.documents:
        if written is not None:
            yield from statements_of(written.document)


def _itself(path: EscalationPath, source: Source) -> Iterator[str]:
    """The source, where the path's actions are for its kind: users' actions for users, roles' for roles."""
    other = "Role" if isinstance(source.entity, User) else "User"
    if not any(other in each.action for each in path.permissions):
        yield source.arn


def _by_account(arns: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for arn in arns:
        found.setdefault(account_of(arn) or "", []).append(arn)
    return found
