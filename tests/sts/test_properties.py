"""What no combination of parameters, callers and moments may break.

Nothing crashes; nothing issued outlives its caps; nothing gains permissions by chaining.
"""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.identity_providers.oidc import issue_oidc
from sts_tui.identity_providers.saml import issue_saml
from sts_tui.simulation import AwsError
from sts_tui.sts import OPERATIONS
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS
from sts_tui.sts.operations.decode_authorization_message import encode_authorization_message
from tests.accounts.organization import ALICE_MFA, GITHUB_ARN, SSO_ARN, Desk
from tests.accounts.policies import MAIN, OTHER, allow, policy, role_arn
from tests.support.examples import examples

ROLES = (
    "App",
    "Long",
    "Plain",
    "Named",
    "Deep",
    "DeepPlain",
    "External",
    "Mfa",
    "Identified",
    "Build",
    "Nobody",
)
CALLERS = (
    "alice",
    "bob",
    "broker",
    "narrow",
    f"root@{MAIN}",
    "anonymous",
    "operator",
    "service:ec2.amazonaws.com",
)
EVERYTHING = json.dumps(policy(allow("*")))

text = st.sampled_from(["", "a", "ab", "acme-7731", "alice", "a b", "é", "x" * 65]) | st.text(max_size=5)
number = st.sampled_from(
    [0, 1, 60, 899, 900, 3600, 3601, 7200, 7201, 43_200, 129_600, -1, "900", "x", 900.5, None]
)
tags = st.lists(st.fixed_dictionaries({"Key": text, "Value": text}), max_size=3)
role_arns = st.sampled_from([role_arn(name) for name in ROLES] + [role_arn("Cross", OTHER), "x" * 20])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "RoleArn": role_arns,
    "RoleSessionName": st.sampled_from(["demo", "i-0ab12cd34ef567890", "a", "a:b"]),
    "PolicyArns": st.lists(
        st.fixed_dictionaries({"arn": st.sampled_from([f"arn:aws:iam::{MAIN}:policy/ReadOnly", "x" * 20])})
    ),
    "Policy": st.sampled_from([EVERYTHING, "{}", "", "{", "[]"]) | text,
    "DurationSeconds": number,
    "Tags": tags,
    "TransitiveTagKeys": st.lists(text, max_size=2),
    "SerialNumber": st.sampled_from([ALICE_MFA, "x" * 9]),
    "PrincipalArn": st.sampled_from([SSO_ARN, GITHUB_ARN, "x" * 20]),
    "MinimumSessionTokenSize": number,
    "TargetPrincipal": st.sampled_from([OTHER, MAIN, "x" * 12]),
    "TaskPolicyArn": st.fixed_dictionaries({}, optional={"arn": text}),
    "Audience": st.lists(text, max_size=2),
    "SigningAlgorithm": st.sampled_from(["RS256", "ES384", "HS256"]),
    "Scope": st.sampled_from(["read", "read read", "a b"]),
    "SubjectMode": st.sampled_from(["AWSIdentity", "OriginIdentity", "x"]),
    "ScopedSessionDescription": text,
    "ProvidedContexts": st.lists(st.fixed_dictionaries({"ContextAssertion": text}), max_size=1),
}
NAMES = sorted(
    {"Name", "ExternalId", "SourceIdentity", "TokenCode", "WebIdentityToken", "SAMLAssertion", "ProviderId"}
    | {"AccessKeyId", "EncodedMessage", "TradeInToken"}
    | set(VALUES)
)

SHARED = Desk()
ROLE_SESSION = SHARED.key(SHARED.assume("App", SourceIdentity="alice"))
USER_SESSION = SHARED.key(SHARED.call("GetSessionToken"))
FEDERATED = SHARED.key(SHARED.call("GetFederationToken", Name="fred", Policy=EVERYTHING))

DIRECTORIES = SHARED.sim.world.identity_providers
TOKEN = issue_oidc(DIRECTORIES["github"], DIRECTORIES["github"].users[0], now=SHARED.now)
ASSERTION = issue_saml(DIRECTORIES["sso"], DIRECTORIES["sso"].users[0], now=SHARED.now)

