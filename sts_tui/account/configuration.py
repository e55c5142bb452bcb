"""Which part of a model can API calls edit? Every IAM entity, resource policy and guardrail, by ARN.

A Configuration is frozen: an edit makes a new one, which shares everything that did not change. Its tables
are persistent maps, which keep the order of insertion, so that the same file, seed and commands give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Literal, Protocol, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import (
    BUILT_IN_ISSUERS,
    Account,
    AccountModel,
    Entity,
    Group,
    IdentityProvider,
    InstanceProfile,
    ManagedPolicy,
    MfaDevice,
    OpenIDConnectProvider,
    Organization,
    Region,
    Resource,
    Role,
    SAMLProvider,
    User,
)
from sts_tui.account.identity_center import (
    AccountAssignment,
    CenterGroup,
    CenterUser,
    GroupMembership,
    IdentityCenter,
    IdentityCenterInstance,
    PermissionSet,
)
from sts_tui.account.identity_pools import IdentityPool, PoolIdentity, is_of_other_partition
from sts_tui.account.identity_pools import complete as complete_pool
from sts_tui.account.json_value import JsonObject
from sts_tui.account.managed_policies import built_in_policies
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.sign_in import SignIn
from sts_tui.account.workload_identities import (
    AnywhereProfile,
    CertificateRevocationList,
    PodIdentityAssociation,
    TrustAnchor,
)

E = TypeVar("E", bound=Entity)


class _Named(Protocol):
    @property
    def arn(self) -> str: ...


N = TypeVar("N", bound=_Named)


class CredentialReport(Struct, frozen=True, kw_only=True):
    """The result of `iam:GenerateCredentialReport`: CSV, with the time of its generation."""

    generated: datetime
    content: str


class LastAccess(Struct, frozen=True, kw_only=True):
    """The last use of an action by a user or role."""

    entity: str
    """The ARN of the user or role whose permissions the caller had."""
    action: str
    """`GetObject`"""
    at: datetime
    region: str


class LastAccessedReport(Struct, frozen=True, kw_only=True):
    """The result of `iam:GenerateServiceLastAccessedDetails`, with the time of its generation."""

    job_id: str
    generated: datetime
    granularity: Literal["SERVICE_LEVEL", "ACTION_LEVEL"]
    services: tuple[tuple[str, tuple[LastAccess, ...]], ...]
    """(prefix of an allowed service, its uses, newest first)."""
    entities: tuple[str, ...]
    """ARNs of the users and roles that have the permissions."""


class AccountFacts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The properties of an account, without its entities."""

    account_id: str
    name: str = ""
    is_organization_unknown: bool = False
    """Whether the account is from a raw dump and no file says to which organization it belongs."""
    is_raw_dump: bool = False
    """Its resources other than those of IAM are unknown, but for those that other files have."""
    outbound_web_identity_federation: bool = False
    global_endpoint_token_version: Literal["v1Token", "v2Token"] = "v1Token"
    deactivated_sts_endpoints: tuple[str, ...] = ()
    account_alias: str = ""
    password_policy: JsonObject | None = None
    virtual_mfa_devices: tuple[MfaDevice, ...] = ()
    regions: tuple[Region, ...] = ()
    credential_report: CredentialReport | None = None
    """The newest report. Account files have none."""
    last_accessed_reports: tuple[LastAccessedReport, ...] = ()
    """The reports, newest last. Account files have none."""


