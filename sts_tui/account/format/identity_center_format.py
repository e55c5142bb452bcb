"""Which keys does IAM Identity Center have in an account file? The members that its list and describe
commands print.
"""

from __future__ import annotations

from typing import Final

from sts_tui.account import identity_center
from sts_tui.account.format.patterns import ACCOUNT_ID, ARN, NAME
from sts_tui.account.format.rows import (
    document,
    instant,
    json_object,
    json_objects,
    many,
    object_format,
    one,
    text,
    texts,
)
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.regions import REGION

_INSTANCE_ARN: Final = lazy_pattern(r"arn:aws[a-z-]*:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}")
_STORE_ID: Final = lazy_pattern(r"d-[0-9a-f]{10}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_STORE = text(
    "IdentityStoreId", pattern=_STORE_ID, about="The identity store of the instance; not used here."
)
_DIRECTORY_KEYS: Final[tuple[KeyFormat, ...]] = (
    json_objects("ExternalIds"),
    text("Revision"),
    text("CreatedAt"),
    text("CreatedBy"),
    text("UpdatedAt"),
    text("UpdatedBy"),
)
"""Other members that the identity store returns for users and groups."""

IDENTITY_CENTER_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    object_format(
        "AttributeSource",
        identity_center.AttributeSource,
        texts("Source", "source", about="`${path:enterprise.department}`"),
    ),
    object_format(
        "AccessControlAttribute",
        identity_center.AccessControlAttribute,
        text("Key", "key", required=True, about="The key of the session tag."),
        one("Value", "value", "AttributeSource"),
        identity="Key",
    ),
    object_format(
        "IdentityCenterInstance",
        identity_center.IdentityCenterInstance,
        text("InstanceArn", "instance_arn", pattern=_INSTANCE_ARN, about="Derived."),
        text("IdentityStoreId", "identity_store_id", pattern=_STORE_ID, about="Derived."),
        text(
            "OwnerAccountId",
            "owner_account_id",
            pattern=ACCOUNT_ID,
            about="Default: the management account.",
        ),
        text("Name", "name"),
        text(
            "PortalSessionDuration",
            "portal_session_duration",
            about="ISO 8601: how long a sign-in to the access portal lasts, up to `P90D`. Default `PT8H`.",
        ),
        many("AccessControlAttributes", "access_control_attributes", "AccessControlAttribute", "ABAC."),
        text("CreatedDate"),
        text("Status"),
        text("StatusReason"),
        text(
            "PrimaryRegion",
            "primary_region",
            pattern=REGION,
            about="Part of the path of the roles of permission sets, unless it is `us-east-1`, the default.",
        ),
        identity="InstanceArn",
    ),
    object_format(
        "IdentityCenterUser",
        identity_center.CenterUser,
        text("UserName", "user_name", required=True, most=128),
        text("UserId", "user_id", about="Derived."),
        text("UserStatus", "user_status", choices=("ENABLED", "DISABLED"), about="Default `ENABLED`."),
        text("DisplayName", "display_name"),
        json_object("Name", "name", about="`GivenName`, `FamilyName` …"),
        json_objects("Emails", "emails", about='`[{"Value": "…", "Primary": true}]`'),
        json_object(
            "Extensions",
            "extensions",
            about='`{"aws:identitystore:enterprise": {"department": "…"}}`, for ABAC.',
        ),
        text("Title", "title"),
        text("UserType", "user_type"),
        _STORE,
        text("UserArn"),
        text("NickName"),
        text("ProfileUrl"),
        json_objects("Addresses"),
        json_objects("PhoneNumbers"),
        json_objects("Photos"),
        json_objects("Roles"),
        text("PreferredLanguage"),
        text("Locale"),
        text("Timezone"),
        text("Website"),
        text("Birthdate"),
        *_DIRECTORY_KEYS,
        identity="UserName",
        ignores_case=True,
    ),
    object_format(
        "IdentityCenterGroup",
        identity_center.CenterGroup,
        text("DisplayName", "display_name", required=True, most=1024),
        text("GroupId", "group_id", about="Derived."),
        text("Description", "description", most=1024),
        _STORE,
        text("GroupArn"),
        *_DIRECTORY_KEYS,
        identity="DisplayName",
    ),
    object_format(
        "MemberId",
        identity_center.MemberId,
        text("UserId", "user_id", required=True, about="A user's id, or its UserName."),
    ),
    object_format(
        "GroupMembership",
        identity_center.GroupMembership,
        text("GroupId", "group_id", required=True, about="A group's id, or its DisplayName."),
        one("MemberId", "member_id", "MemberId", required=True),
        text("MembershipId", "membership_id", about="Derived."),
        _STORE,
        text("CreatedAt"),
        text("CreatedBy"),
        text("UpdatedAt"),
        text("UpdatedBy"),
        identity="MembershipId",
    ),
    object_format(
        "PermissionSetPolicy",
        identity_center.SetPolicy,
        text("Arn", "arn", pattern=ARN, required=True, about="An AWS managed policy."),
        text("Name", "name"),
        identity="Arn",
    ),
    object_format(
        "CustomerManagedPolicyReference",
        identity_center.CustomerPolicy,
        text("Name", "name", pattern=NAME, required=True),
        text("Path", "path", about="Default `/`."),
        identity="Name",
        about="A policy that must exist in every account to which the set is provisioned.",
    ),
    object_format(
        "PermissionSetBoundary",
        identity_center.SetBoundary,
        one(
            "CustomerManagedPolicyReference",
            "customer_managed_policy_reference",
            "CustomerManagedPolicyReference",
        ),
        text("ManagedPolicyArn", "managed_policy_arn", pattern=ARN),
    ),
    object_format(
        "PermissionSet",
        identity_center.PermissionSet,
        text("Name", "name", pattern=NAME, required=True, most=32),
        text("PermissionSetArn", "permission_set_arn", pattern=ARN, about="Derived."),
        text("Description", "description", most=700),
        text("SessionDuration", "session_duration", about="ISO 8601, `PT1H` to `PT12H`. Default `PT1H`."),
        text("RelayState", "relay_state"),
        document("InlinePolicy", "inline_policy", PolicyKind.ROLE_INLINE, required=False),
        many("AttachedManagedPolicies", "attached_managed_policies", "PermissionSetPolicy"),
        many(
            "CustomerManagedPolicyReferences",
            "customer_managed_policy_references",
            "CustomerManagedPolicyReference",
        ),
        one("PermissionsBoundary", "permissions_boundary", "PermissionSetBoundary"),
        instant("CreatedDate", "created_date"),
        many("Tags", "tags", "Tag"),
        identity="Name",
    ),
    object_format(
        "AccountAssignment",
        identity_center.AccountAssignment,
        text("AccountId", "account_id", pattern=ACCOUNT_ID, required=True),
        text("PermissionSetArn", "permission_set_arn", required=True, about="An ARN, or the set's Name."),
        text("PrincipalType", "principal_type", choices=("USER", "GROUP"), required=True),
        text("PrincipalId", "principal_id", required=True, about="An id, or the user's or group's name."),
    ),
    object_format(
        "IdentityCenter",
        identity_center.IdentityCenter,
        many("Instances", "instances", "IdentityCenterInstance", "Absent: one of the organization."),
        many("Users", "users", "IdentityCenterUser"),
        many("Groups", "groups", "IdentityCenterGroup"),
        many("GroupMemberships", "group_memberships", "GroupMembership"),
        many("PermissionSets", "permission_sets", "PermissionSet"),
        many("AccountAssignments", "account_assignments", "AccountAssignment"),
        about="A permission set is provisioned to every account where it is assigned.",
    ),
)
