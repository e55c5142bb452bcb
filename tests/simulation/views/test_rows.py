"""What lists show: one row each, computed from the world."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.views.rows import policy_rows, role_rows, session_rows
from sts_tui.simulation.views.trust_label import trust_label
from tests.accounts.policies import MAIN, allows, role_arn, trusts
from tests.accounts.small import alice, assume, open_small, worker


def vias(sim: Simulation) -> dict[str, str]:
    return {row.label: row.via for row in session_rows(sim)}


def test_the_tree_of_chains_counts_the_longest_way_down() -> None:
    sim = open_small()
    both = trusts(role_arn("App"), role_arn("Deep"))
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "Deep", "PolicyDocument": both})
    top = assume(sim, name="top")
    short = assume(sim, "Deep", name="short", caller=top)
    long = assume(sim, "Deep", name="long", caller=top)
    assume(sim, "Deep", name="longer", caller=long)
    rows = session_rows(sim)
    assert [(row.label, row.depth, row.is_last_child) for row in rows] == [
        ("top@App", 0, False),
        ("short@Deep", 1, False),
        ("long@Deep", 1, True),
        ("longer@Deep", 2, True),
    ]
    assert [row.via for row in rows] == ["AssumeRole", "chain 2/2", "chain 2/3", "chain 3/3"]
    assert rows[1].access_key_id == short


def test_via_names_the_way_in() -> None:
    sim = Simulation.open("sample_accounts/acme.json", seed=7)
    sim.advance(1)
    said = vias(sim)
    assert said["dana@acme.example@ReadOnly"] == "SAML acme-sso"
    assert said["shop-build-812@CI"] == "OIDC github"
    assert said["release-812@Deploy"] == "chain 2/3"
    assert said["i-0ab12cd34ef567890@App"] == "EC2 IMDS"
    sim.call("sts:GetSessionToken", {}, caller=sim.resolve("bob"))
    assert session_rows(sim)[-1].via == "GetSessionToken"


@pytest.mark.parametrize(
    ("asked", "limit"),
    [({}, "default 1h"), ({"DurationSeconds": 7200}, "role max 2h"),
     ({"DurationSeconds": 900}, "asked 15m"), ({"DurationSeconds": 5400}, "asked 1h30m")],
)  # fmt: skip
def test_the_limit_that_set_the_length_is_named(asked: dict[str, Any], limit: str) -> None:
    sim = open_small()
    sim.advance(0.4)  # a running clock stands between seconds
    assume(sim, **asked)
    assert session_rows(sim)[0].limit == limit


def test_rows_tell_tags_policies_source_identity_and_counts() -> None:
    sim = open_small()
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "App", "PolicyDocument": {
        "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": MAIN},
            "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]}}})  # fmt: skip
    sim.call("iam:CreatePolicy", {"PolicyName": "cap", "PolicyDocument": allows("s3:*")}, caller=alice(sim))
    key = assume(
        sim,
        Tags=[{"Key": "team", "Value": "web"}, {"Key": "cost", "Value": "7"}],
        TransitiveTagKeys=["cost"],
        SourceIdentity="ana",
        PolicyArns=[{"arn": f"arn:aws:iam::{MAIN}:policy/cap"}],
        Policy=json.dumps(allows("s3:GetObject")),
    )
    for action in ("s3:GetObject", "s3:PutObject"):
        with pytest.raises(AwsError) if action == "s3:PutObject" else _nothing():
            sim.request(action, "arn:aws:s3:::data/x", caller=key)
    with pytest.raises(AwsError, match="ValidationError"):  # refused, which is not denied
        sim.call("sts:AssumeRole", {"RoleArn": "x"}, caller=key)
    row = session_rows(sim)[0]
    assert row.tags == (("team", "web", False), ("cost", "7", True))
    assert (row.source_identity, row.session_policy) == ("ana", "cap, inline")
    assert (row.requests, row.denied) == (3, 1)
    role = next(row for row in role_rows(sim) if row.arn == role_arn("App"))
    assert (role.denied, role.live_sessions) == (1, 1)


def _nothing() -> Any:
    from contextlib import nullcontext

    return nullcontext()


@pytest.mark.parametrize(
    ("principal", "condition", "words"),
    [
        ({"AWS": f"arn:aws:iam::{MAIN}:user/team/ann"}, {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
         "user ann + MFA"),
        ({"AWS": f"arn:aws:iam::{MAIN}:role/x/CI"}, {"StringEquals": {"sts:ExternalId": "7"}},
         "role CI + external ID"),
        ({"AWS": [MAIN, "*"]}, None, f"account {MAIN}, everyone"),
        ({"AWS": f"arn:aws:sts::{MAIN}:assumed-role/App/job"}, None, "assumed-role App/job"),
        ({"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}, None, "service ec2, service lambda"),
        ({"Federated": f"arn:aws:iam::{MAIN}:saml-provider/sso"}, None, "SAML sso"),
        ({"Federated": "cognito-identity.amazonaws.com"}, None, "Cognito"),
        ("*", {"StringLike": {"sts:SourceIdentity": "*"}}, "everyone + source identity"),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "everyone + organization"),
        ({"AWS": MAIN}, {"StringEquals": {"aws:RequestTag/team": "web"}}, f"account {MAIN} + tag"),
        ({"AWS": MAIN}, {"StringEquals": {"aws:username": "ann"}}, f"account {MAIN} + condition"),
        ({"Service": "ec2.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": MAIN}}, "service ec2"),
    ],
)  # fmt: skip
def test_trust_in_a_few_words(principal: Any, condition: Any, words: str) -> None:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    document = {"Statement": [statement | ({"Condition": condition} if condition else {})]}
    assert trust_label(document) == words


def test_rows_of_roles_are_the_same_until_something_changes() -> None:
    sim = open_small(worker())
    first = role_rows(sim)
    assert role_rows(sim) is first
    sim.advance(0)
    second = role_rows(sim)
    changed = [row.name for row, before in zip(second, first, strict=True) if row is not before]
    assert changed == ["App"]
    sim.call("iam:TagRole", {"RoleName": "Deep", "Tags": [{"Key": "a", "Value": "b"}]})
    assert role_rows(sim) == second
    sim.call("iam:CreateRole", {"RoleName": "New", "AssumeRolePolicyDocument": {
        "Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Principal": {"AWS": MAIN}, "Action": "sts:AssumeRole"}}})  # fmt: skip
    assert [row.name for row in role_rows(sim)] == ["App", "Deep", "App", "New"]
    sim.undo()
    assert role_rows(sim) == second


def test_policies_of_a_user_include_those_of_its_groups() -> None:
    sim = Simulation.open("sample_accounts/acme.json")
    rows = policy_rows(sim.world, "arn:aws:iam::111122223333:user/alice")
    assert ("engineers", "inline", "group Engineers") in [
        (row.name, row.kind, row.attached_at) for row in rows
    ]
    assert [row.name for row in rows if row.kind == "RCP"] == ["only-our-organization"]
    assert policy_rows(sim.world, "arn:aws:iam::777788889999:user/carol")[-1].kind == "inline"
