"""What we had to settle although no better source confirms it, and no setting changes it: what we do.

Data alone: `docs/sts-operations.md` is generated from it. Doubts with a setting: `doubtful_facts`.
"""

from __future__ import annotations

from typing import Final

from sts_tui.sts.facts.assumptions import DoubtfulFact

_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_EC2: Final = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide"
_STS: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"

SETTLED_DOUBTS: Final = (
    DoubtfulFact(
        about="provider in a trust policy",
        changes="only its form is looked at when the policy is written (`Federated principals must be valid "
        "domain names or SAML metadata ARNs`); one that does not exist, or no longer does, trusts nobody",
        sources=(f"{_UG}/id_roles_providers_create_oidc.html",),
        how_sure="that deleting a provider leaves the policies is documented, the text is seen in public "
        "reports; that an ARN is not looked up follows from ARNs of providers being kept as written",
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
        how_sure="seen in public reports",
    ),
    DoubtfulFact(
        about="text of a token or assertion that is not good for a reason that no public source words: a "
        "token badly signed or not yet valid; XML, NameID, instants, duration or tags that are wrong",
        changes="the sentence of the API reference on InvalidIdentityToken; the reason stands in our hint",
        sources=(f"{_STS}/API_AssumeRoleWithWebIdentity.html",),
        how_sure="code and status are documented, the wire's sentence is not",
    ),
    DoubtfulFact(
        about="texts of a root task policy that is none, of a context assertion, of half an MFA",
        changes="`Invalid root task policy: …`, `The provided context assertion could not be validated.`, "
        "`MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code.`",
        how_sure="the last is seen in public reports, the others are our own",
    ),
    DoubtfulFact(
        about="IAM for GetSessionToken credentials without MFA, and for those of GetFederationToken",
        changes="InvalidClientTokenId, 403, for both",
        sources=(f"{_UG}/id_credentials_sts-comparison.html",),
        how_sure="that it is refused is documented, how is seen in public reports of the former",
    ),
    DoubtfulFact(
        about="ARN of something else than a role or a SAML provider",
        changes="`Request ARN is invalid` of RoleArn, `Principal ARN is invalid` of PrincipalArn, before the "
        "Region is asked; of what is no ARN at all `… is invalid`",
        how_sure="the texts are seen in public reports, the place among the checks is not known",
    ),
    DoubtfulFact(
        about="Region that the caller's account has not enabled",
        changes="InvalidClientTokenId (S3: InvalidAccessKeyId), where the account file says so",
        sources=(f"{_UG}/id_credentials_temp_enable-regions.html",),
        how_sure="that both accounts have to enable it is documented, the error is seen in public reports",
    ),
    DoubtfulFact(
        about="denial of EC2 with a huge context",
        changes="the longest condition values are left out of the encoded message, so that it keeps within "
        "the 10,240 characters that can be decoded",
        sources=(f"{_STS}/API_DecodeAuthorizationMessage.html",),
        how_sure="the length is documented, what AWS leaves out is not",
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
        changes="spent; where the role does not exist the code is not looked at",
        how_sure="that a denied call spends it was measured on the live service, the order was not",
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
        about="GetWebIdentityToken by a root user",
        changes="AccessDenied, as for federated users",
        sources=(f"{_STS}/API_GetWebIdentityToken.html",),
        how_sure="AWS speaks of tokens for IAM users and roles, and nowhere of root users",
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
