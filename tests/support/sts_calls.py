"""A small organization for the tests of STS, and calls through the real simulation.

`Desk` opens the model and calls; `refusal` returns AWS's refusal instead of raising it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any

from sts_tui.simulation import AwsError, Simulation
from sts_tui.sts.issuing.mfa import next_code
from sts_tui.sts.session import Session

MAIN = "111122223333"
"""The management account: SCPs do not reach it."""
OTHER = "444455556666"
"""A member account."""
OUTSIDER = "777788889999"
ALICE_MFA = f"arn:aws:iam::{MAIN}:mfa/alice"
GITHUB = "token.actions.githubusercontent.com"
GITHUB_ARN = f"arn:aws:iam::{MAIN}:oidc-provider/{GITHUB}"
SSO_ARN = f"arn:aws:iam::{MAIN}:saml-provider/sso"
START = "2026-01-15T09:00:00Z"


def role_arn(name: str, account: str = MAIN) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def user_arn(name: str, account: str = MAIN) -> str:
    return f"arn:aws:iam::{account}:user/{name}"


def policy(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [dict(statement) for statement in statements]}


def allow(*actions: str, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}


def trust(principal: Any, *actions: str, **more: Any) -> dict[str, Any]:
    """One trust statement; a bare ARN is an AWS principal."""
    named = {"AWS": principal} if isinstance(principal, str) else principal
    return {"Effect": "Allow", "Principal": named, "Action": list(actions or ("sts:AssumeRole",)), **more}


def role(
    name: str, *statements: Mapping[str, Any], may: Any = ("sts:*", "s3:*"), **more: Any
) -> dict[str, Any]:
    return {
        "RoleName": name,
        "AssumeRolePolicyDocument": policy(*statements),
        "RolePolicyList": [{"PolicyName": "work", "PolicyDocument": policy(allow(*may))}] if may else [],
        **more,
    }


def user(name: str, *actions: str, **more: Any) -> dict[str, Any]:
    inline = [{"PolicyName": "own", "PolicyDocument": policy(allow(*actions))}] if actions else []
    return {"UserName": name, "UserPolicyList": inline, **more}


ALL_THREE = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
ACCOUNT = f"arn:aws:iam::{MAIN}:root"

ROLES = [
    role("App", trust(ACCOUNT, *ALL_THREE), MaxSessionDuration=7200, Tags=[{"Key": "Heart", "Value": "9"}]),
    role("Long", trust(ACCOUNT, *ALL_THREE), MaxSessionDuration=43_200),
    role("Plain", trust(ACCOUNT)),
    role("Named", trust(user_arn("bob"))),
    role("Pathed", trust(ACCOUNT), Path="/team/", may=()),
    role("Deep", trust(role_arn("App"), *ALL_THREE), Tags=[{"Key": "Heart", "Value": "9"}]),
    role("DeepPlain", trust(role_arn("App"))),
    role("External", trust(ACCOUNT, Condition={"StringEquals": {"sts:ExternalId": "acme-7731"}})),
    role("Mfa", trust(ACCOUNT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
    role("Identified", trust(ACCOUNT, *ALL_THREE, Condition={"StringLike": {"sts:SourceIdentity": "ali*"}})),
    role("Service", trust({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]})),
    role(
        "Build",
        trust(
            {"Federated": GITHUB_ARN},
            "sts:AssumeRoleWithWebIdentity",
            "sts:TagSession",
            "sts:SetSourceIdentity",
            Condition={"StringLike": {f"{GITHUB}:sub": "repo:acme/*"}},
        ),
        MaxSessionDuration=7200,
    ),
    role(
        "Staff",
        trust({"Federated": SSO_ARN}, "sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"),
        MaxSessionDuration=7200,
    ),
    role("StaffPlain", trust({"Federated": SSO_ARN}, "sts:AssumeRoleWithSAML")),
]

MODEL: dict[str, Any] = {
    "Name": "sts",
    "StartTime": START,
    "Organization": {
        "Id": "o-exampleorgid",
        "ManagementAccountId": MAIN,
        "Features": ["RootCredentialsManagement"],
        "Root": {"Name": "Root", "Accounts": [MAIN, OTHER]},
    },
    "Accounts": [
        {
            "AccountId": MAIN,
            "Name": "main",
            "OutboundWebIdentityFederation": True,
            "UserDetailList": [
                user("alice", "sts:*", "s3:*", "iam:*", MFADevices=[{"SerialNumber": ALICE_MFA}]),
                user("bob"),
                user(
                    "broker", "sts:GetFederationToken", "s3:GetObject", Tags=[{"Key": "team", "Value": "a"}]
                ),
                user("narrow", "sts:AssumeRole"),
            ],
            "RoleDetailList": ROLES,
            "Policies": [
                {
                    "PolicyName": "ReadOnly",
                    "Arn": f"arn:aws:iam::{MAIN}:policy/ReadOnly",
                    "DefaultVersionId": "v1",
                    "PolicyVersionList": [
                        {
                            "VersionId": "v1",
                            "IsDefaultVersion": True,
                            "Document": policy(allow("s3:GetObject", "sts:AssumeRole")),
                        }
                    ],
                }
            ],
            "SAMLProviders": [{"Name": "sso"}],
            "OpenIDConnectProviders": [{"Url": GITHUB, "ClientIDList": ["sts.amazonaws.com"]}],
            "Resources": [{"Arn": "arn:aws:s3:::data"}],
        },
        {
            "AccountId": OTHER,
            "Name": "other",
            "UserDetailList": [user("olga", "sts:*")],
            "RoleDetailList": [role("Cross", trust(ACCOUNT, *ALL_THREE))],
        },
        {"AccountId": OUTSIDER, "Name": "outsider", "UserDetailList": [user("otto", "sts:*")]},
    ],
    "IdentityProviders": [
        {
            "Name": "sso",
            "Type": "SAML",
            "Issuer": "https://sso.acme.example/idp",
            "Users": [
                {
                    "Name": "dana",
                    "Roles": [role_arn("Staff"), role_arn("StaffPlain")],
                    "RoleSessionName": "dana@acme.example",
                }
            ],
        },
        {
            "Name": "github",
            "Type": "OIDC",
            "Issuer": f"https://{GITHUB}",
            "Users": [
                {"Name": "main", "Claims": {"sub": "repo:acme/app:ref:refs/heads/main"}},
                {"Name": "fork", "Claims": {"sub": "repo:mallory/app:ref:refs/heads/main"}},
            ],
        },
    ],
}


class Desk:
    """Calls by name; remembers nothing that the simulation does not."""

    def __init__(
        self, *, settings: Mapping[str, Any] | None = None, model: Mapping[str, Any] | None = None
    ) -> None:
        whole = deepcopy(dict(model or MODEL))
        if settings:
            whole["Settings"] = dict(settings)
        self.sim = Simulation.open(whole, seed=7)

    @property
    def now(self) -> datetime:
        return self.sim.now

    def call(
        self, operation: str, *, by: Any = "alice", region: str = "us-east-1", **params: Any
    ) -> dict[str, Any]:
        """Call an operation of STS (or `iam:…`) as someone: a WHO, an access key id or `ANONYMOUS`."""
        action = operation if ":" in operation else f"sts:{operation}"
        return self.sim.call(action, params, caller=self.who(by), region=region)

    def refusal(self, operation: str, **given: Any) -> AwsError:
        """AWS's refusal of a call; fails where it succeeds."""
        try:
            answer = self.call(operation, **given)
        except AwsError as refused:
            return refused
        raise AssertionError(f"{operation} was answered: {json.dumps(answer)[:200]}")

    def denied(self, operation: str, **given: Any) -> str:
        """The message of a refusal that has to be AWS's plain 403 AccessDenied."""
        refused = self.refusal(operation, **given)
        assert (refused.code, refused.status) == ("AccessDenied", 403), refused
        return refused.message

    def invalid(self, operation: str, **given: Any) -> str:
        """The message of a refusal that has to be a 400 ValidationError."""
        refused = self.refusal(operation, **given)
        assert (refused.code, refused.status) == ("ValidationError", 400), refused
        return refused.message

    def who(self, name: Any) -> Any:
        return self.sim.resolve(name) if isinstance(name, str) else name

    def assume(self, name: str, *, by: Any = "alice", session: str = "demo", **params: Any) -> dict[str, Any]:
        """AssumeRole of a role of the main account by its name."""
        arn = name if name.startswith("arn:") else role_arn(name)
        return self.call("AssumeRole", by=by, RoleArn=arn, RoleSessionName=session, **params)

    def session(self, response: Mapping[str, Any]) -> Session:
        """The session that a response's credentials belong to."""
        return self.sim.world.sessions[response["Credentials"]["AccessKeyId"]]

    def key(self, response: Mapping[str, Any]) -> str:
        """The access key id in a response, by which its session calls."""
        return str(response["Credentials"]["AccessKeyId"])

    def mfa_code(self, serial: str = ALICE_MFA) -> str:
        code = next_code(serial, self.now, self.sim.world.spent_mfa_steps(serial))
        assert code is not None
        return code

    def may(self, action: str, resource: str = "*", *, by: Any, **context: Any) -> bool:
        """Whether a plain request is allowed."""
        try:
            self.sim.request(action, resource, caller=self.who(by), context=context)
        except AwsError:
            return False
        return True


def clause(value: str, at: str, constraint: str) -> str:
    """AWS's clause for one violation."""
    return f"Value '{value}' at '{at}' failed to satisfy constraint: {constraint}"


def one_violation(value: str, at: str, constraint: str) -> str:
    """AWS's sentence for one violation."""
    return f"1 validation error detected: {clause(value, at, constraint)}"


def seconds_of(desk: Desk, response: Mapping[str, Any]) -> int:
    """How long credentials live from now."""
    expiration = datetime.fromisoformat(response["Credentials"]["Expiration"])
    return int((expiration - desk.now).total_seconds())
