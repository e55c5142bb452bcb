"""Shapes of what an account holds: users, groups, roles, policies, providers, resources.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
"""

from __future__ import annotations

import re
from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.object_format import (
    ACCESS_KEY_ID,
    ARN,
    NAME,
    PATH,
    POLICY_PATH,
    SERIAL_NUMBER,
    TAG_TEXT,
    UNIQUE_ID,
    VERSION_ID,
    Holds,
    KeyFormat,
    ObjectFormat,
    document,
    format_of,
    many,
)
from sts_tui.account.policies.policy_kind import PolicyKind

_ARN = KeyFormat(key="Arn", field="arn", pattern=ARN, about="Derived from account, path and name.")
_PATH = KeyFormat(key="Path", field="path", pattern=PATH, most=512, about="Default `/`.")
_CREATED = KeyFormat(key="CreateDate", field="create_date", holds=Holds.INSTANT)
_TAGS = KeyFormat(key="Tags", field="tags", holds=Holds.ENTITIES, format="Tag", most=50)
_ATTACHED = KeyFormat(
    key="AttachedManagedPolicies",
    field="attached_managed_policies",
    holds=Holds.ENTITIES,
    format="AttachedPolicy",
    about="Managed policies, by ARN.",
)
_BOUNDARY = KeyFormat(
    key="PermissionsBoundary", field="permissions_boundary", holds=Holds.ENTITY, format="PermissionsBoundary"
)


def _unique_id(key: str, field: str, prefix: str) -> KeyFormat:
    return KeyFormat(key=key, field=field, pattern=UNIQUE_ID, about=f"`{prefix}…`; derived from the ARN.")


def _name(key: str, field: str, most: int) -> KeyFormat:
    return KeyFormat(key=key, field=field, pattern=NAME, most=most, required=True)


def _inline(key: str, field: str, object_format: str) -> KeyFormat:
    return KeyFormat(
        key=key, field=field, holds=Holds.ENTITIES, format=object_format, about="Inline policies."
    )


def _inline_policy(name: str, kind: PolicyKind) -> ObjectFormat:
    return format_of(
        name,
        entities.InlinePolicy,
        _name("PolicyName", "policy_name", 128),
        document("PolicyDocument", "policy_document", kind),
        identity="PolicyName",
    )


_SIGNIN_DURATION = KeyFormat(
    key="MaxSigninSessionDuration",
    field="max_signin_session_duration",
    holds=Holds.INTEGER,
    minimum=3600,
    maximum=7_776_000,
    about="Seconds that a console sign-in lasts.",
)
_CONTEXT_PROVIDER = KeyFormat(
    key="ContextProvider",
    field="context_provider",
    holds=Holds.OBJECT,
    about="Claims that become keys of trusted identity propagation.",
)
_INSTANCE = KeyFormat(
    key="IdentityCenterInstanceArn",
    field="identity_center_instance_arn",
    pattern=ARN,
    about="Needs `ContextProvider`.",
)

