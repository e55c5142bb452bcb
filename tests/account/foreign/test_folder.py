"""A folder is its JSON and YAML files together, and a folder of iam-collect is read in its own layout."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import UnreadableFileError
from sts_tui.account.loading.load import load
from sts_tui.account.writing.export import export
from sts_tui.simulation import Simulation
from tests.accounts.every_part import PROD, dump
from tests.accounts.policies import allow, trusts
from tests.accounts.policies import policy as document


def write(path: Path, value: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value))


def test_a_folder_is_all_of_its_files_together(tmp_path: Path) -> None:
    write(tmp_path / "a.json", dump())
    write(
        tmp_path / "deeper" / "b.json", {"Role": {**dump()["RoleDetailList"][0], "MaxSessionDuration": 7200}}
    )
    (tmp_path / "notes.txt").write_text("not read")
    write(tmp_path / ".cache" / "c.json", {"nonsense": True})
    (account,) = load([tmp_path]).model.accounts
    assert account.role_detail_list[0].max_session_duration == 7200
    assert export(Simulation.open(tmp_path).model) == export(load([tmp_path]).model)


def test_a_folder_without_files_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="without JSON or YAML files"):
        load([tmp_path])


def test_each_unreadable_file_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    write(tmp_path / "b.json", document(allow()))
    with pytest.raises(UnreadableFileError) as caught:
        load([tmp_path])
    assert [Path(one.file).name for one in caught.value.diagnostics] == ["a.json", "b.json"]


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """What iam-collect writes: folders in lower case, the ARN in metadata.json."""
    iam = tmp_path / "aws" / "aws" / "accounts" / PROD / "iam"
    role = iam / "role" / "app%2fapp"
    arn = f"arn:aws:iam::{PROD}:role/app/App"
    write(role / "metadata.json", {"arn": arn, "name": "App", "id": "AROAEXAMPLEEXAMPLEEXA", "path": "/app/"})
    write(role / "trust-policy.json", trusts())
    write(role / "inline-policies.json", [{"PolicyName": "p", "PolicyDocument": document(allow())}])
    write(role / "managed-policies.json", [f"arn:aws:iam::{PROD}:policy/Own"])
    write(role / "tags.json", {"team": "web"})
    group = f"arn:aws:iam::{PROD}:group/dev"
    write(iam / "group" / "dev" / "metadata.json", {"arn": group, "name": "dev"})
    user = iam / "user" / "ana"
    write(
        user / "metadata.json",
        {"arn": f"arn:aws:iam::{PROD}:user/ana", "name": "ana", "created": "2025-01-01T00:00:00.000Z"},
    )
    write(user / "groups.json", [group])
    policy = iam / "policy" / "own"
    write(
        policy / "metadata.json",
        {"arn": f"arn:aws:iam::{PROD}:policy/Own", "name": "Own", "defaultVersionId": "v3"},
    )
    write(policy / "current-policy.json", document(allow("s3:*")))
    bucket = tmp_path / "aws" / "aws" / "accounts" / PROD / "s3" / "data"
    write(bucket / "metadata.json", {"arn": "arn:aws:s3:::data", "name": "data"})
    write(bucket / "policy.json", document(allow(resource="arn:aws:s3:::data/*", Principal="*")))
    return tmp_path


@pytest.mark.parametrize("level", ["", "aws", "aws/aws"])
def test_a_folder_of_iam_collect_is_an_account(collected: Path, level: str) -> None:
    (account,) = load([collected / level]).model.accounts
    (role,) = account.role_detail_list
    assert (role.arn, role.role_id) == (f"arn:aws:iam::{PROD}:role/app/App", "AROAEXAMPLEEXAMPLEEXA")
    assert [policy.policy_name for policy in role.role_policy_list] == ["p"]
    assert [policy.policy_arn for policy in role.attached_managed_policies] == [
        f"arn:aws:iam::{PROD}:policy/Own"
    ]
    assert [(tag.key, tag.value) for tag in role.tags] == [("team", "web")]
    assert role.assume_role_policy_document.document == trusts()
    assert account.user_detail_list[0].group_list == ("dev",)
    assert account.policies[0].default_document is not None
    (bucket,) = account.resources
    assert bucket.policy is not None


def test_a_fault_in_a_folder_of_iam_collect_names_the_file_and_line(collected: Path) -> None:
    path = collected / "aws" / "aws" / "accounts" / PROD / "iam" / "role" / "app%2fapp" / "trust-policy.json"
    path.write_text('{\n"Version": "2012-10-17",\n"Statement": [{\n"Effect": "allow"}]}')
    told = [one for one in load([collected]).warnings if one.file == str(path)]
    assert told
    assert {one.line for one in told} <= {3, 4}
