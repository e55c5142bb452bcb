"""What evaluating a trail costs grows with its different questions, not with its events: counted."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.trail import evaluation
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.replayed import replayed
from tests.support.cloudtrail import ACCOUNT, Events, service, session

SIZES = (40, 160)
"""Requests of each trail, of one role with as many sessions as one in four of them."""
OBJECTS = 5


def model() -> Any:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-orders/*"}
    role = {
        "RoleName": "App",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [
            {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow]}}
        ],
    }
    return from_json({"Accounts": [{"AccountId": ACCOUNT, "RoleDetailList": [role]}]}).model


def trail_of(requests: int) -> Events:
    events = Events()
    for number in range(requests):
        key, name = f"ASIAAPP{number // 4:013d}", f"s{number // 4}"
        if number % 4 == 0:
            events.assume("09:00:00", service("ec2.amazonaws.com"), "App", name, key)
        at = f"09:{1 + number // 60:02d}:{number % 60:02d}"
        events.get_object(at, session("App", name, key), f"object-{number % OBJECTS}")
    return events


def test_equal_requests_of_sessions_that_no_policy_distinguishes_are_decided_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: Counter[str] = Counter()
    real = evaluation.prepare

    def counting(question: Any, gathered: Any) -> Any:
        counted[question.action] += 1
        return real(question, gathered)

    monkeypatch.setattr(evaluation, "prepare", counting)
    found = []
    for size in SIZES:
        counted.clear()
        path = tmp_path / f"{size}.json"
        path.write_text(json.dumps({"Records": trail_of(size)}))
        with Trail([path]) as trail:
            replayed(trail, model())
        found.append(dict(counted))
    small, large = found
    assert small["s3:GetObject"] == large["s3:GetObject"] <= 2 * OBJECTS
    assert large["sts:AssumeRole"] <= 2 * SIZES[1] / 4
