"""Where AWS's sources disagree or are silent: one setting each, or a decision that is said here.

Data alone: `docs/sts-operations.md` is generated from it. A row with a setting changes a verdict, a limit or
an error; its default is AWS's newest behaviour. A row without one is something that we had to settle and that
no better source confirms.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide"
_STS: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"


class DoubtfulFact(Struct, frozen=True, kw_only=True):
    """One doubtful fact. `setting` is its name under `Settings`, empty where there is none."""

    about: str
    setting: str = ""
    default: str = ""
    changes: str
    """What the setting changes; without a setting, what we do."""
    sources: tuple[str, ...] = ()
    how_sure: str


DOUBTFUL_FACTS: Final = (
    DoubtfulFact(
        about="cut-off of AWSRevokeOlderSessions",
        setting="RevokePaddingSeconds",
        default="30",
        changes="how far after the click the cut-off lies",
        sources=(f"{_UG}/id_roles_use_revoke-sessions.html",),
        how_sure="until 2023 the guide said the moment of the click; now it says about 30 s later",
    ),
    DoubtfulFact(
        about="eventual consistency of IAM",
        setting="PropagationSeconds",
        default="0",
        changes="how long a write takes to come into force",
        sources=(f"{_UG}/troubleshoot_general.html#troubleshoot_general_eventual-consistency",),
        how_sure="AWS names no number; seconds are usual, minutes happen",
    ),
    DoubtfulFact(
        about="MFA in role sessions",
        setting="RoleSessionsKeepMfa",
        default="false",
        changes="whether requests of a role session that was assumed with MFA carry "
        "aws:MultiFactorAuthPresent=true",
        sources=(
            f"{_UG}/id_credentials_mfa_configure-api-require.html",
            f"{_UG}/cloudtrail-integration.html",
        ),
        how_sure="the guide says it does not carry over; CloudTrail records show mfaAuthenticated true",
    ),
    DoubtfulFact(
        about="longest source identity",
        setting="SourceIdentityMaxLength",
        default="64",
        changes="the maximum length of SourceIdentity, in the call, in assertions and in tokens",
        sources=(f"{_STS}/API_AssumeRole.html",),
        how_sure="the service model says 64; the live service was seen to take up to 256",
    ),
    DoubtfulFact(
        about="longest inline session policy of AssumeRole",
        setting="SessionPolicyMaxCharacters",
        default="2048",
        changes="the number of characters of Policy that AssumeRole takes",
        sources=(f"{_STS}/API_AssumeRole.html",),
        how_sure="the service model has no maximum for AssumeRole; the description says 2,048",
    ),
    DoubtfulFact(
        about="STS for GetSessionToken credentials",
        setting="UserSessionsCallSts",
        default="AssumeRole",
        changes="AssumeRole: these credentials call AssumeRole, GetCallerIdentity and GetWebIdentityToken; "
        "WithMfa: the same, but only when issued with MFA; Never: GetCallerIdentity alone",
        sources=(
            f"{_UG}/id_credentials_sts-comparison.html",
            f"{_UG}/id_credentials_temp_control-access_getsessiontoken.html",
            f"{_UG}/id_credentials_mfa_configure-api-require.html",
        ),
        how_sure="three pages of the guide differ; the comparison table agrees with the API reference",
    ),
    DoubtfulFact(
        about="sessions of an access key that was deactivated",
        setting="SessionsDieWithAccessKey",
        default="false",
        changes="whether GetSessionToken and GetFederationToken sessions stop authenticating with the "
        "key they came from",
        sources=(f"{_UG}/id_credentials_temp_control-access_disable-perms.html",),
        how_sure="not documented",
    ),
    DoubtfulFact(
        about="aws:FederatedProvider of SAML sessions",
        setting="FederatedProviderForSaml",
        default="false",
        changes="whether sessions from AssumeRoleWithSAML carry the key",
        sources=(f"{_UG}/reference_policies_condition-keys.html#condition-keys-federatedprovider",),
        how_sure="older text: OIDC and SAML; newer text: OIDC",
    ),
    DoubtfulFact(
        about="AudienceRestriction of an assertion",
        setting="EnforceSamlAudience",
        default="false",
        changes="whether a foreign audience is refused: `Response does not contain the required audience.`",
        sources=(f"{_UG}/troubleshoot_saml.html",),
        how_sure="the guide lists the error; the live service was seen not to enforce it",
    ),
    DoubtfulFact(
        about="opt-in Regions",
        setting="OptInRegions",
        default="none",
        changes="in which opt-in Regions STS issues credentials; elsewhere RegionDisabledException",
        sources=(f"{_UG}/id_credentials_temp_enable-regions.html",),
        how_sure="documented; which Regions an account enabled is not in its dump",
    ),
    DoubtfulFact(
        about="NotPrincipal without the account",
        setting="NotPrincipalNeedsAccount",
        default="true",
        changes="whether a NotPrincipal of a Deny spares a caller only when its account is listed too",
        sources=(f"{_UG}/reference_policies_elements_notprincipal.html",),
        how_sure="the guide advises to list it; the live service was not probed",
    ),
    DoubtfulFact(
        about="everyone of one account",
        setting="AccountConditionDelegates",
        default="false",
        changes="whether an Allow for `*` limited by aws:PrincipalAccount counts as naming the account",
        sources=(
            f"{_UG}/reference_policies_elements_principal.html",
            "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
        ),
        how_sure="the guides say of `*` that no other permissions are required within the account, and of "
        "kms:CallerAccount that it then stands for all identities; older simulators differ",
    ),
    DoubtfulFact(
        about="ForAnyValue with a negated operator on an absent key",
        setting="ForAnyValueNegatedMatchesAbsent",
        default="false",
        changes="whether it matches",
        sources=(f"{_UG}/reference_policies_condition-single-vs-multi-valued-context-keys.html",),
        how_sure="not documented for negated operators",
    ),
    DoubtfulFact(
        about="NotResource with a variable that has no value",
        setting="NotResourceWithMissingVariableMatches",
        default="true",
        changes="whether such an entry excludes nothing, so that the statement covers every resource",
        sources=(f"{_UG}/reference_policies_variables.html",),
        how_sure="the guide says that the entry matches no resource, and leaves the direction open",
    ),
    DoubtfulFact(
        about="a `*` that a policy variable brings in",
        setting="WildcardsInVariableValues",
        default="false",
        changes="whether it is a wildcard",
        sources=(f"{_UG}/reference_policies_variables.html",),
        how_sure="not documented",
    ),
    DoubtfulFact(
        about="wildcards in the first five segments of a Resource",
        setting="ResourceWildcardsCrossColons",
        default="false",
        changes="whether a `*` there reaches over the colon that follows",
        sources=(f"{_UG}/reference_policies_elements_resource.html",),
        how_sure="the guide says no; older practice differs",
    ),
    DoubtfulFact(
        about="a resource policy that names the creator of a federated user",
        setting="UserGrantReachesFederatedUsers",
        default="true",
        changes="whether it stands in for the missing identity Allow of the federated user session",
        sources=(f"{_UG}/reference_policies_elements_principal.html",),
        how_sure="not documented",
    ),
    DoubtfulFact(
        about="a resource policy for everyone, and federated users",
        setting="EveryoneIncludesFederatedUsers",
        default="true",
        changes="whether it lifts boundary and session policy of a federated user session",
        sources=(f"{_UG}/reference_policies_elements_principal.html",),
        how_sure="not documented",
    ),
    DoubtfulFact(
        about='scalar `"Principal": "*"` in a trust policy',
        changes='refused when it is written; `{"AWS": "*"}` is accepted',
        sources=(
            f"{_UG}/id_roles_terms-and-concepts.html",
            f"{_UG}/reference_policies_elements_principal.html",
        ),
        how_sure="two pages differ; measured on the live service",
    ),
    DoubtfulFact(
        about="case of tag values",
        changes="keys ignore case, values heed it unless the operator does not",
        sources=(f"{_UG}/id_session-tags.html",),
        how_sure="older text said otherwise; measured on the live service",
    ),
    DoubtfulFact(
        about="policy variables with Bool",
        changes="substituted",
        sources=(
            f"{_UG}/reference_policies_variables.html",
            f"{_UG}/reference_policies_elements_condition_operators.html",
        ),
        how_sure="two pages differ; either way a variable that is not true or false matches nothing",
    ),
    DoubtfulFact(
        about="size and number of SCPs",
        changes="10,240 characters, 10 per node",
        sources=("https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html",),
        how_sure="5,120 and 5 until May 2026",
    ),
    DoubtfulFact(
        about="which of several refused actions AssumeRole names",
        changes="sts:SetSourceIdentity, then sts:TagSession, then sts:AssumeRole",
        how_sure="the first was measured on the live service; the second is seen in public reports",
    ),
    DoubtfulFact(
        about="duration checks and authorization",
        changes="the API's range before, the role's maximum and the one-hour limit of a chain after it",
        how_sure="the order among them was measured, their place relative to authorization was not",
    ),
    DoubtfulFact(
        about="conflicts with inherited tags or source identity",
        changes="told after authorization",
        how_sure="not documented",
    ),
    DoubtfulFact(
        about="PackedPolicySize",
        changes="characters of policies (without white space), ARNs, tag keys and values as a share of 3,072",
        sources=(f"{_STS}/API_AssumeRole.html",),
        how_sure="the compression is undisclosed; AWS's published example comes out right",
    ),
    DoubtfulFact(
        about="text of PackedPolicyTooLarge",
        changes="`Packed policy consumes n% …` with policies, else `Packed size of session tags …`",
        how_sure="seen in public reports",
    ),
    DoubtfulFact(
        about="text of an expired web identity token",
        changes="`Token expired: current date/time … must be before the expiration date/time …`",
        how_sure="seen in public reports; that of a token that is not yet valid, or badly signed, is our own",
    ),
    DoubtfulFact(
        about="IAM for GetSessionToken credentials without MFA",
        changes="InvalidClientTokenId, as for GetFederationToken credentials",
        sources=(f"{_UG}/id_credentials_sts-comparison.html",),
        how_sure="that it is refused is documented, how is not",
    ),
    DoubtfulFact(
        about="aws:RequestedRegion at the global endpoint of STS",
        changes="us-east-1",
        sources=(f"{_UG}/id_credentials_temp_region-endpoints.html",),
        how_sure="global requests used to be served there; since 2025 they may be served nearer by",
    ),
    DoubtfulFact(
        about="MFA code that is one too many",
        changes="refused in the words for a wrong code, and not counted itself; a device has nine codes "
        "verified in any three minutes",
        how_sure="the number was measured on the live service, how AWS says it and counts was not",
    ),
    DoubtfulFact(
        about="MFA code of a call that is denied afterwards",
        changes="spent: codes are verified before the role is looked up",
        how_sure="that it is spent was measured on the live service; the order follows from its telling "
        "nothing about the role",
    ),
    DoubtfulFact(
        about="managed session policy that does not exist, or belongs to another account",
        changes="NoSuchEntity, 404",
        sources=(f"{_STS}/API_AssumeRole.html",),
        how_sure="that it has to exist in the account is documented, the error is not",
    ),
    DoubtfulFact(
        about="AWS managed session policy whose document the model does not hold",
        changes="accepted, and allows nothing",
        how_sure="AWS has the document, an account dump may not",
    ),
    DoubtfulFact(
        about="session tag with the prefix aws:",
        changes="InvalidParameterValue",
        sources=(f"{_UG}/id_session-tags.html",),
        how_sure="that it is reserved is documented, the error is not",
    ),
    DoubtfulFact(
        about="assertion that does not offer the role",
        changes="the ordinary denial of AssumeRoleWithSAML",
        sources=(f"{_UG}/troubleshoot_saml.html",),
        how_sure="the guide gives this text for a role that is misspelled in the assertion",
    ),
    DoubtfulFact(
        about="lifetime of instance metadata credentials",
        changes="six hours, renewed at least five minutes before the end",
        sources=(f"{_EC2}/instance-metadata-security-credentials.html",),
        how_sure="the five minutes are documented, the six hours observed",
    ),
    DoubtfulFact(
        about="text of the SQSUnlockQueuePolicy",
        changes="rebuilt from the description of its statements",
        sources=(f"{_UG}/security-iam-awsmanpol.html",),
        how_sure="AWS prints the other four root-task policies, not this one",
    ),
    DoubtfulFact(
        about="GetAccessKeyInfo for a key that nobody was ever given",
        changes="the account that the id carries; InvalidClientTokenId where it carries none",
        sources=(f"{_STS}/API_GetAccessKeyInfo.html",),
        how_sure="that ids carry the account was found by independent researchers; the refusal is a guess",
    ),
    DoubtfulFact(
        about="tags of users and roles in session contexts",
        changes="read at every request; session tags are frozen at issue",
        sources=(f"{_UG}/id_session-tags.html",),
        how_sure="follows from the guide; not measured",
    ),
    DoubtfulFact(
        about="format of the revocation timestamp",
        changes="milliseconds and Z",
        sources=(f"{_UG}/id_roles_use_revoke-sessions.html",),
        how_sure="whole seconds are equally valid",
    ),
)
