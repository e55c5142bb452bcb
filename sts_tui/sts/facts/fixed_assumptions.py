"""What does the simulation assume where AWS's documentation is incomplete and no setting changes it?

Each row says what the simulation does and with which confidence. The module has only data, from which
`docs/sts-operations.md` is generated. `assumptions` has the facts that a setting changes.
"""

from __future__ import annotations

from typing import Final

from sts_tui.sts.facts.assumptions import Assumption

_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide"
_STS: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"
_COGNITO: Final = "https://docs.aws.amazon.com/cognito/latest/developerguide"

FIXED_ASSUMPTIONS: Final = (
    Assumption(
        about="provider in a trust policy",
        changes="IAM checks only its form when the policy is written (`Federated principals must be valid "
        "domain names or SAML metadata ARNs`); a provider that does not exist grants nothing",
        sources=(f"{_UG}/id_roles_providers_create_oidc.html",),
        confidence="documented that deleting a provider leaves the policies unchanged; the sentence is from "
        "public reports; that the ARN is not looked up is inferred from that",
    ),
    Assumption(
        about="which of several denied actions AssumeRole names",
        changes="sts:SetSourceIdentity, then sts:TagSession, then sts:AssumeRole",
        confidence="the first was measured on the live service, the second is from public reports",
    ),
    Assumption(
        about="which policy type a denial names where several deny",
        changes="the first of RCP, SCP, resource-based, identity-based, boundary and session policy that "
        "denies; without an explicit deny, the first that lacks an Allow",
        sources=(f"{_UG}/troubleshoot_access-denied.html",),
        confidence="the guide says that one is named, not which; for requests to another account one public "
        "report of 2021 saw the identity-based policy where a resource-based policy denied as well, and the "
        "resource-based policy where it named the account and the identity-based Allow was missing",
    ),
    Assumption(
        about="a date without a time zone in a condition",
        changes="it is accepted when a policy is written. An Allow with it does not match, and a Deny with "
        "it leaves the request undecided",
        sources=(f"{_UG}/reference_policies_elements_condition_operators.html#Conditions_Date",),
        confidence="the guide's formats all have a zone; whether IAM accepts such a date was not seen",
    ),
    Assumption(
        about="the trail that records a denied AssumeRole of another account's role",
        changes="only that of the caller's account",
        sources=(f"{_UG}/cloudtrail-integration.html",),
        confidence="documented for calls that succeed: both accounts record them",
    ),
    Assumption(
        about="duration checks and authorization",
        changes="the API's range is checked before authorization; the role's maximum and then the one-hour "
        "limit of role chaining after it",
        confidence="their order was measured, their place relative to authorization was not",
    ),
    Assumption(
        about="conflicts with inherited tags or source identity",
        changes="reported after authorization",
        confidence="not documented",
    ),
    Assumption(
        about="PackedPolicySize",
        changes="the formula in `issuing/packed_size.py`: tags byte by byte, policies and ARNs compressed",
        sources=(f"{_STS}/API_AssumeRole.html",),
        confidence="AWS does not publish the format; the formula fits every published percentage with known "
        "sizes",
    ),
    Assumption(
        about="text of PackedPolicyTooLarge",
        changes="`Packed policy consumes n% …` with policies, otherwise `Packed size of session tags …`",
        confidence="from public reports",
    ),
    Assumption(
        about="trusted identity propagation of a provider",
        changes="a token without the mapped subject, or with a mapped value of more than 128 characters, is "
        "refused with InvalidIdentityToken; aws:OriginIdentity/Issuer of SAML is the SHA-256 of the signing "
        "key",
        sources=("https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextProvider.html",),
        confidence="the mapping and the length are documented, the refusals and the hash are not",
    ),
    Assumption(
        about="errors of Scope and SubjectMode in GetWebIdentityToken",
        changes="ValidationError for a scope without OriginIdentity, with several audiences or a repeated "
        "value, and for a session without an origin identity; AccessDenied for a subject that begins with "
        "arn: or contains leading or trailing spaces, or control, format or separator characters",
        sources=(f"{_STS}/API_GetWebIdentityToken.html",),
        confidence="the rules and the two error codes are documented, the messages are not",
    ),
    Assumption(
        about="certificate attributes of Roles Anywhere",
        changes="every session tag that rolesanywhere.amazonaws.com passes is aws:PrincipalTag too while "
        "the role's trust policy is evaluated",
        sources=("https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trust-model.html",),
        confidence="documented for the attributes of the certificate, which are its only tags",
    ),
    Assumption(
        about="errors of GetScopedCredentials",
        changes="without Policy and DurationSeconds ValidationError; with a fourth policy AccessDenied, "
        "403; with long-term keys InvalidSubjectCredentials; the denial by a scope-down policy says "
        "`scope-down policy`",
        sources=(f"{_STS}/API_GetScopedCredentials.html",),
        confidence="that each is refused is documented; the codes and the words are assumed",
    ),
    Assumption(
        about="AssumeRole with scoped credentials",
        changes="every scope-down policy must allow sts:AssumeRole; the new session has none of them, lasts "
        "one hour at most and inherits transitive tags and source identity",
        sources=(f"{_UG}/id_credentials_temp_control-access_getscopedcredentials.html",),
        confidence="inferred from session policies, which do not apply to the next role either",
    ),
    Assumption(
        about="access tokens of Login with Amazon and Facebook",
        changes="a token that the provider does not accept, or that has expired, is refused with "
        "IDPRejectedClaim and `PROVIDER: PROVIDER responded with HTTP/1.1 400 Bad Request`; "
        "without a simulated provider it is IDPCommunicationError; sessions keep "
        "www.amazon.com:user_id and graph.facebook.com:id, not app_id",
        sources=(
            f"{_STS}/API_AssumeRoleWithWebIdentity.html",
            "https://github.com/aws/aws-sdk-js/issues/198",
            "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WIF.html",
        ),
        confidence="the codes are documented, the sentence is from a public report about Facebook; AWS's "
        "policies for such sessions use user_id and id",
    ),
    Assumption(
        about="session policies of guests of Cognito identity pools",
        changes="guest sessions of the enhanced flow have an inline session policy and "
        "AmazonCognitoUnAuthedIdentitiesSessionPolicy, version 4; as with all session policies, "
        "what either allows counts. Sessions of signed-in users and of the basic flow have "
        "neither. A file that has the managed policy replaces its document",
        sources=(
            f"{_COGNITO}/iam-roles.html",
            "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/"
            "AmazonCognitoUnAuthedIdentitiesSessionPolicy.html",
        ),
        confidence="that there are two policies, and which actions they allow, is documented as of "
        "version 3 of 2024-11-01; Cognito changes both lists without notice, and the guide's "
        "list of services was different before 2023. That version 4 of 2026-05-01 adds "
        "geo:ListMaps is from public records. That an action of either is allowed follows "
        "from the rules of STS",
    ),
    Assumption(
        about="the claim amr of identity pools",
        changes="unauthenticated, or authenticated and each login provider; for user pools also "
        "PROVIDER:CognitoSignIn:USER",
        sources=(f"{_COGNITO}/role-trust-and-permissions.html",),
        confidence="documented; the value with the user is from public records, and for other providers it "
        "is left out",
    ),
    Assumption(
        about="identity pools whose role cannot be determined",
        changes="NotAuthorizedException if the role mapping denies, and for a CustomRoleArn that is "
        "neither offered by the mapping nor the default role; InvalidParameterException for "
        "logins of two mappings; cognito:roles without cognito:preferred_role is ambiguous, even "
        "with a single role",
        sources=(f"{_COGNITO}/role-based-access-control.html",),
        confidence="that access is denied is documented, the codes and sentences are not",
    ),
    Assumption(
        about="error messages of Cognito Identity",
        changes="the messages for invalid logins, for a pool without guests, for a disabled basic flow, "
        "and for roles that do not trust the identity",
        sources=(
            "https://github.com/aws/aws-sdk-js-v3/issues/3113",
            "https://github.com/amazon-archives/amazon-cognito-identity-js/issues/544",
            "https://github.com/aws-amplify/amplify-js/issues/2443",
            "https://github.com/aws/aws-cli/issues/7652",
            "https://github.com/amazon-archives/amazon-cognito-auth-js/issues/196",
        ),
        confidence="from public reports; codes are documented",
    ),
    Assumption(
        about="default mapping of attributes for access control",
        changes="the tags client (aud) and username (sub)",
        sources=(
            f"{_COGNITO}/provider-mappings.html",
            "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetPrincipalTagAttributeMap.html",
        ),
        confidence="the claims are documented, the keys of the tags follow from the API reference",
    ),
    Assumption(
        about="text of an expired web identity token",
        changes="`Token expired: current date/time … must be before the expiration date/time …`",
        confidence="from public reports",
    ),
    Assumption(
        about="text of InvalidIdentityToken for a token with a wrong signature or not yet valid, and for an "
        "assertion with invalid XML, NameID, times, duration or tags",
        changes="the API reference's sentence; the hint gives the reason",
        sources=(f"{_STS}/API_AssumeRoleWithWebIdentity.html",),
        confidence="code and status are documented, the sentence is not",
    ),
    Assumption(
        about="texts for an unknown root task policy, a context assertion, and MFA with only one of its two "
        "parts",
        changes="`Invalid root task policy: …`, `The provided context assertion could not be validated.`, "
        "`MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.`",
        confidence="the last is from public reports, the others are ours",
    ),
    Assumption(
        about="sts:GetSessionToken in AWS's quarantine policies",
        changes="nothing: a policy can name the action, without effect on calling the operation; the "
        "policies act on the sessions that it issues",
        sources=(f"{_UG}/id_credentials_temp_control-access_getsessiontoken.html",),
        confidence="documented; why the quarantine policies list it is not",
    ),
    Assumption(
        about="how IAM refuses GetSessionToken credentials without MFA and GetFederationToken credentials",
        changes="InvalidClientTokenId, 403, for both",
        sources=(f"{_UG}/id_credentials_sts-comparison.html",),
        confidence="the refusal is documented; its form is from public reports about GetSessionToken",
    ),
    Assumption(
        about="an ARN that names neither a role nor a SAML provider",
        changes="`Request ARN is invalid` for RoleArn, `Principal ARN is invalid` for PrincipalArn, before "
        "the Region is checked; `… is invalid` for text that is not an ARN",
        confidence="the texts are from public reports, the order of the checks is not known",
    ),
    Assumption(
        about="a Region that the caller's account has not enabled",
        changes="InvalidClientTokenId (S3: InvalidAccessKeyId), where the account file says so",
        sources=(f"{_UG}/id_credentials_temp_enable-regions.html",),
        confidence="documented that both accounts must enable it; the error is from public reports",
    ),
    Assumption(
        about="an EC2 denial with a very large context",
        changes="the longest condition values are left out of the encoded message so that it stays within "
        "the 10,240 characters that DecodeAuthorizationMessage accepts",
        sources=(f"{_STS}/API_DecodeAuthorizationMessage.html",),
        confidence="the length is documented, what AWS omits is not",
    ),
    Assumption(
        about="aws:RequestedRegion at the global endpoint of STS",
        changes="us-east-1",
        sources=(f"{_UG}/id_credentials_temp_region-endpoints.html",),
        confidence="global requests used to be served there; since 2025 a nearer Region may serve them",
    ),
    Assumption(
        about="the Region of a request whose caller names none",
        changes="the Region of the resource's ARN, otherwise the client's (`set region`); for a global "
        "service that of its only endpoint. `--region` and `aws:RequestedRegion=…` override it",
        sources=(f"{_UG}/reference_policies_condition-keys.html#condition-keys-requestedregion",),
        confidence="documented that the endpoint decides; that a client calls the resource's Region is "
        "inferred, because most services refuse resources of another Region",
    ),
    Assumption(
        about="too many MFA codes",
        changes="AWS verifies at most nine codes of a device in any three minutes; further codes get the "
        "message for a wrong code and do not count",
        confidence="the number was measured on the live service, the message and the counting were not",
    ),
    Assumption(
        about="the MFA code of a call that is then denied",
        changes="the code is used up; if the role does not exist, the code is not checked",
        confidence="measured on the live service that a denied call uses it up; the order was not measured",
    ),
    Assumption(
        about="a managed session policy that does not exist or belongs to another account",
        changes="NoSuchEntity, 404",
        sources=(f"{_STS}/API_AssumeRole.html",),
        confidence="documented that it must exist in the account; the error is not",
    ),
    Assumption(
        about="an AWS managed session policy whose document is not in the model",
        changes="accepted; a request that it would have to allow is undecided",
        confidence="AWS has the document, an export of the account may not",
    ),
    Assumption(
        about="a session tag with the prefix aws:",
        changes="InvalidParameterValue",
        sources=(f"{_UG}/id_session-tags.html",),
        confidence="documented that the prefix is reserved; the error is not",
    ),
    Assumption(
        about="an assertion that does not list the role",
        changes="the usual denial of AssumeRoleWithSAML",
        sources=(f"{_UG}/troubleshoot_saml.html",),
        confidence="the guide gives this text for a misspelled role in the assertion",
    ),
    Assumption(
        about="lifetime of instance metadata credentials",
        changes="six hours; new ones are available at least five minutes before the end",
        sources=(f"{_EC2}/instance-metadata-security-credentials.html",),
        confidence="the five minutes are documented, the six hours observed",
    ),
    Assumption(
        about="text of the SQSUnlockQueuePolicy",
        changes="reconstructed from the description of its statements",
        sources=(f"{_UG}/security-iam-awsmanpol.html",),
        confidence="AWS publishes the other four root task policies, not this one",
    ),
    Assumption(
        about="GetAccessKeyInfo for a key that was never issued",
        changes="the account encoded in the id; InvalidClientTokenId if there is none",
        sources=(f"{_STS}/API_GetAccessKeyInfo.html",),
        confidence="independent researchers found that ids encode the account; the refusal is assumed",
    ),
    Assumption(
        about="GetWebIdentityToken by a root user",
        changes="AccessDenied, as for federated users",
        sources=(f"{_STS}/API_GetWebIdentityToken.html",),
        confidence="AWS documents tokens for IAM users and roles and does not mention root users",
    ),
    Assumption(
        about="tags of users and roles in the request context of sessions",
        changes="read at each request; session tags are fixed when the session is issued",
        sources=(f"{_UG}/id_session-tags.html",),
        confidence="follows from the guide; not measured",
    ),
    Assumption(
        about="format of the revocation timestamp",
        changes="milliseconds and Z",
        sources=(f"{_UG}/id_roles_use_revoke-sessions.html",),
        confidence="whole seconds are valid too",
    ),
    Assumption(
        about="sign-in sessions",
        changes="revoking a console session does not end the `aws login` sessions that started from it; "
        "each refresh has a new aws:TokenIssueTime; the refresh request itself does not carry "
        "aws:SignInSessionArn; credentials of a user who signed in with an MFA device carry "
        "aws:MultiFactorAuthPresent",
        sources=("https://docs.aws.amazon.com/signin/latest/APIReference/API_BatchRevokeSessions.html",),
        confidence="not documented",
    ),
    Assumption(
        about="sessions with the context of a user of IAM Identity Center (ProvidedContexts)",
        changes="AWS's policy AWSIAMIdentityCenterAllowListForIdentityContext is evaluated as an "
        "identity-based policy; a context assertion is valid for ten minutes, for one user; the context is "
        "not carried by AssumeRole",
        sources=(
            "https://docs.aws.amazon.com/singlesignon/latest/userguide/"
            "trustedidentitypropagation-identity-enhanced-iam-role-sessions.html",
        ),
        confidence="documented that STS attaches the policy, not as which type; the rest is not documented",
    ),
    Assumption(
        about="session of IAM Identity Center",
        changes="its name is the user name, with `_` for characters that a session name cannot contain; "
        "apart from identitystore:UserId and the session tags it carries no keys of the "
        "assertion; an access token works until the portal session ends",
        sources=("https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept-revoke-access.html",),
        confidence="name and key follow from AWS's examples, the rest is not documented",
    ),
)
