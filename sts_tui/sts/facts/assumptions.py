"""Which uncertain facts about AWS can a setting change, and with which confidence is each default chosen?

Each row is a fact on which AWS's sources disagree or say nothing, and that changes a verdict, a limit or an
error. The default is AWS's newest documented behavior. The module has only data, from which
`docs/sts-operations.md` is generated. `fixed_assumptions` has the facts without a setting.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_STS: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"


class Assumption(Struct, frozen=True, kw_only=True):
    """One uncertain fact. `setting` is its name under `Settings`; empty where no setting changes it."""

    about: str
    setting: str = ""
    default: str = ""
    changes: str
    """What the setting changes, or what the simulation does if there is no setting."""
    sources: tuple[str, ...] = ()
    confidence: str


ASSUMPTIONS: Final = (
    Assumption(
        about="cutoff of AWSRevokeOlderSessions",
        setting="RevokePaddingSeconds",
        default="30",
        changes="seconds between the click and the cutoff",
        sources=(f"{_UG}/id_roles_use_revoke-sessions.html",),
        confidence="documented: about 30 s after the click; until 2023 the guide said the click itself",
    ),
    Assumption(
        about="eventual consistency of IAM",
        setting="PropagationSeconds",
        default="0",
        changes="seconds until an IAM write takes effect",
        sources=(f"{_UG}/troubleshoot_general.html#troubleshoot_general_eventual-consistency",),
        confidence="AWS gives no number; usually seconds, sometimes minutes",
    ),
    Assumption(
        about="MFA in role sessions",
        setting="RoleSessionsKeepMfa",
        default="false",
        changes="whether requests of a role session that was assumed with MFA carry "
        "aws:MultiFactorAuthPresent=true",
        sources=(
            f"{_UG}/id_credentials_mfa_configure-api-require.html",
            f"{_UG}/cloudtrail-integration.html",
        ),
        confidence="the guide says that MFA does not carry over; CloudTrail records show mfaAuthenticated "
        "true",
    ),
    Assumption(
        about="MFA of GetSessionToken credentials that assume a role",
        setting="GetSessionTokenMfaReachesRoles",
        default="false",
        changes="whether requests of a role session carry aws:MultiFactorAuthPresent=true if it was assumed "
        "with GetSessionToken credentials that were issued with MFA",
        sources=(
            f"{_UG}/id_credentials_mfa_configure-api-require.html",
            "https://github.com/99designs/aws-vault/issues/617",
        ),
        confidence="the guide says that MFA does not carry over; according to one public report it does",
    ),
    Assumption(
        about="AssumeRole with GetSessionToken credentials",
        setting="GetSessionTokenIsRoleChaining",
        default="true",
        changes="whether the one-hour limit of role chaining applies to it",
        sources=(
            f"{_UG}/id_roles.html#iam-term-role-chaining",
            "https://github.com/99designs/aws-vault/issues/351",
            "https://github.com/coinbase/assume-role/issues/24",
        ),
        confidence="the guide mentions only role sessions; in many public reports the limit applied",
    ),
    Assumption(
        about="maximum length of a source identity",
        setting="SourceIdentityMaxLength",
        default="256",
        changes="maximum length of SourceIdentity, in the call, in assertions and in tokens",
        sources=(f"{_STS}/API_AssumeRole.html",),
        confidence="documented since November 2026 and measured on the live service; it was 64 before",
    ),
    Assumption(
        about="maximum length of AssumeRole's inline session policy",
        setting="SessionPolicyMaxCharacters",
        default="2048",
        changes="maximum number of characters of `Policy` in AssumeRole",
        sources=(f"{_STS}/API_AssumeRole.html",),
        confidence="the service model has no maximum for AssumeRole; the description says 2,048",
    ),
    Assumption(
        about="packed size of session policies and session tags",
        setting="PackedPolicyAllotmentBytes",
        default="461",
        changes="size in bytes that counts as 100 % in PackedPolicySize",
        sources=(
            f"{_STS}/API_AssumeRole.html",
            "https://github.com/aws-actions/configure-aws-credentials/issues/1898",
            "https://github.com/aws/containers-roadmap/issues/2413",
        ),
        confidence="AWS does not publish it; 461 bytes and the formula in `packed_size` fit every "
        "published percentage whose sizes are known",
    ),
    Assumption(
        about="meaning of PackedPolicySize",
        setting="PackedPolicySizeMeasures",
        default="policies",
        changes="policies: session policies and tags as a share of their own allotment, as recorded; token: "
        "the session token as a share of its maximum, the same as SessionTokenUtilization; each is refused "
        "above 100 %",
        sources=(f"{_STS}/API_AssumeRole.html",),
        confidence="the API reference of November 2026 describes the token; every recorded answer fits the "
        "policies",
    ),
    Assumption(
        about="STS operations that GetSessionToken credentials can call",
        setting="UserSessionsCallSts",
        default="AssumeRole",
        changes="AssumeRole: AssumeRole, GetCallerIdentity, GetScopedCredentials, GetWebIdentityToken and "
        "GetDelegatedAccessToken; WithMfa: the same, but only if issued with MFA; Never: only "
        "GetCallerIdentity",
        sources=(
            f"{_UG}/id_credentials_sts-comparison.html",
            f"{_UG}/id_credentials_temp_control-access_getsessiontoken.html",
            f"{_UG}/id_credentials_mfa_configure-api-require.html",
        ),
        confidence="three pages of the guide disagree; the default follows the API reference",
    ),
    Assumption(
        about="sessions issued to an access key that was later deactivated",
        setting="SessionsDieWithAccessKey",
        default="false",
        changes="whether GetSessionToken and GetFederationToken sessions stop working when the access key "
        "that requested them is deactivated or deleted",
        sources=(f"{_UG}/id_credentials_temp_control-access_disable-perms.html",),
        confidence="not documented",
    ),
    Assumption(
        about="aws:FederatedProvider in SAML sessions",
        setting="FederatedProviderForSaml",
        default="false",
        changes="whether sessions from AssumeRoleWithSAML carry the key",
        sources=(f"{_UG}/reference_policies_condition-keys.html#condition-keys-federatedprovider",),
        confidence="older text: OIDC and SAML; newer text: OIDC",
    ),
    Assumption(
        about="AudienceRestriction of an assertion",
        setting="EnforceSamlAudience",
        default="false",
        changes="whether an assertion for another audience is refused: `Response does not contain the "
        "required audience.`",
        sources=(f"{_UG}/troubleshoot_saml.html",),
        confidence="the guide lists the error; the live service has been observed not to enforce it",
    ),
    Assumption(
        about="opt-in Regions",
        setting="OptInRegions",
        default="none",
        changes="opt-in Regions in which STS issues credentials for accounts whose file has no `Regions`; in "
        "the others RegionDisabledException",
        sources=(f"{_UG}/id_credentials_temp_enable-regions.html",),
        confidence="documented; the authorization details of an account do not include its Regions",
    ),
    Assumption(
        about="size and number of SCPs",
        setting="ServiceControlPolicyQuotas",
        default="2026",
        changes="2026: 10,240 characters, 10 on a root, unit or account; 2025: 5,120 and 5",
        sources=("https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",),
        confidence="documented; raised in May 2026, and older pages still give the old numbers",
    ),
    Assumption(
        about='scalar `"Principal": "*"` in a trust policy',
        setting="ScalarPrincipalInTrustPolicies",
        default="false",
        changes='whether IAM accepts it in a new trust policy; `{"AWS": "*"}` is always accepted',
        sources=(
            f"{_UG}/id_roles_terms-and-concepts.html",
            f"{_UG}/reference_policies_elements_principal.html",
        ),
        confidence="two pages disagree; the default was measured on the live service",
    ),
    Assumption(
        about="case of tag values",
        setting="TagValuesIgnoreCase",
        default="false",
        changes="whether StringEquals and StringNotEquals ignore case in tag values; tag keys always ignore "
        "case",
        sources=(f"{_UG}/id_session-tags.html",),
        confidence="the guide said so until 2023; the live service was measured to respect case",
    ),
    Assumption(
        about="policy variables with Bool",
        setting="VariablesInBool",
        default="true",
        changes="whether they are replaced; otherwise the text of the variable is compared and is not true",
        sources=(
            f"{_UG}/reference_policies_variables.html",
            f"{_UG}/reference_policies_elements_condition_operators.html",
        ),
        confidence="two pages disagree",
    ),
    Assumption(
        about="NotPrincipal without the account",
        setting="NotPrincipalNeedsAccount",
        default="true",
        changes="whether NotPrincipal in a Deny exempts a caller only if its account is listed too",
        sources=(f"{_UG}/reference_policies_elements_notprincipal.html",),
        confidence="the guide recommends listing it; not measured",
    ),
    Assumption(
        about="`*` limited to one account",
        setting="AccountConditionDelegates",
        default="false",
        changes="whether an Allow for `*` limited by aws:PrincipalAccount counts as naming the account",
        sources=(
            f"{_UG}/reference_policies_elements_principal.html",
            "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        ),
        confidence="the guides say that `*` needs no other permission within the account, and that with "
        "kms:CallerAccount it means all identities of the account; older simulators differ",
    ),
    Assumption(
        about="ForAnyValue with a negated operator on an absent key",
        setting="ForAnyValueNegatedMatchesAbsent",
        default="false",
        changes="whether it matches",
        sources=(f"{_UG}/reference_policies_condition-single-vs-multi-valued-context-keys.html",),
        confidence="not documented for negated operators",
    ),
    Assumption(
        about="ForAnyValue with IfExists on an absent key",
        setting="ForAnyValueIfExistsMatchesAbsent",
        default="false",
        changes="whether it matches; the set operator is evaluated before IfExists",
        sources=(
            f"{_UG}/reference_policies_condition-single-vs-multi-valued-context-keys.html",
            f"{_UG}/reference_policies_elements_condition_operators.html#Conditions_IfExists",
        ),
        confidence="the paragraph on IfExists alone says yes; on the live service it did not match for a "
        "positive operator; not measured for negated operators",
    ),
    Assumption(
        about="Allow with NotPrincipal",
        setting="AllowWithNotPrincipal",
        default="undecided",
        changes="undecided: requests of callers that are not listed are undecided; all-but-listed: they are "
        "allowed. It never grants to a caller that is listed by its ARN, its role or its account",
        sources=(f"{_UG}/reference_policies_elements_notprincipal.html",),
        confidence="the guide says that it is not supported; earlier it said everyone except those "
        "listed; not measured",
    ),
    Assumption(
        about="Deny with a NotResource whose variable has no value",
        setting="NotResourceWithMissingVariableMatches",
        default="true",
        changes="whether such an entry excludes no resource, so that the Deny covers every resource",
        sources=(f"{_UG}/reference_policies_variables.html",),
        confidence="the guide says that the entry matches no resource, but not what that means for "
        "NotResource; in doubt a Deny matches",
    ),
    Assumption(
        about="Allow with a NotResource whose variable has no value",
        setting="NotResourceWithMissingVariableAllows",
        default="false",
        changes="whether such an entry excludes no resource, so that the Allow covers every resource",
        sources=(f"{_UG}/reference_policies_variables.html",),
        confidence="as above; in doubt an Allow does not match",
    ),
    Assumption(
        about="a `*` in the value of a policy variable",
        setting="WildcardsInVariableValues",
        default="false",
        changes="whether it acts as a wildcard",
        sources=(f"{_UG}/reference_policies_variables.html",),
        confidence="not documented",
    ),
    Assumption(
        about="a `*` at the end of a segment of a Resource",
        setting="TrailingWildcardCrossesColons",
        default="true",
        changes="whether it also matches beyond the colon: `arn:aws:lambda:*:function:x` then covers the "
        "function in every Region and account. Other wildcards stay in their segment in any case",
        sources=(
            f"{_UG}/reference_policies_elements_resource.html",
            "https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-arn-format.html",
        ),
        confidence="the IAM guide says yes; S3's older page says no; not measured",
    ),
    Assumption(
        about="a resource policy that names the creator of a federated user",
        setting="UserGrantReachesFederatedUsers",
        default="true",
        changes="whether it replaces the missing Allow in the identity-based policies of the federated user "
        "session",
        sources=(f"{_UG}/reference_policies_elements_principal.html",),
        confidence="not documented",
    ),
    Assumption(
        about="a resource policy that names everyone, and federated users",
        setting="EveryoneIncludesFederatedUsers",
        default="true",
        changes="whether boundary and session policy do not limit what it grants to a federated user session",
        sources=(f"{_UG}/reference_policies_elements_principal.html",),
        confidence="not documented",
    ),
    Assumption(
        about="aws:TokenIssueTime of scoped credentials",
        setting="ScopedSessionsHaveOwnIssueTime",
        default="false",
        changes="whether it is the time of GetScopedCredentials; by default it is the calling session's, so "
        "that a dated Deny applies to both alike",
        sources=(f"{_UG}/id_credentials_temp_control-access_getscopedcredentials.html",),
        confidence="not documented; the guide says that the session is the same",
    ),
    Assumption(
        about="permission for GetScopedCredentials",
        setting="GetScopedCredentialsNeedsPermission",
        default="true",
        changes="whether policies must allow sts:GetScopedCredentials on `*`; otherwise none is evaluated, "
        "as for GetSessionToken",
        sources=(f"{_STS}/API_GetScopedCredentials.html",),
        confidence="not documented; published examples disagree",
    ),
    Assumption(
        about="GetScopedCredentials with a root user's temporary credentials",
        setting="RootMayScope",
        default="false",
        changes="whether sessions of GetSessionToken by a root user and of AssumeRoot can call it",
        sources=(f"{_STS}/API_GetScopedCredentials.html",),
        confidence="the API reference refuses root credentials and does not mention these sessions",
    ),
    Assumption(
        about="trusted identity propagation through AssumeRole",
        setting="OriginIdentitySurvivesAssumeRole",
        default="true",
        changes="whether the next role session has the keys aws:OriginIdentity/… and "
        "aws:TransactionContext/… of the calling session",
        sources=(
            "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trusted-identity-propagation.html",
        ),
        confidence="a guide speaks of carrying the context across role sessions; the rule itself is not "
        "known",
    ),
    Assumption(
        about="permission for trusted identity propagation",
        setting="SetContextNeeded",
        default="false",
        changes="whether the role's trust policy must allow sts:SetContext if the new session gets these "
        "keys",
        sources=(
            "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trusted-identity-propagation.html",
        ),
        confidence="not documented",
    ),
    Assumption(
        about="a resource policy that names a session with a scope-down policy",
        setting="ScopeDownPoliciesAreStrict",
        default="true",
        changes="whether the scope-down policies of GetScopedCredentials limit what a resource policy "
        "grants to the session's own ARN; session policies do not",
        sources=(f"{_UG}/id_credentials_temp_control-access_getscopedcredentials.html",),
        confidence="the guide says that the result is the intersection with the session's effective "
        "permissions",
    ),
    Assumption(
        about="the role of a permission set whose last assignment is deleted",
        setting="LastAssignmentDeletesRole",
        default="true",
        changes="whether deleting the last assignment of a permission set in an account deletes its role "
        "there, and with it the live sessions",
        sources=("https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html",),
        confidence="documented that the role is deleted; that its sessions end follows from what deleting a "
        "role does",
    ),
    Assumption(
        about="an identity pool without AllowClassicFlow",
        setting="ClassicFlowByDefault",
        default="true",
        changes="whether GetOpenIdToken answers for it, so that an app can assume roles itself, without "
        "the session policies of guests",
        sources=(
            "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_CreateIdentityPool.html",
            "https://github.com/aws/aws-cli/issues/7652",
        ),
        confidence="not documented; according to a public report of 2023 it does",
    ),
    Assumption(
        about="authorization ids in denials of IAM",
        setting="AuthorizationIds",
        default="false",
        changes="whether the text of a denial of IAM ends with an authorization id, and where to look it up "
        "(Access Troubleshooter); GetRequestAuthorizationDetails works in any case",
        sources=(f"{_UG}/troubleshoot_access-denied-authorization-id.html",),
        confidence="a public preview: in October 2026 most operations of IAM had it, and no other service",
    ),
    Assumption(
        about="the source identity of sessions of IAM Roles Anywhere",
        setting="AnywhereSourceIdentityHasCn",
        default="true",
        changes="whether sts:SourceIdentity is `CN=web-1` or `web-1` for a certificate with that common name",
        sources=(
            "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html",
            "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html",
        ),
        confidence="the guide says that it is the common name; recorded answers of CreateSession have CN=",
    ),
    Assumption(
        about="CreateSession of IAM Roles Anywhere with more than the role's MaxSessionDuration",
        setting="AnywhereShortensToRoleMaximum",
        default="false",
        changes="whether the session is shortened to the role's maximum; otherwise the request is "
        "refused. Without a requested duration the shorter of the profile's duration and the "
        "role's maximum applies",
        sources=(
            "https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-create-session.html",
        ),
        confidence="public reports of the refusal, with STS's message; not in the guide",
    ),
    Assumption(
        about="aws:SourceArn when EKS Pod Identity assumes a role",
        setting="PodIdentitySourceArn",
        default="cluster",
        changes="whether the key is the ARN of the cluster or of the pod identity association",
        sources=("https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html",),
        confidence="trust policies in use name either; the guide names session tags instead",
    ),
)
