"""A hop that a Deny closes only for some requests is a hop: its caller chooses another request."""

from __future__ import annotations

from typing import Any, Final

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.reach import reach_of
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, role_arn, trusts, user_arn

ANN: Final = user_arn("ann")
TARGET: Final = role_arn("Target")
WITH_ALL: Final = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")


def denied(condition: dict[str, Any], **statement: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "sts:AssumeRole", "Condition": condition, **statement}


def needs(*guards: dict[str, Any], trusting: dict[str, Any] | None = None, **ann: Any) -> list[str] | None:
    """What ann needs to assume Target; None: there is no hop. `guards`: statements of its trust policy."""
    trust = trusts(f"arn:aws:iam::{MAIN}:root")
    trust["Statement"][0] |= {"Action": list(WITH_ALL), **(trusting or {})}
    trust["Statement"] += [{**each, "Principal": {"AWS": "*"}} for each in guards]
    policies = allows(["sts:*"])
    policies["Statement"] += ann.pop("statements", [])
    who = {**user("ann", ("p", policies)), **ann}
    account = {"AccountId": MAIN, "UserDetailList": [who], "RoleDetailList": [role("Target", trust)]}
    sim = Simulation.open({"Accounts": [account]})
    found = [group for group in reach_of(sim).groups if ANN in group.sources and group.target == TARGET]
    if not found:
        return None
    assert DirectHops(sim.world).is_allowed(ANN, TARGET, found[0].brought)
    return list(found[0].needs)


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        ({"StringNotEquals": {"sts:ExternalId": "x1"}}, ["external id x1"]),
        ({"Null": {"sts:ExternalId": "true"}}, ["external id *"]),
        ({"Null": {"sts:SourceIdentity": "true"}}, ["source identity *"]),
        ({"StringNotLike": {"sts:RoleSessionName": "${aws:username}"}}, ["session name ann"]),
        ({"StringNotEquals": {"aws:RequestTag/team": "x"}}, ["tag team=x"]),
        ({"ForAllValues:StringNotEquals": {"aws:TagKeys": "team"}}, ["tag team=*"]),
        ({"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, ["aws:SourceIp=10.0.0.0"]),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}}, ["aws:SourceIp=203.0.114.0"]),
        ({"StringNotEqualsIfExists": {"aws:SourceVpc": "vpc-1"}}, ["aws:SourceVpc=vpc-1"]),
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, ["aws:SourceVpce=vpce-1"]),
        ({"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}, ["region eu-west-1"]),
        ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, ["region eu-west-1"]),
        ({"StringLike": {"sts:ExternalId": "*"}}, []),
    ],
)
def test_what_avoids_a_deny_of_the_trust_policy_is_what_the_hop_needs(
    condition: dict[str, Any], needed: list[str]
) -> None:
    assert needs(denied(condition)) == needed


def test_a_deny_and_an_allow_may_ask_for_different_things() -> None:
    asks = {"Condition": {"StringEquals": {"sts:ExternalId": "x1"}}}
    region = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    assert needs(denied(region), trusting=asks) == ["region eu-west-1", "external id x1"]
    no_id = denied({"Null": {"sts:ExternalId": "false"}})
    assert needs(no_id, trusting=asks) is None


