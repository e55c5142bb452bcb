"""What an account file holds, in AWS's own API names and case (pydantic aliases); frozen.

The shapes are those of `aws iam get-account-authorization-details`, so that a raw dump is already a
valid file, with the additions that the account file's documentation lists.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_pascal

from sts_tui.account.policy_document import WrittenPolicy


class Entity(BaseModel):
    """Base of everything written in a file: frozen, AWS's names outside, snake_case inside."""

    model_config = ConfigDict(
        frozen=True, alias_generator=to_pascal, populate_by_name=True, arbitrary_types_allowed=True, extra="allow"
    )  # unknown keys are kept for the export; the loader decides whether they are faults or warnings


def _written(value: Any) -> Any:
    return WrittenPolicy(value) if isinstance(value, dict) else value


Document = Annotated[
    WrittenPolicy,
    BeforeValidator(_written),
    PlainSerializer(lambda written: written.document),
]


class Tag(Entity):
    key: str
    value: str = ""


class InlinePolicy(Entity):
    policy_name: str
    policy_document: Document


class AttachedPolicy(Entity):
    policy_arn: str
    policy_name: str = ""


class PermissionsBoundary(Entity):
    permissions_boundary_arn: str
    permissions_boundary_type: str = "Policy"


class AccessKey(Entity):
    access_key_id: str
    status: Literal["Active", "Inactive"] = "Active"
    create_date: datetime | None = None


class MfaDevice(Entity):
    """A TOTP device. Its secret derives from the serial number, so codes are the same every run."""

    serial_number: str


class User(Entity):
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
    """None: one active key is derived; (): none."""
    mfa_devices: tuple[MfaDevice, ...] = Field(default=(), alias="MFADevices")


class Group(Entity):
    arn: str
    group_name: str
    group_id: str
    path: str = "/"
    create_date: datetime | None = None
    group_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()


class InstanceProfile(Entity):
    arn: str
    instance_profile_name: str
    instance_profile_id: str
    path: str = "/"
    create_date: datetime | None = None
    roles: tuple[str, ...] = ()
    """ARNs of its roles (AWS allows one). The loader lifts profiles out of the roles' lists."""
    tags: tuple[Tag, ...] = ()


class Role(Entity):
    arn: str
    role_name: str
    role_id: str
    assume_role_policy_document: Document
    path: str = "/"
    create_date: datetime | None = None
    role_policy_list: tuple[InlinePolicy, ...] = ()
    attached_managed_policies: tuple[AttachedPolicy, ...] = ()
    permissions_boundary: PermissionsBoundary | None = None
    tags: tuple[Tag, ...] = ()
    max_session_duration: int | None = None
    """Seconds, 3600 to 43200; None where a dump does not say: 3600 is assumed, and said so."""
    description: str | None = None
    role_last_used: dict[str, Any] | None = None

    @property
    def max_session_seconds(self) -> int:
        return self.max_session_duration or 3600

    @property
    def is_service_linked(self) -> bool:
        return self.path.startswith("/aws-service-role/")


class PolicyVersion(Entity):
    version_id: str
    document: Document | None = None
    """None: a dump that names the policy without its text; it grants nothing, and that is said."""
    is_default_version: bool = False
    create_date: datetime | None = None


class ManagedPolicy(Entity):
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
    tags: tuple[Tag, ...] = ()

    @property
    def default_document(self) -> WrittenPolicy | None:
        for version in self.policy_version_list:
            if version.version_id == self.default_version_id:
                return version.document
        return None


class SAMLProvider(Entity):
    arn: str
    name: str
    identity_provider: str = ""
    """The name of the simulated identity provider it trusts; its own name where the file says nothing."""


class OpenIDConnectProvider(Entity):
    arn: str
    url: str
    """Without scheme, as GetOpenIDConnectProvider returns it."""
    client_id_list: tuple[str, ...] = Field(default=(), alias="ClientIDList")
    thumbprint_list: tuple[str, ...] = ()
    identity_provider: str = ""


