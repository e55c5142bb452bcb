"""Of what a caller can choose, the search finds a way exactly where trying every value finds one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sts_tui.iam import Outcome, PolicySet, Request, evaluate
from sts_tui.simulation.authorization.choice_search import Attempt, Found, search
from sts_tui.simulation.authorization.choice_values import Choices, context_with, region_of
from sts_tui.simulation.authorization.choosable_keys import is_chosen_by_caller, is_of_resource
from tests.support.examples import examples

ANN: Final = "arn:aws:iam::111122223333:user/ann"
REGION: Final = "aws:RequestedRegion"
TAG: Final = "aws:RequestTag/team"
EXTERNAL_ID: Final = "sts:ExternalId"
ADDRESS: Final = "aws:SourceIp"
USUAL: Final[Mapping[str, str]] = {REGION: "us-east-1", ADDRESS: "203.0.113.10"}
UNIVERSE: Final[Mapping[str, Sequence[str | None]]] = {
    REGION: ("us-east-1", "eu-west-1", "eu-central-1", "ap-south-1"),
    TAG: (None, "red", "blue", "green"),
    EXTERNAL_ID: (None, "acme-7", "acme-8", "else"),
    ADDRESS: ("203.0.113.10", "10.0.0.1", "10.1.0.1", "192.0.2.9"),
}


def choose(policies: PolicySet, most: int = 200) -> Found:
    def attempts(choices: Choices) -> Iterable[Sequence[Attempt]]:
        context: dict[str, Any] = context_with(USUAL, choices)
        context[REGION] = region_of(choices, "us-east-1")
        request = Request(ANN, "ec2:RunInstances", "*", context=context)
        yield (Attempt(evaluate(request, policies), policies, lambda: request),)

    return search(attempts, is_chosen_by_caller, most)


def is_allowed(policies: PolicySet, values: Mapping[str, str | None]) -> bool:
    request = Request(ANN, "ec2:RunInstances", "*", context=dict(values))
    return evaluate(request, policies).outcome is Outcome.ALLOWED


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    written = [{"Action": "ec2:RunInstances", "Resource": "*", **each} for each in statements]
    return {"Version": "2012-10-17", "Statement": written}


def denied_unless(*conditions: Mapping[str, Any]) -> PolicySet:
    denies = ({"Effect": "Deny", "Condition": each} for each in conditions)
    return PolicySet(identity=[document({"Effect": "Allow"}, *denies)])


@pytest.mark.parametrize(
    ("condition", "chosen"),
    [
        ({"StringNotEquals": {REGION: "eu-west-1"}}, {REGION: "eu-west-1"}),
        ({"StringNotEqualsIfExists": {REGION: ["eu-west-1", "eu-west-2"]}}, {REGION: "eu-west-1"}),
        ({"StringNotLike": {REGION: "eu-*"}}, {REGION: "eu-west-1"}),
        ({"StringEquals": {REGION: "us-east-1"}}, {REGION: "eu-west-1"}),
        ({"Null": {EXTERNAL_ID: "true"}}, {EXTERNAL_ID: "any"}),
        ({"NotIpAddress": {ADDRESS: "10.0.0.0/8"}}, {ADDRESS: "10.0.0.0"}),
        ({"IpAddress": {ADDRESS: "203.0.113.0/24"}}, {ADDRESS: "203.0.114.0"}),
        ({"StringNotLike": {"sts:RoleSessionName": "${aws:username}"}}, {"sts:RoleSessionName": "ann"}),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, {"aws:SourceVpce": "vpce-1"}),
        ({"Bool": {"aws:SecureTransport": "false"}}, {}),
        ({"StringNotLike": {"aws:UserAgent": "Terraform*"}}, {"aws:UserAgent": "Terraformany"}),
        ({"NumericGreaterThanEqualsIfExists": {"s3:max-keys": "9"}}, {"s3:max-keys": "8"}),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": ["team"]}}, {"aws:TagKeys": ("team",)}),
        (
            {"StringNotEquals": {REGION: "eu-west-1"}, "NotIpAddress": {ADDRESS: "10.0.0.0/8"}},
            {REGION: "eu-west-1"},
        ),
    ],
)
def test_a_value_that_turns_a_deny_off_is_chosen(condition: dict[str, Any], chosen: dict[str, Any]) -> None:
    found = choose(denied_unless(condition)).choices
    assert found is not None
    assert {each.key: each.value for each in found} == chosen


@pytest.mark.parametrize(
    "key",
    [
        "aws:ResourceTag/open", "iam:ResourceTag/open", "ec2:ResourceTag/open", "ssm:resourceTag/open",
        "s3:ExistingObjectTag/open", "kms:ResourceAliases", "rds:db-tag/open", "s3:BucketTag/open",
        "aws:ResourceAccount", "ec2:Owner", "aws:PrincipalTag/open", "aws:PrincipalOrgID", "aws:CurrentTime",
        "aws:TokenIssueTime", "aws:SourceAccount", "aws:SourceArn", "ec2:SourceInstanceARN",
    ],
)  # fmt: skip
def test_what_belongs_to_the_resource_the_principal_or_the_clock_is_not_chosen(key: str) -> None:
    assert not is_chosen_by_caller(key)
    assert choose(denied_unless({"StringNotEquals": {key: "yes"}})).choices is None


@pytest.mark.parametrize(
    "key",
    ["aws:RequestTag/team", "s3:RequestObjectTag/team", "rds:req-tag/team", "iam:PermissionsBoundary",
     "kms:RequestAlias", "s3:x-amz-server-side-encryption", "kms:ViaService", "ec2:InstanceType"],
)  # fmt: skip
def test_what_the_request_says_is_chosen(key: str) -> None:
    assert is_chosen_by_caller(key)
    assert not is_of_resource(key)


def test_one_value_has_to_satisfy_every_statement() -> None:
    regions = ["eu-west-1", "eu-central-1"], ["eu-central-1", "us-east-1"], ["eu-central-1", "sa-east-1"]
    conditions = [{"StringNotEquals": {REGION: list(each)}} for each in regions]
    found = choose(denied_unless(*conditions)).choices
    assert found is not None
    assert [each.value for each in found] == ["eu-central-1"]


def test_a_deny_that_nothing_turns_off_is_not_searched() -> None:
    policies = denied_unless(
        {"StringNotEquals": {REGION: "eu-west-1"}}, {"StringLike": {"aws:username": "*"}}
    )
    assert choose(policies, most=1) == Found()


def test_where_the_tries_do_not_suffice_nothing_is_known() -> None:
    conditions = [{"Null": {f"aws:RequestTag/t{number}": "true"}} for number in range(6)]
    assert choose(denied_unless(*conditions)).choices is not None
    assert choose(denied_unless(*conditions), most=3) == Found(is_bounded=True)


VALUES: Final = {
    REGION: st.sampled_from(["us-east-1", "eu-west-1", "eu-central-1", "eu-*", "*-1"]),
    TAG: st.sampled_from(["red", "blue", "b*", "*"]),
    EXTERNAL_ID: st.sampled_from(["acme-7", "acme-8", "acme-*", "*8"]),
    ADDRESS: st.sampled_from(["203.0.113.0/24", "10.0.0.0/8", "10.1.0.0/16"]),
}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    """One or two tests of choosable keys."""
    written: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=2, unique=True)):
        if key == ADDRESS:
            operators = ["IpAddress", "NotIpAddress", "NotIpAddressIfExists"]
        else:
            operators = ["StringLike", "StringNotLike", "StringEquals", "StringNotEqualsIfExists", "Null"]
        operator = draw(st.sampled_from(operators))
        listed: Any = draw(st.lists(VALUES[key], min_size=1, max_size=2))
        if operator == "Null":
            listed = draw(st.sampled_from(["true", "false"]))
        written.setdefault(operator, {})[key] = listed
    return written


@st.composite
def policy_sets(draw: st.DrawFn) -> PolicySet:
    """Identity policies, an SCP and a boundary with Allows and Denies."""

    def layer(most: int) -> dict[str, Any]:
        effects = draw(st.lists(st.sampled_from(["Allow", "Deny"]), min_size=1, max_size=most))
        plain = [{"Effect": "Allow"}] if draw(st.booleans()) else []
        return document(*plain, *({"Effect": each, "Condition": draw(conditions())} for each in effects))

    scps = [[layer(2)]] if draw(st.booleans()) else []
    boundary = [layer(2)] if draw(st.booleans()) else None
    return PolicySet(identity=[layer(3)], scps=scps, boundary=boundary)


def compare(policies: PolicySet) -> None:
    found = choose(policies)
    every = (dict(zip(UNIVERSE, values, strict=True)) for values in product(*UNIVERSE.values()))
    is_possible = any(is_allowed(policies, values) for values in every)
    if found.is_bounded:
        return
    if found.choices is None:
        assert not is_possible
        return
    context: dict[str, Any] = context_with(USUAL, found.choices)
    assert is_allowed(policies, {**context, REGION: region_of(found.choices, "us-east-1")})


@settings(max_examples=examples(40), deadline=None)
@given(policy_sets())
def test_what_is_called_impossible_is_impossible_and_what_is_called_possible_is_allowed(
    policies: PolicySet,
) -> None:
    compare(policies)


@pytest.mark.long
@settings(max_examples=1_000, deadline=None)
@given(policy_sets())
def test_the_same_for_many_policies(policies: PolicySet) -> None:
    compare(policies)
