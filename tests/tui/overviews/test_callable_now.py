"""The table of STS operations says for every operation what the engine answers to the call itself.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.operation_matrix import OPERATION_ROWS
from sts_tui.tui.overviews.callable_now import callable_now
from tests.accounts.entities import role, user
from tests.accounts.policies import allows, trusts
from tests.accounts.tour_model import ALPHA

ROLE = f"arn:aws:iam::{ALPHA}:role/App"
CALLS: dict[str, dict[str, Any]] = {
    "AssumeRole": {"RoleArn": ROLE, "RoleSessionName": "job"},
    "AssumeRoot": {
        "TargetPrincipal": ALPHA,
        "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMDeleteRootUserCredentials"},
    },
    "DecodeAuthorizationMessage": {"EncodedMessage": "no-message"},
    "GetAccessKeyInfo": {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE"},
    "GetCallerIdentity": {},
    "GetFederationToken": {"Name": "visitor"},
    "GetScopedCredentials": {"DurationSeconds": 60},
    "GetSessionToken": {},
    "GetWebIdentityToken": {"Audience": ["https://example.com"], "SigningAlgorithm": "RS256"},
}


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    everything = ("Everything", allows("*"))
    account = {
        "AccountId": ALPHA,
        "UserDetailList": [user("boss", everything), user("nobody")],
        "RoleDetailList": [role("App", trusts(f"arn:aws:iam::{ALPHA}:root"), everything)],
    }
    found = Simulation.open({"Accounts": [account]})
    found.call("sts:AssumeRole", CALLS["AssumeRole"], caller="boss")
    return found


def answer(simulation: Simulation, who: str, operation: str) -> str:
    """The answer of the call itself: `allowed`, else the words of why not."""
    try:
        simulation.preview(f"sts:{operation}", CALLS[operation], caller=who)
    except AwsError as error:
        if error.code == "InvalidAuthorizationMessageException":
            return "allowed"  # its only fault is the message of this test
        return error.decision.reason if error.decision is not None else error.hint or error.message
    return "allowed"


@pytest.mark.parametrize("who", ["boss", "nobody", "job@App"])
def test_the_table_says_what_each_call_would_answer(simulation: Simulation, who: str) -> None:
    table = callable_now(simulation, simulation.resolve(who))
    for operation in CALLS:
        said = "".join(span.text for span in table[operation])
        answered = answer(simulation, who, operation)
        assert said.startswith("+ allowed" if answered == "allowed" else "- "), (operation, said, answered)
    assert {name for name, row in OPERATION_ROWS.items() if row.is_signed} == {
        *CALLS,
        "GetDelegatedAccessToken",
    }


def test_an_account_enables_outbound_federation_before_a_permission_for_tokens_helps(
    simulation: Simulation,
) -> None:
    def said(who: str) -> str:
        table = callable_now(simulation, simulation.resolve(who))
        return "".join(span.text for span in table["GetWebIdentityToken"])

    assert "OutboundWebIdentityFederationDisabled" in said("boss")
    simulation.call("iam:EnableOutboundWebIdentityFederation", {})
    assert said("boss") == "+ allowed"
    assert said("nobody").startswith("- denied")
    simulation.undo()