IAM_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    format_of(
        "Tag",
        entities.Tag,
        KeyFormat(key="Key", field="key", pattern=TAG_TEXT, required=True, most=128),
        KeyFormat(key="Value", field="value", pattern=TAG_TEXT, most=256, about="Default empty."),
        identity="Key",
        ignores_case=True,
    ),
    _inline_policy("UserPolicy", PolicyKind.USER_INLINE),
    _inline_policy("GroupPolicy", PolicyKind.GROUP_INLINE),
    _inline_policy("RolePolicy", PolicyKind.ROLE_INLINE),
    format_of(
        "AttachedPolicy",
        entities.AttachedPolicy,
        KeyFormat(key="PolicyArn", field="policy_arn", pattern=ARN, required=True),
        KeyFormat(key="PolicyName", field="policy_name", about="Derived from the ARN."),
        identity="PolicyArn",
    ),
    format_of(
        "PermissionsBoundary",
        entities.PermissionsBoundary,
        KeyFormat(key="PermissionsBoundaryArn", field="permissions_boundary_arn", pattern=ARN, required=True),
        KeyFormat(
            key="PermissionsBoundaryType",
            field="permissions_boundary_type",
            choices=("Policy", "PermissionsBoundaryPolicy"),
            about="Default `Policy`.",
        ),
    ),
    format_of(
        "AccessKey",
        entities.AccessKey,
        KeyFormat(key="AccessKeyId", field="access_key_id", pattern=ACCESS_KEY_ID, required=True, most=128),
        KeyFormat(key="Status", field="status", choices=("Active", "Inactive"), about="Default `Active`."),
        _CREATED,
        identity="AccessKeyId",
    ),
    format_of(
        "MFADevice",
        entities.MfaDevice,
        KeyFormat(key="SerialNumber", field="serial_number", pattern=SERIAL_NUMBER, required=True),
        KeyFormat(key="EnableDate", field="enable_date", holds=Holds.INSTANT),
        identity="SerialNumber",
    ),
    format_of(
        "LoginProfile",
        entities.LoginProfile,
        _CREATED,
        KeyFormat(key="PasswordResetRequired", field="password_reset_required", holds=Holds.BOOLEAN),
        _SIGNIN_DURATION,
    ),
    format_of(
        "User",
        entities.User,
        _ARN,
        _name("UserName", "user_name", 64),
        _unique_id("UserId", "user_id", "AIDA"),
        _PATH,
        _CREATED,
        _inline("UserPolicyList", "user_policy_list", "UserPolicy"),
        KeyFormat(key="GroupList", field="group_list", holds=Holds.TEXTS, most=10, about="Names of groups."),
        _ATTACHED,
        _BOUNDARY,
        _TAGS,
        many("AccessKeys", "access_keys", "AccessKey", "Absent: one active key is derived; `[]`: none.", 2),
        many("MFADevices", "mfa_devices", "MFADevice", "TOTP devices.", 8),
        KeyFormat(
            key="LoginProfile",
            field="login_profile",
            holds=Holds.ENTITY,
            format="LoginProfile",
            about="The console password. Absent: none.",
        ),
        identity="UserName",
        ignores_case=True,
    ),
    format_of(
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
    format_of(
        "InstanceProfile",
        entities.InstanceProfile,
        _ARN,
        _name("InstanceProfileName", "instance_profile_name", 128),
        _unique_id("InstanceProfileId", "instance_profile_id", "AIPA"),
        _PATH,
        _CREATED,
        KeyFormat(
            key="Roles", field="roles", holds=Holds.REFERENCES, most=1, about="Its role, by name or ARN."
        ),
        _TAGS,
        identity="InstanceProfileName",
        ignores_case=True,
    ),
    format_of(
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
        KeyFormat(
            key="MaxSessionDuration",
            field="max_session_duration",
            holds=Holds.INTEGER,
            minimum=3600,
            maximum=43200,
            about="Seconds. Absent: 3600 is assumed, and `validate` says so.",
        ),
        _SIGNIN_DURATION,
        KeyFormat(key="Description", field="description", most=1000),
        KeyFormat(key="RoleLastUsed", field="role_last_used", holds=Holds.OBJECT),
        many("InstanceProfileList", "", "InstanceProfile", "Instance profiles that deliver this role."),
        identity="RoleName",
        ignores_case=True,
    ),
    format_of(
        "PolicyVersion",
        entities.PolicyVersion,
        KeyFormat(key="VersionId", field="version_id", pattern=VERSION_ID, required=True),
        document("Document", "document", PolicyKind.MANAGED, required=False),
        KeyFormat(key="IsDefaultVersion", field="is_default_version", holds=Holds.BOOLEAN),
        _CREATED,
        identity="VersionId",
    ),
    format_of(
        "ManagedPolicy",
        entities.ManagedPolicy,
        _ARN,
        _name("PolicyName", "policy_name", 128),
        _unique_id("PolicyId", "policy_id", "ANPA"),
        KeyFormat(key="Path", field="path", pattern=POLICY_PATH, most=512, about="Default `/`."),
        KeyFormat(
            key="DefaultVersionId",
            field="default_version_id",
            pattern=VERSION_ID,
            about="Default: the version marked as default, else the only one.",
        ),
        KeyFormat(key="AttachmentCount", field="attachment_count", holds=Holds.INTEGER),
        KeyFormat(
            key="PermissionsBoundaryUsageCount",
            field="permissions_boundary_usage_count",
            holds=Holds.INTEGER,
        ),
        KeyFormat(key="IsAttachable", field="is_attachable", holds=Holds.BOOLEAN, about="Default true."),
        KeyFormat(key="Description", field="description", most=1000),
        _CREATED,
        KeyFormat(key="UpdateDate", field="update_date", holds=Holds.INSTANT),
        many("PolicyVersionList", "policy_version_list", "PolicyVersion", "At most five."),
        KeyFormat(
            key="NewestVersion",
            field="newest_version",
            holds=Holds.INTEGER,
            minimum=0,
            maximum=1_000_000,
            about="The highest version number so far, where that version is gone. `export` writes it.",
        ),
        _TAGS,
        identity="PolicyName",
        ignores_case=True,
    ),
    format_of(
        "SAMLProvider",
        entities.SAMLProvider,
        _ARN,
        KeyFormat(
            key="Name", field="name", pattern=re.compile(r"[\w._-]+", re.ASCII), required=True, most=128
        ),
        KeyFormat(
            key="IdentityProvider",
            field="identity_provider",
            about="Name of the simulated identity provider it trusts; default: the one of its own name.",
        ),
        KeyFormat(
            key="SAMLMetadataDocument",
            field="saml_metadata_document",
            most=10_000_000,
            about="As uploaded: its certificates verify. Default: that of the simulated identity provider.",
        ),
        _CREATED,
        _CONTEXT_PROVIDER,
        _INSTANCE,
        _TAGS,
        identity="Name",
    ),
    format_of(
        "OpenIDConnectProvider",
        entities.OpenIDConnectProvider,
        _ARN,
        KeyFormat(
            key="Url", field="url", required=True, most=255, about="The issuer; `https://` may be left out."
        ),
        KeyFormat(
            key="ClientIDList", field="client_id_list", holds=Holds.TEXTS, most=100, about="Audiences."
        ),
        KeyFormat(key="ThumbprintList", field="thumbprint_list", holds=Holds.TEXTS, most=5),
        KeyFormat(
            key="IdentityProvider",
            field="identity_provider",
            about="Name of the simulated identity provider it trusts; default: the one with its issuer.",
        ),
        _CREATED,
        _CONTEXT_PROVIDER,
        _INSTANCE,
        _TAGS,
        identity="Url",
    ),
    format_of(
        "Resource",
        entities.Resource,
        KeyFormat(key="Arn", field="arn", pattern=ARN, required=True),
        document("Policy", "policy", PolicyKind.RESOURCE, required=False, about="Its resource-based policy."),
        _TAGS,
        identity="Arn",
        about="Anything with an ARN: a bucket, a key, a queue; owned by the account it stands in.",
    ),
)
