"""The shell lines for what a dump lacks: their answers, shaped by --query, are overlay files that load."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import jmespath
import pytest

from sts_tui.account.writing.fetch_commands import missing_from_dump
from tests.accounts.every_part import PROD, changed, dump, model, own_file
from tests.accounts.policies import allow, policy, trusts

GITHUB = f"arn:aws:iam::{PROD}:oidc-provider/token.actions.githubusercontent.com"
SSO = f"arn:aws:iam::{PROD}:saml-provider/sso"
READ_ONLY = "arn:aws:iam::aws:policy/ReadOnlyAccess"
APP = f"arn:aws:iam::{PROD}:role/app/App"

ANSWERS: dict[str, Any] = {
    "list-roles": {"Roles": [{"RoleName": "App", "Arn": APP, "MaxSessionDuration": 7200}]},
    "list-saml-providers": {"SAMLProviderList": [{"Arn": SSO, "CreateDate": "2025-01-01T00:00:00Z"}]},
    "get-open-id-connect-provider": {
        "Url": "token.actions.githubusercontent.com",
        "ClientIDList": ["sts.amazonaws.com"],
    },
    "list-access-keys": {
        "AccessKeyMetadata": [
            {"UserName": "ana", "AccessKeyId": "AKIAQQQQQQQQQQQQQQQQ", "Status": "Inactive"}
        ]
    },
    "list-mfa-devices": {"MFADevices": [{"UserName": "ana", "SerialNumber": f"arn:aws:iam::{PROD}:mfa/ana"}]},
    "get-policy-version": {
        "PolicyVersion": {"VersionId": "v9", "IsDefaultVersion": True, "Document": policy(allow("s3:Get*"))}
    },
    "get-bucket-policy": {"Policy": json.dumps(policy(allow("s3:*", "arn:aws:s3:::data/*", Principal="*")))},
}


def lacking() -> dict[str, Any]:
    federated = {"Federated": [GITHUB, SSO]}
    return changed(dump(), "RoleDetailList.0.AssumeRolePolicyDocument", trusts(federated))


def overlays(lines: tuple[str, ...]) -> list[Any]:
    """What the commands would write: each --query applied to what AWS answers."""
    found = []
    for line in lines:
        line = re.sub(r"\$\([^)]*\)", "answer", line)
        for command in re.findall(r"aws [^>]*> ", line):
            words = shlex.split(
                command.replace("$user", f"arn:aws:iam::{PROD}:user/ana").replace("$bucket", "data")
            )
            answer = ANSWERS.get(words[2])
            if answer is not None and "--query" in words:
                query = words[len(words) - 1 - words[::-1].index("--query") + 1]
                found.append(jmespath.search(query, answer))
    return found


def test_the_answers_of_the_commands_complete_the_dump() -> None:
    lines = missing_from_dump(model(lacking()))
    answers = overlays(lines)
    assert len(answers) == len(ANSWERS)
    account = model(lacking(), *answers).accounts[0]
    assert account.role_detail_list[0].max_session_duration == 7200
    assert account.saml_providers[0].name == "sso"
    assert account.open_id_connect_providers[0].client_id_list == ("sts.amazonaws.com",)
    (user,) = account.user_detail_list
    assert user.access_keys is not None
    assert [(key.access_key_id, key.status) for key in user.access_keys] == [
        ("AKIAQQQQQQQQQQQQQQQQ", "Inactive")
    ]
    assert user.mfa_devices[0].serial_number.endswith("mfa/ana")
    assert account.policies[0].default_document is not None
    assert account.resources[0].policy is not None


def test_what_has_been_fetched_is_not_asked_for_again() -> None:
    answers = overlays(missing_from_dump(model(lacking())))
    organization = {
        "Organization": {
            "Id": "o-exampleorgid",
            "ManagementAccountId": PROD,
            "Root": {"Name": "Root", "Accounts": [PROD]},
        }
    }
    assert missing_from_dump(model(lacking(), *answers, organization)) == ()


def test_our_own_files_lack_nothing() -> None:
    assert missing_from_dump(model(own_file())) == ()


@pytest.mark.parametrize("shell", ["sh", "bash"])
def test_every_line_is_shell(shell: str, tmp_path: Path) -> None:
    text = "\n".join(missing_from_dump(model(lacking())))
    done = subprocess.run(
        [shell, "-n"], input=text, text=True, capture_output=True, check=False, cwd=tmp_path
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_arn_of_a_bucket_is_of_the_partition_of_its_account() -> None:
    china = json.loads(json.dumps(dump()).replace("arn:aws:", "arn:aws-cn:"))
    assert "arn:aws-cn:s3:::" in "\n".join(missing_from_dump(model(china)))


def test_a_bucket_without_a_policy_leaves_no_empty_file(tmp_path: Path) -> None:
    """The AWS CLI fails then, when the shell has made the file already."""
    (line,) = (line for line in missing_from_dump(model(dump())) if line.startswith("bucket="))
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    (tmp_path / "aws").write_text("#!/bin/sh\nexit 254\n")
    (tmp_path / "aws").chmod(0o700)
    subprocess.run(["sh"], input=line, text=True, cwd=tmp_path, env=environment, check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["aws"]


def test_nothing_in_a_dump_becomes_a_command() -> None:
    hostile = f"arn:aws:iam::{PROD}:oidc-provider/x.example/';touch$IFS/tmp/owned;'`id`$(id)"
    value = changed(dump(), "RoleDetailList.0.AssumeRolePolicyDocument", trusts({"Federated": hostile}))
    line = next(line for line in missing_from_dump(model(value)) if line.startswith("aws iam get-open-id"))
    words = shlex.split(line)
    assert words[4] == hostile
    assert words[7] == ">"
    assert re.fullmatch(r"[\w.-]+", words[8])
