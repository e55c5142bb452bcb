"""`sts-tui can`: the access matrix, and one verdict with its exit code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sts_tui.simulation.reach.access.action_verdicts import MOST_RESOURCES
from tests.accounts.every_part import PROD
from tests.accounts.landing_zone import ANN
from tests.accounts.landing_zone import MODEL as ZONE
from tests.accounts.landing_zone import PROD as HOME
from tests.accounts.policies import allow, trusts
from tests.accounts.policies import policy as document
from tests.cli.conftest import Printed

Command = Callable[..., Printed]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    unknown = {"StringEquals": {"aws:PrincipalTag/team": "${aws:PrincipalTag/team}"}}
    statements = [
        allow("s3:GetObject", "arn:aws:s3:::data/*"),
        allow("s3:ListBucket", "*", Condition=unknown),
    ]
    policy = {"PolicyName": "p", "PolicyDocument": document(*statements)}
    account = {
        "AccountId": PROD,
        "UserDetailList": [{"UserName": "ana", "UserPolicyList": [policy]}],
        "RoleDetailList": [
            {
                "RoleName": "App",
                "RoleId": "AROAEXAMPLEEXAMPLEEXA",
                "AssumeRolePolicyDocument": trusts(),
                "RolePolicyList": [policy],
            }
        ],
    }
    path = tmp_path / "mine.json"
    path.write_text(json.dumps({"Accounts": [account]}))
    return path


@pytest.mark.parametrize("who", ["ana", "App", f"arn:aws:iam::{PROD}:role/App", "AROAEXAMPLEEXAMPLEEXA"])
def test_the_matrix_of_a_user_and_of_a_role(sts_tui: Command, model: Path, who: str) -> None:
    printed = sts_tui("can", who, "--model", model)
    assert printed.code == 0
    heading, row = printed.out.splitlines()
    assert heading.split() == ["service", "list", "read", "write", "tagging", "permissions"]
    assert row.split()[0] == "s3"
    services = json.loads(sts_tui("can", who, "--model", model, "--json").out)["services"]
    assert services["s3"]["Read"]["allowed"] == ["GetObject"]


@pytest.mark.parametrize(("key", "code", "word"), [("data/x", 0, "allowed"), ("other/x", 1, "denied")])
def test_one_verdict_has_its_exit_code(sts_tui: Command, model: Path, key: str, code: int, word: str) -> None:
    printed = sts_tui("can", "ana", "s3:GetObject", f"arn:aws:s3:::{key}", "--model", model)
    assert printed.code == code
    assert printed.out.startswith(f"{word}: ana s3:GetObject")
    again = sts_tui("can", "ana", "s3:GetObject", f"arn:aws:s3:::{key}", "--model", model, "--json")
    assert json.loads(again.out)["verdict"] == word


def test_a_role_that_guests_alone_get_is_asked_about_as_their_session(sts_tui: Command) -> None:
    """https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html"""
    scenario = str(Path(__file__).parents[3] / "sample_accounts" / "scenarios" / "photo-app.json")
    printed = sts_tui("can", "Guest", "secretsmanager:GetSecretValue", "--model", scenario)
    assert (printed.code, "session policy" in printed.out) == (1, True)
    assert "enhanced flow, with the session policies" in printed.err
    assert "enhanced flow" not in printed.out


def test_a_role_that_people_get_is_asked_about_without_session_policies(sts_tui: Command) -> None:
    scenario = str(Path(__file__).parents[3] / "sample_accounts" / "scenarios" / "photo-app.json")
    printed = sts_tui("can", "Member", "s3:ListBucket", "--model", scenario)
    assert "without session policies, as photos gives it in the enhanced flow" in printed.err


def test_without_a_resource_everything_is_meant(sts_tui: Command, model: Path) -> None:
    assert sts_tui("can", "ana", "s3:GetObject", "--model", model).code == 1


def test_a_tour_is_played_first_and_its_changes_are_named(
    sts_tui: Command, model: Path, tmp_path: Path
) -> None:
    tour = tmp_path / "cut.tour"
    tour.write_text(f"account {model.name}\naws iam delete-user-policy --user-name ana --policy-name p\n")
    printed = sts_tui("can", "ana", "--model", model, "--tour", tour)
    assert printed.code == 0
    assert "s3 read: lost GetObject" in printed.out


def test_nobody_of_this_name_is_an_error(sts_tui: Command, model: Path) -> None:
    printed = sts_tui("can", "nobody", "--model", model)
    assert printed.code == 2
    assert "nobody" in printed.err


def test_an_action_that_aws_does_not_have_is_reported(sts_tui: Command, model: Path) -> None:
    printed = sts_tui("can", "ana", "bogus:Action", "--model", model)
    assert printed.code == 1
    assert 'AWS has no service "bogus"' in printed.out


def test_a_denial_without_a_resource_names_the_resources_that_are_allowed(
    sts_tui: Command, model: Path
) -> None:
    printed = sts_tui("can", "ana", "s3:GetObject", "--model", model)
    assert "arn:aws:s3:::data/*" in printed.out
    asked = sts_tui("can", "ana", "s3:GetObject", "--model", model, "--json")
    assert json.loads(asked.out)["allowed_on"] == ["arn:aws:s3:::data/*"]


@pytest.mark.parametrize(
    ("action", "resource", "meant"),
    [
        ("s3:GetObject", "data/x", "arn:aws:s3:::data/x"),
        ("iam:GetUser", "ana", ":user/ana"),
        ("sqs:SendMessage", "q", "a RESOURCE is an ARN"),
    ],
)
def test_a_resource_that_is_not_an_arn_gets_no_verdict(
    sts_tui: Command, model: Path, action: str, resource: str, meant: str
) -> None:
    printed = sts_tui("can", "ana", action, resource, "--model", model)
    assert (printed.code, printed.out) == (2, "")
    assert f"{resource} is not an ARN" in printed.err
    assert meant in printed.err


def test_can_and_reach_ask_for_a_user_of_identity_center(sts_tui: Command, tmp_path: Path) -> None:
    file = tmp_path / "zone.json"
    file.write_text(json.dumps(ZONE))
    for who in (ANN, f"{ANN}@Developer", f"{HOME}/{ANN}@Developer"):
        printed = sts_tui("can", who, "s3:GetObject", "--model", str(file))
        assert printed.code == 0, printed.out + printed.err
        assert printed.out.startswith("allowed")
    assert sts_tui("can", ANN, "s3:PutObject", "--model", str(file)).code == 1
    reached = sts_tui("reach", str(file), "--from", ANN)
    assert "AWSReservedSSO_Developer_" in reached.out


def test_all_asks_on_every_resource_and_prints_every_name(sts_tui: Command, tmp_path: Path) -> None:
    buckets = [f"arn:aws:s3:::data-{number}/x" for number in range(MOST_RESOURCES + 9)]
    denied = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": buckets[:-7]}
    policy = {"PolicyName": "p", "PolicyDocument": document(allow("s3:GetObject", buckets), denied)}
    account = {"AccountId": PROD, "UserDetailList": [{"UserName": "ana", "UserPolicyList": [policy]}]}
    path = tmp_path / "many.json"
    path.write_text(json.dumps({"Accounts": [account]}))
    cut = sts_tui("can", "ana", "--model", path)
    assert "?" in cut.out
    assert f"{MOST_RESOURCES} of up to {MOST_RESOURCES + 9} resources; --all" in cut.err
    whole = sts_tui("can", "ana", "--model", path, "--all")
    assert "1/" in whole.out
    assert "--all" not in whole.err
    some = sts_tui("can", "ana", "s3:GetObject", "--model", path).out
    assert "and 2 more (--all prints them)" in some
    assert all(
        name in sts_tui("can", "ana", "s3:GetObject", "--model", path, "--all").out for name in buckets[-7:]
    )


def test_a_file_in_place_of_an_action_says_how_files_are_given(sts_tui: Command, model: Path) -> None:
    """`can App mine.json` looked for App in the sample, and said that no one is named so."""
    printed = sts_tui("can", "App", model)
    assert (printed.code, printed.err) == (
        2,
        f"sts-tui: {model} is a file: sts-tui can App --model {model}\n",
    )
    assert f"sts-tui can WHO --model {model}" in sts_tui("can", model).err
