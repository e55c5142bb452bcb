"""Defaults and orders that no step spells out, and that scripts rely on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tours.reading.preamble import opening_of

PROD, ALONE = "111122223333", "444455556666"
LOCKED = "arn:aws:s3:::prod-data"
ASSUME = f"aws sts assume-role --role-arn arn:aws:iam::{PROD}:role/App --role-session-name job"
DELETED = (
    "aws iam delete-role-policy --role-name App --policy-name all",
    "aws iam delete-role --role-name App",
)


def allowing(action: str, **more: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **more}]}


def model() -> dict[str, Any]:
    """Two accounts, of which one is in no organizational unit, and no `StartTime`."""
    everything = [{"PolicyName": "all", "PolicyDocument": allowing("*", Resource="*")}]
    trust = allowing("sts:AssumeRole", Principal={"AWS": PROD})
    only_members = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyMembers",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": "*",
                "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-exampleorgid"}},
            }
        ],
    }
    return {
        "Organization": {
            "Id": "o-exampleorgid",
            "ManagementAccountId": "999988887777",
            "Root": {
                "Name": "Root",
                "Accounts": ["999988887777", PROD],
                "ResourceControlPolicies": [{"Name": "members", "Document": only_members}],
            },
        },
        "Accounts": [
            {"AccountId": "999988887777"},
            {
                "AccountId": PROD,
                "UserDetailList": [{"UserName": "ana", "UserPolicyList": everything}],
                "RoleDetailList": [
                    {"RoleName": "App", "AssumeRolePolicyDocument": trust, "RolePolicyList": everything}
                ],
                "Resources": [
                    {"Arn": LOCKED, "Policy": allowing("s3:*", Principal="*", Resource=f"{LOCKED}/*")}
                ],
            },
            {"AccountId": ALONE, "UserDetailList": [{"UserName": "out", "UserPolicyList": everything}]},
        ],
    }


def faults(*lines: str) -> list[str]:
    """The steps that failed, each with what was reported."""
    played = play(parse_tour("\n".join(lines), "t"), Player(Simulation.open(model())))
    return [
        f"{one.line.text}: {one.result.message}" for one in played if one.result.outcome is StepOutcome.FAILED
    ]


def test_without_a_start_the_clock_begins_at_nine_on_the_fifteenth_of_january_2026() -> None:
    tour = parse_tour("as ana\n", "t")
    simulation = opening_of(tour, Path(), Path("sample_accounts/acme.json")).open()
    assert simulation.now.isoformat() == "2026-01-15T09:00:00+00:00"
    assert Simulation.open(model()).now == simulation.now


def test_the_seed_is_zero_where_none_is_given() -> None:
    def issued(simulation: Simulation) -> Any:
        key = simulation.access_key(f"arn:aws:iam::{PROD}:user/ana")
        return simulation.call("sts:GetSessionToken", {}, caller=key)["Credentials"]

    unsaid = issued(Simulation.open(model()))
    assert unsaid == issued(Simulation.open(model(), seed=0)) != issued(Simulation.open(model(), seed=1))


def test_settings_are_what_a_model_without_settings_has() -> None:
    settings = Simulation.open(model()).world.settings
    assert (
        settings.revoke_padding_seconds,
        settings.propagation_seconds,
        settings.request_log_size,
        settings.role_sessions_keep_mfa,
    ) == (30, 0, 100_000, False)


def test_calls_take_no_time() -> None:
    simulation = Simulation.open(model())
    before = simulation.now
    player = Player(simulation)
    for line in ("as ana", ASSUME, f"request s3:GetObject {LOCKED}/x", "revoke App", "undo", "redo"):
        list(play(parse_tour(line, "t"), player))
    assert simulation.now == before


def test_waiting_cannot_be_undone() -> None:
    reported = faults("as ana", "wait 1h", "undo")
    assert reported == ["undo: nothing to undo"]


def test_an_account_outside_the_tree_is_not_of_the_organization() -> None:
    get = f"request s3:GetObject {LOCKED}/x"
    assert faults("as ana", get, "as out", get, "expect denied by OnlyMembers") == []


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (["revoke App"], "revoked"),
        (["revoke App", "wait 2h"], "expired"),
        (DELETED, "orphaned"),
        ([*DELETED, "wait 2h"], "expired"),
    ],
)
def test_the_first_of_expired_orphaned_revoked_that_holds_is_the_state(steps: list[str], state: str) -> None:
    assert faults("as ana", ASSUME, *steps, f"expect session job@App {state}") == []


def test_what_is_for_the_screen_is_passed_over_without_one() -> None:
    assert faults("press a enter", "type nonsense", "shot x", "as ana", "undo") == ["undo: nothing to undo"]


def test_an_output_that_differs_is_reported_beside_what_was_expected_as_it_was_read() -> None:
    step = 'expect output Arn ["a"]'  # the shell's quotes are gone when it is compared
    reported = faults("as ana", "aws sts get-caller-identity", step)
    assert reported == [f"{step}: Arn is arn:aws:iam::{PROD}:user/ana, not [a]"]
