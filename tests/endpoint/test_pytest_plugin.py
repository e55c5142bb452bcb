"""The fixture `aws`, as the page "Test your AssumeRole code" shows it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sts_tui.endpoint.pytest_plugin import Aws, aws
from tests.accounts.every_part import PROD
from tests.endpoint.conftest import ROLE, model

__all__ = ["aws"]

PAGE = Path(__file__).parents[2] / "docs" / "testing-your-code.md"


@pytest.fixture
def aws_model() -> dict[str, Any]:
    return model()


def test_code_that_makes_its_own_sessions_reaches_the_model(aws: Aws) -> None:
    aws.act_as("alice")
    assert boto3.client("sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{PROD}:user/alice"


def test_a_denial_is_raised_and_listed(aws: Aws) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        aws.session("bob").client("sts").assume_role(RoleArn=ROLE, RoleSessionName="job")
    assert [one.action for one in aws.denials] == ["sts:AssumeRole"]


def test_a_refreshable_session_renews_itself_after_a_jump_of_the_clock(aws: Aws) -> None:
    from botocore.credentials import RefreshableCredentials
    from botocore.session import get_session

    made: list[str] = []

    def renew() -> dict[str, str]:
        issued = (
            aws.session("alice").client("sts").assume_role(RoleArn=ROLE, RoleSessionName="job")["Credentials"]
        )
        made.append(issued["AccessKeyId"])
        return {
            "access_key": issued["AccessKeyId"],
            "secret_key": issued["SecretAccessKey"],
            "token": issued["SessionToken"],
            "expiry_time": issued["Expiration"].isoformat(),
        }

    session = get_session()
    session._credentials = RefreshableCredentials.create_from_metadata(renew(), renew, "sts-assume-role")
    s3 = boto3.Session(botocore_session=session, region_name="us-east-1").client("s3")
    s3.put_object(Bucket="data", Key="a", Body=b"1")
    aws.sim.advance(3601)
    with pytest.raises(ClientError, match="ExpiredToken"):
        s3.put_object(Bucket="data", Key="a", Body=b"1")
    assert len(made) == 1


def test_the_environment_is_as_before_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.httpsession import URLLib3Session

    assert URLLib3Session.send.__module__ == "botocore.httpsession"


def test_the_pages_example_runs(tmp_path: Path, pytester_run: Any) -> None:
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert len(examples) >= 3
    pytester_run(tmp_path, examples)


@pytest.fixture
def pytester_run() -> Any:
    import json
    import subprocess
    import sys

    def run(folder: Path, examples: list[str]) -> None:
        conftest, code, test = examples[:3]
        (folder / "conftest.py").write_text(conftest)
        (folder / "reports.py").write_text(code)
        (folder / "test_reports.py").write_text(test)
        (folder / "model.json").write_text(json.dumps(model()))
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_reports.py"],
            cwd=folder, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout

    return run
