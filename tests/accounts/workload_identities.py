"""A model with servers that hold certificates, and with pods: Roles Anywhere and EKS Pod Identity."""

from __future__ import annotations

from typing import Any, Final

from tests.accounts.policies import allow, policy, trusts

ACCOUNT: Final = "111122223333"
PARTNER: Final = "444455556666"
ANCHOR: Final = f"arn:aws:rolesanywhere:eu-west-1:{ACCOUNT}:trust-anchor/0a1b2c3d-1111-2222-3333-444455556666"
PROFILE: Final = f"arn:aws:rolesanywhere:eu-west-1:{ACCOUNT}:profile/1a1b2c3d-1111-2222-3333-444455556666"
ASSOCIATION: Final = f"arn:aws:eks:eu-west-1:{ACCOUNT}:podidentityassociation/prod/a-abcdefghijklmnop1"
CLUSTER: Final = f"arn:aws:eks:eu-west-1:{ACCOUNT}:cluster/prod"
SERVER_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/Server"
POD_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/Pod"
NODE_ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/Node"
TARGET_ROLE: Final = f"arn:aws:iam::{PARTNER}:role/Target"
ANYWHERE_ACTIONS: Final = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
POD_ACTIONS: Final = ["sts:AssumeRole", "sts:TagSession"]


def model() -> dict[str, Any]:
    """The whole file, fresh: a test may change it."""
    return {
        "StartTime": "2026-03-01T09:00:00Z",
        "Accounts": [_account(), _partner()],
        "IdentityProviders": [
            {
                "Name": "corp-ca",
                "Type": "X509",
                "Issuer": "CN=Corp CA,O=Acme",
                "Users": [
                    {
                        "Name": "web-1",
                        "Attributes": {
                            "Subject": "CN=web-1,OU=Shop,O=Acme",
                            "DNS": ["web-1.acme.example", "www.acme.example"],
                            "URI": "spiffe://acme/web",
                            "SerialNumber": "1002",
                        },
                    },
                    {"Name": "db-1"},
                ],
            }
        ],
    }


def _account() -> dict[str, Any]:
    return {
        "AccountId": ACCOUNT,
        "UserDetailList": [{"UserName": "admin", "UserPolicyList": [_inline("all", allow("*"))]}],
        "RoleDetailList": [
            {
                "RoleName": "Server",
                "MaxSessionDuration": 7200,
                "AssumeRolePolicyDocument": trusts(
                    {"Service": "rolesanywhere.amazonaws.com"}, Action=[*ANYWHERE_ACTIONS]
                ),
                "RolePolicyList": [_inline("read", allow("s3:*"))],
            },
            {
                "RoleName": "Pod",
                "AssumeRolePolicyDocument": trusts(
                    {"Service": "pods.eks.amazonaws.com"}, Action=[*POD_ACTIONS]
                ),
                "RolePolicyList": [
                    _inline("work", allow("s3:GetObject"), allow(["sts:AssumeRole", "sts:TagSession"]))
                ],
            },
            {
                "RoleName": "Node",
                "AssumeRolePolicyDocument": trusts({"Service": "ec2.amazonaws.com"}),
                "RolePolicyList": [_inline("agent", allow("eks-auth:AssumeRoleForPodIdentity"))],
            },
        ],
        "TrustAnchors": [{"name": "corp", "trustAnchorArn": ANCHOR, "IdentityProvider": "corp-ca"}],
        "Profiles": [{"name": "servers", "profileArn": PROFILE, "roleArns": [SERVER_ROLE]}],
        "PodIdentityAssociations": [
            {
                "clusterName": "prod",
                "namespace": "shop",
                "serviceAccount": "web",
                "associationArn": ASSOCIATION,
                "roleArn": POD_ROLE,
            }
        ],
    }


def _partner() -> dict[str, Any]:
    return {
        "AccountId": PARTNER,
        "RoleDetailList": [
            {
                "RoleName": "Target",
                "AssumeRolePolicyDocument": trusts({"AWS": POD_ROLE}, Action=[*POD_ACTIONS]),
                "RolePolicyList": [_inline("read", allow("s3:*"))],
            }
        ],
    }


def _inline(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return {"PolicyName": name, "PolicyDocument": policy(*statements)}
