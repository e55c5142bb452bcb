"""What AWS has and the simulation has not, and what happens instead. Data alone, for the page on STS."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_UG: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
_STS: Final = "https://docs.aws.amazon.com/STS/latest/APIReference"


class NotSimulated(Struct, frozen=True, kw_only=True):
    """Something of AWS that is not here."""

    what: str
    instead: str
    source: str


NOT_SIMULATED: Final = (
    NotSimulated(
        what="trade-in tokens of GetDelegatedAccessToken",
        instead="the parameters are checked, then every token is refused: ExpiredTradeInTokenException",
        source=f"{_STS}/API_GetDelegatedAccessToken.html",
    ),
    NotSimulated(
        what="context assertions of IAM Identity Center (ProvidedContexts)",
        instead="the parameters are checked, then every assertion is refused: InvalidParameterValue",
        source=f"{_STS}/API_AssumeRole.html",
    ),
    NotSimulated(
        what="access tokens of the providers that ProviderId names",
        instead="the parameters are checked, then every token is refused: InvalidIdentityToken",
        source=f"{_STS}/API_AssumeRoleWithWebIdentity.html",
    ),
    NotSimulated(
        what="enabling a Region and deactivating STS in one while the simulation runs (`aws account` and the "
        "console do it, over minutes)",
        instead="the account file says it: `Regions`, as `aws account list-regions` prints them, and "
        "`DeactivatedSTSEndpoints`; the setting `OptInRegions` enables a Region for all accounts at any time",
        source=f"{_UG}/id_credentials_temp_enable-regions.html",
    ),
    NotSimulated(
        what="encrypted assertions (AssertionEncryptionMode and the private keys of a SAML provider)",
        instead="an encrypted assertion is refused like a response without one: InvalidIdentityToken",
        source=f"{_UG}/id_roles_providers_create_saml.html",
    ),
    NotSimulated(
        what="signatures, their scope, and clocks that are wrong",
        instead="whoever calls with whole credentials has secret and token compared; an access key id is "
        "taken as signed well",
        source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html",
    ),
    NotSimulated(
        what="FIDO security keys, MFA of root users, resynchronizing a device",
        instead="a device is a TOTP device of an IAM user, and its clock is the simulated one",
        source=f"{_UG}/id_credentials_mfa_configure-api-require.html",
    ),
    NotSimulated(
        what="console sign-in, the federation endpoint, CloudTrail",
        instead="the log tells who called what and what decided; `sts-tui creds` prints what the metadata "
        "endpoints of instances and containers answer",
        source=f"{_UG}/id_roles_providers_enable-console-custom-url.html",
    ),
    NotSimulated(
        what="gateway endpoints as such: there, a principal of an endpoint policy that names an account is "
        "its root user alone",
        instead="every endpoint is an interface endpoint: an account is everybody in it, if their policies "
        "allow; conditions on aws:PrincipalArn read the same at both",
        source="https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html",
    ),
    NotSimulated(
        what="AWS managed KMS keys, which RCPs do not restrict",
        instead="they are known by their alias (`alias/aws/s3`); by its key id one is a customer's key",
        source="https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html",
    ),
    NotSimulated(
        what="grants of KMS, access control lists, Block Public Access, access points and RAM shares",
        instead="key policies, bucket policies and identity-based policies decide alone",
        source=f"{_UG}/access_policies.html",
    ),
)