callers = st.sampled_from([*CALLERS, ROLE_SESSION, USER_SESSION, FEDERATED])
parameters = st.lists(st.sampled_from(NAMES), max_size=8, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: VALUES.get(name, text) for name in names})
)
usual = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


GOOD: dict[str, dict[str, Any]] = {
    "sts:AssumeRole": {"RoleArn": role_arn("App"), "RoleSessionName": "demo"},
    "sts:AssumeRoleWithSAML": {
        "RoleArn": role_arn("Staff"),
        "PrincipalArn": SSO_ARN,
        "SAMLAssertion": ASSERTION,
    },
    "sts:AssumeRoleWithWebIdentity": {
        "RoleArn": role_arn("Build"),
        "RoleSessionName": "demo",
        "WebIdentityToken": TOKEN,
    },
    "sts:AssumeRoot": {
        "TargetPrincipal": OTHER,
        "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"},
    },
    "sts:DecodeAuthorizationMessage": {"EncodedMessage": encode_authorization_message("{}")},
    "sts:GetAccessKeyInfo": {"AccessKeyId": "ASIAY34FZKBOKMUTVV7A"},
    "sts:GetCallerIdentity": {},
    "sts:GetDelegatedAccessToken": {"TradeInToken": "x"},
    "sts:GetFederationToken": {"Name": "fred"},
    "sts:GetScopedCredentials": {"DurationSeconds": 900},
    "sts:GetSessionToken": {},
    "sts:GetWebIdentityToken": {"Audience": ["a"], "SigningAlgorithm": "RS256"},
}
"""Parameters with which alice's calls succeed, except a delegated token and scoped credentials."""


def attempt(operation: str, by: Any, params: dict[str, Any], region: str = "us-east-1") -> str:
    """The code of the answer; nothing changes."""
    try:
        SHARED.sim.preview(operation, params, caller=SHARED.who(by), region=region)
    except AwsError as refused:
        return refused.code
    return "200"


def test_good_parameters_are_good() -> None:
    codes = {operation: attempt(operation, "alice", params) for operation, params in GOOD.items()}
    assert codes.pop("sts:GetDelegatedAccessToken") == "ExpiredTradeInTokenException"
    assert codes.pop("sts:GetScopedCredentials") == "InvalidSubjectCredentials", "it needs a session"
    assert set(codes.values()) == {"200"}, codes


regions = st.sampled_from(["us-east-1", "us-east-1", "aws-global", "af-south-1", ""])


@settings(usual, max_examples=examples(300))
@given(
    operation=st.sampled_from(sorted(OPERATIONS)),
    by=callers,
    params=parameters,
    starts_good=st.booleans(),
    region=regions,
)
def test_no_combination_crashes(
    operation: str, by: str, params: dict[str, Any], starts_good: bool, region: str
) -> None:
    code = attempt(operation, by, {**GOOD[operation], **params} if starts_good else params, region)
    assert code.isalnum()


@usual
@given(
    name=st.sampled_from(ROLES),
    by=callers,
    seconds=st.integers(0, 50_000) | st.none(),
    extra=st.sampled_from(
        [{}, {"ExternalId": "acme-7731"}, {"SourceIdentity": "alice"}, {"Policy": EVERYTHING}]
    ),
)
def test_no_role_session_outlives_its_caps(
    name: str, by: str, seconds: int | None, extra: dict[str, Any]
) -> None:
    desk = SHARED
    try:
        response = desk.assume(name, by=by, DurationSeconds=seconds, **extra)
    except AwsError:
        return
    session = desk.session(response)
    lifetime = (session.expires_at - session.issued_at).total_seconds()
    row = OPERATION_ROWS["AssumeRole"]
    assert 900 <= lifetime <= (row.longest_seconds or 0)
    role = desk.sim.world.configuration.roles[role_arn(name)]
    if not by.startswith("service:"):
        assert lifetime <= role.max_session_seconds
    assert session.is_chained == by.startswith("ASIA")
    if session.is_chained:
        assert lifetime <= 3600