class Configuration(Struct, frozen=True, kw_only=True):
    """Everything that API calls can edit. The keys of its maps are ARNs; for accounts, and for users, groups,
    memberships and assignments of Identity Center, they are ids."""

    accounts: Mapping[str, AccountFacts] = field(default_factory=PersistentMap)
    users: Mapping[str, User] = field(default_factory=PersistentMap)
    groups: Mapping[str, Group] = field(default_factory=PersistentMap)
    roles: Mapping[str, Role] = field(default_factory=PersistentMap)
    policies: Mapping[str, ManagedPolicy] = field(default_factory=PersistentMap)
    instance_profiles: Mapping[str, InstanceProfile] = field(default_factory=PersistentMap)
    saml_providers: Mapping[str, SAMLProvider] = field(default_factory=PersistentMap)
    oidc_providers: Mapping[str, OpenIDConnectProvider] = field(default_factory=PersistentMap)
    resources: Mapping[str, Resource] = field(default_factory=PersistentMap)
    identity_center_instances: Mapping[str, IdentityCenterInstance] = field(default_factory=PersistentMap)
    directory_users: Mapping[str, CenterUser] = field(default_factory=PersistentMap)
    directory_groups: Mapping[str, CenterGroup] = field(default_factory=PersistentMap)
    group_memberships: Mapping[str, GroupMembership] = field(default_factory=PersistentMap)
    permission_sets: Mapping[str, PermissionSet] = field(default_factory=PersistentMap)
    account_assignments: Mapping[str, AccountAssignment] = field(default_factory=PersistentMap)
    sign_ins: Mapping[str, SignIn] = field(default_factory=PersistentMap)
    """Sign-in sessions, in the order of issue."""
    trust_anchors: Mapping[str, TrustAnchor] = field(default_factory=PersistentMap)
    anywhere_profiles: Mapping[str, AnywhereProfile] = field(default_factory=PersistentMap)
    crls: Mapping[str, CertificateRevocationList] = field(default_factory=PersistentMap)
    pod_associations: Mapping[str, PodIdentityAssociation] = field(default_factory=PersistentMap)
    identity_pools: Mapping[str, IdentityPool] = field(default_factory=PersistentMap)
    pool_identities: Mapping[str, PoolIdentity] = field(default_factory=PersistentMap)
    """The identities of identity pools, by identity id, in the order of their GetId calls."""
    organization: Organization | None = None
    edition: int = 0
    """The number of earlier writes in the simulation (`simulation.undo.history`)."""

    def partition_of(self, account: str) -> str:
        """The partition of the account's entities (`aws`, `aws-cn` …); `aws` if it has none."""
        for collection in (self.roles, self.users, self.groups):
            for arn in collection:
                if account_of(arn) == account:
                    return arn.split(":", 2)[1]
        return "aws"

    def owner_of_instance(self, instance: IdentityCenterInstance) -> str:
        """The id of the account that owns an Identity Center instance: by default the management account."""
        if instance.owner_account_id:
            return instance.owner_account_id
        if self.organization is not None:
            return self.organization.management_account_id
        return next(iter(self.accounts), "")

    def identity_store_arn(self, instance_arn: str) -> str:
        """The ARN of an instance's identity store; empty for an unknown instance.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html
        """
        instance = self.identity_center_instances.get(instance_arn)
        if instance is None:
            return ""
        partition, owner = instance_arn.split(":")[1], self.owner_of_instance(instance)
        return f"arn:{partition}:identitystore::{owner}:identitystore/{instance.identity_store_id}"


_LISTED: Final[Mapping[str, str]] = {
    "users": "user_detail_list",
    "groups": "group_detail_list",
    "roles": "role_detail_list",
    "instance_profiles": "instance_profiles",
    "saml_providers": "saml_providers",
    "oidc_providers": "open_id_connect_providers",
    "trust_anchors": "trust_anchors",
    "anywhere_profiles": "profiles",
    "crls": "crls",
    "pod_associations": "pod_identity_associations",
}
"""Table of the configuration → list of an account, for entities that belong to the account in their ARNs.
Managed policies (`_managed_policies`, `_in_listed_order`) and resources are handled separately."""


def configuration_of(model: AccountModel) -> Configuration:
    """The part of a model that API calls can edit. It has each AWS managed policy once, even if several
    accounts list it, and those that are built in even if no account lists them. Roles of permission sets are
    not provisioned here but in `permission_set_roles`.
    """
    accounts = model.accounts
    center = model.identity_center
    if center is not None:
        from sts_tui.account.identity_center_ids import complete  # most files do not use Identity Center

        center = complete(center)
    tables: dict[str, Any] = {
        table: _by_arn(entry for account in accounts for entry in getattr(account, listed))
        for table, listed in _LISTED.items()
    }
    configuration = Configuration(
        **tables,
        accounts=PersistentMap((one.account_id, _facts(one)) for one in accounts),
        policies=PersistentMap(_managed_policies(accounts)),
        resources=_by_arn(entry for account in accounts for entry in account.resources),
        identity_pools=PersistentMap((pool.identity_pool_id, pool) for pool in _pools(model).values()),
        organization=model.organization,
    )
    return configuration if center is None else replace(configuration, **_center_tables(center))


def _managed_policies(accounts: Sequence[Account]) -> dict[str, ManagedPolicy]:
    """Managed policies that accounts list, and AWS's built-in ones, by ARN. If only one occurrence of a
    policy has its document, that occurrence is used.
    """
    policies: dict[str, ManagedPolicy] = {}
    for account in accounts:
        for policy in account.policies:
            known = policies.get(policy.arn)
            if known is None or known.default_document is None:
                policies[policy.arn] = policy
    for partition in dict.fromkeys(("aws", *(_partition(account) for account in accounts))):
        for policy in built_in_policies(partition):
            known = policies.get(policy.arn)
            if known is None or known.default_document is None:
                policies[policy.arn] = policy
    return policies


def _center_tables(center: IdentityCenter) -> dict[str, PersistentMap[str, Any]]:
    """The tables of Identity Center: field of Configuration → entities by id."""
    return {
        "identity_center_instances": PersistentMap((one.instance_arn, one) for one in center.instances),
        "directory_users": PersistentMap((one.user_id, one) for one in center.users),
        "directory_groups": PersistentMap((one.group_id, one) for one in center.groups),
        "group_memberships": PersistentMap((one.membership_id, one) for one in center.group_memberships),
        "permission_sets": PersistentMap((one.permission_set_arn, one) for one in center.permission_sets),
        "account_assignments": PersistentMap((one.key, one) for one in center.account_assignments),
    }


