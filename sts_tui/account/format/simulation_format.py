"""Shapes of what AWS does not keep: who signs people in, what keeps using credentials, settings."""

from __future__ import annotations

import re
from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.object_format import (
    ACTION,
    ARN,
    SERIAL_NUMBER,
    SESSION_NAME,
    Holds,
    KeyFormat,
    ObjectFormat,
    format_of,
    many,
    yes_or_no,
)
from sts_tui.account.policies.policy_sizes import SCP_QUOTAS

SIMULATION_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    format_of(
        "DirectoryUser",
        entities.DirectoryUser,
        KeyFormat(key="Name", field="name", required=True),
        KeyFormat(key="Roles", field="roles", holds=Holds.TEXTS, about="SAML: role ARNs in the assertion."),
        KeyFormat(key="RoleSessionName", field="role_session_name", pattern=SESSION_NAME, about="SAML."),
        KeyFormat(
            key="SessionDuration",
            field="session_duration",
            holds=Holds.INTEGER,
            minimum=900,
            maximum=43200,
            about="SAML, in seconds.",
        ),
        KeyFormat(key="PrincipalTags", field="principal_tags", holds=Holds.TEXT_BY_KEY),
        KeyFormat(key="TransitiveTagKeys", field="transitive_tag_keys", holds=Holds.TEXTS),
        KeyFormat(key="SourceIdentity", field="source_identity", pattern=SESSION_NAME),
        KeyFormat(key="Attributes", field="attributes", holds=Holds.OBJECT, about="Further SAML attributes."),
        KeyFormat(key="Claims", field="claims", holds=Holds.OBJECT, about="OIDC: claims of the token."),
        identity="Name",
    ),
    format_of(
        "IdentityProvider",
        entities.IdentityProvider,
        KeyFormat(key="Name", field="name", required=True),
        KeyFormat(key="Type", field="type", choices=("SAML", "OIDC"), required=True),
        KeyFormat(key="Issuer", field="issuer", required=True),
        many("Users", "users", "DirectoryUser", "Whom it can sign in."),
        identity="Name",
    ),
    format_of(
        "WorkloadHop",
        entities.WorkloadHop,
        KeyFormat(key="RoleArn", field="role_arn", pattern=ARN, required=True),
        KeyFormat(key="RoleSessionName", field="role_session_name", pattern=SESSION_NAME),
        KeyFormat(
            key="DurationSeconds", field="duration_seconds", holds=Holds.INTEGER, minimum=900, maximum=43200
        ),
        KeyFormat(key="ExternalId", pattern=re.compile(r"[\w+=,.@:/-]{2,1224}", re.ASCII)),
        KeyFormat(key="SourceIdentity", pattern=SESSION_NAME),
        KeyFormat(key="SerialNumber", pattern=SERIAL_NUMBER),
        KeyFormat(key="TokenCode", about="`${mfa:WHO}` gives the current one."),
        KeyFormat(key="Policy", holds=Holds.SESSION_POLICY, about="Inline session policy: text or object."),
        KeyFormat(key="PolicyArns", holds=Holds.OBJECTS, most=10, about='`[{"arn": "…"}]`'),
        KeyFormat(key="Tags", holds=Holds.OBJECTS, most=50, about='`[{"Key": "…", "Value": "…"}]`'),
        KeyFormat(key="TransitiveTagKeys", holds=Holds.TEXTS, most=50),
        KeyFormat(key="Context", field="context", holds=Holds.OBJECT, about="Condition keys and values."),
    ),
    format_of(
        "WorkloadRequest",
        entities.WorkloadRequest,
        KeyFormat(key="Action", field="action", pattern=ACTION, required=True),
        KeyFormat(key="Resource", field="resource", about="Default `*`."),
        KeyFormat(key="Context", field="context", holds=Holds.OBJECT, about="Condition keys and values."),
    ),
    format_of(
        "Workload",
        entities.Workload,
        KeyFormat(key="Name", field="name", required=True),
        KeyFormat(
            key="Identity",
            field="identity",
            required=True,
            about="A user's ARN, `service:NAME`, `PROVIDER/USER` or `workload:NAME`.",
        ),
        many("AssumeRoles", "assume_roles", "WorkloadHop", "A chain of AssumeRole calls."),
        many("Requests", "requests", "WorkloadRequest", "In rotation."),
        KeyFormat(
            key="EverySeconds", field="every_seconds", holds=Holds.NUMBER, minimum=0.1, about="Default 5."
        ),
        KeyFormat(
            key="Refresh",
            field="refresh",
            choices=("sdk", "never"),
            about="Default `sdk`: renew as AWS SDKs do.",
        ),
        identity="Name",
    ),
    format_of(
        "Settings",
        entities.Settings,
        KeyFormat(
            key="RevokePaddingSeconds",
            field="revoke_padding_seconds",
            holds=Holds.INTEGER,
            minimum=0,
            maximum=86400,
        ),
        KeyFormat(
            key="PropagationSeconds",
            field="propagation_seconds",
            holds=Holds.NUMBER,
            minimum=0,
            maximum=86400,
        ),
        KeyFormat(
            key="RequestLogSize",
            field="request_log_size",
            holds=Holds.INTEGER,
            minimum=1,
            maximum=100_000_000,
        ),
        KeyFormat(key="RoleSessionsKeepMfa", field="role_sessions_keep_mfa", holds=Holds.BOOLEAN),
        KeyFormat(
            key="SourceIdentityMaxLength",
            field="source_identity_max_length",
            holds=Holds.INTEGER,
            minimum=2,
            maximum=1024,
        ),
        KeyFormat(
            key="SessionPolicyMaxCharacters",
            field="session_policy_max_characters",
            holds=Holds.INTEGER,
            minimum=1,
            maximum=131072,
        ),
        KeyFormat(
            key="UserSessionsCallSts",
            field="user_sessions_call_sts",
            choices=("AssumeRole", "WithMfa", "Never"),
        ),
        KeyFormat(key="SessionsDieWithAccessKey", field="sessions_die_with_access_key", holds=Holds.BOOLEAN),
        KeyFormat(key="FederatedProviderForSaml", field="federated_provider_for_saml", holds=Holds.BOOLEAN),
        KeyFormat(key="EnforceSamlAudience", field="enforce_saml_audience", holds=Holds.BOOLEAN),
        KeyFormat(key="OptInRegions", field="opt_in_regions", holds=Holds.TEXTS),
        KeyFormat(
            key="ServiceControlPolicyQuotas",
            field="service_control_policy_quotas",
            choices=tuple(SCP_QUOTAS),
            about="The year whose size and number of SCPs hold.",
        ),
        yes_or_no("ScalarPrincipalInTrustPolicies", "scalar_principal_in_trust_policies"),
        yes_or_no("TagValuesIgnoreCase", "tag_values_ignore_case"),
        yes_or_no("VariablesInBool", "variables_in_bool"),
        yes_or_no("NotPrincipalNeedsAccount", "not_principal_needs_account"),
        yes_or_no("AccountConditionDelegates", "account_condition_delegates"),
        yes_or_no("ForAnyValueNegatedMatchesAbsent", "for_any_value_negated_matches_absent"),
        yes_or_no("NotResourceWithMissingVariableMatches", "not_resource_with_missing_variable_matches"),
        yes_or_no("WildcardsInVariableValues", "wildcards_in_variable_values"),
        yes_or_no("NotResourceWithMissingVariableAllows", "not_resource_with_missing_variable_allows"),
        yes_or_no("ForAnyValueIfExistsMatchesAbsent", "for_any_value_if_exists_matches_absent"),
        yes_or_no("TrailingWildcardCrossesColons", "trailing_wildcard_crosses_colons"),
        KeyFormat(
            key="AllowWithNotPrincipal",
            field="allow_with_not_principal",
            choices=("undecided", "all-but-listed"),
            about="What an Allow with NotPrincipal does for callers that it does not list.",
        ),
        yes_or_no("UserGrantReachesFederatedUsers", "user_grant_reaches_federated_users"),
        yes_or_no("EveryoneIncludesFederatedUsers", "everyone_includes_federated_users"),
        renamed={"ResourceWildcardsCrossColons": "TrailingWildcardCrossesColons"},
    ),
)
