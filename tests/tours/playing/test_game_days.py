"""Game days: the attacker keeps to its timetable, and the response is scored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.tours.playing.games import score
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.grammar import parse_commands, read_tour

FOLDER = Path(__file__).parents[3] / "sample_accounts" / "gamedays"
TOURS = sorted(FOLDER.glob("*.tour"))
BUCKET = "arn:aws:s3:::acme-orders"
READ = f"request s3:GetObject {BUCKET}/export/customers.csv aws:SourceIp=198.51.100.66"
SHOP = "i-0c3d4e5f6a7b8c9d0@Shop"


def opened(*commands: str) -> Simulation:
    """The model of a leaked instance after these steps, none of which fails."""
    simulation = Simulation.open(FOLDER / "leaked-instance.json")
    perform(simulation, *commands)
    return simulation


def perform(simulation: Simulation, *commands: str) -> None:
    player = Player(simulation)
    for line in parse_commands(["gameday 1s", *commands]).lines[1:]:
        result = player.perform(line.step)
        assert result.outcome is not StepOutcome.FAILED, (line.text, result.message)


def value(simulation: Simulation, measure: str) -> Any:
    found = score(simulation).document[measure]
    assert isinstance(found, dict)
    return found["value"]


def set_up(path: Path) -> Simulation:
    """A sample up to *Your turn*, without the solution."""
    simulation = Simulation.open(path.with_suffix(".json"))
    player = Player(simulation, path.parent)
    for line in read_tour(path).lines:
        if isinstance(line.step, steps.Say) and "Your turn" in line.step.text:
            return simulation
        if not isinstance(line.step, steps.Account):
            assert player.perform(line.step).outcome is not StepOutcome.FAILED, line.text
    raise AssertionError("the player never gets a turn")


@pytest.mark.parametrize("path", TOURS, ids=[path.stem for path in TOURS])
def test_the_solution_of_each_sample_scores_and_breaks_nothing(path: Path) -> None:
    simulation = Simulation.open(path.with_suffix(".json"))
    played = list(play(read_tour(path), Player(simulation, path.parent)))
    assert {one.result.outcome for one in played} <= {StepOutcome.PASSED, StepOutcome.SKIPPED}
    assert value(simulation, "denied") == 0
    assert score(simulation).document["total"] == 100


@pytest.mark.parametrize("path", TOURS, ids=[path.stem for path in TOURS])
def test_doing_nothing_contains_nothing(path: Path) -> None:
    simulation = set_up(path)
    simulation.advance(2 * 3600)
    assert value(simulation, "detect") is None
    assert value(simulation, "contain") is None
    assert value(simulation, "through") > 100
    assert value(simulation, "denied") == 0, "the workloads of a sample are healthy"


@pytest.mark.parametrize("path", TOURS, ids=[path.stem for path in TOURS])
def test_revoking_every_role_costs_legitimate_requests(path: Path) -> None:
    simulation = set_up(path)
    simulation.advance(360)
    for role in list(simulation.world.configuration.roles.values()):
        perform(simulation, f"revoke {role.arn}")
    simulation.advance(2 * 3600)
    assert value(simulation, "denied") > 10


def test_attacks_happen_at_their_times_and_only_within_them() -> None:
    simulation = opened(
        "gameday 1h",
        f"attack at 3m steals {SHOP} as stolen",
        f"attack every 20s from 4m to 5m as stolen {READ}",
        f"attack at 10m as stolen request s3:ListBucket {BUCKET}",
    )
    simulation.advance(239)
    assert value(simulation, "through") == 0
    simulation.advance(1)
    assert value(simulation, "through") == 1
    simulation.advance(300)
    assert value(simulation, "through") == 3
    simulation.advance(3600)
    assert value(simulation, "through") == 4
    assert score(simulation).document["over"] is True


def test_nothing_is_counted_after_the_end() -> None:
    simulation = opened(
        "gameday 10m", f"attack at 0s steals {SHOP} as stolen", f"attack every 1m from 1m as stolen {READ}"
    )
    simulation.advance(600)
    before = score(simulation).document
    perform(simulation, "revoke Shop")
    simulation.advance(600)
    assert score(simulation).document == before


def test_the_attacker_keeps_what_it_stole_when_the_owner_renews() -> None:
    simulation = opened("gameday 8h", f"attack at 1m steals {SHOP} as stolen")
    simulation.advance(60)
    game = simulation.game_day
    assert game is not None
    stolen = game.taken["stolen"]
    simulation.advance(7 * 3600)
    assert simulation.resolve(SHOP).access_key_id != stolen
    assert simulation.game_day is not None
    assert simulation.game_day.taken["stolen"] == stolen


def test_looking_at_other_credentials_detects_nothing() -> None:
    simulation = opened(
        "gameday 1h",
        f"attack at 1m steals {SHOP} as stolen",
        f"attack every 1m from 2m as stolen {READ}",
        "wait 3m",
    )
    perform(simulation, "incident daily-report@Reports")
    assert value(simulation, "detect") is None
    perform(simulation, "wait 1m", f"incident {SHOP}")
    assert value(simulation, "detect") == 120


def test_a_write_detects_too_and_a_later_look_changes_nothing() -> None:
    simulation = opened(
        "gameday 1h", f"attack at 1m steals {SHOP} as stolen", f"attack every 1m from 2m as stolen {READ}"
    )
    perform(simulation, "wait 150s", "revoke Shop", "wait 5m", f"incident {SHOP}")
    assert value(simulation, "detect") == 30


def test_containment_ends_with_the_last_request_that_got_through() -> None:
    simulation = opened(
        "gameday 1h", f"attack at 1m steals {SHOP} as stolen", f"attack every 1m from 2m as stolen {READ}"
    )
    perform(simulation, "wait 330s", f"cut {SHOP} by deny-network")
    assert value(simulation, "contain") is None, "no denied request has shown it yet"
    simulation.advance(60)
    assert value(simulation, "contain") == 180
    perform(simulation, "undo")
    simulation.advance(60)
    assert value(simulation, "contain") is None


def test_what_the_attacker_writes_cannot_be_undone() -> None:
    simulation = opened()
    document = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    written = {"UserName": "responder", "PolicyName": "all", "PolicyDocument": document}
    simulation.call("iam:PutUserPolicy", written, caller="operator@prod")
    perform(
        simulation,
        "gameday 1h",
        "attack at 1m steals responder as key",
        "attack at 2m as key aws iam create-access-key --user-name responder --as-session spare",
        f"attack at 3m as spare request s3:ListBucket {BUCKET}",
    )
    simulation.advance(300)
    assert value(simulation, "through") == 2
    player = Player(simulation)
    assert player.perform(steps.Undo()).message == "nothing to undo"
    assert (
        len(
            simulation.world.configuration.users["arn:aws:iam::111122223333:user/responder"].access_keys or ()
        )
        > 1
    )


@pytest.mark.parametrize(
    ("commands", "word"),
    [
        (["gameday"], "write gameday"),
        (["gameday 1h detct=5m"], 'did you mean "detect"'),
        (["gameday 1h through=many"], "not a number"),
        (["attack at 1m steals x as y"], "no gameday before"),
        (["score"], "no gameday before"),
        (["gameday 1h", "attack at noon steals x as y"], "not a duration"),
        (["gameday 1h", "attack at 1m as x wait 5m"], "aws or request"),
        (["gameday 1h", "attack at 1m as x aws sts assume-rol"], "assume-role"),
        (["gameday 1h", "expect score total"], "write expect score"),
    ],
)
def test_a_step_that_is_wrong_is_reported_before_anything_is_played(commands: list[str], word: str) -> None:
    with pytest.raises(TourError) as refused:
        parse_commands(commands)
    assert any(word in str(one) for one in refused.value.diagnostics)


@pytest.mark.parametrize(
    ("commands", "word"),
    [
        (["gameday 1h", "gameday 1h"], "under way"),
        (["gameday 0s"], "takes some time"),
        (["gameday 1h", f"attack at 1m as nobody {READ}"], "no credentials named nobody"),
        (["gameday 1h", f"attack at 2h steals {SHOP} as x"], "ends"),
        (["gameday 1h", "wait 10m", f"attack at 5m steals {SHOP} as x"], "begins"),
        (["gameday 1h", f"attack every 0.1s from 1m as anonymous {READ}"], "between two attempts"),
        (["gameday 1h", f"attack every 1m from 5m to 4m as anonymous {READ}"], "later than"),
    ],
)
def test_a_timetable_that_cannot_be_kept_is_refused(commands: list[str], word: str) -> None:
    player = Player(Simulation.open(FOLDER / "leaked-instance.json"))
    results = [player.perform(line.step) for line in parse_commands(commands).lines]
    assert results[-1].outcome is StepOutcome.FAILED
    assert word in results[-1].message


def test_a_model_with_copied_credentials_has_no_game_day() -> None:
    player = Player(Simulation.open(FOLDER.parent / "acme.json"))
    result = player.perform(steps.GameDay("1h"))
    assert result.outcome is StepOutcome.FAILED
    assert "unknown-laptop" in result.message