def _center_of(configuration: Configuration, before: IdentityCenter | None) -> IdentityCenter | None:
    """Identity Center with all edits. Without edits, it is unchanged from the file, without derived ids."""
    if before is None or not configuration.identity_center_instances:
        return before
    now = IdentityCenter(
        instances=tuple(configuration.identity_center_instances.values()),
        users=tuple(configuration.directory_users.values()),
        groups=tuple(configuration.directory_groups.values()),
        group_memberships=tuple(configuration.group_memberships.values()),
        permission_sets=tuple(configuration.permission_sets.values()),
        account_assignments=tuple(configuration.account_assignments.values()),
    )
    from sts_tui.account.identity_center_ids import complete

    return before if replace(complete(before), extra=None) == now else now


def _pools(model: AccountModel) -> dict[str, IdentityPool]:
    """Complete identity pools, by the name of their identity provider."""
    accounts = [account.account_id for account in model.accounts]
    return {
        one.name: complete_pool(one.identity_pool or IdentityPool(), one.name, accounts)
        for one in model.identity_providers
        if one.type == "Cognito"
        and not is_of_other_partition(one.identity_pool and one.identity_pool.identity_pool_id)
    }


def _providers_of(configuration: Configuration, base: AccountModel) -> tuple[IdentityProvider, ...]:
    """The identity providers with the edited pools. A pool without edits is unchanged from the file."""
    stated, left = _pools(base), dict(configuration.identity_pools)
    kept = []
    for provider in base.identity_providers:
        before = stated.get(provider.name)
        now = None if before is None else left.pop(before.identity_pool_id, None)
        if before is None or now == before:
            kept.append(provider)
        elif now is not None:
            kept.append(replace(provider, identity_pool=now))
    names = {one.name for one in kept}
    for pool in left.values():
        name = pool.identity_pool_name.replace("/", "-")
        name = pool.identity_pool_id if name in names else name
        kept.append(
            IdentityProvider(
                name=name, type="Cognito", issuer=BUILT_IN_ISSUERS["Cognito"], identity_pool=pool
            )
        )
        names.add(name)
    return tuple(kept)


def _facts(account: Account) -> AccountFacts:
    return AccountFacts(
        account_id=account.account_id,
        name=account.name,
        is_organization_unknown=account.is_raw_dump and not account.is_standalone,
        is_raw_dump=account.is_raw_dump,
        outbound_web_identity_federation=account.outbound_web_identity_federation,
        global_endpoint_token_version=account.global_endpoint_token_version,
        deactivated_sts_endpoints=account.deactivated_sts_endpoints,
        account_alias=account.account_alias,
        password_policy=account.password_policy,
        virtual_mfa_devices=account.virtual_mfa_devices,
        regions=account.regions,
    )


def _by_arn(entities: Iterable[N]) -> PersistentMap[str, N]:
    return PersistentMap((entity.arn, entity) for entity in entities)


def _in_listed_order(own: Sequence[ManagedPolicy], before: Account) -> tuple[ManagedPolicy, ...]:
    """An account's own policies after edits, and the AWS managed ones that it lists, in the order of the
    file. New policies come last.
    """
    left = {policy.arn: policy for policy in own}
    stood = [
        left.pop(policy.arn, None) if account_of(policy.arn) == before.account_id else policy
        for policy in before.policies
    ]
    return (*(policy for policy in stood if policy is not None), *left.values())


def model_of(configuration: Configuration, base_model: AccountModel) -> AccountModel:
    """The model after edits: `base_model` with the entities of `configuration`.

    An entity belongs to the account in its ARN. An AWS managed policy stays in every account that lists it.
    """
    known = {account.account_id: account for account in base_model.accounts}
    policies = _by_account(configuration.policies)
    tables = {table: _by_account(getattr(configuration, table)) for table in _LISTED}
    resources: dict[str, list[Resource]] = {}
    for resource in configuration.resources.values():
        resources.setdefault(resource.account, []).append(resource)
    accounts = []
    for account_id, facts in configuration.accounts.items():
        before = known.get(account_id) or Account(account_id=account_id)
        own: dict[str, Any] = {
            listed: tuple(tables[table].get(account_id, ())) for table, listed in _LISTED.items()
        }
        accounts.append(
            replace(
                before,
                **own,
                name=facts.name,
                outbound_web_identity_federation=facts.outbound_web_identity_federation,
                global_endpoint_token_version=facts.global_endpoint_token_version,
                account_alias=facts.account_alias,
                password_policy=facts.password_policy,
                virtual_mfa_devices=facts.virtual_mfa_devices,
                policies=_in_listed_order(policies.get(account_id, ()), before),
                resources=tuple(resources.get(account_id, ())),
            )
        )
    return replace(
        base_model,
        accounts=tuple(accounts),
        organization=configuration.organization,
        identity_center=_center_of(configuration, base_model.identity_center),
        identity_providers=_providers_of(configuration, base_model),
    )


def _by_account(entities: Mapping[str, E]) -> dict[str, list[E]]:
    found: dict[str, list[E]] = {}
    for arn, entity in entities.items():
        found.setdefault(account_of(arn) or "", []).append(entity)
    return found


def _partition(account: Account) -> str:
    entities: tuple[Role | User, ...] = (*account.role_detail_list[:1], *account.user_detail_list[:1])
    return entities[0].arn.split(":", 2)[1] if entities else "aws"
