"""Which condition keys AWS defines as multivalued: the global ones, and those of services that policies often
ask for. Of any other key several values are a set, and one value is a single one.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

from typing import Final

_WRITTEN: Final = """
    aws:CalledVia aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:ResourceOrgPaths aws:SourceOrgPaths
    aws:TagKeys aws:VpceOrgPaths
    sts:TransitiveTagKeys sts:IdentityTokenAudience
    sts:RequestContextProviders
    cloudformation:ResourceTypes
    dynamodb:Attributes dynamodb:LeadingKeys
    dynamodb:FirstPartitionKeyValues dynamodb:SecondPartitionKeyValues dynamodb:ThirdPartitionKeyValues
    dynamodb:FourthPartitionKeyValues
    kms:EncryptionContextKeys kms:GrantOperations kms:ResourceAliases
    lambda:Layer lambda:SecurityGroupIds lambda:SubnetIds
    route53:ChangeResourceRecordSetsActions route53:ChangeResourceRecordSetsNormalizedRecordNames
    route53:ChangeResourceRecordSetsRecordTypes
    s3:InventoryAccessibleOptionalFields s3:RequestObjectTagKeys
    secretsmanager:AddReplicaRegions ses:Recipients
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
