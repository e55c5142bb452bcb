"""Sessions that no policy distinguishes are decided together, and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.trail.reading.database import _COLUMNS, Trail
from sts_tui.trail.reading.ordered import WHAT, WHO
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.replayed import replayed
from tests.support.cloudtrail import ACCOUNT, THIEF, Events, service, session

CONDITIONS: dict[str, dict[str, Any]] = {
    "user id": {"StringLike": {"aws:userid": "*:one"}},
    "variable": {"StringEquals": {"aws:userid": "${aws:userid}"}},
    "issue time": {"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T09:00:30Z"}},
    "address": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    "user agent": {"StringLike": {"aws:UserAgent": "aws-cli/*"}},
    "time": {"DateLessThan": {"aws:CurrentTime": "2026-01-15T09:05:00Z"}},
    "source identity": {"StringEquals": {"aws:SourceIdentity": "ann"}},
    "tag": {"StringEquals": {"aws:PrincipalTag/team": "web"}},
}


def _model(condition: dict[str, Any]) -> Any:
    trust = {
        "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    }  # fmt: skip
    allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    role = {
        "RoleName": "App",
        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
        "RolePolicyList": [
            {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow]}}
        ],
    }
    return from_json({"Accounts": [{"AccountId": ACCOUNT, "RoleDetailList": [role]}]}).model


@pytest.mark.parametrize("name", CONDITIONS)
def test_two_sessions_of_a_role_that_a_condition_distinguishes_are_decided_each(
    name: str, tmp_path: Path
) -> None:
    events = Events()
    one, two = "ASIAAPP0000000000001", "ASIAAPP0000000000002"
    ec2 = service("ec2.amazonaws.com")
    team = {"tags": [{"key": "team", "value": "web"}], "sourceIdentity": "ann"}
    events.assume("09:00:00", ec2, "App", "one", one, **team)
    events.assume("09:01:00", ec2, "App", "two", two)
    events.get_object("09:02:00", session("App", "one", one), "a")
    second = session("App", "two", two, "09:01:00")
    events.get_object("09:06:00", second, "a", address=THIEF, userAgent="curl/8")
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": events}))
    with Trail([path]) as trail:
        result = replayed(trail, _model(CONDITIONS[name])).replay
    if name == "variable":
        assert result.disagreements == []
        return
    (found,) = result.disagreements
    assert (found.count, found.first.minute, found.model) == (1, 6, "denied")


def test_columns_are_in_the_order_of_the_members_of_an_event() -> None:
    columns = ("epoch", *WHAT, *WHO, "event_id", "count")
    assert columns == RecordedEvent.__struct_fields__
    assert {*columns} - {"count"} == {*_COLUMNS} - {"weight"}
