"""GenerateCredentialReport and GetCredentialReport.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.event_log import EventLog
from sts_tui.sts.operation import KeyUse
from tests.accounts.policies import MAIN
from tests.accounts.small import alice, open_small

GENERATE, GET = "iam:GenerateCredentialReport", "iam:GetCredentialReport"


def rows(sim: Simulation) -> dict[str, dict[str, str]]:
    content = base64.b64decode(sim.call(GET, {})["Content"]).decode()
    return {row["user"]: row for row in csv.DictReader(io.StringIO(content))}


def refused(sim: Simulation, operation: str, **more: Any) -> tuple[str, int]:
    with pytest.raises(AwsError) as error:
        sim.call(operation, {}, **more)
    return error.value.code, error.value.status


def test_the_report_has_the_root_user_and_every_user_of_the_account() -> None:
    sim = open_small()
    assert sim.call(GENERATE, {})["State"] == "STARTED"
    found = rows(sim)
    assert list(found) == ["<root_account>", "alice", "bob"]
    assert found["<root_account>"]["arn"] == f"arn:aws:iam::{MAIN}:root"
    assert found["<root_account>"]["password_enabled"] == "not_supported"
    assert len(found["alice"]) == 22


def test_a_row_has_the_state_of_password_devices_and_keys() -> None:
    sim = open_small()
    sim.call("iam:CreateLoginProfile", {"UserName": "bob", "Password": "Correct-Horse-9"})
    sim.call("iam:UpdateAccountPasswordPolicy", {"MaxPasswordAge": 90})
    key = sim.call("iam:CreateAccessKey", {"UserName": "bob"})["AccessKey"]["AccessKeyId"]
    sim.call("iam:UpdateAccessKey", {"UserName": "bob", "AccessKeyId": key, "Status": "Inactive"})
    sim.call("sts:GetCallerIdentity", {}, caller=alice(sim))
    sim.call(GENERATE, {})
    found = rows(sim)
    bob, her = found["bob"], found["alice"]
    assert (bob["password_enabled"], bob["mfa_active"]) == ("true", "false")
    assert bob["password_last_changed"] == "2026-01-15T09:00:00+00:00"
    assert bob["password_next_rotation"] == "2026-04-15T09:00:00+00:00"
    assert "false" in (bob["access_key_1_active"], bob["access_key_2_active"])
    assert (her["password_enabled"], her["password_last_changed"]) == ("false", "N/A")
    assert (her["access_key_1_last_used_service"], her["access_key_1_active"]) == ("sts", "true")
    assert bob["access_key_1_last_used_date"] == "N/A"


def test_within_four_hours_the_report_stays_what_it_was() -> None:
    sim = open_small()
    sim.call(GENERATE, {})
    sim.call("iam:CreateUser", {"UserName": "carol"})
    sim.advance(4 * 3600 - 1)
    assert sim.call(GENERATE, {}) == {"State": "COMPLETE"}
    assert "carol" not in rows(sim)
    sim.advance(1)
    assert refused(sim, GET) == ("ReportExpired", 410)
    assert sim.call(GENERATE, {})["State"] == "STARTED"
    assert "carol" in rows(sim)


def test_without_a_report_there_is_nothing_to_get() -> None:
    assert refused(open_small(), GET) == ("ReportNotPresent", 410)


@pytest.mark.parametrize("operation", [GENERATE, GET])
def test_both_operations_ask_for_permission(operation: str) -> None:
    assert refused(open_small(), operation, caller="111122223333/bob") == ("AccessDenied", 403)


def test_a_report_of_one_account_is_not_that_of_another() -> None:
    sim = open_small()
    sim.call(GENERATE, {})
    assert refused(sim, GET, caller="operator@other") == ("ReportNotPresent", 410)


def test_undo_undoes_the_report() -> None:
    sim = open_small()
    sim.call(GENERATE, {})
    sim.undo()
    assert refused(sim, GET) == ("ReportNotPresent", 410)


def test_the_log_is_read_once_however_many_keys_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    sim = open_small()
    for number in range(20):
        sim.call("iam:CreateUser", {"UserName": f"u{number}"})
    read = 0
    newest_first = EventLog.newest_first

    def counted(log: EventLog) -> Iterator[KeyUse]:
        nonlocal read
        read += 1
        return newest_first(log)

    monkeypatch.setattr(EventLog, "newest_first", counted)
    sim.call(GENERATE, {})
    assert read == 1
