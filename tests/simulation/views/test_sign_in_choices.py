"""Who can sign in: every kind has its source, and every choice is a step that can be performed."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.sign_in_choices import sign_in_choices
from sts_tui.tours.playing.player import Player
from sts_tui.tours.reading.grammar import parse_step

SCENARIOS = Path(__file__).parents[3] / "sample_accounts" / "scenarios"


def labels(simulation: Simulation) -> list[str]:
    return [f"{one.who}: {one.what}" for one in sign_in_choices(simulation.world)]


def test_people_of_identity_center_come_with_their_permission_sets() -> None:
    simulation = Simulation.open(SCENARIOS / "landing-zone.json")
    assert labels(simulation)[0].startswith("ann@acme.example: Developer in ")


def test_who_has_a_password_signs_in_at_the_console_and_by_aws_login() -> None:
    simulation = Simulation.open(SCENARIOS / "leaked-login.json")
    found = labels(simulation)
    assert {"dana: console", "dana: aws login"} <= set(found)


@pytest.mark.parametrize("model", ["landing-zone", "leaked-login", "photo-app", "anywhere", "pods"])
def test_every_choice_is_a_step_that_is_performed(model: str) -> None:
    simulation = Simulation.open(SCENARIOS / f"{model}.json")
    player = Player(simulation)
    for choice in list(sign_in_choices(simulation.world)):
        result = player.perform(parse_step(f"try {choice.step}"))
        assert not result.is_invalid, (choice.step, result.message)


def test_an_open_sign_in_can_be_ended_once() -> None:
    simulation = Simulation.open(SCENARIOS / "leaked-login.json")
    player = Player(simulation)
    player.perform(parse_step("signin console dana"))
    assert "dana: sign out (console)" in labels(simulation)
    ending = next(one for one in sign_in_choices(simulation.world) if one.step.startswith("signout"))
    player.perform(parse_step(ending.step))
    assert "dana: sign out (console)" not in labels(simulation)


def test_certificates_come_with_each_role_of_a_profile_and_pods_with_their_association() -> None:
    anywhere = labels(Simulation.open(SCENARIOS / "anywhere.json"))
    assert {"web-1: Shop in prod", "web-1: Backup in prod", "printer: Backup in prod"} <= set(anywhere)
    simulation = Simulation.open(SCENARIOS / "pods.json")
    places = [one.label for one in simulation.world.configuration.pod_associations.values()]
    assert [one.split(": ")[0] for one in labels(simulation) if one.split(": ")[0] in places] == places
