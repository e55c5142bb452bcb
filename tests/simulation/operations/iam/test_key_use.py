"""GetAccessKeyLastUsed: by the request log.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from tests.accounts.policies import role_arn
from tests.accounts.small import alice, open_small

OUTSIDE = "arn:aws:s3:::elsewhere/x"


def last_used(sim: Simulation, **more: Any) -> dict[str, Any]:
    key = sim.access_key(str(sim.resolve("alice").arn))
    return sim.call("iam:GetAccessKeyLastUsed", {"AccessKeyId": key}, **more)


def test_a_key_that_was_not_used_has_no_date() -> None:
    assert last_used(open_small()) == {
        "UserName": "alice",
        "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"},
    }


def test_the_last_request_of_the_key_itself_counts_allowed_or_denied() -> None:
    sim = open_small()
    sim.call("sts:AssumeRole", {"RoleArn": role_arn("App"), "RoleSessionName": "job"}, caller=alice(sim))
    sim.advance(60)
    with pytest.raises(AwsError):
        sim.request("s3:PutObject", OUTSIDE, caller="alice", region="eu-west-1", owner="999900001111")
    sim.advance(60)
    sim.request("s3:GetObject", "arn:aws:s3:::data/in.csv", caller="job@App")  # the session's key, not hers
    used = last_used(sim)["AccessKeyLastUsed"]
    assert (used["ServiceName"], used["Region"]) == ("s3", "eu-west-1")
    assert used["LastUsedDate"].endswith(":01:00Z")


def test_the_question_itself_is_not_yet_a_use() -> None:
    sim = open_small()
    first = last_used(sim, caller=alice(sim))["AccessKeyLastUsed"]
    assert first["ServiceName"] == "N/A"
    assert last_used(sim)["AccessKeyLastUsed"]["ServiceName"] == "iam"


def test_a_key_that_is_not_there_is_denied() -> None:
    sim = open_small()
    with pytest.raises(AwsError) as refused:
        sim.call("iam:GetAccessKeyLastUsed", {"AccessKeyId": "AKIAIOSFODNN7NOTHERE"})
    assert (refused.value.code, refused.value.status) == ("AccessDenied", 403)
    assert "access key AKIAIOSFODNN7NOTHERE" in refused.value.message