@usual
@given(
    operation=st.sampled_from(["GetSessionToken", "GetFederationToken"]),
    by=callers,
    seconds=st.integers(0, 140_000),
)
def test_no_users_session_outlives_its_caps(operation: str, by: str, seconds: int) -> None:
    params = {"DurationSeconds": seconds} | ({"Name": "fred"} if operation == "GetFederationToken" else {})
    try:
        session = SHARED.session(SHARED.call(operation, by=by, **params))
    except AwsError:
        return
    lifetime = (session.expires_at - session.issued_at).total_seconds()
    assert lifetime == (min(seconds, 3600) if by.startswith("root@") else seconds)
    assert 900 <= lifetime <= 129_600


@usual
@given(
    hops=st.lists(st.sampled_from(["App", "Long", "Deep", "DeepPlain"]), min_size=1, max_size=4),
    limited=st.booleans(),
)
def test_chaining_gains_nothing_but_the_last_roles_permissions(hops: list[str], limited: bool) -> None:
    """Whatever the way, a session may do what its own role may, and no more; source identity and transitive
    tags stay what they were.
    """
    desk = Desk()
    first = {
        "SourceIdentity": "alice",
        "Tags": [{"Key": "Heart", "Value": "1"}],
        "TransitiveTagKeys": ["Heart"],
    }
    if limited:
        first["Policy"] = EVERYTHING
    key = desk.key(desk.assume("App", **first))
    for name in hops:
        from_app = desk.sim.world.sessions[key].role_name == "App"
        if name == "DeepPlain" or (name == "Deep" and not from_app):
            assert desk.denied("AssumeRole", by=key, RoleArn=role_arn(name), RoleSessionName="demo")
            return
        response = desk.assume(name, by=key)
        session = desk.session(response)
        assert session.source_identity == "alice"
        assert dict(session.tags) == {"Heart": "1"}
        assert not session.has_session_policy
        assert not desk.may("ec2:RunInstances", by=desk.key(response))
        key = desk.key(response)


POLICIES = (
    policy(allow("*")),
    policy(allow(["s3:*", "sts:*"])),
    policy(allow(["s3:GetObject", "sts:GetScopedCredentials"])),
    policy(allow(["s3:*", "sts:*"]), {"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"}),
)
ACTIONS = ("s3:GetObject", "s3:PutObject", "sqs:SendMessage", "sts:GetScopedCredentials")
steps = st.lists(
    st.fixed_dictionaries(
        {}, optional={"Policy": st.sampled_from(POLICIES), "DurationSeconds": st.integers(1, 4000)}
    ),
    min_size=1,
    max_size=6,
)


@usual
@given(first=st.sampled_from(["role", "user", "federated"]), calls=steps)
def test_scoped_session_never_has_more_than_its_parent_nor_outlives_it(
    first: str, calls: list[dict[str, Any]]
) -> None:
    desk = Desk()
    key = {
        "role": lambda: desk.key(desk.assume("App", Tags=[{"Key": "team", "Value": "a"}])),
        "user": lambda: desk.key(desk.call("GetSessionToken", DurationSeconds=3600)),
        "federated": lambda: desk.key(desk.call("GetFederationToken", Name="fred", Policy=EVERYTHING)),
    }[first]()
    for given_ in calls:
        parent = desk.sim.world.sessions[key]
        try:
            answer = desk.call("GetScopedCredentials", by=key, **given_)
        except AwsError:
            continue
        child = desk.session(answer)
        assert child.expires_at <= parent.expires_at
        assert len(child.scope_down_policies) == answer["ScopedPoliciesCount"] <= 3
        assert (child.arn, child.user_id, child.tags) == (parent.arn, parent.user_id, parent.tags)
        allowed = {
            who: {action for action in ACTIONS if desk.may(action, "arn:aws:s3:::data/x", by=who)}
            for who in (key, desk.key(answer))
        }
        assert allowed[desk.key(answer)] <= allowed[key]
        key = desk.key(answer)
