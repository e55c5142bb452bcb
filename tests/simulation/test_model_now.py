"""What is deleted while programs use it does not keep the exported model from loading again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sts_tui.account.loading.load import Loaded, from_json
from sts_tui.account.writing.export import export
from sts_tui.simulation import Simulation
from sts_tui.simulation.model_now import model_now
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_commands
from tests.accounts.entities import role, user
from tests.accounts.every_part import PROD, errors
from tests.accounts.policies import allow, policy, trusts

SCENARIOS = Path(__file__).parents[2] / "sample_accounts" / "scenarios"
FIRST, SECOND = "AKIAQYLPMN5HLQ3XAAAA", "AKIAQYLPMN5HLQ3XAAAB"
JOE = f"arn:aws:iam::{PROD}:user/joe"
TARGET = f"arn:aws:iam::{PROD}:role/Target"
DELETE_KEY = f"aws iam delete-access-key --user-name joe --access-key-id {FIRST}"


def joe(*hops: str) -> Simulation:
    """A program of a user with two keys."""
    account = {
        "AccountId": PROD,
        "UserDetailList": [user("joe", AccessKeys=[{"AccessKeyId": FIRST}, {"AccessKeyId": SECOND}])],
        "RoleDetailList": [role("Target", trusts({"AWS": JOE}), ("p", policy(allow())))],
    }
    workload = {
        "Name": "batch",
        "Identity": JOE,
        "AssumeRoles": [{"RoleArn": arn} for arn in hops],
        "Requests": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/k"}],
    }
    return Simulation.open({"Accounts": [account], "Workloads": [workload]})


def loaded_again(sim: Simulation, *lines: str) -> Loaded:
    """Its export after these lines, which loads without an error."""
    steps = parse_commands(["as operator", "wait 10s", *lines])
    played = [one.result for one in play(steps, Player(sim))]
    assert [one for one in played if one.error or one.outcome is StepOutcome.FAILED] == []
    text = export(model_now(sim))
    assert export(model_now(Simulation.open(json.loads(text)))) == text
    return from_json(json.loads(text))


def test_a_program_does_not_get_another_key_by_the_export() -> None:
    again = loaded_again(joe(), DELETE_KEY)
    assert again.model.workloads[0].identity == FIRST
    assert again.model.deleted == (FIRST,)
    assert "was deleted: every request fails" in str(again.warnings)


def test_the_user_of_a_program_may_be_deleted() -> None:
    lines = (DELETE_KEY, DELETE_KEY.replace(FIRST, SECOND), "aws iam delete-user --user-name joe")
    assert loaded_again(joe(), *lines).model.deleted == (FIRST,)


def test_a_role_that_a_program_assumes_may_be_deleted() -> None:
    lines = (
        "aws iam delete-role-policy --role-name Target --policy-name p",
        "aws iam delete-role --role-name Target",
    )
    again = loaded_again(joe(TARGET), *lines)
    assert again.model.deleted == (TARGET,)
    assert "it cannot be assumed" in str(again.warnings)


@pytest.mark.parametrize(
    ("file", "identity", "line"),
    [
        (
            "pods.json",
            "pod:prod/shop/web",
            "aws eks delete-pod-identity-association --cluster-name prod"
            " --association-id a-abcdefghijklmnop1",
        ),
        (
            "photo-app.json",
            "app:photos",
            "aws cognito-identity delete-identity-pool"
            " --identity-pool-id us-east-1:0a1b2c3d-1111-4222-8333-444455556666",
        ),
    ],
)
def test_what_gives_a_program_its_credentials_may_be_deleted(file: str, identity: str, line: str) -> None:
    model = json.loads((SCENARIOS / file).read_text())
    model.setdefault("Workloads", []).append({"Name": "guest", "Identity": identity, "AssumeRoles": []})
    assert identity in loaded_again(Simulation.open(model), line).model.deleted


def test_what_exists_is_not_listed_and_a_mistake_in_a_file_stays_one() -> None:
    assert model_now(joe(TARGET)).deleted == ()
    written = json.loads(export(joe(TARGET).model))
    written["Workloads"][0]["AssumeRoles"][0]["RoleArn"] += "s"
    assert "there is no role" in str(errors(written))


def test_settings_that_calls_changed_are_in_the_model() -> None:
    sim = joe()
    loaded_again(sim, "set propagation 4s")
    assert model_now(sim).settings.propagation_seconds == 4
