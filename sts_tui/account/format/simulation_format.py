"""What may a file say that AWS does not store: identity providers, workloads, settings?"""

from __future__ import annotations

import re
from typing import Final

from sts_tui.account import entities
from sts_tui.account.format.patterns import ACTION, ARN, SERIAL_NUMBER, SESSION_NAME
from sts_tui.account.format.rows import (
    boolean,
    integer,
    json_object,
    json_objects,
    many,
    number,
    object_format,
    session_policy,
    text,
    text_by_key,
    texts,
)
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_sizes import SCP_QUOTAS
from sts_tui.account.role_durations import HIGHEST_MAXIMUM, SHORTEST_SESSION
from sts_tui.account.values import LONGEST_SPAN

SIMULATION_FORMATS: Final[tuple[ObjectFormat, ...]] = (
    object_format(
        "DirectoryUser",
        entities.DirectoryUser,
        text("Name", "name", required=True),
        texts("Roles", "roles", about="SAML: role ARNs in the assertion."),
        text("RoleSessionName", "role_session_name", pattern=SESSION_NAME, about="SAML."),
        integer(
            "SessionDuration",
            "session_duration",
            minimum=SHORTEST_SESSION,
            maximum=HIGHEST_MAXIMUM,
            about="SAML, in seconds.",
        ),
        text_by_key("PrincipalTags", "principal_tags"),
        texts("TransitiveTagKeys", "transitive_tag_keys"),
        text("SourceIdentity", "source_identity", pattern=SESSION_NAME),
        json_object(
            "Attributes",
            "attributes",
            about="Further SAML attributes; X509: `Subject`, `DNS`, `URI`, `Name`, `SerialNumber`, "
            "`NotBefore`, `NotAfter` of the certificate.",
        ),
        json_object("Claims", "claims", about="OIDC: claims of the token."),
        identity="Name",
    ),
    object_format(
        "IdentityProvider",
        entities.IdentityProvider,
        text("Name", "name", required=True),
        text("Type", "type", choices=("SAML", "OIDC", "X509", *entities.BUILT_IN_ISSUERS), required=True),
        text(
            "Issuer",
            "issuer",
            about="Of SAML, OIDC and X509 providers; AWS knows those of the others.",
        ),
        text("ClientId", "client_id", about="The app: the audience of tokens whose user has no claim `aud`."),
        many("Users", "users", "DirectoryUser", "Whom it can sign in."),
        identity="Name",
    ),
    object_format(
        "WorkloadHop",
        entities.WorkloadHop,
        text("RoleArn", "role_arn", pattern=ARN, required=True),
        text("RoleSessionName", "role_session_name", pattern=SESSION_NAME),
        integer("DurationSeconds", "duration_seconds", minimum=SHORTEST_SESSION, maximum=HIGHEST_MAXIMUM),
        text("ExternalId", pattern=lazy_pattern(r"[\w+=,.@:/-]{2,1224}", re.ASCII)),
        text("SourceIdentity", pattern=SESSION_NAME),
        text("SerialNumber", pattern=SERIAL_NUMBER),
        text("TokenCode", about="`${mfa:WHO}` gives the current one."),
        session_policy("Policy", about="Inline session policy: text or object."),
        json_objects("PolicyArns", most=10, about='`[{"arn": "…"}]`'),
        json_objects("Tags", most=50, about='`[{"Key": "…", "Value": "…"}]`'),
        texts("TransitiveTagKeys", most=50),
        json_object("Context", "context", about="Condition keys and values."),
    ),
    object_format(
        "WorkloadRequest",
        entities.WorkloadRequest,
        text("Action", "action", pattern=ACTION, required=True),
        text("Resource", "resource", about="Default `*`."),
        json_object("Context", "context", about="Condition keys and values."),
    ),
    object_format(
        "Workload",
        entities.Workload,
        text("Name", "name", required=True),
        text(
            "Identity",
            "identity",
            required=True,
            about="A user's ARN, `service:NAME`, `PROVIDER/USER` or `workload:NAME`.",
        ),
        many("AssumeRoles", "assume_roles", "WorkloadHop", "A chain of AssumeRole calls."),
        many("Requests", "requests", "WorkloadRequest", "In rotation."),
        number(
            "EverySeconds",
            "every_seconds",
            minimum=0.1,
            maximum=LONGEST_SPAN.total_seconds(),
            about="Default 5.",
        ),
        text("Refresh", "refresh", choices=("sdk", "never"), about="Default `sdk`: renew as AWS SDKs do."),
        identity="Name",
    ),
    object_format(
        "Settings",
        entities.Settings,
        integer("RevokePaddingSeconds", "revoke_padding_seconds", minimum=0, maximum=86400),
        number("PropagationSeconds", "propagation_seconds", minimum=0, maximum=86400),
        integer("RequestLogSize", "request_log_size", minimum=1, maximum=100_000_000),
        boolean("RoleSessionsKeepMfa", "role_sessions_keep_mfa"),
        boolean("GetSessionTokenMfaReachesRoles", "get_session_token_mfa_reaches_roles"),
        boolean("GetSessionTokenIsRoleChaining", "get_session_token_is_role_chaining"),
        integer("SourceIdentityMaxLength", "source_identity_max_length", minimum=2, maximum=1024),
        integer("SessionPolicyMaxCharacters", "session_policy_max_characters", minimum=1, maximum=131072),
        integer("PackedPolicyAllotmentBytes", "packed_policy_allotment_bytes", minimum=1, maximum=1_000_000),
        text("PackedPolicySizeMeasures", "packed_policy_size_measures", choices=("policies", "token")),
        text("UserSessionsCallSts", "user_sessions_call_sts", choices=("AssumeRole", "WithMfa", "Never")),
        boolean("SessionsDieWithAccessKey", "sessions_die_with_access_key"),
        boolean("FederatedProviderForSaml", "federated_provider_for_saml"),
        boolean("EnforceSamlAudience", "enforce_saml_audience"),
        texts("OptInRegions", "opt_in_regions"),
        text(
            "ServiceControlPolicyQuotas",
            "service_control_policy_quotas",
            choices=tuple(SCP_QUOTAS),
            about="The year whose quotas for SCPs apply.",
        ),
        boolean("ScalarPrincipalInTrustPolicies", "scalar_principal_in_trust_policies"),
        boolean("TagValuesIgnoreCase", "tag_values_ignore_case"),
        boolean("VariablesInBool", "variables_in_bool"),
        boolean("NotPrincipalNeedsAccount", "not_principal_needs_account"),
        boolean("AccountConditionDelegates", "account_condition_delegates"),
        boolean("ForAnyValueNegatedMatchesAbsent", "for_any_value_negated_matches_absent"),
        boolean("NotResourceWithMissingVariableMatches", "not_resource_with_missing_variable_matches"),
        boolean("WildcardsInVariableValues", "wildcards_in_variable_values"),
        boolean("NotResourceWithMissingVariableAllows", "not_resource_with_missing_variable_allows"),
        boolean("ForAnyValueIfExistsMatchesAbsent", "for_any_value_if_exists_matches_absent"),
        boolean("TrailingWildcardCrossesColons", "trailing_wildcard_crosses_colons"),
        text(
            "AllowWithNotPrincipal",
            "allow_with_not_principal",
            choices=("undecided", "all-but-listed"),
            about="What an Allow with NotPrincipal does for callers that it does not list.",
        ),
        boolean("UserGrantReachesFederatedUsers", "user_grant_reaches_federated_users"),
        boolean("EveryoneIncludesFederatedUsers", "everyone_includes_federated_users"),
        boolean("ScopedSessionsHaveOwnIssueTime", "scoped_sessions_have_own_issue_time"),
        boolean("GetScopedCredentialsNeedsPermission", "get_scoped_credentials_needs_permission"),
        boolean("RootMayScope", "root_may_scope"),
        boolean("OriginIdentitySurvivesAssumeRole", "origin_identity_survives_assume_role"),
        boolean("SetContextNeeded", "set_context_needed"),
        boolean("LastAssignmentDeletesRole", "last_assignment_deletes_role"),
        boolean("AuthorizationIds", "authorization_ids"),
        boolean("ScopeDownPoliciesAreStrict", "scope_down_policies_are_strict"),
        renamed={"ResourceWildcardsCrossColons": "TrailingWildcardCrossesColons"},
    ),
)
