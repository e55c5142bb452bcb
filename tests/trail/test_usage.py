"""Least privilege from evidence: unused statements, and a policy that would have sufficed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.replayed import Replayed, replayed
from tests.support.cloudtrail import ACCOUNT, ROLE, Events, service, session

KEY = "ASIAAPP0000000000001"


def _statement(sid: str, effect: str, action: str, resource: str) -> dict[str, str]:
    return {"Sid": sid, "Effect": effect, "Action": action, "Resource": resource}


def _model(*statements: dict[str, str], resources: tuple[dict[str, Any], ...] = ()) -> Any:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    policy = {"Version": "2012-10-17", "Statement": list(statements)}
    role = {
        "RoleName": "App",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy}],
    }
    account = {"AccountId": ACCOUNT, "RoleDetailList": [role], "Resources": list(resources)}
    return from_json({"Accounts": [account]}).model


def _replayed(model: Any, events: Events, tmp_path: Path, usage_of: str = f"{ROLE}App") -> Replayed:
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": events}))
    with Trail([path]) as trail:
        return replayed(trail, model, usage_of=usage_of)


@pytest.fixture
def events() -> Events:
    events = Events()
    app = session("App", "i-1", KEY)
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", KEY)
    events.get_object("09:01:00", app, "a")
    events.get_object("09:02:00", app, "b")
    events.add("09:03:00", "dynamodb", "PutItem", app, {"tableName": "orders"}, code="AccessDeniedException")
    return events


WIDE = (
    _statement("Read", "Allow", "s3:Get*", "*"),
    _statement("Mail", "Allow", "sqs:*", "*"),
    _statement("Never", "Deny", "s3:DeleteBucket", "*"),
)


def test_a_statement_that_granted_nothing_is_unused(events: Events, tmp_path: Path) -> None:
    usage = _replayed(_model(*WIDE), events, tmp_path).usage
    assert usage is not None
    assert usage.unused == ["App/p#Mail"]
    assert {one.label: one.count for one in usage.statements} == {
        "App/p#Read": 2, "App/p#Mail": 0, "App/p#Never": 0,
    }  # fmt: skip


def test_the_policy_allows_what_was_used_and_keeps_denies(events: Events, tmp_path: Path) -> None:
    usage = _replayed(_model(*WIDE), events, tmp_path).usage
    assert usage is not None
    assert usage.sufficient == {
        "Version": "2012-10-17",
        "Statement": [
            WIDE[2],
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:aws:s3:::acme-orders/a", "arn:aws:s3:::acme-orders/b"],
            },
        ],
    }


def test_under_the_policy_the_trail_gives_the_same_verdicts(events: Events, tmp_path: Path) -> None:
    first = _replayed(_model(*WIDE), events, tmp_path)
    assert first.usage is not None
    assert first.usage.sufficient is not None
    again = _replayed(_model(*first.usage.sufficient["Statement"]), events, tmp_path).replay
    assert again.agreed_allowed == first.replay.agreed_allowed


@pytest.mark.parametrize("seed", range(6))
def test_whatever_was_used_an_offered_policy_allows_all_of_it(seed: int, tmp_path: Path) -> None:
    """The policy is evaluated before it is offered: odd names, many resources, conditions of the model."""
    draw = random.Random(seed)
    names = ("a", "a*b", "a?b", "${aws:username}", "ü/\u4e2d", "with space", "*", "a" * 200)
    app, events = session("App", "i-1", KEY), Events()
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", KEY)
    for number in range(60):
        key = f"{draw.choice(names)}/{draw.randrange(80)}"
        events.get_object(f"09:{number:02}:01", app, key)
        if draw.random() < 0.3:
            name = draw.choice(("PutObject", "DeleteObject"))
            events.add(f"09:{number:02}:02", "s3", name, app, {"bucketName": "acme-orders", "key": key})
    limit = {"Condition": {"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}}
    wide = (_statement("All", "Allow", "s3:*", "*"), _statement("Home", "Deny", "*", "*") | limit)
    first = _replayed(_model(*wide), events, tmp_path)
    assert first.usage is not None
    if first.usage.sufficient is None:
        assert first.usage.not_covered, "it says what the policy would not have allowed"
        return
    again = _replayed(_model(*first.usage.sufficient["Statement"]), events, tmp_path).replay
    assert again.agreed_allowed == first.replay.agreed_allowed
    assert again.disagreements == []


def test_many_resources_become_the_pattern_that_covers_them(tmp_path: Path) -> None:
    events = Events()
    events.assume("09:00:00", service("ec2.amazonaws.com"), "App", "i-1", KEY)
    for number in range(60):
        events.get_object(f"09:01:{number:02}", session("App", "i-1", KEY), f"in/{number}.csv")
    usage = _replayed(_model(*WIDE), events, tmp_path).usage
    assert usage is not None
    assert usage.sufficient is not None
    assert usage.sufficient["Statement"][1]["Resource"] == ["arn:aws:s3:::acme-orders/*"]


def test_a_role_that_the_model_does_not_have_is_an_error(events: Events, tmp_path: Path) -> None:
    with pytest.raises(LookupError, match="no role or user"):
        _replayed(_model(*WIDE), events, tmp_path, f"{ROLE}Ghost")
