"""Exercises in the explorer, and what else it offers to open."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.widgets import Input

from sts_tui.tours.exercises.grade import begin
from sts_tui.tours.exercises.load import exercise, exercises
from sts_tui.tui.options import Options, Other
from sts_tui.tui.overviews.exercise import open_goal
from sts_tui.tui.overviews.other_models import choices
from sts_tui.tui.start import open as opening
from tests.accounts.policies import deny
from tests.accounts.policies import policy as document
from tests.support.explorer import SAMPLE, Explorer, open_explorer

ALICE = Options(preset="default", acting="alice")


def take(explorer: Explorer, name: str) -> None:
    """As `learn NAME` does, on a model that has the setup behind it."""
    explorer.app.attempt = begin(exercise(name))
    explorer.app.simulation.advance(12)


async def test_the_goal_comes_first_and_p_shows_what_does_not_hold_yet() -> None:
    async with open_explorer(options=ALICE) as explorer:
        take(explorer, "end-the-stolen-session")
        open_goal(explorer.app, explorer.app.attempt)
        await explorer.pilot.pause()
        assert "Exercise 16: End the stolen session" in explorer.text()
        assert "P checks your answer" in explorer.text()
        await explorer.press("escape")
        assert "End the stolen session" in explorer.header()
        await explorer.press("P")
        assert "not yet The stolen session is revoked" in explorer.text()
        assert "OrdersReadWrite#Orders" in explorer.text(), "the hint is the statement that allows"


async def test_a_solved_exercise_says_so() -> None:
    async with open_explorer(options=ALICE) as explorer:
        attempt = begin(exercise("end-the-stolen-session"))
        explorer.app.attempt = attempt
        older = {"DateLessThan": {"aws:TokenIssueTime": "2026-01-15T09:00:42Z"}}
        attempt.simulation.call(
            "iam:PutRolePolicy",
            {
                "RoleName": "App",
                "PolicyName": "AWSRevokeOlderSessions",
                "PolicyDocument": json.dumps(document(deny("*", Condition=older))),
            },
            caller="alice",
        )
        await explorer.press("P")
        assert "not yet" not in explorer.text()
        await explorer.press("escape")
        assert "Solved." in explorer.screen()


async def test_without_an_exercise_the_key_says_how_to_open_one() -> None:
    async with open_explorer(options=ALICE) as explorer:
        await explorer.press("P")
        assert "B opens one" in explorer.screen()


async def test_b_offers_sample_scenarios_exercises_and_the_own_account() -> None:
    async with open_explorer(options=ALICE) as explorer:
        await explorer.press("B")
        assert "The built-in sample" in explorer.text()
        assert "Your own account" in explorer.text()
        await explorer.press(*"who may assume", "enter")
        assert explorer.app.opens_next == Other(exercise="who-may-assume")


def test_the_list_has_every_scenario_and_exercise() -> None:
    values = [value for value, _, _ in choices()]
    assert values[:2] == ["sample", "own"]
    assert [v for v in values if v.startswith("exercise:")] == [
        f"exercise:{each.name}" for each in exercises()
    ]
    assert sum(value.endswith(".tour") for value in values) == len(
        [*Path("sample_accounts/scenarios").glob("*.tour"), *Path("sample_accounts/gamedays").glob("*.tour")]
    )


async def test_an_account_that_cannot_be_read_is_reported_and_the_model_stays(tmp_path: Path) -> None:
    broken = tmp_path / "mine.json"
    broken.write_text('{"Accounts": [{"AccountId": "12"}]}')
    async with open_explorer(options=ALICE) as explorer:
        await explorer.press("B", "down", "enter")
        assert "sts-tui fetch > fetch.sh" in explorer.text()
        for typed, said in (("a" * 5000, "file name too long"), ("~nobody-here/x", "no such file or folder")):
            field = explorer.app.screen.query_one(Input)
            field.value = typed
            await explorer.press("enter")
            assert said in explorer.text()
            field.value = ""
        await explorer.press(*str(broken), "enter")
        assert "AccountId" in explorer.text()
        assert explorer.app.opens_next is None


async def test_an_account_that_can_be_read_opens(tmp_path: Path) -> None:
    async with open_explorer(options=ALICE) as explorer:
        await explorer.press("B", "down", "enter")
        await explorer.press(*str(SAMPLE), "enter")
        assert explorer.app.opens_next == Other(files=(Path(SAMPLE),))


async def test_while_recording_nothing_else_is_opened(tmp_path: Path) -> None:
    async with open_explorer(options=Options(preset="default", record=tmp_path / "x.tour")) as explorer:
        await explorer.press("B")
        assert "A recording contains one model" in explorer.screen()


def asked(**more: Any) -> Any:
    return SimpleNamespace(
        **{
            "files": (), "sample": SAMPLE, "tour": None, "seed": None, "start": None, "resume": False,
            "journal": False, "readonly": False, "theme": None, "keymap": None, "ascii": False,
            "record_to": None, "serve": None, **more,
        }
    )  # fmt: skip


def test_the_explorer_begins_again_with_what_was_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    answers = iter([Other(exercise="whose-team"), Other(tour=Path("sample_accounts/chaining.tour")), Other()])

    def run(simulation: Any, options: Any, *rest: Any) -> tuple[int, Other | None]:
        tour = getattr(rest[-1], "keywords", {}).get("tour")
        seen.append(f"{simulation.model.name} {options.acting} {tour.name if tour else None}")
        return 0, next(answers, None)

    monkeypatch.setattr(opening, "_run", run)
    assert opening.open_explorer(asked()) == 0
    assert seen == [
        "acme alice None",
        "saml-abac security None",
        "acme None sample_accounts/chaining.tour",
        "acme alice None",
    ]


async def test_the_sample_opens_at_once_and_names_the_key() -> None:
    async with open_explorer(options=ALICE) as explorer:
        opening.offer(explorer.app)
        assert "B opens scenarios" in explorer.screen()
        await explorer.press("R")
        assert "Revoke" in explorer.text(), "no hurdle before the first revocation"