class Resource(Entity):
    """Anything with an ARN that may carry a policy and tags: a bucket, a key, a queue, a VPC endpoint."""

    arn: str
    account: str = Field(default="", exclude=True)
    """The owning account: set by the loader from where the entry stands."""
    policy: Document | None = None
    tags: tuple[Tag, ...] = ()


class NamedPolicy(Entity):
    """A service control policy or a resource control policy."""

    name: str
    document: Document
    arn: str | None = None
    id: str | None = None


class OrganizationAccount(Entity):
    account_id: str
    service_control_policies: tuple[NamedPolicy, ...] | None = None
    """None: FullAWSAccess, as AWS attaches it; (): none, which allows nothing."""
    resource_control_policies: tuple[NamedPolicy, ...] = ()


class OrganizationalUnit(Entity):
    name: str
    id: str
    """`r-…` for the root, `ou-…` for a unit; derived where the file says nothing."""
    service_control_policies: tuple[NamedPolicy, ...] | None = None
    resource_control_policies: tuple[NamedPolicy, ...] = ()
    accounts: tuple[OrganizationAccount, ...] = ()
    organizational_units: tuple[OrganizationalUnit, ...] = ()


class Organization(Entity):
    id: str
    management_account_id: str
    features: tuple[str, ...] = ()
    delegated_administrators: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    root: OrganizationalUnit


class Account(Entity):
    account_id: str
    name: str = ""
    outbound_web_identity_federation: bool = False
    user_detail_list: tuple[User, ...] = ()
    group_detail_list: tuple[Group, ...] = ()
    role_detail_list: tuple[Role, ...] = ()
    policies: tuple[ManagedPolicy, ...] = ()
    instance_profiles: tuple[InstanceProfile, ...] = ()
    saml_providers: tuple[SAMLProvider, ...] = Field(default=(), alias="SAMLProviders")
    open_id_connect_providers: tuple[OpenIDConnectProvider, ...] = Field(default=(), alias="OpenIDConnectProviders")
    resources: tuple[Resource, ...] = ()


class DirectoryUser(Entity):
    """Somebody whom a simulated identity provider can sign in."""

    name: str
    roles: tuple[str, ...] = ()
    role_session_name: str | None = None
    session_duration: int | None = None
    principal_tags: dict[str, str] = Field(default_factory=dict)
    transitive_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    attributes: dict[str, Any] = Field(default_factory=dict)
    claims: dict[str, Any] = Field(default_factory=dict)


class IdentityProvider(Entity):
    name: str
    type: Literal["SAML", "OIDC"]
    issuer: str
    users: tuple[DirectoryUser, ...] = ()


class WorkloadHop(Entity):
    """One link of a workload's chain: parameters of AssumeRole in AWS's names (extra ones are kept)."""

    role_arn: str
    role_session_name: str | None = None
    duration_seconds: int | None = None


class WorkloadRequest(Entity):
    action: str
    resource: str = "*"
    context: dict[str, Any] = Field(default_factory=dict)


class Workload(Entity):
    name: str
    identity: str
    assume_roles: tuple[WorkloadHop, ...] = ()
    requests: tuple[WorkloadRequest, ...] = ()
    every_seconds: float = 5
    refresh: Literal["sdk", "never"] = "sdk"


class Settings(Entity):
    """Settings of a model; every doubtful fact that changes a verdict has one here."""

    revoke_padding_seconds: int = Field(default=30, ge=0)
    """AWS's console writes the moment of the click plus about 30 s, so that propagation cannot be outrun."""
    propagation_seconds: float = Field(default=0, ge=0)
    """How long an IAM write takes to come into force."""
    request_log_size: int = Field(default=100_000, ge=1)
    role_sessions_keep_mfa: bool = False


class AccountModel(Entity):
    """The whole of one or more files: accounts, organization, identity providers, workloads."""

    name: str = ""
    description: str = ""
    start_time: datetime | None = None
    settings: Settings = Settings()
    organization: Organization | None = None
    accounts: tuple[Account, ...] = ()
    identity_providers: tuple[IdentityProvider, ...] = ()
    workloads: tuple[Workload, ...] = ()
