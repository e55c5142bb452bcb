"""Loading, validating, writing and evaluating hold policy documents to one rule book.

Documents of each policy type are generated and broken in ways that AWS's documentation names. What AWS does
with each way is written down here, not read from the rules under test.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.account.policies.policy_grammar import (
    PolicyKind,
    check_policy,
    parse_policy,
    review_policy,
    stored_policy_errors,
)
from sts_tui.account.policies.rule_book import Force
from sts_tui.iam import Outcome, PolicySet, Request, evaluate
from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from tests.accounts.every_part import PROD, changed, errors, own_file, warnings
from tests.support.examples import examples

Document = dict[str, Any]
IDENTITY = frozenset(
    {
        PolicyKind.MANAGED,
        PolicyKind.USER_INLINE,
        PolicyKind.GROUP_INLINE,
        PolicyKind.ROLE_INLINE,
    }
)
GUARDRAILS = frozenset({PolicyKind.SCP, PolicyKind.RCP})
RESOURCE_BASED = frozenset({PolicyKind.TRUST, PolicyKind.RESOURCE})
KINDS = (*sorted(IDENTITY | GUARDRAILS | RESOURCE_BASED, key=lambda kind: kind.name), PolicyKind.SESSION)
WITH_RESOURCE = frozenset(KINDS) - {PolicyKind.TRUST}

GITHUB = f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"


class Way(NamedTuple):
    """One way to break a document. `force` by policy type; a type that is absent accepts it."""

    name: str
    apply: Callable[[Document], Document]
    force: dict[PolicyKind, Force]


def in_statement(**elements: Any) -> Callable[[Document], Document]:
    """Elements of the first statement replaced; `...` removes one."""

    def apply(value: Document) -> Document:
        statement = value["Statement"][0]
        for key, element in elements.items():
            if element is ...:
                statement.pop(key, None)
            else:
                statement[key] = element
        return value

    return apply


def renamed(old: str, new: str) -> Callable[[Document], Document]:
    return lambda value: {new if key == old else key: part for key, part in value.items()}


def refused(*kinds: PolicyKind) -> dict[PolicyKind, Force]:
    return dict.fromkeys(kinds or KINDS, Force.ALWAYS)


STATEMENT_WAYS = (
    Way("misspelled element", in_statement(Efect="Allow"), refused()),
    Way("no effect", in_statement(Effect=...), refused()),
    Way("effect in wrong case", in_statement(Effect="allow"), refused()),
    Way("no action", in_statement(Action=..., NotAction=...), refused()),
    Way("vendor with a wildcard", in_statement(Action="s*:Get"), refused()),
    Way("several colons", in_statement(Action=["a:b:c"]), refused()),
    Way("no vendor", in_statement(Action="GetObject"), refused()),
    Way("resource that is not an ARN", in_statement(Resource="box"), refused()),
    Way("wildcard in the service", in_statement(Resource="arn:aws:s*:::box"), refused()),
    Way("unknown partition", in_statement(Resource=["arn:awz:s3:::box"]), refused()),
    Way(
        "incomplete ARN",
        in_statement(Resource="arn:aws:bogus"),
        {
            **refused(*GUARDRAILS, *RESOURCE_BASED, PolicyKind.SESSION),
            **dict.fromkeys(IDENTITY, Force.ADVICE),
        },
    ),
    Way("unknown operator", in_statement(Condition={"StringEqual": {"aws:userid": "x"}}), refused()),
    Way(
        "condition key without prefix",
        in_statement(Condition={"StringEquals": {"userid": "x"}}),
        dict.fromkeys(KINDS, Force.ADVICE),
    ),
    Way("principal by name", in_statement(Principal={"AWS": "alice"}), refused()),
    Way(
        "principal with a wildcard",
        in_statement(Principal={"AWS": f"arn:aws:iam::{PROD}:role/*"}),
        refused(),
    ),
    Way(
        "principal that is a user",
        in_statement(Principal={"AWS": f"arn:aws:iam::{PROD}:user/alice"}),
        refused(*IDENTITY, *GUARDRAILS, PolicyKind.SESSION),
    ),
    Way("Sid that is not text", in_statement(Sid=5), refused()),
    Way(
        "shared provider without a test",
        in_statement(Principal={"Federated": GITHUB}, Action="sts:AssumeRoleWithWebIdentity", Condition=...),
        {
            **refused(*IDENTITY, *GUARDRAILS, PolicyKind.SESSION),
            PolicyKind.TRUST: Force.WRITING,
        },
    ),
)
DOCUMENT_WAYS = (
    Way("misspelled Statement", renamed("Statement", "Statements"), refused()),
    Way("lower-case statement", renamed("Statement", "statement"), refused()),
    Way("null Statement", lambda value: {**value, "Statement": None}, refused()),
    Way("text as Statement", lambda value: {**value, "Statement": "x"}, refused()),
    Way("no statements", lambda value: {**value, "Statement": []}, refused()),
    Way("bare statement", lambda value: dict(value["Statement"][0]), refused()),
    Way("unknown Version", lambda value: {**value, "Version": "2012-10-18"}, refused()),
    Way(
        "old Version",
        lambda value: {**value, "Version": "2008-10-17"},
        {PolicyKind.MANAGED: Force.WRITING},
    ),
    Way(
        "no Version",
        lambda value: {key: part for key, part in value.items() if key != "Version"},
        {PolicyKind.MANAGED: Force.WRITING},
    ),
    Way(
        "Id",
        lambda value: {**value, "Id": "x"},
        {**dict.fromkeys((*IDENTITY, PolicyKind.SESSION), Force.ADVICE), **refused(*GUARDRAILS)},
    ),
)


def well_formed(kind: PolicyKind) -> st.SearchStrategy[Document]:
    """Documents that AWS stores as policies of this type."""
    actions = {
        PolicyKind.TRUST: st.just(["sts:AssumeRole", "sts:TagSession"]),
        PolicyKind.RCP: st.sampled_from([["s3:*"], ["s3:GetObject", "kms:Decrypt"]]),
    }.get(kind, st.sampled_from(["*", ["s3:GetObject"], ["S3:Get*", "a-b.c:D"]]))
    elements: dict[str, st.SearchStrategy[Any]] = {
        "Effect": st.just("Deny") if kind is PolicyKind.RCP else st.sampled_from(["Allow", "Deny"]),
        "Action": actions,
    }
    if kind in WITH_RESOURCE:
        elements["Resource"] = st.sampled_from(["*", "arn:aws:s3:::box/*", ["arn:aws:iam::*:role/*"]])
    if kind in RESOURCE_BASED:
        principals: list[Any] = [{"AWS": PROD}, {"Service": ["ec2.amazonaws.com"]}]
        elements["Principal"] = st.sampled_from(principals)
    elif kind is PolicyKind.RCP:
        elements["Principal"] = st.just("*")
    conditions = [
        {},
        {"StringEquals": {"aws:userid": ["x", "y"]}},
        {"Bool": {"aws:SecureTransport": "false"}},
    ]
    optional = {"Sid": st.just(""), "Condition": st.sampled_from(conditions)}
    statements = st.lists(st.fixed_dictionaries(elements, optional=optional), min_size=1, max_size=3)
    return st.fixed_dictionaries({"Version": st.just("2012-10-17"), "Statement": statements})


@st.composite
def cases(
    draw: st.DrawFn, kinds: tuple[PolicyKind, ...] = KINDS
) -> tuple[PolicyKind, Document, Force | None]:
    """A policy type, a document broken in at most two ways, and the strongest rule that it breaks."""
    kind = draw(st.sampled_from(kinds))
    value = deepcopy(draw(well_formed(kind)))
    ways = [
        *draw(st.lists(st.sampled_from(STATEMENT_WAYS), max_size=1)),
        *draw(st.lists(st.sampled_from(DOCUMENT_WAYS), max_size=1)),
    ]
    forces = set()
    for way in ways:
        if way.name == "shared provider without a test" and kind is PolicyKind.TRUST:
            value["Statement"][0]["Effect"] = "Allow"
        value = way.apply(value)
        forces.add(way.force.get(kind))
    ranked = (Force.ALWAYS, Force.WRITING, Force.ADVICE)
    return kind, value, next((force for force in ranked if force in forces), None)


@settings(max_examples=examples(300), deadline=None)
@given(cases())
def test_a_document_is_refused_as_aws_documents_it(case: tuple[PolicyKind, Document, Force | None]) -> None:
    kind, value, force = case
    assert bool(stored_policy_errors(value, kind)) is (force is Force.ALWAYS)
    assert bool(check_policy(value, kind)) is (force in (Force.ALWAYS, Force.WRITING))
    assert bool(review_policy(value, kind)) is (force is not None)
    assert parse_policy(json.dumps(value), kind).errors == check_policy(value, kind)


EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
ROLE_SESSION = f"arn:aws:sts::{PROD}:assumed-role/App/session"


def decided(kind: PolicyKind, value: Document) -> Outcome:
    """What a request is answered with such a document among its policies."""
    policies = {
        PolicyKind.SESSION: PolicySet(identity=[EVERYTHING], session=[value]),
        PolicyKind.SCP: PolicySet(identity=[EVERYTHING], scps=[[value]]),
        PolicyKind.RCP: PolicySet(identity=[EVERYTHING], rcps=[[value]]),
        PolicyKind.RESOURCE: PolicySet(identity=[EVERYTHING], resource=value),
        PolicyKind.TRUST: PolicySet(identity=[EVERYTHING], resource=value),
    }.get(kind, PolicySet(identity=[value]))
    is_trust = kind is PolicyKind.TRUST
    request = Request(
        principal=ROLE_SESSION,
        action="sts:AssumeRole" if is_trust else "s3:GetObject",
        resource=f"arn:aws:iam::{PROD}:role/Other" if is_trust else "arn:aws:s3:::box/key",
        resource_account=PROD,
        context={"aws:SecureTransport": "true"},
    )
    return evaluate(request, policies).outcome


@settings(max_examples=examples(300), deadline=None)
@given(cases())
def test_evaluation_does_not_decide_by_a_document_that_cannot_exist(
    case: tuple[PolicyKind, Document, Force | None],
) -> None:
    kind, value, force = case
    assert (decided(kind, value) is Outcome.UNDECIDED) is (force is Force.ALWAYS)


PLACES = {
    PolicyKind.MANAGED: "Accounts.0.Policies.0.PolicyVersionList.0.Document",
    PolicyKind.USER_INLINE: "Accounts.0.UserDetailList.1.UserPolicyList.0.PolicyDocument",
    PolicyKind.GROUP_INLINE: "Accounts.0.GroupDetailList.0.GroupPolicyList.0.PolicyDocument",
    PolicyKind.ROLE_INLINE: "Accounts.0.RoleDetailList.0.RolePolicyList.0.PolicyDocument",
    PolicyKind.TRUST: "Accounts.0.RoleDetailList.1.AssumeRolePolicyDocument",
    PolicyKind.RESOURCE: "Accounts.0.Resources.0.Policy",
    PolicyKind.SCP: "Organization.Root.OrganizationalUnits.0.ServiceControlPolicies.0.Document",
    PolicyKind.RCP: "Organization.Root.ResourceControlPolicies.0.Document",
}


@settings(max_examples=examples(150), deadline=None)
@given(cases(tuple(PLACES)))
def test_loading_reports_what_cannot_be_stored_and_warns_of_the_rest(
    case: tuple[PolicyKind, Document, Force | None],
) -> None:
    kind, value, force = case
    file = changed(own_file(), PLACES[kind], value)
    if force is Force.ALWAYS:
        assert {one.message.split(" ")[0] for one in errors(file)} >= {
            one.message.split(" ")[0] for one in stored_policy_errors(value, kind)
        }
    else:
        assert bool(warnings(file)) is (force is not None)


WRITES: dict[PolicyKind, tuple[str, dict[str, str], str]] = {
    PolicyKind.MANAGED: ("iam:CreatePolicy", {"PolicyName": "new"}, "PolicyDocument"),
    PolicyKind.USER_INLINE: (
        "iam:PutUserPolicy",
        {"UserName": "alice", "PolicyName": "new"},
        "PolicyDocument",
    ),
    PolicyKind.GROUP_INLINE: (
        "iam:PutGroupPolicy",
        {"GroupName": "Team", "PolicyName": "new"},
        "PolicyDocument",
    ),
    PolicyKind.ROLE_INLINE: (
        "iam:PutRolePolicy",
        {"RoleName": "App", "PolicyName": "new"},
        "PolicyDocument",
    ),
    PolicyKind.TRUST: ("iam:UpdateAssumeRolePolicy", {"RoleName": "Other"}, "PolicyDocument"),
    PolicyKind.SCP: (
        "organizations:CreatePolicy",
        {"Name": "new", "Description": "", "Type": "SERVICE_CONTROL_POLICY"},
        "Content",
    ),
    PolicyKind.RCP: (
        "organizations:CreatePolicy",
        {"Name": "new", "Description": "", "Type": "RESOURCE_CONTROL_POLICY"},
        "Content",
    ),
    PolicyKind.SESSION: (
        "sts:AssumeRole",
        {"RoleArn": f"arn:aws:iam::{PROD}:role/app/App", "RoleSessionName": "new"},
        "Policy",
    ),
}


@pytest.fixture(scope="module")
def world() -> Simulation:
    return Simulation.open(own_file(), seed=1)


@settings(max_examples=examples(150), deadline=None)
@given(case=cases(tuple(WRITES)))
def test_an_operation_refuses_what_the_rule_book_refuses(
    world: Simulation, case: tuple[PolicyKind, Document, Force | None]
) -> None:
    """Another document is written, so that what evaluation decides by can be written."""
    kind, value, force = case
    action, params, key = WRITES[kind]
    try:
        world.preview(action, {**params, key: json.dumps(value)})
        refusal = ""
    except AwsError as error:
        refusal = error.message
    assert bool(refusal) is (force in (Force.ALWAYS, Force.WRITING))
    if kind not in GUARDRAILS and refusal:
        assert refusal == check_policy(value, kind)[0].message


@pytest.mark.parametrize(
    "way", [*STATEMENT_WAYS, *DOCUMENT_WAYS], ids=[way.name for way in (*STATEMENT_WAYS, *DOCUMENT_WAYS)]
)
def test_a_bucket_policy_that_evaluation_decides_by_can_be_put(world: Simulation, way: Way) -> None:
    """S3 adds rules of its own: actions and resources are those of the bucket."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": PROD},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::data/*",
    }
    value = way.apply({"Version": "2012-10-17", "Statement": [statement]})
    try:
        world.preview("s3:PutBucketPolicy", {"Bucket": "data", "Policy": json.dumps(value)})
        refusal = ""
    except AwsError as error:
        refusal = error.code
    is_of_sts = way.name == "shared provider without a test"
    is_refused = way.force.get(PolicyKind.RESOURCE) is Force.ALWAYS or is_of_sts
    assert refusal == ("MalformedPolicy" if is_refused else "")
    assert (decided(PolicyKind.RESOURCE, value) is Outcome.UNDECIDED) is (is_refused and not is_of_sts)
