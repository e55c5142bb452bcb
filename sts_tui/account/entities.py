"""Into which types is an account file loaded? Frozen structs with AWS's API names in snake_case.

The structure is that of `aws iam get-account-authorization-details`, so that a raw dump is already a valid
file, with the additions that `docs/account-file.md` lists. For each class, `account.format` says which key of
the file fills which field. To edit an entity, use `msgspec.structs.replace(role, description="…")`.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html

The structs do not validate: `account.checks.format_check` reports all errors together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from msgspec import field

from sts_tui.account.entity import Entity as Entity
from sts_tui.account.entity import Tag as Tag
from sts_tui.account.identity_center import IdentityCenter
from sts_tui.account.identity_pools import ISSUER, ISSUERS_ELSEWHERE, IdentityPool
from sts_tui.account.json_value import JsonObject
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.role_durations import DEFAULT_MAXIMUM
from sts_tui.account.workload_identities import (
    AnywhereProfile,
    CertificateRevocationList,
    PodIdentityAssociation,
    TrustAnchor,
)


class InlinePolicy(Entity, frozen=True, kw_only=True):
    policy_name: str
    policy_document: WrittenPolicy


class AttachedPolicy(Entity, frozen=True, kw_only=True):
    policy_arn: str
    policy_name: str = ""


class PermissionsBoundary(Entity, frozen=True, kw_only=True):
    permissions_boundary_arn: str
    permissions_boundary_type: str = "Policy"


class AccessKey(Entity, frozen=True, kw_only=True):
    access_key_id: str
    status: Literal["Active", "Inactive"] = "Active"
    create_date: datetime | None = None


class MfaDevice(Entity, frozen=True, kw_only=True):
    """A TOTP device. Its secret is derived from the serial number, so its codes are the same in every run."""

    serial_number: str
    enable_date: datetime | None = None


class LoginProfile(Entity, frozen=True, kw_only=True):
    """The console password of a user, without the password itself."""

    create_date: datetime | None = None
    password_reset_required: bool = False
    max_signin_session_duration: int | None = None
    """Seconds, 3,600 to 7,776,000."""


class User(Entity, frozen=True, kw_only=True):
    arn: str
    user_name: str
    user_id: str
    path: str = "/"
    create_date: datetime | None = None
    user_policy_list: tuple[InlinePolicy, ...] = ()
    group_list: tuple[str, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: PermissionsBoundary | None = None
    tags: tuple[Tag, ...] = ()
    access_keys: tuple[AccessKey, ...] | None = None
    """None: one active key, whose id is derived; (): no keys."""
    mfa_devices: tuple[MfaDevice, ...] = ()
    login_profile: LoginProfile | None = None
    """None: no console password."""
    stated: frozenset[str] = frozenset()
    """Which of `AccessKeys`, `MFADevices` and `LoginProfile` the files have, even if empty. A raw dump has
    none of these keys, so what is missing here is unknown.
    """


class Group(Entity, frozen=True, kw_only=True):
    arn: str
    group_name: str
    group_id: str
    path: str = "/"
    create_date: datetime | None = None
    group_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()


class InstanceProfile(Entity, frozen=True, kw_only=True):
    arn: str
    instance_profile_name: str
    instance_profile_id: str
    path: str = "/"
    create_date: datetime | None = None
    roles: tuple[str, ...] = ()
    """ARNs of its roles (AWS allows one). The loader moves profiles out of the roles' lists."""
    tags: tuple[Tag, ...] = ()


class Role(Entity, frozen=True, kw_only=True):
    arn: str
    role_name: str
    role_id: str
    assume_role_policy_document: WrittenPolicy
    path: str = "/"
    create_date: datetime | None = None
    role_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: PermissionsBoundary | None = None
    tags: tuple[Tag, ...] = ()
    max_session_duration: int | None = None
    """Seconds, 3,600 to 43,200. None if the files do not say: 3,600 is assumed, and `validate` warns."""
    max_signin_session_duration: int | None = None
    """How long a console sign-in to the role lasts, in seconds, 3,600 to 7,776,000; None: not set."""
    description: str | None = None
    role_last_used: JsonObject | None = None

    @property
    def max_session_seconds(self) -> int:
        return self.max_session_duration or DEFAULT_MAXIMUM

    @property
    def is_service_linked(self) -> bool:
        return self.path.startswith("/aws-service-role/")


class PolicyVersion(Entity, frozen=True, kw_only=True):
    version_id: str
    document: WrittenPolicy | None = None
    """None if a dump names the policy without its document. A warning reports that."""
    is_default_version: bool = False
    create_date: datetime | None = None


