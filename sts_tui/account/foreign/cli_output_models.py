"""By which members is an output of the AWS CLI recognized? Other members are allowed and kept.

https://docs.aws.amazon.com/cli/latest/reference/iam/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from sts_tui.account.arn import ACCOUNT_DIGITS


class Output(BaseModel):
    """The members that an output must have. Other members are kept unchanged."""

    model_config = ConfigDict(extra="allow")


class Entity(Output):
    Arn: str = Field(pattern=r"^arn:[^:]*:iam::")


class Role(Entity):
    RoleName: str


class User(Entity):
    UserName: str


class Group(Entity):
    GroupName: str


class Policy(Entity):
    PolicyName: str


class InstanceProfile(Entity):
    InstanceProfileName: str


class Key(Output):
    UserName: str
    AccessKeyId: str


class Device(Output):
    UserName: str
    SerialNumber: str


class Password(Output):
    UserName: str
    CreateDate: str


class DeviceOwner(Output):
    Arn: str = Field(pattern=rf"^arn:[^:]*:iam::{ACCOUNT_DIGITS}:user/")
    UserName: str


class OwnedDevice(Output):
    SerialNumber: str
    User: DeviceOwner


class RolePolicy(Output):
    RoleName: str
    PolicyName: str
    PolicyDocument: object


class UserPolicy(Output):
    UserName: str
    PolicyName: str
    PolicyDocument: object


class GroupPolicy(Output):
    GroupName: str
    PolicyName: str
    PolicyDocument: object


class Summary(Output):
    Id: str
    Name: str
    Arn: str
    Type: str


class OrganizationPolicy(Output):
    PolicySummary: Summary
    Content: str


class CenterUser(Output):
    UserId: str
    UserName: str
    IdentityStoreId: str


class CenterGroup(Output):
    GroupId: str
    DisplayName: str


class Membership(Output):
    GroupId: str
    MemberId: dict[str, str]


class Assignment(Output):
    PermissionSetArn: str
    PrincipalType: str
    PrincipalId: str


class Instance(Output):
    InstanceArn: str
    IdentityStoreId: str


class PermissionSet(Output):
    PermissionSetArn: str
    Name: str


class TrustAnchor(Output):
    trustAnchorArn: str
    name: str


class Profile(Output):
    profileArn: str
    name: str


class Crl(Output):
    crlArn: str
    name: str


class Association(Output):
    associationArn: str
    clusterName: str
    serviceAccount: str


class Pool(Output):
    IdentityPoolId: str
    IdentityPoolName: str
    AllowUnauthenticatedIdentities: bool


class PoolRoles(Output):
    IdentityPoolId: str
    Roles: dict[str, str]


class PoolTags(Output):
    IdentityPoolId: str
    IdentityProviderName: str
    PrincipalTags: dict[str, str] = Field(default_factory=dict)
    UseDefaults: bool = False


WORKLOAD_IDENTITIES: Final[Sequence[tuple[str, str, type[Output], str, str]]] = (
    ("trustAnchors", "trustAnchor", TrustAnchor, "TrustAnchors", "trustAnchorArn"),
    ("profiles", "profile", Profile, "Profiles", "profileArn"),
    ("crls", "crl", Crl, "Crls", "crlArn"),
    ("associations", "association", Association, "PodIdentityAssociations", "associationArn"),
)
"""(key of a list of entities, key of a single entity, model, list of the account file, member with the ARN).
https://docs.aws.amazon.com/cli/latest/reference/rolesanywhere/
https://docs.aws.amazon.com/cli/latest/reference/eks/describe-pod-identity-association.html"""
CENTER_LISTS: Final[Sequence[tuple[str, type[Output]]]] = (
    ("Users", CenterUser),
    ("Groups", CenterGroup),
    ("GroupMemberships", Membership),
    ("AccountAssignments", Assignment),
    ("Instances", Instance),
)
"""Lists of IAM Identity Center and its identity store: (key, which is the same in the account file; model).
https://docs.aws.amazon.com/cli/latest/reference/sso-admin/
https://docs.aws.amazon.com/cli/latest/reference/identitystore/"""
LISTS: Final[Sequence[tuple[str, type[Output], str]]] = (
    ("Roles", Role, "RoleDetailList"),
    ("Users", User, "UserDetailList"),
    ("Groups", Group, "GroupDetailList"),
    ("Policies", Policy, "Policies"),
    ("InstanceProfiles", InstanceProfile, "InstanceProfiles"),
    ("SAMLProviderList", Entity, "SAMLProviders"),
    ("OpenIDConnectProviderList", Entity, "OpenIDConnectProviders"),
)
SINGLE: Final[Sequence[tuple[str, type[Output], str]]] = (
    ("Role", Role, "RoleDetailList"),
    ("User", User, "UserDetailList"),
    ("Group", Group, "GroupDetailList"),
    ("Policy", Policy, "Policies"),
    ("InstanceProfile", InstanceProfile, "InstanceProfiles"),
)
INLINE: Final[Sequence[tuple[type[Output], str, str, str]]] = (
    (RolePolicy, "RoleName", "RoleDetailList", "RolePolicyList"),
    (UserPolicy, "UserName", "UserDetailList", "UserPolicyList"),
    (GroupPolicy, "GroupName", "GroupDetailList", "GroupPolicyList"),
)
OWNED_BY_USERS: Final[Sequence[tuple[str, type[Output], str]]] = (
    ("AccessKeyMetadata", Key, "AccessKeys"),
    ("MFADevices", Device, "MFADevices"),
)
VIRTUAL_DEVICES: Final = "VirtualMFADevices"
LIST_KEYS: Final = frozenset(
    (
        VIRTUAL_DEVICES,
        *(key for key, _ in CENTER_LISTS),
        *(key for key, *_ in (*LISTS, *OWNED_BY_USERS, *WORKLOAD_IDENTITIES)),
    )
)
"""The keys of all lists that are recognized by their first item."""
