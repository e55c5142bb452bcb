"""`animate` and `leak` are steps: a dump without workloads becomes a rehearsal of a revocation."""

from __future__ import annotations

from sts_tui.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_commands
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, policy, trusts

MODEL = {
    "Accounts": [
        {
            "AccountId": PROD,
            "RoleDetailList": [
                {
                    "RoleName": "Worker",
                    "AssumeRolePolicyDocument": trusts({"Service": "lambda.amazonaws.com"}),
                    "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy(allow())}],
                }
            ],
        }
    ]
}


def played(*commands: str, readonly: bool = False) -> list[StepResult]:
    player = Player(Simulation.open(MODEL), readonly=readonly)
    return [one.result for one in play(parse_commands(commands), player)]


def test_a_leaked_session_is_revoked_and_the_thief_is_denied() -> None:
    results = played(
        "animate", "wait 30s", "leak Worker", "wait 30s", "revoke Worker", "wait 2m", "animate off"
    )
    assert {result.outcome for result in results} == {StepOutcome.PASSED}
    assert results[0].message == "1 invented workload makes requests"
    assert results[2].message == "thief has the newest session of Worker"


def test_without_a_session_nothing_can_leak() -> None:
    (result,) = played("leak Worker")
    assert result.outcome is StepOutcome.FAILED
    assert "no session that could leak" in result.message


def test_animate_takes_off_and_nothing_else() -> None:
    assert played("animate", "animate off")[1].message == "No invented workloads make requests"
