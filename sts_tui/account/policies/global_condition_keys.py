"""AWS's global condition keys and their types.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

Besides, `aws:SourceOwner`, which has left that page and is in every topic's default policy:
https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account.entities import BUILT_IN_HOSTS

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
    for key, kind in (
        ("sts:SubjectMode", "String"),
        ("sts:IdentityTokenScope", "ArrayOfString"),
        ("identitystore:IdentityStoreArn", "ARN"),
        ("identitycenter:ApplicationArn", "ARN"),
        ("identitycenter:CredentialId", "String"),
        ("identitycenter:InstanceArn", "ARN"),
    )
}
"""Keys of STS that AWS's lists do not have: lower-case name → as written, type. Those of GetWebIdentityToken,
and of context assertions.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/condition-context-keys-sts-idc.html"""

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

OF_A_ROLE_SESSION: Final = (
    *("aws:SourceIdentity", "aws:FederatedProvider", "aws:ChatbotSourceArn", "identitystore:UserId"),
    *("identitystore:IdentityStoreArn", "aws:IdentityCenterInstanceArn", "aws:IdentityStoreArn"),
    *("aws:OriginIdentity/*", "aws:TransactionContext/*"),
    *("aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4"),
    *("ec2:SourceInstanceArn", "ec2:RoleDelivery", "lambda:SourceFunctionArn", "ssm:SourceInstanceArn"),
    *("codebuild:BuildArn", "codebuild:ProjectArn", "glue:RoleAssumedBy", "glue:CredentialIssuingService"),
    *("saml:*", *(f"{host}:*" for host in BUILT_IN_HOSTS.values())),
)
"""How a role was assumed: the keys that its sessions carry into later requests. `*` stands for any end.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"""
_OF_A_ROLE_SESSION: Final = tuple(key.lower() for key in OF_A_ROLE_SESSION)
_ONLY_SERVICES: Final = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
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


def is_of_role_session(key: str) -> bool:
    """Whether a request has the key only because of how a role was assumed: a user's own request never has.

    Keys of a provider of tokens begin with its host: `token.actions.githubusercontent.com:sub`.
    """
    lowered = key.lower()
    if "." in lowered.rpartition(":")[0]:
        return True
    return any(
        lowered.startswith(each[:-1]) if each.endswith("*") else lowered == each
        for each in _OF_A_ROLE_SESSION
    )


def is_of_service_call(key: str) -> bool:
    """Whether only AWS services have the key, which call for a resource with a principal of their own."""
    return key.lower() in _ONLY_SERVICES


def can_be_set(key: str, action: str) -> bool:
    """Whether a request for `action` may set the key. The person behind a session of IAM Identity Center is
    in a key that requests to the identity store have too.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html
    """
    if key.lower() in ("identitystore:userid", "identitystore:identitystorearn"):
        return action.lower().startswith("identitystore:")
    return not comes_from_identity(key)
