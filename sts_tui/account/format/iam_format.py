"""Which keys do users, groups, roles, policies, providers and resources have in an account file?

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

import re
from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.patterns import (
    ACCESS_KEY_ID,
    ARN,
    NAME,
    PATH,
    POLICY_PATH,
    SERIAL_NUMBER,
    TAG_TEXT,
    UNIQUE_ID,
    VERSION_ID,
)
from sts_tui.account.format.rows import (
    boolean,
    document,
    entity_arn,
    instant,
    integer,
    json_object,
    many,
    object_format,
    one,
    role_references,
    text,
    texts,
)
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.iam_quotas import GROUPS_PER_USER, TAGS_PER_ENTITY, THUMBPRINTS_PER_OIDC_PROVIDER
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.role_durations import DEFAULT_MAXIMUM, HIGHEST_MAXIMUM, LOWEST_MAXIMUM

_ARN = entity_arn("Arn", "arn", about="Derived from account, path and name.")
_PATH = text("Path", "path", pattern=PATH, most=512, about="Default `/`.")
_CREATED = instant("CreateDate", "create_date")
_TAGS = many("Tags", "tags", "Tag", most=TAGS_PER_ENTITY)
_ATTACHED = many(
    "AttachedManagedPolicies",
    "attached_managed_policies",
    "AttachedPolicy",
    about="Managed policies, by ARN.",
)
_BOUNDARY = one("PermissionsBoundary", "permissions_boundary", "PermissionsBoundary")


_SIGNIN_DURATION = integer(
    "MaxSigninSessionDuration",
    "max_signin_session_duration",
    minimum=3600,
    maximum=7_776_000,
    about="Seconds that a console sign-in lasts.",
)
_CONTEXT_PROVIDER = json_object(
    "ContextProvider", "context_provider", about="Claims that become keys of trusted identity propagation."
)
_INSTANCE = text(
    "IdentityCenterInstanceArn",
    "identity_center_instance_arn",
    pattern=ARN,
    about="Needs `ContextProvider`.",
)


def _unique_id(key: str, field: str, prefix: str) -> KeyFormat:
    return text(key, field, pattern=UNIQUE_ID, about=f"`{prefix}…`; derived from the ARN.")


def _name(key: str, field: str, most: int) -> KeyFormat:
    return text(key, field, pattern=NAME, most=most, required=True)


def _inline(key: str, field: str, format: str) -> KeyFormat:
    return many(key, field, format, "Inline policies.")


def _inline_policy(name: str, kind: PolicyKind) -> ObjectFormat:
    return object_format(
        name,
        entities.InlinePolicy,
        _name("PolicyName", "policy_name", 128),
        document("PolicyDocument", "policy_document", kind),
        identity="PolicyName",
    )


IAM_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    object_format(
        "Tag",
        entities.Tag,
        text("Key", "key", pattern=TAG_TEXT, required=True, most=128),
        text("Value", "value", pattern=TAG_TEXT, most=256, about="Default empty."),
        identity="Key",
        ignores_case=True,
    ),
    _inline_policy("UserPolicy", PolicyKind.USER_INLINE),
    _inline_policy("GroupPolicy", PolicyKind.GROUP_INLINE),
    _inline_policy("RolePolicy", PolicyKind.ROLE_INLINE),
    object_format(
        "AttachedPolicy",
        entities.AttachedPolicy,
        text("PolicyArn", "policy_arn", pattern=ARN, required=True),
        text("PolicyName", "policy_name", about="Derived from the ARN."),
        identity="PolicyArn",
    ),
    object_format(
        "PermissionsBoundary",
        entities.PermissionsBoundary,
        text("PermissionsBoundaryArn", "permissions_boundary_arn", pattern=ARN, required=True),
        text(
            "PermissionsBoundaryType",
            "permissions_boundary_type",
            choices=("Policy", "PermissionsBoundaryPolicy"),
            about="Default `Policy`.",
        ),
    ),
    object_format(
        "AccessKey",
        entities.AccessKey,
        text("AccessKeyId", "access_key_id", pattern=ACCESS_KEY_ID, required=True, most=128),
        text("Status", "status", choices=("Active", "Inactive"), about="Default `Active`."),
        _CREATED,
        identity="AccessKeyId",
    ),
    object_format(
        "MFADevice",
        entities.MfaDevice,
        text("SerialNumber", "serial_number", pattern=SERIAL_NUMBER, required=True),
        instant("EnableDate", "enable_date"),
        identity="SerialNumber",
    ),
    object_format(
        "LoginProfile",
        entities.LoginProfile,
        _CREATED,
        boolean("PasswordResetRequired", "password_reset_required"),
        _SIGNIN_DURATION,
    ),
    object_format(
        "User",
        entities.User,
        _ARN,
        _name("UserName", "user_name", 64),
        _unique_id("UserId", "user_id", "AIDA"),
        _PATH,
        _CREATED,
        _inline("UserPolicyList", "user_policy_list", "UserPolicy"),
        texts("GroupList", "group_list", most=GROUPS_PER_USER, about="Names of groups."),
        _ATTACHED,
        _BOUNDARY,
        _TAGS,
        many("AccessKeys", "access_keys", "AccessKey", "Absent: one active key is derived; `[]`: none.", 2),
        many("MFADevices", "mfa_devices", "MFADevice", "TOTP devices.", 8),
        one(
            "LoginProfile",
            "login_profile",
            "LoginProfile",
            about="The console password. `null`: none; absent: none, in a raw dump unknown.",
        ),
        identity="UserName",
        ignores_case=True,
    ),
    object_format(
        "Group",
        entities.Group,
        _ARN,
        _name("GroupName", "group_name", 128),
        _unique_id("GroupId", "group_id", "AGPA"),
        _PATH,
        _CREATED,
        _inline("GroupPolicyList", "group_policy_list", "GroupPolicy"),
        _ATTACHED,
        identity="GroupName",
        ignores_case=True,
    ),
    object_format(
        "InstanceProfile",
        entities.InstanceProfile,
        _ARN,
        _name("InstanceProfileName", "instance_profile_name", 128),
        _unique_id("InstanceProfileId", "instance_profile_id", "AIPA"),
        _PATH,
        _CREATED,
        role_references("Roles", "roles", most=1, about="Its role, by name or ARN."),
        _TAGS,
        identity="InstanceProfileName",
        ignores_case=True,
    ),
    object_format(
        "Role",
        entities.Role,
        _ARN,
        _name("RoleName", "role_name", 64),
        _unique_id("RoleId", "role_id", "AROA"),
        _PATH,
        _CREATED,
        document("AssumeRolePolicyDocument", "assume_role_policy_document", PolicyKind.TRUST),
        _inline("RolePolicyList", "role_policy_list", "RolePolicy"),
        _ATTACHED,
        _BOUNDARY,
        _TAGS,
        integer(
            "MaxSessionDuration",
            "max_session_duration",
            minimum=LOWEST_MAXIMUM,
            maximum=HIGHEST_MAXIMUM,
            about=f"Seconds. Absent: {DEFAULT_MAXIMUM} is assumed, and `validate` warns.",
        ),
        _SIGNIN_DURATION,
        text("Description", "description", most=1000),
        json_object("RoleLastUsed", "role_last_used"),
        many("InstanceProfileList", "", "InstanceProfile", "Instance profiles that deliver this role."),
        identity="RoleName",
        ignores_case=True,
    ),
    object_format(
        "PolicyVersion",
        entities.PolicyVersion,
        text("VersionId", "version_id", pattern=VERSION_ID, required=True),
        document("Document", "document", PolicyKind.MANAGED, required=False),
        boolean("IsDefaultVersion", "is_default_version"),
        _CREATED,
        identity="VersionId",
    ),
    object_format(
        "ManagedPolicy",
        entities.ManagedPolicy,
        _ARN,
        _name("PolicyName", "policy_name", 128),
        _unique_id("PolicyId", "policy_id", "ANPA"),
        text("Path", "path", pattern=POLICY_PATH, most=512, about="Default `/`."),
        text(
            "DefaultVersionId",
            "default_version_id",
            pattern=VERSION_ID,
            about="Default: the version marked as default, otherwise the only one.",
        ),
        integer("AttachmentCount", "attachment_count"),
        integer("PermissionsBoundaryUsageCount", "permissions_boundary_usage_count"),
        boolean("IsAttachable", "is_attachable", about="Default true."),
        text("Description", "description", most=1000),
        _CREATED,
        instant("UpdateDate", "update_date"),
        many("PolicyVersionList", "policy_version_list", "PolicyVersion", "At most five."),
        integer(
            "NewestVersion",
            "newest_version",
            minimum=0,
            maximum=1_000_000,
            about="The highest version number so far, if that version was deleted. `export` writes it.",
        ),
        _TAGS,
        identity="PolicyName",
        ignores_case=True,
    ),
    object_format(
        "SAMLProvider",
        entities.SAMLProvider,
        _ARN,
        text("Name", "name", pattern=lazy_pattern(r"[\w._-]+", re.ASCII), required=True, most=128),
        text(
            "IdentityProvider",
            "identity_provider",
            about="Name of the simulated identity provider it trusts; default: the one with the same name.",
        ),
        text(
            "SAMLMetadataDocument",
            "saml_metadata_document",
            most=10_000_000,
            about="As uploaded: its certificates verify assertions. Default: that of the simulated "
            "identity provider.",
        ),
        _CREATED,
        _CONTEXT_PROVIDER,
        _INSTANCE,
        _TAGS,
        identity="Name",
    ),
    object_format(
        "OpenIDConnectProvider",
        entities.OpenIDConnectProvider,
        _ARN,
        text("Url", "url", required=True, most=255, about="The issuer; `https://` may be left out."),
        texts("ClientIDList", "client_id_list", most=100, about="Audiences."),
        texts("ThumbprintList", "thumbprint_list", most=THUMBPRINTS_PER_OIDC_PROVIDER),
        text(
            "IdentityProvider",
            "identity_provider",
            about="Name of the simulated identity provider it trusts; default: the one with its issuer.",
        ),
        _CREATED,
        _CONTEXT_PROVIDER,
        _INSTANCE,
        _TAGS,
        identity="Url",
    ),
    object_format(
        "Resource",
        entities.Resource,
        entity_arn("Arn", "arn", required=True),
        document("Policy", "policy", PolicyKind.RESOURCE, required=False, about="Its resource-based policy."),
        _TAGS,
        identity="Arn",
        about="Anything with an ARN: a bucket, a key, a queue; owned by the account that lists it.",
    ),
)
