"""Which global condition keys does AWS have, and which keys can a caller not set?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

Also `aws:SourceOwner`, which is no longer on that page but is in the default policy of every SNS topic:
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
"""Lower-case name → name as in AWS's documentation."""
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
"""Keys of STS that AWS's lists do not have (of GetWebIdentityToken and of context assertions): lower-case
name → (name as in the documentation, type).
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

OF_AN_ENDPOINT: Final = ("aws:sourcevpce", "aws:sourcevpc", "aws:sourcevpcarn", "aws:vpcsourceip")
"""In lower case: what AWS sets only for requests through a VPC endpoint."""

OF_A_ROLE_SESSION: Final = (
    *("aws:SourceIdentity", "aws:FederatedProvider", "aws:ChatbotSourceArn", "identitystore:UserId"),
    *("identitystore:IdentityStoreArn", "aws:IdentityCenterInstanceArn", "aws:IdentityStoreArn"),
    *("aws:OriginIdentity/*", "aws:TransactionContext/*"),
    *("aws:Ec2InstanceSourceVpc", "aws:Ec2InstanceSourcePrivateIPv4"),
    *("ec2:SourceInstanceArn", "ec2:RoleDelivery", "lambda:SourceFunctionArn", "ssm:SourceInstanceArn"),
    *("codebuild:BuildArn", "codebuild:ProjectArn", "glue:RoleAssumedBy", "glue:CredentialIssuingService"),
    *("saml:*", *(f"{host}:*" for host in BUILT_IN_HOSTS.values())),
)
"""Keys about how a role was assumed, which its sessions have in later requests. `*` stands for any ending.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html"""
_OF_A_ROLE_SESSION: Final = tuple(key.lower() for key in OF_A_ROLE_SESSION)
_ONLY_SERVICES: Final = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
_CARRIED: Final = ("aws:principaltag/", "aws:originidentity/", "aws:transactioncontext/")
"""Prefixes of keys that only STS sets: principal tags, and the keys of trusted identity propagation.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/trusted-identity-propagation.html"""


def cannot_be_set(key: str) -> str:
    """The error for a request, workload or what-if question that sets a key for which `comes_from_identity`
    is true.
    """
    return f"{key} comes from the identity and cannot be set"


def comes_from_identity(key: str) -> bool:
    """Whether the key cannot be set, because its value depends only on the caller."""
    lowered = key.lower()
    return lowered in _OF_THE_CALLER or lowered.startswith(_CARRIED)


def is_of_role_session(key: str) -> bool:
    """Whether a request has the key only if a role was assumed in a certain way. Requests of users never have
    it.

    Keys of an OIDC provider begin with its host: `token.actions.githubusercontent.com:sub`.
    """
    lowered = key.lower()
    if "." in lowered.rpartition(":")[0]:
        return True
    return any(
        lowered.startswith(each[:-1]) if each.endswith("*") else lowered == each
        for each in _OF_A_ROLE_SESSION
    )


def is_of_service_call(key: str) -> bool:
    """Whether only requests of AWS services have the key, made with a service principal on behalf of a
    resource.
    """
    return key.lower() in _ONLY_SERVICES


def can_be_set(key: str, action: str) -> bool:
    """Whether a request for `action` may set the key. Requests to the identity store may set the key for a
    user of IAM Identity Center, which in other requests depends on the caller.
    https://docs.aws.amazon.com/singlesignon/latest/userguide/prereqs-revoking-user-permissions.html
    """
    if key.lower() in ("identitystore:userid", "identitystore:identitystorearn"):
        return action.lower().startswith("identitystore:")
    return not comes_from_identity(key)
