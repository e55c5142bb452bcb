"""`key=value` words of an `aws` line are request context: what a service says when it assumes a role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.reading.grammar import parse_step
from tests.accounts.entities import role
from tests.accounts.tour_model import ALPHA

MODEL = {
    "Accounts": [
        {
            "AccountId": ALPHA,
            "RoleDetailList": [
                role(
                    "Recorder",
                    {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Principal": {"Service": "config.amazonaws.com"},
                                "Action": "sts:AssumeRole",
                                "Condition": {"StringEquals": {"aws:SourceAccount": ALPHA}},
                            }
                        ],
                    },
                )
            ],
        }
    ]
}
ASSUME = f"aws sts assume-role --role-arn arn:aws:iam::{ALPHA}:role/Recorder --role-session-name run"


def test_a_service_gets_a_session_only_for_the_account_that_the_trust_policy_names() -> None:
    player = Player(Simulation.open(MODEL))
    player.perform(parse_step("as service:config.amazonaws.com"))
    for words in ("", "aws:SourceAccount=444455556666"):
        denied = player.perform(parse_step(f"{ASSUME} {words}")).error
        assert denied is not None
        assert denied.code == "AccessDenied"
    assert player.perform(parse_step(f"{ASSUME} aws:SourceAccount={ALPHA}")).error is None
    assert player.perform(parse_step("as run@Recorder")).is_invalid is False


def test_a_source_arn_says_whose_resource_it_is() -> None:
    player = Player(Simulation.open(MODEL))
    player.perform(parse_step("as service:config.amazonaws.com"))
    arn = f"arn:aws:config:us-east-1:{ALPHA}:config-recorder/default"
    assert player.perform(parse_step(f"{ASSUME} aws:SourceArn={arn}")).error is None
