"""Hypothesis strategies for callers, requests and policies of every layer.

The vocabulary is small on purpose: patterns that never meet their request test nothing.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sts_tui.account.policies.condition_operators import CONDITION_OPERATORS, OperatorFamily
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.iam.provenance import PolicyType
from tests.iam.naive_evaluator import NaivePolicies, NaiveRequest

HOME, AWAY = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HOME}:user/alice"
ROLE = f"arn:aws:iam::{HOME}:role/team/app"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/app/job-1"
FEDERATED_USER = f"arn:aws:sts::{HOME}:federated-user/bob"
ROOT = f"arn:aws:iam::{HOME}:root"
SERVICE = "lambda.amazonaws.com"
PROVIDER = f"arn:aws:iam::{HOME}:saml-provider/acme"
USER_ID, ROLE_ID = "AIDAEXAMPLEEXAMPLEEXA", "AROAEXAMPLEEXAMPLEEXA"

SIGNED_CALLERS = (
    Caller(kind=CallerKind.USER, arn=USER, account=HOME, unique_id=USER_ID),
    Caller(kind=CallerKind.USER_SESSION, arn=USER, account=HOME, unique_id=USER_ID),
    Caller(kind=CallerKind.USER_SESSION, arn=USER, account=HOME, unique_id=USER_ID, has_mfa=True),
    Caller(kind=CallerKind.ROLE_SESSION, arn=SESSION, account=HOME, issuer_arn=ROLE, unique_id=ROLE_ID),
    Caller(
        kind=CallerKind.ROLE_SESSION,
        arn=f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForECS/ecs",
        account=HOME,
        issuer_arn=f"arn:aws:iam::{HOME}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        is_service_linked=True,
    ),
    Caller(kind=CallerKind.FEDERATED_USER, arn=FEDERATED_USER, account=HOME, issuer_arn=USER),
    Caller(kind=CallerKind.FEDERATED_USER, arn=FEDERATED_USER, account=HOME, issuer_arn=ROOT),
    Caller(kind=CallerKind.ROOT, arn=ROOT, account=HOME),
    Caller(kind=CallerKind.ROOT_SESSION, arn=ROOT, account=HOME),
)
OUTSIDE_CALLERS = (
    Caller(kind=CallerKind.SERVICE, arn=SERVICE),
    Caller(kind=CallerKind.ANONYMOUS),
)
FEDERATED_CALLER = Caller(kind=CallerKind.FEDERATED, arn=PROVIDER, account=HOME)

OBJECT = "arn:aws:s3:::data/key"
QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:jobs"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234"
DEPLOY = f"arn:aws:iam::{HOME}:role/Deploy"

ANYBODY_ASKS = (
    ("s3:GetObject", OBJECT),
    ("s3:GetObject", "arn:aws:s3:::data/*"),
    ("s3:PutBucketPolicy", "arn:aws:s3:::data"),
    ("sqs:SendMessage", QUEUE),
    ("kms:Decrypt", KEY),
    ("s3:ListAllMyBuckets", "*"),
)
SIGNED_ASK = (
    *ANYBODY_ASKS * 3,
    *(("sts:AssumeRole", DEPLOY),) * 3,
    ("sts:AssumeRole", DEPLOY),
    ("sts:TagSession", DEPLOY),
    ("iam:ListUsers", "*"),
    ("sts:GetCallerIdentity", "*"),
    ("sts:GetSessionToken", "*"),
    ("sts:GetFederationToken", FEDERATED_USER),
    ("sts:DecodeAuthorizationMessage", "*"),
)

ACTIONS = st.sampled_from(
    ["*"] * 8
    + [
        "s3:*",
        "s3:*",
        "s3:Get*",
        "S3:getobject",
        "s3:?etObject",
        "sqs:*",
        "sts:*",
        "sts:AssumeRole*",
        "kms:*",
    ]
    + ["sts:TagSession", "iam:*", "sts:Get*"]
)
TRUST_ACTIONS = st.sampled_from(
    ["sts:AssumeRole"] * 3
    + ["sts:AssumeRole*", "sts:*", "sts:TagSession", "sts:AssumeRoleWithSAML", "STS:assumerole"]
)
PREFIXED_ACTIONS = ACTIONS.filter(lambda action: ":" in action)
INCOMPLETE = ["arn:aws:sqs", "arn:aws:kms:eu-west-1", "arn:aws:sqs:*:jobs", "arn:aws:sqs:e*1:jobs"]
"""IAM completes them with wildcards; other services and STS refuse them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
"""
COMPLETE = ["*"] * 10 + [
    OBJECT,
    "arn:aws:s3:::data",
    "arn:aws:s3:::data/*",
    "arn:aws:s3:::d?ta/k*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::data/${*}",
    "arn:aws:s3:::data/${aws:PrincipalTag/team}",
    "arn:aws:s3:::data/${aws:PrincipalTag/team, 'key'}*",
    "arn:aws:s3:::${aws:TagKeys}/*",
    f"arn:aws:sqs:*:{HOME}:jobs",
    "arn:aws:sqs:eu-west-1:*:j*s",
    "arn:aws:sqs:eu-*:jobs:*",
    "arn:aws:sqs:*-1:*:*s",
    "arn:aws:sqs:eu-west-?:*:j?bs",
    "arn:aws:kms:*:key/1:*",
    "arn:aws:kms:*:1*:*4",
    "arn:aws:kms:eu-w*-?:*3:key/?2*",
    "arn:*:kms:eu-*-1:*:key/*",
    "arn:aws:iam::*:role/*",
    FEDERATED_USER,
    "arn:aws:s3:::",
    "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:jobs",
    "arn:aws:s3:::data/${aws:username}",
]
PRINCIPALS = (
    *(USER, ROLE, SESSION, FEDERATED_USER, ROOT, HOME, AWAY, USER_ID, ROLE_ID),
    *(f"arn:aws:iam::{AWAY}:root", f"arn:aws:iam::{HOME}:role/app", f"arn:aws:iam::{HOME}:user/bob"),
)


def one_or_more(values: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """With and without the brackets that JSON policies may leave out."""
    return values | st.lists(values, min_size=1, max_size=3)


# --- conditions ---


def operators_of(family: OperatorFamily) -> tuple[str, ...]:
    return tuple(row.name for row in CONDITION_OPERATORS if row.family is family)


TEXTS = ["red", "Red", "key", "blue", "", "r*", "*"]
FAMILIES: tuple[tuple[tuple[str, ...], tuple[str, ...], list[str], list[str]], ...] = (
    # operators, keys, operands of the policy, values of the request
    (
        operators_of(OperatorFamily.STRING),
        ("aws:PrincipalTag/team", "aws:TagKeys", "AWS:tagkeys"),
        [
            *TEXTS,
            "r?d",
            "?ed",
            "${aws:PrincipalTag/team}",
            "${aws:PrincipalTag/site, 'red'}",
            "${*}",
            "r${*}",
        ],
        TEXTS,
    ),
    (
        operators_of(OperatorFamily.NUMERIC),
        ("s3:max-keys",),
        ["1", "10", "-2", "2.5", "1e1", "010"],
        ["1", "10", "+10", "2.50", "-2", "ten", "NaN", "0x1"],
    ),
    (
        operators_of(OperatorFamily.DATE),
        ("aws:TokenIssueTime",),
        ["2026-01-15T09:00:00Z", "2026-01-15T10:00:00.001+01:00", "2026-01-15", "1768467600"],
        ["2026-01-15T09:00:00Z", "2026-01-15T09:00:00.001Z", "2026-01-15T00:00:00Z", "1768467600", "soon"],
    ),
    (("Bool",), ("aws:SecureTransport",), ["true", "false", "TRUE"], ["true", "false", "True", "maybe"]),
    (
        operators_of(OperatorFamily.IP_ADDRESS),
        ("aws:SourceIp",),
        ["10.0.0.0/8", "10.1.2.3", "10.9.9.9/16", "2001:db8::/32", "0.0.0.0/0"],
        ["10.1.2.3", "10.9.1.1", "2001:db8::1", "::ffff:10.1.2.3", "192.0.2.1", "nowhere"],
    ),
    (
        operators_of(OperatorFamily.ARN),
        ("aws:SourceArn", "aws:PrincipalArn"),
        [
            "arn:aws:sns:*:*:orders",
            "arn:aws:sns:*:orders:",
            "arn:aws:*:*:*:o*",
            "arn:aws:iam::*:role/*",
            USER,
        ],
        ["arn:aws:sns:us-east-1:111122223333:orders", "arn:aws:sqs:us-east-1:111122223333:o:x", "orders"],
    ),
    (
        ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
        ("sts:RoleSessionName", "aws:userid", "aws:PrincipalAccount", "aws:PrincipalType", "aws:username"),
        [
            *(HOME, AWAY, "anonymous", "Anonymous", "AssumedRole", "User", "Account", "alice", "*:*"),
            *(f"{ROLE_ID}:*", f"{HOME}:bob", "${aws:username}", "${aws:userid, 'none'}"),
        ],
        ["alice", "job-1", HOME],
    ),
    (("Bool",), ("aws:ViaAWSService", "aws:PrincipalIsAWSService"), ["true", "false"], ["true", "false"]),
    (("BinaryEquals",), ("ec2:Fingerprint",), ["QmluYXJ5", "AAAA"], ["QmluYXJ5", "AAAB"]),
)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2]))):
        if draw(st.integers(0, 9)) == 0:
            key = draw(st.sampled_from(["aws:SourceIp", "aws:TagKeys", "aws:PrincipalTag/team"]))
            block.setdefault("Null", {})[key] = draw(st.sampled_from(["true", "false", True]))
            continue
        operators, keys, operands, _values = draw(st.sampled_from(FAMILIES))
        prefix = draw(st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:"]))
        suffix = draw(st.sampled_from(["", "", "IfExists"]))
        operator = prefix + draw(st.sampled_from(operators)) + suffix
        block.setdefault(operator, {})[draw(st.sampled_from(keys))] = draw(
            one_or_more(st.sampled_from(operands))
        )
    return block


@st.composite
def contexts(draw: st.DrawFn) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for _operators, keys, _operands, values in FAMILIES:
        key = keys[0]
        given = draw(st.sampled_from(["absent", "one", "one", "several"]))
        if given == "one":
            context[key] = draw(st.sampled_from(values))
        if given == "several":
            context[key] = draw(st.lists(st.sampled_from(values), max_size=3))
    if draw(st.booleans()):
        context["aws:TagKeys"] = draw(st.lists(st.sampled_from(["red", "blue", "key"]), max_size=3))
    return context


# --- documents ---


@st.composite
def named_principals(draw: st.DrawFn, kind: PolicyType) -> Any:
    if draw(st.integers(0, 2)) == 0:
        everyone: list[Any] = [{"AWS": "*"}] if kind is PolicyType.TRUST else ["*", {"AWS": "*"}]
        return draw(st.sampled_from(everyone))
    named: dict[str, Any] = {"AWS": draw(one_or_more(st.sampled_from(PRINCIPALS)))}
    if draw(st.booleans()):
        named["Service"] = draw(st.sampled_from([SERVICE, "ec2.amazonaws.com"]))
    if draw(st.booleans()):
        named["Federated"] = draw(st.sampled_from([PROVIDER, "accounts.google.com"]))
    return named


WITH_PRINCIPAL = (PolicyType.RESOURCE, PolicyType.TRUST, PolicyType.ENDPOINT)
IN_IAM = (PolicyType.IDENTITY, PolicyType.BOUNDARY)


@st.composite
def statements(draw: st.DrawFn, kind: PolicyType = PolicyType.IDENTITY) -> dict[str, Any]:
    """One that a policy of this kind may hold."""
    effects = "D" if kind is PolicyType.RCP else "AAD"
    statement: dict[str, Any] = {"Effect": "Deny" if draw(st.sampled_from(effects)) == "D" else "Allow"}
    if kind in WITH_PRINCIPAL:
        excepts = kind is not PolicyType.TRUST and draw(st.integers(0, 5)) == 0
        listed = st.lists(st.sampled_from(PRINCIPALS), min_size=1, max_size=5)
        statement |= (
            {"NotPrincipal": {"AWS": draw(listed)}}
            if excepts
            else {"Principal": draw(named_principals(kind))}
        )
    if kind is PolicyType.RCP:
        statement |= {"Principal": "*", "Action": draw(one_or_more(PREFIXED_ACTIONS))}
    else:
        actions = TRUST_ACTIONS if kind is PolicyType.TRUST else ACTIONS
        element = draw(st.sampled_from(["Action", "Action", "Action", "NotAction"]))
        statement[element] = draw(one_or_more(actions))
    if kind is not PolicyType.TRUST and (kind not in WITH_PRINCIPAL or draw(st.booleans())):
        element = draw(st.sampled_from(["Resource", "Resource", "Resource", "NotResource"]))
        resources = COMPLETE + INCOMPLETE if kind in IN_IAM else COMPLETE
        statement[element] = draw(one_or_more(st.sampled_from(resources)))
    if condition := draw(conditions()):
        statement["Condition"] = condition
    return statement


@st.composite
def documents(draw: st.DrawFn, kind: PolicyType = PolicyType.IDENTITY) -> dict[str, Any]:
    """A document that AWS would store as a policy of this kind."""
    document: dict[str, Any] = {}
    if version := draw(st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17", None])):
        document["Version"] = version
    some = st.lists(statements(kind), min_size=1, max_size=3)
    document["Statement"] = draw(some | statements(kind))
    return document


@st.composite
def policies(draw: st.DrawFn, *, of_a_role: bool) -> NaivePolicies:
    """`of_a_role`: the resource of the request is a role, and its policy a trust policy."""
    maybe = st.sampled_from([False] * 4 + [True])
    of_resource = documents(PolicyType.TRUST if of_a_role else PolicyType.RESOURCE)
    scps = st.lists(st.lists(documents(PolicyType.SCP), max_size=2), max_size=2)
    return NaivePolicies(
        identity=draw(st.lists(documents(), max_size=3)),
        session=draw(st.lists(documents(PolicyType.SESSION), max_size=2)) if draw(maybe) else None,
        boundary=draw(documents(PolicyType.BOUNDARY)) if draw(maybe) else None,
        resource=draw(of_resource) if draw(st.integers(0, 2)) else None,
        scps=draw(scps) if draw(maybe) else [],
        rcps=[[draw(documents(PolicyType.RCP))]] if draw(maybe) else [],
        endpoint=draw(documents(PolicyType.ENDPOINT)) if draw(maybe) else None,
        scope_downs=draw(st.lists(documents(PolicyType.SCOPE_DOWN), max_size=3)) if draw(maybe) else [],
    )


@st.composite
def requests(draw: st.DrawFn) -> NaiveRequest:
    kind = draw(st.sampled_from(["signed"] * 6 + ["outside", "federated"]))
    if kind == "signed":
        caller = draw(st.sampled_from(SIGNED_CALLERS))
        action, resource = draw(st.sampled_from(SIGNED_ASK))
    elif kind == "outside":
        caller = draw(st.sampled_from(OUTSIDE_CALLERS))
        action, resource = draw(st.sampled_from(ANYBODY_ASKS))
    else:
        caller, action, resource = FEDERATED_CALLER, "sts:AssumeRoleWithSAML", DEPLOY
    return NaiveRequest(
        caller=caller,
        action=action,
        resource=resource,
        resource_account=draw(st.sampled_from([HOME, HOME, HOME, AWAY])),
        context=draw(contexts()),
    )


@st.composite
def scenarios(draw: st.DrawFn) -> tuple[NaiveRequest, NaivePolicies]:
    """A request and the policies that it meets."""
    request = draw(requests())
    of_a_role = request.resource == DEPLOY and request.action.startswith("sts:")
    return request, draw(policies(of_a_role=of_a_role))
