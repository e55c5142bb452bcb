"""Small random worlds for the reach analysis: two accounts, a few users and roles, policies of every kind."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

FIRST, SECOND, OUTSIDE, MANAGEMENT = "111122223333", "444455556666", "999988887777", "777788889999"
ALL = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ALL_OF_STS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]}
ROLES = [(FIRST, "app"), (FIRST, "ops"), (FIRST, "audit"), (SECOND, "app"), (SECOND, "deploy")]
USERS = [(FIRST, "ann"), (FIRST, "bea"), (SECOND, "cai")]
ROLE_ARNS = [f"arn:aws:iam::{account}:role/{name}" for account, name in ROLES]
USER_ARNS = [f"arn:aws:iam::{account}:user/{name}" for account, name in USERS]

RESOURCES = st.sampled_from(
    [
        "*", *ROLE_ARNS, f"arn:aws:iam::{FIRST}:role/a*", "arn:aws:iam::*:role/app",
        "arn:aws:iam::*:role/?ps",
        f"arn:aws:iam::{SECOND}:*", f"arn:aws:iam::{FIRST}:role/${{aws:username}}", "arn:aws:s3:::data/*",
    ]
)  # fmt: skip
ACTIONS = st.sampled_from(
    [
        "sts:AssumeRole",
        "sts:assumerole",
        "sts:*",
        "*",
        "sts:Assume*",
        "sts:A?sumeRole",
        "s3:*",
        "sts:TagSession",
    ]
)
CONDITIONS = st.sampled_from(
    [
        {"StringEquals": {"sts:ExternalId": "acme-7"}},
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}},
        {"ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{FIRST}:*/a*"}},
        {"StringEquals": {"aws:PrincipalAccount": FIRST}},
        {"StringEquals": {"aws:RequestTag/team": "red"}},
        {"StringLike": {"sts:SourceIdentity": "a*"}},
        {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}},
        {"StringEquals": {"aws:ResourceTag/kind": "open"}},
        {"StringNotEquals": {"aws:username": "ann"}},
    ]
)
PRINCIPALS = st.lists(
    st.sampled_from(
        [
            "*",
            *USER_ARNS,
            *ROLE_ARNS,
            f"arn:aws:iam::{FIRST}:root",
            SECOND,
            f"arn:aws:iam::{OUTSIDE}:root",
        ]
    ),
    min_size=1,
    max_size=3,
    unique=True,
).map(lambda names: {"AWS": names})
TRUST_ACTIONS = st.sampled_from(
    [
        ["sts:AssumeRole"],
        ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        ["sts:*"],
        ["sts:TagSession"],
    ]
)


@st.composite
def statements(draw: st.DrawFn, *, trust: bool = False, effects: str = "AAAD") -> dict[str, Any]:
    """One statement, mostly an Allow, of an identity-based or a trust policy."""
    effect = {"A": "Allow", "D": "Deny"}[draw(st.sampled_from(effects))]
    statement: dict[str, Any] = {"Effect": effect}
    if trust:
        statement |= {"Principal": draw(PRINCIPALS), "Action": draw(TRUST_ACTIONS)}
    else:
        statement |= {"Action": draw(ACTIONS), "Resource": draw(RESOURCES)}
    if draw(st.integers(0, 3)) == 0:
        statement["Condition"] = draw(CONDITIONS)
    return statement


def documents(
    *, trust: bool = False, effects: str = "AAAD", most: int = 2
) -> st.SearchStrategy[dict[str, Any]]:
    """Policies of one to `most` statements."""
    found = st.lists(statements(trust=trust, effects=effects), min_size=1, max_size=most)
    return found.map(lambda each: {"Version": "2012-10-17", "Statement": each})


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    """An account model as JSON."""
    shared = [draw(documents()), ALL_OF_STS]
    policies = st.one_of(st.sampled_from(shared), documents())

    def entity(kind: str, account: str, name: str) -> dict[str, Any]:
        inline = draw(st.lists(policies, max_size=2))
        key = f"{kind}PolicyList"
        found: dict[str, Any] = {
            f"{kind}Name": name,
            key: [{"PolicyName": f"p{n}", "PolicyDocument": each} for n, each in enumerate(inline)],
        }
        if draw(st.integers(0, 5)) == 0:
            found["PermissionsBoundary"] = {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": f"arn:aws:iam::{account}:policy/edge",
            }
        if kind == "User" and draw(st.booleans()):
            found["MFADevices"] = [{"SerialNumber": f"arn:aws:iam::{account}:mfa/{name}"}]
        if kind == "Role":
            found["AssumeRolePolicyDocument"] = draw(documents(trust=True))
            if draw(st.booleans()):
                found["Tags"] = [{"Key": "kind", "Value": "open"}]
        return found

    accounts = [
        {
            "AccountId": account,
            "UserDetailList": [entity("User", a, name) for a, name in USERS if a == account],
            "RoleDetailList": [entity("Role", a, name) for a, name in ROLES if a == account],
            "Policies": [
                {
                    "PolicyName": "edge",
                    "PolicyVersionList": [
                        {
                            "VersionId": "v1",
                            "IsDefaultVersion": True,
                            "Document": draw(documents(effects="AAAA")),
                        }
                    ],
                }
            ],
        }
        for account in (FIRST, SECOND)
    ]
    accounts.append({"AccountId": MANAGEMENT})
    model: dict[str, Any] = {"StartTime": "2026-01-15T09:00:00Z", "Accounts": accounts}
    if draw(st.integers(0, 2)) == 0:
        model["Organization"] = {
            "Id": "o-exampleorgid",
            "ManagementAccountId": MANAGEMENT,
            "Root": {
                "Name": "Root",
                "ServiceControlPolicies": [
                    {"Name": "Full", "Document": ALL},
                    {"Name": "Guard", "Document": draw(documents(effects="D"))},
                ],
                "Accounts": [MANAGEMENT, *draw(st.sampled_from([[FIRST], [FIRST, SECOND]]))],
            },
        }  # fmt: skip
        if draw(st.booleans()):
            statement = draw(statements(effects="D"))
            action = draw(st.sampled_from(["sts:AssumeRole", "sts:*"]))
            guard = {**statement, "Action": action, "Resource": "*", "Principal": "*"}
            model["Organization"]["Root"]["ResourceControlPolicies"] = [
                {"Name": "Edge", "Document": {"Version": "2012-10-17", "Statement": [guard]}}
            ]
    return model
