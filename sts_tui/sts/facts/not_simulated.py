"""Which features of AWS are not simulated, and what happens instead? The module has only data, for
`docs/sts-operations.md`.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_STS: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"


class NotSimulated(Struct, frozen=True, kw_only=True):
    """One feature of AWS that the simulation does not have."""

    what: str
    instead: str
    source: str


NOT_SIMULATED: Final = (
    NotSimulated(
        what="trade-in tokens of GetDelegatedAccessToken",
        instead="parameters are checked, then every token is refused with ExpiredTradeInTokenException",
        source=f"{_STS}/API_GetDelegatedAccessToken.html",
    ),
    NotSimulated(
        what="applications of IAM Identity Center (CreateTokenWithIAM), and assertions that are only audited "
        "(sts:audit_context)",
        instead="`${context:USER}` in a tour is the context assertion that an application gets for a user; "
        "any other is refused with InvalidContextAssertion, and conditions on identitycenter:ApplicationArn "
        "and identitycenter:CredentialId are undecided",
        source="https://docs.aws.amazon.com/singlesignon/latest/userguide/"
        "trustedidentitypropagation-identity-enhanced-iam-role-sessions.html",
    ),
    NotSimulated(
        what="SAML assertions and Twitter as logins of identity pools, and merging two identities that "
        "have logins",
        instead="such a login is refused with NotAuthorizedException, such a merge with "
        "ResourceConflictException; user pools, OIDC providers, Amazon, Facebook and Google are verified",
        source="https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html",
    ),
    NotSimulated(
        what="enabling a Region, and deactivating STS in one, while the simulation runs (in AWS `aws "
        "account` and the console do it, within minutes)",
        instead="the account file has `Regions`, as `aws account list-regions` prints them, and "
        "`DeactivatedSTSEndpoints`; the setting `OptInRegions` enables a Region for all accounts at any time",
        source=f"{_UG}/id_credentials_temp_enable-regions.html",
    ),
    NotSimulated(
        what="encrypted assertions (AssertionEncryptionMode and the private keys of a SAML provider)",
        instead="an encrypted assertion is refused like a response without an assertion: "
        "InvalidIdentityToken",
        source=f"{_UG}/id_roles_providers_create_saml.html",
    ),
    NotSimulated(
        what="request signatures, their credential scope, and clock skew",
        instead="secret and token are compared if a call brings them; a bare access key id counts as "
        "correctly signed",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html",
    ),
    NotSimulated(
        what="FIDO security keys, MFA of root users, resynchronizing a device",
        instead="every device is a TOTP device of an IAM user and follows the simulated clock",
        source=f"{_UG}/id_credentials_mfa_configure-api-require.html",
    ),
    NotSimulated(
        what="the pages of the console, and CloudTrail",
        instead="a console sign-in is a sign-in session without pages; the request log records who called "
        "what and what decided; `sts-tui creds` prints what the metadata endpoints of instances and "
        "containers return",
        source=f"{_UG}/id_roles_providers_enable-console-custom-url.html",
    ),
    NotSimulated(
        what="gateway endpoints, where an account named as principal in the endpoint policy means only its "
        "root user",
        instead="every endpoint is an interface endpoint, where an account means every principal of it "
        "whose own policies allow; conditions on aws:PrincipalArn work the same with both",
        source="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    ),
    NotSimulated(
        what="AWS managed KMS keys, which RCPs do not restrict, known by their key id",
        instead="such a key is recognized by its alias (`alias/aws/s3`); a key id always means a customer "
        "managed key",
        source="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
    ),
    NotSimulated(
        what="grants of KMS, access control lists, Block Public Access, access points and RAM shares",
        instead="only key policies, bucket policies and identity-based policies decide",
        source=f"{_UG}/access_policies.html",
    ),
)