class ManagedPolicy(Entity, frozen=True, kw_only=True):
    arn: str
    policy_name: str
    policy_id: str
    path: str = "/"
    default_version_id: str = "v1"
    attachment_count: int | None = None
    permissions_boundary_usage_count: int | None = None
    is_attachable: bool = True
    description: str | None = None
    create_date: datetime | None = None
    update_date: datetime | None = None
    policy_version_list: tuple[PolicyVersion, ...] = ()
    newest_version: int = 0
    """The highest version number used so far, if that version was deleted. Numbers are never reused."""
    tags: tuple[Tag, ...] = ()

    @property
    def default_document(self) -> WrittenPolicy | None:
        for version in self.policy_version_list:
            if version.version_id == self.default_version_id:
                return version.document
        return None


class SAMLProvider(Entity, frozen=True, kw_only=True):
    arn: str
    name: str
    identity_provider: str = ""
    """The name of the simulated identity provider that it trusts; by default its own name."""
    saml_metadata_document: str = ""
    """The metadata document as uploaded; empty: that of the simulated identity provider."""
    create_date: datetime | None = None
    context_provider: JsonObject | None = None
    """Which claims become keys of trusted identity propagation, in the members of the API."""
    identity_center_instance_arn: str = ""
    tags: tuple[Tag, ...] = ()


class OpenIDConnectProvider(Entity, frozen=True, kw_only=True):
    arn: str
    url: str
    """The issuer URL without scheme, as GetOpenIDConnectProvider returns it."""
    client_id_list: tuple[str, ...] = ()
    thumbprint_list: tuple[str, ...] = ()
    identity_provider: str = ""
    create_date: datetime | None = None
    context_provider: JsonObject | None = None
    """Which claims become keys of trusted identity propagation, in the members of the API."""
    identity_center_instance_arn: str = ""
    tags: tuple[Tag, ...] = ()


class Resource(Entity, frozen=True, kw_only=True):
    """Anything with an ARN that may have a policy and tags: a bucket, a key, a queue, a VPC endpoint."""

    arn: str
    account: str = ""
    """The owning account: set by the loader from the account that lists it."""
    policy: WrittenPolicy | None = None
    tags: tuple[Tag, ...] = ()


class NamedPolicy(Entity, frozen=True, kw_only=True):
    """A service control policy or a resource control policy."""

    name: str
    description: str = ""
    document: WrittenPolicy
    arn: str | None = None
    id: str | None = None


class OrganizationAccount(Entity, frozen=True, kw_only=True):
    account_id: str
    service_control_policies: tuple[NamedPolicy, ...] | None = None
    """None: FullAWSAccess, which AWS attaches by default; (): no SCP, so nothing is allowed."""
    resource_control_policies: tuple[NamedPolicy, ...] = ()


class OrganizationalUnit(Entity, frozen=True, kw_only=True):
    name: str
    id: str = ""
    """`r-…` for the root, `ou-…` for a unit. Derived if the file does not give it."""
    service_control_policies: tuple[NamedPolicy, ...] | None = None
    resource_control_policies: tuple[NamedPolicy, ...] = ()
    accounts: tuple[OrganizationAccount, ...] = ()
    organizational_units: tuple[OrganizationalUnit, ...] = ()


class Organization(Entity, frozen=True, kw_only=True):
    id: str
    management_account_id: str
    is_raw_dump: bool = False
    """Whether its policies were read from AWS, so that errors in them are warnings."""
    features: tuple[str, ...] = ()
    delegated_administrators: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    enabled_service_principals: tuple[str, ...] | None = None
    """Services with trusted access. None: those that the features and delegated administrators need."""
    root: OrganizationalUnit
    unattached_service_control_policies: tuple[NamedPolicy, ...] = ()
    """Policies that are attached to no target: created by a call, or detached from their last target."""
    unattached_resource_control_policies: tuple[NamedPolicy, ...] = ()


class Region(Entity, frozen=True, kw_only=True):
    """A Region and its status in the account: one item of `aws account list-regions`.

    https://docs.aws.amazon.com/accounts/latest/reference/API_Region.html
    """

    region_name: str
    region_opt_status: Literal["ENABLED", "ENABLED_BY_DEFAULT", "ENABLING", "DISABLING", "DISABLED"]


