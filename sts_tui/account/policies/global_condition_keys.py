"""AWS's global condition keys and their types.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

Besides, `aws:SourceOwner`, which has left that page and is in every topic's default policy:
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BY_TYPE: Final = {
    "ARN": """
        aws:PrincipalArn aws:SourceArn aws:SourceVpcArn aws:SignInSessionArn aws:ChatbotSourceArn
        aws:OriginIdentity/FederatedProviderArn aws:IdentityCenterInstanceArn aws:IdentityStoreArn
    """,
    "String": """
        aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalServiceName aws:PrincipalType aws:userid
        aws:username aws:SourceIdentity aws:FederatedProvider aws:Ec2InstanceSourceVpc aws:SourceVpc
        aws:SourceVpce aws:VpceAccount aws:VpceOrgID aws:ResourceAccount aws:ResourceOrgID
        aws:RequestedRegion aws:UserAgent aws:referer aws:CalledViaFirst aws:CalledViaLast
        aws:SourceAccount aws:SourceOwner aws:SourceOrgID aws:CalledViaAWSMCP
        aws:PrincipalTag/${TagKey} aws:RequestTag/${TagKey} aws:ResourceTag/${TagKey}
        aws:OriginIdentity/Subject aws:OriginIdentity/SubjectType aws:OriginIdentity/Issuer
        aws:TransactionContext/IdentityProvider/${Name}
    """,
    "ArrayOfString": """
        aws:PrincipalOrgPaths aws:PrincipalServiceNamesList aws:VpceOrgPaths aws:ResourceOrgPaths
        aws:TagKeys aws:CalledVia aws:SourceOrgPaths
    """,
    "Bool": """
        aws:PrincipalIsAWSService aws:MultiFactorAuthPresent aws:AssumedRoot aws:SecureTransport
        aws:ViaAWSService aws:ViaAWSMCPService aws:IsMcpServiceAction
    """,
    "Date": """
        aws:TokenIssueTime aws:CurrentTime aws:EpochTime
    """,
    "Numeric": """
        aws:MultiFactorAuthAge
    """,
    "IPAddress": """
        aws:SourceIp aws:VpcSourceIp aws:Ec2InstanceSourcePrivateIPv4
    """,
}

AS_WRITTEN: Final[Mapping[str, str]] = {
    key.lower(): key for keys in _BY_TYPE.values() for key in keys.split()
}
"""Lower-case name → as AWS's documentation writes it."""
GLOBAL_CONDITION_KEYS: Final[Mapping[str, str]] = {
    key.lower(): kind for kind, keys in _BY_TYPE.items() for key in keys.split()
}
"""Lower-case name → type."""

NEWER_STS_KEYS: Final[Mapping[str, tuple[str, str]]] = {
    key.lower(): (key, kind)
    for key, kind in (("sts:SubjectMode", "String"), ("sts:IdentityTokenScope", "ArrayOfString"))
}
"""Keys of GetWebIdentityToken that AWS's lists do not have yet: lower-case name → as written, type.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html"""

_OF_THE_CALLER: Final = frozenset(
    key.lower()
    for key in (
        "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:PrincipalOrgPaths",
        "aws:PrincipalIsAWSService", "aws:PrincipalServiceName", "aws:PrincipalServiceNamesList",
        "aws:PrincipalType", "aws:userid", "aws:username", "aws:TokenIssueTime", "aws:MultiFactorAuthPresent",
        "aws:MultiFactorAuthAge", "aws:SourceIdentity", "aws:FederatedProvider", "aws:AssumedRoot",
        "aws:SignInSessionArn", "aws:IdentityCenterInstanceArn", "aws:IdentityStoreArn",
    )
)  # fmt: skip


_CARRIED: Final = ("aws:principaltag/", "aws:originidentity/", "aws:transactioncontext/")
"""Tags of the principal, and what trusted identity propagation carries: only STS sets these.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trusted-identity-propagation.html"""


def cannot_be_set(key: str) -> str:
    """The error for a request, a workload or a what-if question that sets such a key."""
    return f"{key} comes from the identity and cannot be set"


def comes_from_identity(key: str) -> bool:
    """Whether the key cannot be set: it follows from who calls."""
    lowered = key.lower()
    return lowered in _OF_THE_CALLER or lowered.startswith(_CARRIED)
