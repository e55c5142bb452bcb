"""The instance metadata service: which path is answered, with which token, and until when.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from sts_tui.account.entities import InstanceProfile
from sts_tui.sts.delivery.instance_metadata import InstanceMetadata, conversation
from sts_tui.sts.session import Session
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN

NOW = datetime(2026, 1, 15, 9, tzinfo=UTC)
CREDENTIALS = "/latest/meta-data/iam/security-credentials"
INFO = "/latest/meta-data/iam/info"
PROFILE = InstanceProfile(
    instance_profile_name="web", instance_profile_id="AIPAEXAMPLE",
    arn=f"arn:aws:iam::{MAIN}:instance-profile/web",
)  # fmt: skip


@pytest.fixture(scope="module")
def session() -> Session:
    desk = Desk()
    return desk.session(desk.assume("App"))


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "status"), [(0, 400), (1, 200), (21_600, 200), (21_601, 400), (-1, 400)])
def test_a_token_lives_between_a_second_and_six_hours(seconds: int, status: int) -> None:
    answer = InstanceMetadata(instance_id="i-1").put_token(seconds, NOW)
    assert (answer.status, bool(answer.body)) == (status, status == 200)


def test_a_token_holds_until_its_last_second_and_on_its_own_instance(session: Session) -> None:
    strict = InstanceMetadata(instance_id="i-1", session=session, requires_token=True)
    token = strict.put_token(60, NOW).body
    assert strict.get(CREDENTIALS, now=after(59.9), token=token).status == 200
    assert strict.get(CREDENTIALS, now=after(60), token=token).status == 401
    other = InstanceMetadata(instance_id="i-2", session=session)
    assert other.get(CREDENTIALS, now=NOW, token=token).status == 401


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda token: token, 200),
        (lambda token: token.replace("1768", "1769", 1), 401),
        (lambda token: token[:-1], 401),
        (lambda token: f"{token}0", 401),
        (lambda token: token.partition("/")[0], 401),
        (lambda token: f"x{token}", 401),
        (lambda _: "", 401),
        (lambda _: "9" * 5000 + "/seal", 401),
    ],
)
def test_a_token_that_was_changed_is_refused(change: object, status: int, session: Session) -> None:
    service = InstanceMetadata(instance_id="i-1", session=session)
    token = change(service.put_token(60, NOW).body)  # type: ignore[operator]
    assert service.get(CREDENTIALS, now=NOW, token=token).status == status


def test_without_a_token_only_the_first_version_answers(session: Session) -> None:
    for requires, status in ((False, 200), (True, 401)):
        service = InstanceMetadata(instance_id="i-1", session=session, requires_token=requires)
        assert service.get(CREDENTIALS, now=NOW).status == status


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (CREDENTIALS, 200),
        (f"{CREDENTIALS}/", 200),
        (f"{CREDENTIALS}/App", 200),
        (f"{CREDENTIALS}/App/", 200),
        (f"{CREDENTIALS}/Other", 404),
        (INFO, 200),
        ("/latest/meta-data/", 404),
        ("/latest/meta-data/iam", 404),
    ],
)
def test_each_path_has_its_answer(path: str, status: int, session: Session) -> None:
    whole = InstanceMetadata(instance_id="i-1", session=session, profile=PROFILE)
    assert whole.get(path, now=NOW).status == status
    assert InstanceMetadata(instance_id="i-1", profile=PROFILE).get(path, now=NOW).status == 404


def test_an_instance_without_a_profile_says_nothing_of_it(session: Session) -> None:
    assert InstanceMetadata(instance_id="i-1", session=session).get(INFO, now=NOW).status == 404


def test_the_documents_have_the_members_of_the_guide(session: Session) -> None:
    whole = InstanceMetadata(instance_id="i-1", session=session, profile=PROFILE)
    assert whole.get(CREDENTIALS, now=NOW).body == "App"
    document = json.loads(whole.get(f"{CREDENTIALS}/App", now=NOW).body)
    assert document == {
        "Code": "Success",
        "LastUpdated": "2026-01-15T09:00:00Z",
        "Type": "AWS-HMAC",
        "AccessKeyId": session.access_key_id,
        "SecretAccessKey": session.credentials.secret_access_key,
        "Token": session.credentials.session_token,
        "Expiration": "2026-01-15T10:00:00Z",
    }
    info = whole.get(INFO, now=NOW).body
    assert json.loads(info) == {
        "Code": "Success",
        "LastUpdated": "2026-01-15T09:00:00Z",
        "InstanceProfileArn": PROFILE.arn,
        "InstanceProfileId": "AIPAEXAMPLE",
    }
    assert info.startswith('{\n  "Code"')


def test_a_conversation_shows_both_versions(session: Session) -> None:
    lines = conversation(session, NOW)
    assert [line.rpartition(" -> ")[2][:3] for line in lines] == ["200", "200", "200", "200", "401"]
    token = lines[2].rpartition(" ")[2]
    assert token in lines[3]
    assert "ttl-seconds: 21600" in lines[2]
