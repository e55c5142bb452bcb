"""A small organization for the tests of STS, and calls through the real simulation. Its management account is
`MAIN`, which SCPs do not reach; `OTHER` is a member, `OUTSIDER` is not.

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
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, OTHER, allow, allows, policy, role_arn, trust, user_arn

OUTSIDER = "777788889999"
ALICE_MFA = f"arn:aws:iam::{MAIN}:mfa/alice"
GITHUB = "token.actions.githubusercontent.com"
GITHUB_ARN = f"arn:aws:iam::{MAIN}:oidc-provider/{GITHUB}"
SSO_ARN = f"arn:aws:iam::{MAIN}:saml-provider/sso"
START = "2026-01-15T09:00:00Z"


def working_role(
    name: str, *statements: Mapping[str, Any], may: Any = ("sts:*", "s3:*"), **more: Any
) -> dict[str, Any]:
    """A role with these statements in its trust policy that may call the actions `may`."""
    own = [("work", allows(list(may)))] if may else []
    return role(name, policy(*statements), *own, **more)


def working_user(name: str, *actions: str, **more: Any) -> dict[str, Any]:
    """A user who may call these actions."""
    return user(name, *([("own", allows(list(actions)))] if actions else []), **more)


ALL_THREE = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
ACCOUNT = f"arn:aws:iam::{MAIN}:root"

ROLES = [
    working_role(
        "App", trust(ACCOUNT, *ALL_THREE), MaxSessionDuration=7200, Tags=[{"Key": "Heart", "Value": "9"}]
    ),
    working_role("Long", trust(ACCOUNT, *ALL_THREE), MaxSessionDuration=43_200),
    working_role("Plain", trust(ACCOUNT)),
    working_role("Named", trust(user_arn("bob"))),
    working_role("Pathed", trust(ACCOUNT), Path="/team/", may=()),
    working_role("Deep", trust(role_arn("App"), *ALL_THREE), Tags=[{"Key": "Heart", "Value": "9"}]),
    working_role("DeepPlain", trust(role_arn("App"))),
    working_role("External", trust(ACCOUNT, Condition={"StringEquals": {"sts:ExternalId": "acme-7731"}})),
    working_role("Mfa", trust(ACCOUNT, Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})),
    working_role(
        "Identified", trust(ACCOUNT, *ALL_THREE, Condition={"StringLike": {"sts:SourceIdentity": "ali*"}})
    ),
    working_role("Service", trust({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]})),
    working_role(
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
    working_role(
        "Staff",
        trust({"Federated": SSO_ARN}, "sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"),
        MaxSessionDuration=7200,
    ),
    working_role("StaffPlain", trust({"Federated": SSO_ARN}, "sts:AssumeRoleWithSAML")),
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
                working_user("alice", "sts:*", "s3:*", "iam:*", MFADevices=[{"SerialNumber": ALICE_MFA}]),
                working_user("bob"),
                working_user(
                    "broker", "sts:GetFederationToken", "s3:GetObject", Tags=[{"Key": "team", "Value": "a"}]
                ),
                working_user("narrow", "sts:AssumeRole"),
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
                            "Document": policy(allow(["s3:GetObject", "sts:AssumeRole"])),
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
            "UserDetailList": [working_user("olga", "sts:*")],
            "RoleDetailList": [working_role("Cross", trust(ACCOUNT, *ALL_THREE))],
        },
        {"AccountId": OUTSIDER, "Name": "outsider", "UserDetailList": [working_user("otto", "sts:*")]},
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