def test_mfa_that_a_deny_asks_for_takes_a_device() -> None:
    guard = denied({"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}, Resource="*")
    device = [{"SerialNumber": f"arn:aws:iam::{MAIN}:mfa/ann"}]
    assert needs(statements=[guard], MFADevices=device) == ["MFA"]
    assert needs(statements=[guard]) is None


@pytest.mark.parametrize("key", ["iam:ResourceTag/open", "aws:ResourceTag/open", "aws:CurrentTime"])
def test_the_tags_of_a_role_and_the_time_are_not_brought(key: str) -> None:
    assert needs(trusting={"Condition": {"StringEquals": {key: "2099-01-01T00:00:00Z"}}}) is None
    assert needs(denied({"StringNotEquals": {key: "2099-01-01T00:00:00Z"}})) is None


def test_a_service_says_for_which_resource_it_calls_and_a_user_does_not() -> None:
    guard = {"StringEquals": {"aws:SourceAccount": MAIN}}
    assert needs(trusting={"Condition": guard}) is None
    trust = trusts({"Service": "lambda.amazonaws.com"}, Condition=guard)
    account = {"AccountId": MAIN, "RoleDetailList": [role("Target", trust)]}
    (group,) = reach_of(Simulation.open({"Accounts": [account]})).groups
    assert group.needs == (f"aws:SourceAccount={MAIN}",)


@pytest.mark.parametrize(
    "condition",
    [
        {"Bool": {"aws:ViaAWSService": "true"}},
        {"StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}},
        {"StringEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}},
        {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    ],
)
def test_nobody_assumes_a_role_as_a_service_on_behalf_of_the_caller(condition: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/access_forward_access_sessions.html"""
    assert needs(trusting={"Condition": condition}) is None


def test_a_deny_of_a_part_of_a_range_leaves_the_rest() -> None:
    inside = {"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}
    part = denied({"IpAddress": {"aws:SourceIp": ["10.0.0.0/16", "10.1.0.0/16"]}})
    assert needs(part, trusting=inside) == ["aws:SourceIp=10.2.0.0"]
    rest = denied({"NotIpAddress": {"aws:SourceIp": "10.255.255.255/32"}})
    assert needs(part, rest, trusting=inside) == ["aws:SourceIp=10.255.255.255"]
    assert needs(denied({"IpAddress": {"aws:SourceIp": "10.0.0.0/7"}}), trusting=inside) is None


@pytest.mark.parametrize(
    ("statements", "needed"),
    [
        ([{"Condition": {"StringLike": {"aws:userid": "*:ci"}}}], ("as session ci",)),
        ([{"Condition": {"StringLike": {"aws:userid": "*:ci-*"}}}], ("as session ci-any",)),
        ([{}, denied({"StringLike": {"aws:userid": "*:reach"}})], ("as session other",)),
        ([{}, denied({"StringNotLike": {"aws:userid": ["*:ci", "*:cd"]}})], ("as session ci",)),
        ([{}, denied({"StringLike": {"aws:userid": "*:*"}})], None),
    ],
)
def test_a_session_has_the_name_that_aws_userid_asks_for(
    statements: list[dict[str, Any]], needed: tuple[str, ...] | None
) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable"""
    trust = trusts(f"arn:aws:iam::{MAIN}:root")
    trust["Statement"][0] |= statements[0]
    trust["Statement"] += [{**each, "Principal": {"AWS": "*"}} for each in statements[1:]]
    ec2 = trusts({"Service": "ec2.amazonaws.com"})
    first = role("First", ec2, ("p", allows(["sts:*"])))
    account = {"AccountId": MAIN, "RoleDetailList": [first, role("Target", trust)]}
    sim = Simulation.open({"Accounts": [account]})
    of_first = [one for one in reach_of(sim).groups if role_arn("First") in one.sources]
    found = [one.needs for one in of_first if one.target == TARGET]
    assert found == ([needed] if needed is not None else [])


@pytest.mark.parametrize(
    ("condition", "actions", "asked"),
    [
        ({"StringEquals": {"aws:SourceIdentity": "ann"}}, WITH_ALL, "ann"),
        ({"Null": {"aws:SourceIdentity": "false"}}, WITH_ALL, "any"),
        ({"StringEquals": {"aws:SourceIdentity": "ann"}}, ("sts:AssumeRole",), None),
    ],
)
def test_whether_a_session_carries_a_source_identity_is_unknown(
    condition: dict[str, Any], actions: tuple[str, ...], asked: str | None
) -> None:
    """It was set when the role was assumed, and passing it on needs sts:SetSourceIdentity.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
    """
    trust = trusts(f"arn:aws:iam::{MAIN}:root", Condition=condition)
    trust["Statement"][0]["Action"] = list(actions)
    ec2 = trusts({"Service": "ec2.amazonaws.com"})
    first = role("First", ec2, ("p", allows(["sts:*"])))
    account = {"AccountId": MAIN, "RoleDetailList": [first, role("Target", trust)]}
    groups = reach_of(Simulation.open({"Accounts": [account]})).groups
    found = [one.unknown for one in groups if one.target == TARGET and role_arn("First") in one.sources]
    words = f"whether its session carries aws:SourceIdentity={asked}"
    assert found == ([words] if asked is not None else [])
