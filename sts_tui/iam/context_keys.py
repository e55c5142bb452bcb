"""Which condition keys AWS defines as multivalued.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from typing import Final

_WRITTEN: Final = """
    aws:CalledVia aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:ResourceOrgPaths aws:SourceOrgPaths
    aws:TagKeys aws:VpceOrgPaths
    sts:TransitiveTagKeys sts:IdentityTokenAudience
    dynamodb:Attributes dynamodb:LeadingKeys kms:EncryptionContextKeys kms:GrantOperations
    s3:RequestObjectTagKeys
    saml:eduPersonAffiliation saml:eduPersonAssurance saml:eduPersonEntitlement saml:eduPersonNickname
    saml:eduPersonOrgUnitDN saml:eduPersonTargetedID
    saml:eduOrgHomePageURI saml:eduOrgIdentityAuthNPolicyURI saml:eduOrgLegalName saml:eduOrgSuperiorURI
    saml:eduOrgWhitePagesURI saml:cn
    saml:commonName saml:givenName saml:mail saml:name saml:organizationStatus saml:primaryGroupSID
    saml:surname saml:uid saml:x500UniqueIdentifier
"""
MULTIVALUED_KEYS: Final = frozenset(key.lower() for key in _WRITTEN.split())


def is_multivalued(key: str) -> bool:
    """Whether AWS defines the key as multivalued: one value of it is a set of one. Case does not count.

    `amr` of any identity provider (`cognito-identity.amazonaws.com:amr`) is multivalued too.
    """
    lowered = key.lower()
    return lowered in MULTIVALUED_KEYS or lowered.endswith(":amr")
