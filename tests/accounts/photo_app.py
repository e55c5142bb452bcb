"""An app with an identity pool: guests, a user pool, Facebook, and a developer's own sign-in."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.session import Session
from tests.accounts.policies import MAIN, allows, role_arn, trust

POOL = "us-east-1:12345678-1234-4234-8234-123456789012"
USER_POOL = "cognito-idp.us-east-1.amazonaws.com/us-east-1_photos"
CLIENT = "7photosclient"
COGNITO = "cognito-identity.amazonaws.com"
FACEBOOK = "graph.facebook.com"
SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:app"


def pool_trust(kind: str, *actions: str) -> dict[str, Any]:
    """The trust policy that Cognito's console writes."""
    condition = {
        "StringEquals": {f"{COGNITO}:aud": POOL},
        "ForAnyValue:StringLike": {f"{COGNITO}:amr": kind},
    }
    wanted = actions or ("sts:AssumeRoleWithWebIdentity",)
    return {
        "Version": "2012-10-17",
        "Statement": [trust({"Federated": COGNITO}, *wanted, Condition=condition)],
    }


def role(name: str, document: dict[str, Any], *policies: dict[str, Any]) -> dict[str, Any]:
    return {
        "RoleName": name,
        "AssumeRolePolicyDocument": document,
        "RolePolicyList": [
            {"PolicyName": f"p{number}", "PolicyDocument": one} for number, one in enumerate(policies)
        ],
    }


PHOTOS = "arn:aws:s3:::photos"
HOME = f"{PHOTOS}/${{{COGNITO}:sub}}/*"
MODEL: dict[str, Any] = {
    "Accounts": [
        {
            "AccountId": MAIN,
            "UserDetailList": [
                {
                    "UserName": "admin",
                    "UserPolicyList": [
                        {"PolicyName": "pools", "PolicyDocument": allows("cognito-identity:*")},
                        {"PolicyName": "pass", "PolicyDocument": allows("iam:PassRole", role_arn("Guest"))},
                    ],
                },
                {"UserName": "outsider"},
            ],
            "RoleDetailList": [
                role(
                    "Guest",
                    pool_trust("unauthenticated"),
                    allows("s3:GetObject", f"{PHOTOS}/public/*"),
                    allows(["secretsmanager:GetSecretValue", "sts:AssumeRole"]),
                ),
                role(
                    "Member",
                    pool_trust("authenticated", "sts:AssumeRoleWithWebIdentity", "sts:TagSession"),
                    allows(["s3:GetObject", "s3:PutObject"], HOME),
                ),
                role("Editor", pool_trust("authenticated"), allows("s3:*")),
                role("Admin", pool_trust("authenticated"), allows("*")),
                role("FacebookOnly", pool_trust(FACEBOOK), allows("s3:*")),
            ],
        }
    ],
    "IdentityProviders": [
        {
            "Name": "photos",
            "Type": "Cognito",
            "IdentityPool": {
                "IdentityPoolId": POOL,
                "IdentityPoolName": "photos",
                "AccountId": MAIN,
                "AllowUnauthenticatedIdentities": True,
                "SupportedLoginProviders": {FACEBOOK: "4711"},
                "DeveloperProviderName": "login.photos",
                "CognitoIdentityProviders": [{"ProviderName": USER_POOL, "ClientId": CLIENT}],
                "Roles": {"unauthenticated": role_arn("Guest"), "authenticated": role_arn("Member")},
            },
        },
        {
            "Name": "members",
            "Type": "OIDC",
            "Issuer": f"https://{USER_POOL}",
            "ClientId": CLIENT,
            "Users": [
                {"Name": "ana", "Claims": {"sub": "sub-ana", "custom:dept": "sales", "email": "a@x.example"}},
                {
                    "Name": "ben",
                    "Claims": {
                        "sub": "sub-ben",
                        "cognito:preferred_role": role_arn("Editor"),
                        "cognito:roles": [role_arn("Editor"), role_arn("Admin")],
                    },
                },
                {
                    "Name": "cleo",
                    "Claims": {"sub": "sub-cleo", "cognito:roles": [role_arn("Editor"), role_arn("Admin")]},
                },
            ],
        },
        {
            "Name": "facebook",
            "Type": "Facebook",
            "ClientId": "4711",
            "Users": [{"Name": "fay", "Claims": {"id": "100001"}}],
        },
    ],
}


class App:
    """The simulated app: what its clients and its developers call."""

    def __init__(self, **pool: Any) -> None:
        model = deepcopy(MODEL)
        model["IdentityProviders"][0]["IdentityPool"] |= pool
        self.sim = Simulation.open(model, seed=7)

    def token(self, user: str, **overrides: Any) -> str:
        """An ID or access token of `members/ana`, `facebook/fay`."""
        from sts_tui.identity_providers.access_tokens import issue_access_token
        from sts_tui.identity_providers.oidc import issue_oidc

        provider, _, name = user.partition("/")
        directory = self.sim.world.identity_providers[provider]
        person = next(one for one in directory.users if one.name == name)
        issue = issue_access_token if directory.type == "Facebook" else issue_oidc
        return issue(directory, person, now=self.sim.now, overrides=overrides)

    def logins(self, *users: str, **overrides: Any) -> dict[str, str]:
        hosts = {"members": USER_POOL, "facebook": FACEBOOK}
        return {hosts[user.partition("/")[0]]: self.token(user, **overrides) for user in users}

    def call(self, operation: str, caller: Any = "anonymous", **params: Any) -> dict[str, Any]:
        return self.sim.call(f"cognito-identity:{operation}", params, caller=caller)

    def identity(self, *users: str) -> str:
        """The identity of a guest, or of users who signed in."""
        given = {"Logins": self.logins(*users)} if users else {}
        return str(self.call("GetId", IdentityPoolId=POOL, **given)["IdentityId"])

    def credentials(self, *users: str, **params: Any) -> dict[str, Any]:
        """The answer of the enhanced flow."""
        given = {"Logins": self.logins(*users), **params} if users else params
        return self.call("GetCredentialsForIdentity", IdentityId=self.identity(*users), **given)

    def key(self, *users: str, **params: Any) -> str:
        return str(self.credentials(*users, **params)["Credentials"]["AccessKeyId"])

    def session(self, *users: str, **params: Any) -> Session:
        """The session of the enhanced flow."""
        key = self.key(*users, **params)
        return self.sim.world.sessions[key]
