"""What counts as done about an incident: every cut of the desk, and nothing that the suspect did."""

from __future__ import annotations

import pytest

from sts_tui.account.loading.load import from_json
from sts_tui.cli.files import sample_account
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour
from tests.accounts.workload_identities import model

CASES = {
    "photo-app": (
        ("signin app photos", "signin app photos members/ana", "signin app photos members/ben"),
        {"guest": {"end-sign-in": "cognito-identity update-identity-pool"}, "ana": {}},
    ),
    "leaked-login": (
        ("signin console dana", "signin cli dana"),
        {"dana": {}, "dana-login": {"end-sign-in": "signin batch-revoke-sessions"}},
    ),
    "landing-zone": (
        ("signin portal ann@acme.example Developer prod",),
        {
            "ann@acme.example": {
                "end-sign-in": "sso logout",
                "deny-person": "organizations attach-policy",
                "permission-set": "sso-admin provision-permission-set",
                "remove-assignment": "identitystore delete-group-membership",
                "delete-person": "identitystore delete-user",
            }
        },
    ),
    "anywhere": (
        ("signin certificate corp-ca/web-1 Shop", "signin certificate corp-ca/web-2 Shop"),
        {
            "web-1@Shop": {
                "revoke-certificate": "rolesanywhere import-crl",
                "disable-anchor": "rolesanywhere disable-trust-anchor",
                "disable-profile": "rolesanywhere disable-profile",
            }
        },
    ),
    "pods": (
        ("signin pod prod/shop/web/web-0", "signin pod prod/shop/web/web-1"),
        {
            "web-0@Web": {
                "delete-association": "eks delete-pod-identity-association",
                "revoke-role": "iam put-role-policy",
            }
        },
    ),
}


@pytest.mark.parametrize("scenario", CASES)
def test_every_cut_is_shown_as_done_and_no_sign_in_is(scenario: str) -> None:
    sign_ins, suspects = CASES[scenario]
    simulation = Simulation.open(sample_account().parent / "scenarios" / f"{scenario}.json")
    player = Player(simulation)

    def perform(*lines: str) -> None:
        played = play(parse_tour("\n".join(lines) + "\n", "done.tour"), player)
        assert not [one.result.message for one in played if one.result.error]

    def done(who: str) -> list[str]:
        commands = [one.command.split() for one in incident(simulation, who).aftermath.done]
        return [" ".join(words[1:3]) for words in commands]

    perform(*sign_ins)
    for who in suspects:
        assert done(who) == [], who
    for who, cuts in suspects.items():
        for cut, command in cuts.items():
            perform(f"cut {who} by {cut}")
            assert command in done(who), cut


def test_what_the_suspect_writes_is_no_response() -> None:
    simulation = Simulation(from_json(model()).model)
    made = simulation.call("iam:CreateAccessKey", {"UserName": "admin"}, caller="admin")
    assert incident(simulation, "admin").aftermath.done == ()
    key = {"UserName": "admin", "AccessKeyId": made["AccessKey"]["AccessKeyId"]}
    simulation.call("iam:DeleteAccessKey", key, caller="operator")
    (found,) = incident(simulation, "admin").aftermath.done
    assert (found.by, found.command.split()[2]) == ("operator", "delete-access-key")