class Account(Entity, frozen=True, kw_only=True):
    account_id: str
    name: str = ""
    is_raw_dump: bool = False
    """Whether it was loaded from a raw dump, in which every error is only a warning."""
    is_standalone: bool = False
    """Whether a file states that the account is in no organization. A raw dump does not say."""
    outbound_web_identity_federation: bool = False
    global_endpoint_token_version: Literal["v1Token", "v2Token"] = "v1Token"
    deactivated_sts_endpoints: tuple[str, ...] = ()
    account_alias: str = ""
    password_policy: JsonObject | None = None
    """The account password policy, with the member names of the API; None: AWS's default."""
    virtual_mfa_devices: tuple[MfaDevice, ...] = ()
    """Virtual MFA devices that are not assigned to a user."""
    regions: tuple[Region, ...] = ()
    """Known Regions and their status. For other Regions the setting `opt_in_regions` decides."""
    user_detail_list: tuple[User, ...] = ()
    group_detail_list: tuple[Group, ...] = ()
    role_detail_list: tuple[Role, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    instance_profiles: tuple[InstanceProfile, ...] = ()
    saml_providers: tuple[SAMLProvider, ...] = ()
    open_id_connect_providers: tuple[OpenIDConnectProvider, ...] = ()
    resources: tuple[Resource, ...] = ()
    trust_anchors: tuple[TrustAnchor, ...] = ()
    profiles: tuple[AnywhereProfile, ...] = ()
    crls: tuple[CertificateRevocationList, ...] = ()
    pod_identity_associations: tuple[PodIdentityAssociation, ...] = ()


class DirectoryUser(Entity, frozen=True, kw_only=True):
    """A user of a simulated identity provider."""

    name: str
    roles: tuple[str, ...] = ()
    role_session_name: str | None = None
    session_duration: int | None = None
    principal_tags: Mapping[str, str] = field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    attributes: JsonObject = field(default_factory=dict)
    claims: JsonObject = field(default_factory=dict)


BUILT_IN_HOSTS: Final[Mapping[str, str]] = {
    "Amazon": "www.amazon.com",
    "Facebook": "graph.facebook.com",
    "Google": "accounts.google.com",
    "Cognito": ISSUER,
}
"""`Type` of an identity provider → the name by which roles trust it. IAM has no entity for these providers,
so they cannot be created or changed.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html"""
BUILT_IN_ISSUERS: Final[Mapping[str, str]] = {
    kind: f"https://{host}" for kind, host in BUILT_IN_HOSTS.items()
}
BUILT_IN_PROVIDERS: Final = frozenset((*BUILT_IN_HOSTS.values(), *ISSUERS_ELSEWHERE))
"""The names of all built-in providers, in every partition."""
USER_ID_CLAIMS: Final[Mapping[str, str]] = {"Amazon": "user_id", "Facebook": "id"}
"""`Type` → the claim with the id of a user, which is also the name of the condition key. The claim for the
app is `app_id`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
"""
OPAQUE_TOKENS: Final = tuple(USER_ID_CLAIMS)
"""Types of providers whose access tokens AWS cannot read: it asks the provider to whom a token belongs."""


class IdentityProvider(Entity, frozen=True, kw_only=True):
    name: str
    type: Literal["SAML", "OIDC", "X509", "Amazon", "Facebook", "Google", "Cognito"]
    issuer: str
    client_id: str = ""
    """The app that users sign in to, which is the audience of the tokens."""
    users: tuple[DirectoryUser, ...] = ()
    identity_pool: IdentityPool | None = None
    """For the type Cognito: the identity pool. Its users sign in at other providers."""

    @property
    def host(self) -> str:
        """The issuer without scheme: the prefix of its condition keys."""
        return self.issuer.removeprefix("https://")


class WorkloadHop(Entity, frozen=True, kw_only=True):
    """One AssumeRole call in a workload's role chain: its parameters, with AWS's names. Unknown ones are
    kept.
    """

    role_arn: str
    role_session_name: str | None = None
    duration_seconds: int | None = None
    context: JsonObject = field(default_factory=dict)
    """Condition keys of the call and their values, such as `aws:SourceIp`."""


class WorkloadRequest(Entity, frozen=True, kw_only=True):
    action: str
    resource: str = "*"
    context: JsonObject = field(default_factory=dict)


class Workload(Entity, frozen=True, kw_only=True):
    name: str
    identity: str
    assume_roles: tuple[WorkloadHop, ...] = ()
    requests: tuple[WorkloadRequest, ...] = ()
    every_seconds: float = 5
    refresh: Literal["sdk", "never"] = "sdk"


class EvaluationSettings(Entity, frozen=True, kw_only=True):
    """Settings for what AWS does not document, or documents inconsistently, and that changes an evaluation of
    policies.

    Each default is AWS's newest behavior; `sts_tui.sts.facts.assumptions` has the sources.
    """

    not_principal_needs_account: bool = True
    """The `NotPrincipal` of a Deny excepts a caller only if its account is listed too, as AWS's guide
    advises."""
    allow_with_not_principal: Literal["undecided", "all-but-listed"] = "undecided"
    """What an Allow with `NotPrincipal` does for callers that it does not list. It never grants anything to a
    listed caller."""
    account_condition_delegates: bool = False
    """An Allow for everyone with a condition on `aws:PrincipalAccount` only delegates to the account, as if
    the principal were the account. AWS's guides say that it grants the permission, without an identity
    policy."""
    for_any_value_negated_matches_absent: bool = False
    """`ForAnyValue` with a negated operator (`ForAnyValue:StringNotEquals`) is true for an absent key."""
    for_any_value_if_exists_matches_absent: bool = False
    """`ForAnyValue:…IfExists` is true for an absent key, as the guide's paragraph on IfExists says."""
    not_resource_with_missing_variable_matches: bool = True
    """If the only entry of a `NotResource` has a policy variable without a value, it excludes nothing: a Deny
    then covers every resource."""
    not_resource_with_missing_variable_allows: bool = False
    """The same for an Allow."""
    tag_values_ignore_case: bool = False
    """StringEquals and StringNotEquals compare tag values without case, as the guide said until 2023."""
    variables_in_bool: bool = True
    """Bool resolves policy variables; otherwise `${…}` is text, which is not `true`."""
    wildcards_in_variable_values: bool = False
    """A `*` in the value of a policy variable is a wildcard, not a literal character."""
    trailing_wildcard_crosses_colons: bool = True
    """A `*` at the end of a segment of a Resource ARN also matches beyond the following colon."""
    user_grant_reaches_federated_users: bool = True
    """A resource policy that names a user allows the federated user sessions of this user without an Allow in
    the user's identity policies."""
    everyone_includes_federated_users: bool = True
    """A resource policy for everyone overrides the permissions boundary and the session policy of a federated
    user session.
    """
    scope_down_policies_are_strict: bool = True
    """A scope-down policy of GetScopedCredentials limits every grant. Otherwise it does not limit a resource
    policy that names the session itself, which session policies do not limit either."""
    scalar_principal_in_trust_policies: bool = False
    """A trust policy may have `"Principal": "*"`. It may have `{"AWS": "*"}` in any case."""


class Settings(EvaluationSettings, frozen=True, kw_only=True):
    """The settings of a model. Each uncertain fact that changes an evaluation has one."""

    revoke_padding_seconds: int = 30
    """Seconds added to the cutoff of a revocation. AWS's console writes the time of the click plus about 30
    s, so that no session is issued while the policy propagates.
    """
    propagation_seconds: float = 0
    """Seconds until an IAM write takes effect."""
    request_log_size: int = 100_000
    role_sessions_keep_mfa: bool = False
    get_session_token_mfa_reaches_roles: bool = False
    get_session_token_is_role_chaining: bool = True
    source_identity_max_length: int = 256
    session_policy_max_characters: int = 2048
    scoped_sessions_have_own_issue_time: bool = False
    get_scoped_credentials_needs_permission: bool = True
    root_may_scope: bool = False
    origin_identity_survives_assume_role: bool = True
    set_context_needed: bool = False
    last_assignment_deletes_role: bool = True
    classic_flow_by_default: bool = True
    authorization_ids: bool = False
    anywhere_source_identity_has_cn: bool = True
    anywhere_shortens_to_role_maximum: bool = False
    pod_identity_source_arn: Literal["cluster", "association"] = "cluster"
    packed_policy_allotment_bytes: int = 461
    packed_policy_size_measures: Literal["policies", "token"] = "policies"
    user_sessions_call_sts: Literal["AssumeRole", "WithMfa", "Never"] = "AssumeRole"
    sessions_die_with_access_key: bool = False
    federated_provider_for_saml: bool = False
    enforce_saml_audience: bool = False
    opt_in_regions: tuple[str, ...] = ()
    service_control_policy_quotas: Literal["2026", "2025"] = "2026"
    """`sts_tui.sts.facts.assumptions` explains each of these settings, with sources and confidence."""


class AccountModel(Entity, frozen=True, kw_only=True):
    """The content of one or more files: accounts, organization, identity providers, workloads."""

    name: str = ""
    description: str = ""
    start_time: datetime | None = None
    settings: Settings = Settings()
    organization: Organization | None = None
    identity_center: IdentityCenter | None = None
    accounts: tuple[Account, ...] = ()
    identity_providers: tuple[IdentityProvider, ...] = ()
    workloads: tuple[Workload, ...] = ()
    deleted: tuple[str, ...] = ()
    """What other parts of the model may name although it no longer exists: ARNs of roles and users, access
    key ids, pods and identity pools as a workload names them."""

    @property
    def raw_dumps(self) -> frozenset[str]:
        """Ids of the accounts that were loaded from get-account-authorization-details. What that command does
        not return is unknown.
        """
        return frozenset(each.account_id for each in self.accounts if each.is_raw_dump)
