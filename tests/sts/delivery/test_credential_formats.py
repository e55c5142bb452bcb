"""Credentials as other tools read them."""

from __future__ import annotations

import configparser
import json
import shlex

import pytest

from sts_tui.sts.delivery.credential_formats import (
    DOCUMENTS,
    FORMATS,
    NOTICE,
    ExportedCredentials,
    exported,
    formatted,
)
from sts_tui.sts.identity import operator_identity, session_identity, user_identity
from tests.accounts.organization import Desk
from tests.accounts.policies import MAIN, user_arn


def of_session(desk: Desk) -> ExportedCredentials:
    credentials = exported(session_identity(desk.session(desk.assume("App"))))
    assert credentials is not None
    return credentials


def of_user(desk: Desk) -> ExportedCredentials:
    identity = user_identity(
        desk.sim.world.configuration.users[user_arn("alice")], desk.sim.access_key(user_arn("alice"))
    )
    credentials = exported(identity)
    assert credentials is not None
    return credentials


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_says_that_nothing_is_real_and_ends_with_a_line_feed(desk: Desk, form: str) -> None:
    for credentials in (of_session(desk), of_user(desk)):
        text = formatted(credentials, form)
        assert NOTICE in text
        assert text.endswith("\n")
        assert credentials.access_key_id in text


def test_the_formats_are_the_documented_ones() -> None:
    assert FORMATS == ("env", "fish", "powershell", "process", "profile")


def test_env_is_read_by_a_shell(desk: Desk) -> None:
    credentials = of_session(desk)
    words = shlex.split(formatted(credentials, "env"), comments=True)
    variables = dict(word.split("=", 1) for word in words if "=" in word)
    assert variables == {
        "AWS_ACCESS_KEY_ID": credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
        "AWS_SESSION_TOKEN": credentials.session_token,
        "AWS_CREDENTIAL_EXPIRATION": "2026-01-15T10:00:00Z",
        "AWS_ACCOUNT_ID": MAIN,
    }


def test_process_is_what_credential_process_prints(desk: Desk) -> None:
    credentials = of_session(desk)
    text = formatted(credentials, "process")
    document = json.loads(text)
    assert text == f"{json.dumps(document, indent=2)}\n"
    assert document == {
        "Version": 1,
        "Notice": NOTICE,
        "AccessKeyId": credentials.access_key_id,
        "SecretAccessKey": credentials.secret_access_key,
        "SessionToken": credentials.session_token,
        "Expiration": "2026-01-15T10:00:00Z",
        "AccountId": MAIN,
    }


def test_long_term_credentials_have_neither_token_nor_expiration(desk: Desk) -> None:
    credentials = of_user(desk)
    assert "SESSION_TOKEN" not in formatted(credentials, "env")
    assert set(json.loads(formatted(credentials, "process"))) >= {"AccessKeyId", "SecretAccessKey"}
    assert "Expiration" not in json.loads(formatted(credentials, "process"))


def test_profile_is_an_ini_section_with_a_telling_name(desk: Desk) -> None:
    parser = configparser.ConfigParser()
    parser.read_string(formatted(of_session(desk), "profile"))
    assert parser.sections() == ["simulated-demo@App"]
    assert parser["simulated-demo@App"]["aws_access_key_id"].startswith("ASIA")


@pytest.mark.parametrize(
    ("form", "line"),
    [("fish", "set -gx AWS_ACCESS_KEY_ID ASIA"), ("powershell", '$Env:AWS_ACCESS_KEY_ID="ASIA')],
)
def test_other_shells(desk: Desk, form: str, line: str) -> None:
    assert line in formatted(of_session(desk), form)


def test_caller_without_credentials_exports_none() -> None:
    assert exported(operator_identity(MAIN)) is None


def test_documents_of_the_metadata_endpoints(desk: Desk) -> None:
    credentials = of_session(desk)
    instance, container = (json.loads(formatted(credentials, form)) for form in DOCUMENTS)
    assert instance["Token"] == container["Token"] == credentials.session_token
    assert instance["Code"] == "Success"
    assert container["RoleArn"].endswith(":role/App")


@pytest.mark.parametrize("form", ["imds", "container"])
def test_no_endpoint_delivers_a_users_credentials(desk: Desk, form: str) -> None:
    with pytest.raises(ValueError, match="not a role session"):
        formatted(of_user(desk), form)


def test_a_profile_has_a_session_token_only_for_a_session(desk: Desk) -> None:
    session, user = formatted(of_session(desk), "profile"), formatted(of_user(desk), "profile")
    assert "\naws_session_token = " in session
    assert "aws_session_token" not in user
