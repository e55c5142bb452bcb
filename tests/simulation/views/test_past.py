"""A past instant shows what was shown then: states, policies, log, counts, settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.undo.history import UnknownPastError
from sts_tui.simulation.views.past import PastIsReadOnlyError, as_of
from sts_tui.simulation.views.rows import policy_rows, role_rows, session_rows
from sts_tui.simulation.views.session_standing import standings
from sts_tui.simulation.world import Health
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_step, read_tour
from sts_tui.tours.reading.preamble import opening_of

SAMPLES = Path(__file__).parents[3] / "sample_accounts"
TOURS = (
    *("revocation", "scenarios/trust-loop", "scenarios/trust-loop-propagation", "scenarios/leaked-imds"),
    *("scenarios/five-credentials", "scenarios/boundary-delegation", "scenarios/organization-guardrails"),
)


def shown(sim: Simulation) -> dict[str, object]:
    """Everything that the screen takes from the model."""
    world = sim.world
    return {
        "now": sim.now,
        "sessions": session_rows(sim),
        "roles": role_rows(sim),
        "policies": {arn: policy_rows(world, arn) for arn in world.configuration.roles},
        "log": [event.number for event in sim.events],
        "settings": world.settings,
        "failing": {name for name, state in world.workload_states.items() if state.health is Health.FAILING},
    }


@pytest.mark.parametrize("name", TOURS)
def test_a_past_instant_is_what_was_shown_then(name: str) -> None:
    path = SAMPLES / f"{name}.tour"
    tour = read_tour(path)
    sim = opening_of(tour, path.parent, SAMPLES / "acme.json").open()
    seen: dict[datetime, dict[str, object]] = {}
    for _ in play(tour, Player(sim, path.parent)):
        seen[sim.now] = shown(sim)
    assert len(seen) >= 3
    last_at = {event.at: event.number for event in sim.events}
    whole = {at: then for at, then in seen.items() if last_at.get(at, 0) <= max(then["log"], default=0)}
    assert len(whole) >= 2, "of what was due at an instant, all had happened"
    for instant, then in whole.items():
        past = as_of(sim, instant)
        assert past.unknown_sessions == 0
        now = shown(past)
        for part, value in then.items():
            assert now[part] == value, f"{part} at {instant}"


@pytest.fixture
def sim() -> Simulation:
    sim = Simulation.open(SAMPLES / "acme.json")
    sim.advance(10)
    return sim


def test_nothing_changes_the_past_and_looking_changes_nothing(sim: Simulation) -> None:
    player = Player(sim)
    player.perform(parse_step("revoke App"))
    before, world = len(sim.events), sim.world
    past = as_of(sim, sim.now - timedelta(seconds=5))
    for change in (
        lambda: past.call("iam:DeleteRole", {"RoleName": "App"}),
        lambda: past.request("s3:GetObject", "arn:aws:s3:::acme-orders/x"),
        lambda: past.advance(5),
        past.undo,
        past.redo,
        lambda: past.set("propagation", 6),
        lambda: past.animate(),
    ):
        with pytest.raises(PastIsReadOnlyError):
            change()
    assert past.next_due() is None
    assert sim.world is world
    assert len(sim.events) == before


def test_a_session_that_was_undone_since_is_there_again_while_that_is_known(sim: Simulation) -> None:
    from sts_tui.simulation.identities import operator_identity

    role = "arn:aws:iam::111122223333:role/App"
    params = {"RoleArn": role, "RoleSessionName": "tried"}
    sim.call("sts:AssumeRole", params, caller=operator_identity("111122223333"))
    sim.advance(5)
    then = sim.now
    sim.advance(5)
    sim.undo()
    sim.advance(5)
    labels = [row.label for row in session_rows(as_of(sim, then))]
    assert "tried@App" in labels
    assert "tried@App" not in [row.label for row in session_rows(as_of(sim, sim.now))]
    sim.call("iam:CreateUser", {"UserName": "x"}, caller=operator_identity("111122223333"))
    assert as_of(sim, then).unknown_sessions == 1, "a new command discarded what could be redone: counted"


def test_settings_are_those_of_that_instant(sim: Simulation) -> None:
    then = sim.now
    sim.advance(5)
    sim.set("propagation", 6)
    sim.advance(5)
    assert as_of(sim, then).world.settings.propagation_seconds == 0
    assert as_of(sim, sim.now).world.settings.propagation_seconds == 6


def test_before_the_beginning_there_is_nothing_to_show(sim: Simulation) -> None:
    with pytest.raises(UnknownPastError):
        as_of(sim, sim.world.started_at - timedelta(seconds=1))


def test_counts_are_right_where_the_log_no_longer_reaches_back(sim: Simulation) -> None:
    sim.set("RequestLogSize", 200)
    for _ in range(6):
        sim.advance(60)
        then, rows = sim.now, session_rows(sim)
    sim.advance(20)
    assert sim.events.first_number > 1
    assert [(row.label, row.requests, row.denied) for row in session_rows(as_of(sim, then))] == [
        (row.label, row.requests, row.denied) for row in rows
    ]


def test_a_past_instant_asks_the_engine_only_what_the_present_does_not_know() -> None:
    """With five thousand sessions every step back evaluated all of their requests again, for seconds."""
    sim = Simulation.open(SAMPLES / "acme.json")
    sim.advance(30)
    session_rows(sim)
    past = as_of(sim, sim.now - timedelta(seconds=10))
    session_rows(past)
    assert standings(past).access.evaluations == 0
    sim.call("iam:DeleteRolePolicy", {"RoleName": "ReadOnly", "PolicyName": "view"})
    session_rows(sim)
    changed = as_of(sim, sim.now - timedelta(seconds=10))
    session_rows(changed)
    first = standings(changed).access.evaluations
    assert first < 10, "those of the role that was edited since"
    again = as_of(sim, sim.now - timedelta(seconds=9))
    session_rows(again)
    assert standings(again).access.evaluations <= first
