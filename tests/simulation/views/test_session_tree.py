"""The rows that are kept are those made from the start; a new session makes its own chain only."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.allowed_requests import AllowedRequests
from sts_tui.simulation.events import SessionExpired
from sts_tui.simulation.undo.history import NothingToUndoError
from sts_tui.simulation.views import session_tree
from sts_tui.simulation.views.past import as_of
from sts_tui.simulation.views.rows import SessionRow, counted_role_rows, role_rows, session_rows
from sts_tui.simulation.views.session_standing import standings
from sts_tui.simulation.views.session_tree import SessionTree
from tests.accounts.policies import allows, role_arn, trusts
from tests.accounts.small import assume, open_small


def timeless(rows: tuple[SessionRow, ...]) -> list[SessionRow]:
    """Without what is read when a row is drawn."""
    return [replace(row, left=timedelta(0), fraction_left=0.0, requests=0, denied=0) for row in rows]


def opened() -> Simulation:
    sim = open_small()
    both = trusts(role_arn("App"), role_arn("Deep"))
    sim.call("iam:UpdateAssumeRolePolicy", {"RoleName": "Deep", "PolicyDocument": both})
    return sim


class Watched:
    """A tree beside its simulation, brought up to date as the screen does it."""

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.tree, self.seen = sim, SessionTree(), 0
        self.update()

    def update(self) -> None:
        expired = [one.access_key_id for one in self._new() if isinstance(one, SessionExpired)]
        known = standings(self.sim)
        known.refresh(self.sim)
        self.tree.update(self.sim, known, expired)

    def _new(self) -> Iterator[Any]:
        found = list(self.sim.events.since(self.seen))
        self.seen = self.sim.events.last_number
        return iter(found)


def anything(sim: Simulation, dice: random.Random) -> None:
    """One thing that can change sessions or their states."""
    live = [one for one in sim.world.sessions.values() if one.expires_at > sim.now]
    match dice.randrange(8):
        case 0 | 1:
            assume(sim, name=f"s{dice.randrange(1000)}")
        case 2 | 3 if live:
            above = dice.choice(live)
            with suppress(AwsError):  # revoked or cut sessions cannot be chained from
                assume(sim, "Deep", name=f"c{dice.randrange(1000)}", caller=above.access_key_id)
        case 4:
            sim.advance(dice.choice((1, 600, 3600)))
        case 5:
            document = allows("s3:GetObject") if dice.random() < 0.5 else allows("sts:AssumeRole")
            params = {"RoleName": "Deep", "PolicyName": "more", "PolicyDocument": document}
            sim.call("iam:PutRolePolicy", params)
        case 6:
            with suppress(NothingToUndoError):
                sim.undo()


@pytest.mark.parametrize("seed", range(6))
def test_the_rows_are_those_made_from_the_start(seed: int) -> None:
    dice, watched = random.Random(seed), Watched(opened())
    sim = watched.sim
    for _ in range(40):
        anything(sim, dice)
        watched.update()
        rows = session_rows(sim)
        assert timeless(watched.tree.rows) == timeless(rows)
        assert watched.tree.by_key == {row.access_key_id: row for row in watched.tree.rows}
        live = Counter(row.role_arn for row in rows if row.state.still_works and row.role_arn)
        assert +watched.tree.live == live
        assert counted_role_rows(sim, watched.tree.live, watched.tree.cut_off) == role_rows(sim)


@pytest.mark.parametrize("sessions", [50, 500])
def test_a_new_session_makes_the_rows_of_its_chain_only(
    sessions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    original = session_tree.chain_rows

    def counted(chain: Any, sim: Simulation, standing: Any) -> Iterator[SessionRow]:
        for row in original(chain, sim, standing):
            made.append(row.label)
            yield row

    monkeypatch.setattr(session_tree, "chain_rows", counted)
    sim = opened()
    tops = [assume(sim, name=f"s{number}") for number in range(sessions)]
    watched = Watched(sim)
    assert len(made) == sessions
    made.clear()
    assume(sim, name="new")
    watched.update()
    assert made == ["new@App"]
    made.clear()
    assume(sim, "Deep", name="below", caller=tops[3])
    watched.update()
    assert made == ["s3@App", "below@Deep"]
    made.clear()
    watched.update()
    assert made == []


def test_a_session_that_expires_makes_the_rows_of_its_chain_again() -> None:
    watched = Watched(opened())
    assume(watched.sim, name="short", DurationSeconds=900)
    assume(watched.sim, name="long", DurationSeconds=3600)
    watched.update()
    long = watched.tree.rows[1]
    watched.sim.advance(1000)
    watched.update()
    assert [row.state.value for row in watched.tree.rows] == ["expired", "active"]
    assert watched.tree.rows[1] is long
    assert watched.tree.live == {role_arn("App"): 1}


@pytest.mark.parametrize("seed", range(4))
def test_rows_lent_by_another_instant_are_those_made_from_the_start(seed: int) -> None:
    dice, watched = random.Random(seed), Watched(opened())
    sim, instants = watched.sim, []
    for _ in range(30):
        anything(sim, dice)
        instants.append(sim.now)
    watched.update()
    before = watched.tree
    for instant in dice.sample(instants, 10):
        past = as_of(sim, instant)
        tree = SessionTree((before, watched.tree))
        tree.update(past, standings(past))
        rows = session_rows(past)
        assert timeless(tree.rows) == timeless(rows)
        live = Counter(row.role_arn for row in rows if row.state.still_works and row.role_arn)
        assert +tree.live == live
        before = tree


@pytest.mark.parametrize("sessions", [50, 500])
def test_a_past_instant_makes_no_rows_and_looks_up_few_requests(
    sessions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many sessions there are: rows are lent, and requests are looked up as far as they are
    evaluated.
    """
    sim = opened()
    for number in range(sessions):
        assume(sim, name=f"s{number}")
    sim.advance(60)
    then = sim.now
    for key in tuple(sim.world.sessions):
        sim.request("s3:GetObject", "arn:aws:s3:::acme-data/x", caller=key)
    requested = sim.now
    assert len(sim.events.allowed) == sessions
    sim.advance(60)
    watched = Watched(sim)
    made: list[str] = []
    looked_up: list[AllowedRequests] = []
    original, first_allowed = session_tree.chain_rows, AllowedRequests.first_allowed

    def counted(chain: Any, sim: Simulation, standing: Any) -> Iterator[SessionRow]:
        made.extend(one.label for one in chain)
        return original(chain, sim, standing)

    def asked(self: AllowedRequests) -> Iterator[Any]:
        looked_up.append(self)
        return first_allowed(self)

    monkeypatch.setattr(session_tree, "chain_rows", counted)
    monkeypatch.setattr(AllowedRequests, "first_allowed", asked)
    for instant in (then, requested):
        past = as_of(sim, instant)
        known = standings(past)
        tree = SessionTree((watched.tree,))
        with known.within(5):
            tree.update(past, known)
        assert len(tree.rows) == sessions
    assert made == []
    assert len(looked_up) <= 20
