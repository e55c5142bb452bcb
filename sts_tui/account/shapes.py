"""The account file's format as data: which keys an object may have, what they hold, what they fill.

One table drives the checks, the construction of entities, the export, the JSON Schema and the
reference in `docs/account-file.md`; a key is added here, and its field in `account.entities`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sts_tui.account import entities
from sts_tui.account.policy_kind import PolicyKind
from sts_tui.account.shape import (
    ACCESS_KEY_ID,
    ACCOUNT_ID,
    ACTION,
    ARN,
    NAME,
    NODE_ID,
    ORGANIZATION_ID,
    PATH,
    POLICY_PATH,
    SERIAL_NUMBER,
    SESSION_NAME,
    TAG_TEXT,
    UNIQUE_ID,
    VERSION_ID,
    Holds,
    Member,
    Shape,
)

_ARN = Member(key="Arn", field="arn", pattern=ARN, about="Derived from account, path and name.")
_PATH = Member(key="Path", field="path", pattern=PATH, most=512, about="Default `/`.")
_CREATED = Member(key="CreateDate", field="create_date", holds=Holds.INSTANT)
_TAGS = Member(key="Tags", field="tags", holds=Holds.ENTITIES, shape="Tag", most=50)
_ATTACHED = Member(
    key="AttachedManagedPolicies",
    field="attached_managed_policies",
    holds=Holds.ENTITIES,
    shape="AttachedPolicy",
    about="Managed policies, by ARN.",
)
_BOUNDARY = Member(
    key="PermissionsBoundary", field="permissions_boundary", holds=Holds.ENTITY, shape="PermissionsBoundary"
)


def _unique_id(key: str, field: str, prefix: str) -> Member:
    return Member(key=key, field=field, pattern=UNIQUE_ID, about=f"`{prefix}…`; derived from the ARN.")


def _name(key: str, field: str, most: int) -> Member:
    return Member(key=key, field=field, pattern=NAME, most=most, required=True)


def _inline(key: str, field: str, shape: str) -> Member:
    return Member(key=key, field=field, holds=Holds.ENTITIES, shape=shape, about="Inline policies.")


def _many(key: str, field: str, shape: str, about: str = "", most: int | None = None) -> Member:
    return Member(key=key, field=field, holds=Holds.ENTITIES, shape=shape, about=about, most=most)


def _yes_or_no(key: str, field: str) -> Member:
    return Member(key=key, field=field, holds=Holds.BOOLEAN)


def _document(key: str, field: str, kind: PolicyKind, *, required: bool = True, about: str = "") -> Member:
    return Member(key=key, field=field, holds=Holds.DOCUMENT, policy=kind, required=required, about=about)


def _shape(
    name: str,
    entity: type[entities.Entity],
    *members: Member,
    identity: str = "",
    ignores_case: bool = False,
    about: str = "",
    text_stands_for: str = "",
) -> Shape:
    by_key = {member.key: member for member in members}
    return Shape(
        name=name,
        entity=entity,
        members=by_key,
        identity=identity,
        ignores_case=ignores_case,
        about=about,
        text_stands_for=text_stands_for,
    )


def _inline_policy(name: str, kind: PolicyKind) -> Shape:
    return _shape(
        name,
        entities.InlinePolicy,
        _name("PolicyName", "policy_name", 128),
        _document("PolicyDocument", "policy_document", kind),
        identity="PolicyName",
    )


_IAM_SHAPES = (
    _shape(
        "Tag",
        entities.Tag,
        Member(key="Key", field="key", pattern=TAG_TEXT, required=True, most=128),
        Member(key="Value", field="value", pattern=TAG_TEXT, most=256, about="Default empty."),
        identity="Key",
        ignores_case=True,
    ),
    _inline_policy("UserPolicy", PolicyKind.USER_INLINE),
    _inline_policy("GroupPolicy", PolicyKind.GROUP_INLINE),
    _inline_policy("RolePolicy", PolicyKind.ROLE_INLINE),
    _shape(
        "AttachedPolicy",
        entities.AttachedPolicy,
        Member(key="PolicyArn", field="policy_arn", pattern=ARN, required=True),
        Member(key="PolicyName", field="policy_name", about="Derived from the ARN."),
        identity="PolicyArn",
    ),
    _shape(
        "PermissionsBoundary",
        entities.PermissionsBoundary,
        Member(key="PermissionsBoundaryArn", field="permissions_boundary_arn", pattern=ARN, required=True),
        Member(
            key="PermissionsBoundaryType",
            field="permissions_boundary_type",
            choices=("Policy", "PermissionsBoundaryPolicy"),
            about="Default `Policy`.",
        ),
    ),
    _shape(
        "AccessKey",
        entities.AccessKey,
        Member(key="AccessKeyId", field="access_key_id", pattern=ACCESS_KEY_ID, required=True, most=128),
        Member(key="Status", field="status", choices=("Active", "Inactive"), about="Default `Active`."),
        _CREATED,
        identity="AccessKeyId",
    ),
    _shape(
        "MFADevice",
        entities.MfaDevice,
        Member(key="SerialNumber", field="serial_number", pattern=SERIAL_NUMBER, required=True),
        identity="SerialNumber",
    ),
    _shape(
        "User",
        entities.User,
        _ARN,
        _name("UserName", "user_name", 64),
        _unique_id("UserId", "user_id", "AIDA"),
        _PATH,
        _CREATED,
        _inline("UserPolicyList", "user_policy_list", "UserPolicy"),
        Member(key="GroupList", field="group_list", holds=Holds.TEXTS, about="Names of groups."),
        _ATTACHED,
        _BOUNDARY,
        _TAGS,
        _many("AccessKeys", "access_keys", "AccessKey", "Absent: one active key is derived; `[]`: none.", 2),
        _many("MFADevices", "mfa_devices", "MFADevice", "TOTP devices.", 8),
        identity="UserName",
        ignores_case=True,
    ),
    _shape(
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
    _shape(
        "InstanceProfile",
        entities.InstanceProfile,
        _ARN,
        _name("InstanceProfileName", "instance_profile_name", 128),
        _unique_id("InstanceProfileId", "instance_profile_id", "AIPA"),
        _PATH,
        _CREATED,
        Member(key="Roles", field="roles", holds=Holds.REFERENCES, most=1, about="Its role, by name or ARN."),
        _TAGS,
        identity="InstanceProfileName",
        ignores_case=True,
    ),
    _shape(
        "Role",
        entities.Role,
        _ARN,
        _name("RoleName", "role_name", 64),
        _unique_id("RoleId", "role_id", "AROA"),
        _PATH,
        _CREATED,
        _document("AssumeRolePolicyDocument", "assume_role_policy_document", PolicyKind.TRUST),
        _inline("RolePolicyList", "role_policy_list", "RolePolicy"),
        _ATTACHED,
        _BOUNDARY,
        _TAGS,
        Member(
            key="MaxSessionDuration",
            field="max_session_duration",
            holds=Holds.INTEGER,
            minimum=3600,
            maximum=43200,
            about="Seconds. Absent: 3600 is assumed, and `validate` says so.",
        ),
        Member(key="Description", field="description", most=1000),
        Member(key="RoleLastUsed", field="role_last_used", holds=Holds.OBJECT),
        _many("InstanceProfileList", "", "InstanceProfile", "Instance profiles that deliver this role."),
        identity="RoleName",
        ignores_case=True,
    ),
    _shape(
        "PolicyVersion",
        entities.PolicyVersion,
        Member(key="VersionId", field="version_id", pattern=VERSION_ID, required=True),
        _document("Document", "document", PolicyKind.MANAGED, required=False),
        Member(key="IsDefaultVersion", field="is_default_version", holds=Holds.BOOLEAN),
        _CREATED,
        identity="VersionId",
    ),
    _shape(
        "ManagedPolicy",
        entities.ManagedPolicy,
        _ARN,
        _name("PolicyName", "policy_name", 128),
        _unique_id("PolicyId", "policy_id", "ANPA"),
        Member(key="Path", field="path", pattern=POLICY_PATH, most=512, about="Default `/`."),
        Member(
            key="DefaultVersionId",
            field="default_version_id",
            pattern=VERSION_ID,
            about="Default: the version marked as default, else the only one.",
        ),
        Member(key="AttachmentCount", field="attachment_count", holds=Holds.INTEGER),
        Member(
            key="PermissionsBoundaryUsageCount",
            field="permissions_boundary_usage_count",
            holds=Holds.INTEGER,
        ),
        Member(key="IsAttachable", field="is_attachable", holds=Holds.BOOLEAN, about="Default true."),
        Member(key="Description", field="description", most=1000),
        _CREATED,
        Member(key="UpdateDate", field="update_date", holds=Holds.INSTANT),
        _many("PolicyVersionList", "policy_version_list", "PolicyVersion", "At most five."),
        Member(
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
    _shape(
        "SAMLProvider",
        entities.SAMLProvider,
        _ARN,
        Member(key="Name", field="name", pattern=re.compile(r"[\w._-]+", re.ASCII), required=True, most=128),
        Member(
            key="IdentityProvider",
            field="identity_provider",
            about="Name of the simulated identity provider it trusts; default: the one of its own name.",
        ),
        _TAGS,
        identity="Name",
    ),
    _shape(
        "OpenIDConnectProvider",
        entities.OpenIDConnectProvider,
        _ARN,
        Member(
            key="Url", field="url", required=True, most=255, about="The issuer; `https://` may be left out."
        ),
        Member(key="ClientIDList", field="client_id_list", holds=Holds.TEXTS, most=100, about="Audiences."),
        Member(key="ThumbprintList", field="thumbprint_list", holds=Holds.TEXTS, most=5),
        Member(
            key="IdentityProvider",
            field="identity_provider",
            about="Name of the simulated identity provider it trusts; default: the one with its issuer.",
        ),
        _TAGS,
        identity="Url",
    ),
    _shape(
        "Resource",
        entities.Resource,
        Member(key="Arn", field="arn", pattern=ARN, required=True),
        _document(
            "Policy", "policy", PolicyKind.RESOURCE, required=False, about="Its resource-based policy."
        ),
        _TAGS,
        identity="Arn",
        about="Anything with an ARN: a bucket, a key, a queue; owned by the account it stands in.",
    ),
)

_ORGANIZATION_SHAPES = (
    *(
        _shape(
            name,
            entities.NamedPolicy,
            Member(key="Name", field="name", required=True, most=128),
            _document("Document", "document", kind),
            Member(key="Arn", field="arn", pattern=ARN, about="Derived."),
            Member(key="Id", field="id", about="`p-…`; derived."),
            identity="Name",
        )
        for name, kind in (
            ("ServiceControlPolicy", PolicyKind.SCP),
            ("ResourceControlPolicy", PolicyKind.RCP),
        )
    ),
    _shape(
        "OrganizationAccount",
        entities.OrganizationAccount,
        Member(key="AccountId", field="account_id", pattern=ACCOUNT_ID, required=True),
        _many("ServiceControlPolicies", "service_control_policies", "ServiceControlPolicy", most=10),
        _many("ResourceControlPolicies", "resource_control_policies", "ResourceControlPolicy", most=5),
        identity="AccountId",
        text_stands_for="AccountId",
    ),
    _shape(
        "OrganizationalUnit",
        entities.OrganizationalUnit,
        Member(key="Name", field="name", required=True, most=128),
        Member(key="Id", field="id", pattern=NODE_ID, about="`r-…` or `ou-…`; derived."),
        _many(
            "ServiceControlPolicies",
            "service_control_policies",
            "ServiceControlPolicy",
            "Absent: FullAWSAccess. Given: exactly these; `[]` allows nothing.",
            10,
        ),
        _many(
            "ResourceControlPolicies",
            "resource_control_policies",
            "ResourceControlPolicy",
            "RCPFullAWSAccess is always there besides.",
            5,
        ),
        _many("Accounts", "accounts", "OrganizationAccount", "Account ids, or objects with policies."),
        _many("OrganizationalUnits", "organizational_units", "OrganizationalUnit", "At most five levels."),
        identity="Name",
    ),
    _shape(
        "Organization",
        entities.Organization,
        Member(key="Id", field="id", pattern=ORGANIZATION_ID, required=True),
        Member(key="ManagementAccountId", field="management_account_id", pattern=ACCOUNT_ID, required=True),
        Member(
            key="Features",
            field="features",
            holds=Holds.TEXTS,
            choices=("RootSessions", "RootCredentialsManagement"),
            about="Centralized root access.",
        ),
        Member(
            key="DelegatedAdministrators",
            field="delegated_administrators",
            holds=Holds.TEXTS_BY_KEY,
            about="Account ids by service principal.",
        ),
        Member(
            key="Root",
            field="root",
            holds=Holds.ENTITY,
            shape="OrganizationalUnit",
            about="The tree.",
            required=True,
        ),
        _many(
            "UnattachedServiceControlPolicies",
            "unattached_service_control_policies",
            "ServiceControlPolicy",
            "Policies that are attached nowhere.",
        ),
        _many(
            "UnattachedResourceControlPolicies",
            "unattached_resource_control_policies",
            "ResourceControlPolicy",
            "Policies that are attached nowhere.",
        ),
    ),
)

_SIMULATION_SHAPES = (
    _shape(
        "DirectoryUser",
        entities.DirectoryUser,
        Member(key="Name", field="name", required=True),
        Member(key="Roles", field="roles", holds=Holds.TEXTS, about="SAML: role ARNs in the assertion."),
        Member(key="RoleSessionName", field="role_session_name", pattern=SESSION_NAME, about="SAML."),
        Member(
            key="SessionDuration",
            field="session_duration",
            holds=Holds.INTEGER,
            minimum=900,
            maximum=43200,
            about="SAML, in seconds.",
        ),
        Member(key="PrincipalTags", field="principal_tags", holds=Holds.TEXT_BY_KEY),
        Member(key="TransitiveTagKeys", field="transitive_tag_keys", holds=Holds.TEXTS),
        Member(key="SourceIdentity", field="source_identity", pattern=SESSION_NAME),
        Member(key="Attributes", field="attributes", holds=Holds.OBJECT, about="Further SAML attributes."),
        Member(key="Claims", field="claims", holds=Holds.OBJECT, about="OIDC: claims of the token."),
        identity="Name",
    ),
    _shape(
        "IdentityProvider",
        entities.IdentityProvider,
        Member(key="Name", field="name", required=True),
        Member(key="Type", field="type", choices=("SAML", "OIDC"), required=True),
        Member(key="Issuer", field="issuer", required=True),
        _many("Users", "users", "DirectoryUser", "Whom it can sign in."),
        identity="Name",
    ),
    _shape(
        "WorkloadHop",
        entities.WorkloadHop,
        Member(key="RoleArn", field="role_arn", pattern=ARN, required=True),
        Member(key="RoleSessionName", field="role_session_name", pattern=SESSION_NAME),
        Member(
            key="DurationSeconds", field="duration_seconds", holds=Holds.INTEGER, minimum=900, maximum=43200
        ),
        Member(key="ExternalId", pattern=re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)),
        Member(key="SourceIdentity", pattern=SESSION_NAME),
        Member(key="SerialNumber", pattern=SERIAL_NUMBER),
        Member(key="TokenCode", about="`${mfa:WHO}` gives the current one."),
        Member(key="Policy", holds=Holds.SESSION_POLICY, about="Inline session policy: text or object."),
        Member(key="PolicyArns", holds=Holds.OBJECTS, most=10, about='`[{"arn": "…"}]`'),
        Member(key="Tags", holds=Holds.OBJECTS, most=50, about='`[{"Key": "…", "Value": "…"}]`'),
        Member(key="TransitiveTagKeys", holds=Holds.TEXTS, most=50),
    ),
    _shape(
        "WorkloadRequest",
        entities.WorkloadRequest,
        Member(key="Action", field="action", pattern=ACTION, required=True),
        Member(key="Resource", field="resource", about="Default `*`."),
        Member(key="Context", field="context", holds=Holds.OBJECT, about="Condition keys and values."),
    ),
    _shape(
        "Workload",
        entities.Workload,
        Member(key="Name", field="name", required=True),
        Member(
            key="Identity",
            field="identity",
            required=True,
            about="A user's ARN, `service:NAME`, `PROVIDER/USER` or `workload:NAME`.",
        ),
        _many("AssumeRoles", "assume_roles", "WorkloadHop", "A chain of AssumeRole calls."),
        _many("Requests", "requests", "WorkloadRequest", "In rotation."),
        Member(
            key="EverySeconds", field="every_seconds", holds=Holds.NUMBER, minimum=0.1, about="Default 5."
        ),
        Member(
            key="Refresh",
            field="refresh",
            choices=("sdk", "never"),
            about="Default `sdk`: renew as AWS SDKs do.",
        ),
        identity="Name",
    ),
    _shape(
        "Settings",
        entities.Settings,
        Member(
            key="RevokePaddingSeconds",
            field="revoke_padding_seconds",
            holds=Holds.INTEGER,
            minimum=0,
            maximum=86400,
        ),
        Member(
            key="PropagationSeconds",
            field="propagation_seconds",
            holds=Holds.NUMBER,
            minimum=0,
            maximum=86400,
        ),
        Member(
            key="RequestLogSize",
            field="request_log_size",
            holds=Holds.INTEGER,
            minimum=1,
            maximum=100_000_000,
        ),
        Member(key="RoleSessionsKeepMfa", field="role_sessions_keep_mfa", holds=Holds.BOOLEAN),
        Member(
            key="SourceIdentityMaxLength",
            field="source_identity_max_length",
            holds=Holds.INTEGER,
            minimum=2,
            maximum=1024,
        ),
        Member(
            key="SessionPolicyMaxCharacters",
            field="session_policy_max_characters",
            holds=Holds.INTEGER,
            minimum=1,
            maximum=131072,
        ),
        Member(
            key="UserSessionsCallSts",
            field="user_sessions_call_sts",
            choices=("AssumeRole", "WithMfa", "Never"),
        ),
        Member(key="SessionsDieWithAccessKey", field="sessions_die_with_access_key", holds=Holds.BOOLEAN),
        Member(key="FederatedProviderForSaml", field="federated_provider_for_saml", holds=Holds.BOOLEAN),
        Member(key="EnforceSamlAudience", field="enforce_saml_audience", holds=Holds.BOOLEAN),
        Member(key="OptInRegions", field="opt_in_regions", holds=Holds.TEXTS),
        _yes_or_no("NotPrincipalNeedsAccount", "not_principal_needs_account"),
        _yes_or_no("AccountConditionDelegates", "account_condition_delegates"),
        _yes_or_no("ForAnyValueNegatedMatchesAbsent", "for_any_value_negated_matches_absent"),
        _yes_or_no("NotResourceWithMissingVariableMatches", "not_resource_with_missing_variable_matches"),
        _yes_or_no("WildcardsInVariableValues", "wildcards_in_variable_values"),
        _yes_or_no("ResourceWildcardsCrossColons", "resource_wildcards_cross_colons"),
        _yes_or_no("UserGrantReachesFederatedUsers", "user_grant_reaches_federated_users"),
        _yes_or_no("EveryoneIncludesFederatedUsers", "everyone_includes_federated_users"),
    ),
)

DETAIL_LISTS: Final = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
"""The lists of GetAccountAuthorizationDetails."""

_DETAILS = (
    _many("UserDetailList", "user_detail_list", "User", "IAM users."),
    _many("GroupDetailList", "group_detail_list", "Group", "IAM groups."),
    _many("RoleDetailList", "role_detail_list", "Role", "IAM roles."),
    _many("Policies", "policies", "ManagedPolicy", "Managed policies."),
)
_ACCOUNT = _shape(
    "Account",
    entities.Account,
    Member(key="AccountId", field="account_id", pattern=ACCOUNT_ID, required=True),
    Member(key="Name", field="name"),
    Member(
        key="RawDump",
        field="is_raw_dump",
        holds=Holds.BOOLEAN,
        about="Taken from a raw dump: faults in it are warnings. `export` writes it.",
    ),
    Member(
        key="OutboundWebIdentityFederation",
        field="outbound_web_identity_federation",
        holds=Holds.BOOLEAN,
        about="Whether GetWebIdentityToken is enabled. Default false.",
    ),
    *_DETAILS,
    _many("InstanceProfiles", "instance_profiles", "InstanceProfile"),
    _many("SAMLProviders", "saml_providers", "SAMLProvider"),
    _many("OpenIDConnectProviders", "open_id_connect_providers", "OpenIDConnectProvider"),
    _many("Resources", "resources", "Resource", "What has tags or a policy of its own."),
    identity="AccountId",
)
_MODEL = _shape(
    "AccountModel",
    entities.AccountModel,
    Member(key="$schema", about="Where editors find the JSON Schema; not read."),
    Member(key="Name", field="name", about="What the model is called."),
    Member(key="Description", field="description"),
    Member(
        key="StartTime",
        field="start_time",
        holds=Holds.INSTANT,
        about="Where the simulated clock starts; absent: now.",
    ),
    Member(key="Settings", field="settings", holds=Holds.ENTITY, shape="Settings"),
    Member(
        key="Organization",
        field="organization",
        holds=Holds.ENTITY,
        shape="Organization",
        about="Absent: no SCPs or RCPs apply.",
    ),
    _many("Accounts", "accounts", "Account"),
    _many("IdentityProviders", "identity_providers", "IdentityProvider", "Who signs people in."),
    _many("Workloads", "workloads", "Workload", "What keeps using credentials."),
)

SHAPES: Final[Mapping[str, Shape]] = {
    shape.name: shape
    for shape in (*_IAM_SHAPES, *_ORGANIZATION_SHAPES, *_SIMULATION_SHAPES, _ACCOUNT, _MODEL)
}

DUMP: Final = Shape(
    name="dump",
    entity=entities.Account,
    members={
        member.key: member
        for member in (
            *_DETAILS,
            Member(key="IsTruncated", holds=Holds.BOOLEAN),
            Member(key="Marker"),
            Member(key="ResponseMetadata", holds=Holds.OBJECT),
        )
    },
    about="The output of `aws iam get-account-authorization-details`, whole or one page of it.",
)
