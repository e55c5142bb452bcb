"""The teaching scenarios: sound models, lessons that check themselves, and fixes that fix.

That every one of their tours holds is tested in tests/tours/playing/test_sample_tours.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from sts_tui.account.writing.difference import diff
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.main import run
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tours.reading.steps import (
    ExpectDecision,
    ExpectError,
    ExpectOk,
    ExpectOutput,
    ExpectSession,
    Say,
    Shot,
)
from sts_tui.tui.stage.presentation import present
from tests.support.explorer import still_app

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "sample_accounts" / "scenarios"
PAGE = ROOT / "docs" / "scenarios.md"
TOURS = sorted(SCENARIOS.glob("*.tour"))
MODELS = sorted(SCENARIOS.glob("*.json"))

EXPECT = (ExpectDecision, ExpectError, ExpectOk, ExpectOutput, ExpectSession)
ROOM_IN_THE_WHEEL = 176 * 1024
"""Bytes, before compression: samples travel with every installation."""


def name_of(path: Path) -> str:
    return path.name


@dataclass(frozen=True)
class Fix:
    """A model with a flaw, the fixed model, and a call that only the flawed model allows."""

    model: str
    attack: str
    by: str
    honest: str
    """What works before and after."""


FIXES = (
    Fix(
        model="vendor-external-id",
        attack="as i-0c011ec7040000001@Collector\n"
        "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/CloudMeterRead"
        " --role-session-name for-y --external-id cm-y-b204",
        by="TheVendor",
        honest="as i-0c011ec7040000001@Collector\n"
        "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/CloudMeterRead"
        " --role-session-name for-x-2 --external-id cm-x-71f0",
    ),
    Fix(
        model="github-oidc",
        attack="as anonymous\n"
        "aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111122223333:role/DeployOld"
        " --role-session-name job --web-identity-token ${oidc:github/stranger}",
        by="AnythingOfAcme",
        honest="as anonymous\n"
        "aws sts assume-role-with-web-identity --role-arn arn:aws:iam::111122223333:role/DeployOld"
        " --role-session-name job --web-identity-token ${oidc:github/main}",
    ),
    Fix(
        model="passrole",
        attack="as service:codebuild.amazonaws.com\n"
        "request sts:AssumeRole arn:aws:iam::111122223333:role/Build aws:SourceAccount=999900001111"
        " aws:SourceArn=arn:aws:codebuild:us-east-1:999900001111:project/evil",
        by="CodeBuild",
        honest="as service:codebuild.amazonaws.com\n"
        "request sts:AssumeRole arn:aws:iam::111122223333:role/Build aws:SourceAccount=111122223333"
        " aws:SourceArn=arn:aws:codebuild:us-east-1:111122223333:project/shop",
    ),
    Fix(
        model="trust-loop",
        attack="as contractor@Operator\n"
        "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/Repair --role-session-name in\n"
        "as in@Repair\n"
        "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/Operator --role-session-name back",
        by="BackFromRepair",
        honest="as contractor@Operator\n"
        "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/Repair --role-session-name in",
    ),
)


def failures(model: str, *lines: str) -> list[str]:
    """What fails of these lines, five seconds after the workloads began."""
    tour = parse_tour("\n".join(("wait 5s", *lines)) + "\n", "check.tour")
    player = Player(Simulation.open(SCENARIOS / f"{model}.json"), SCENARIOS)
    return [
        played.result.message for played in play(tour, player) if played.result.outcome is StepOutcome.FAILED
    ]


@pytest.mark.parametrize("path", [*MODELS, *TOURS], ids=name_of)
def test_every_scenario_is_without_faults_and_warnings(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def closed(*_: object) -> int:
        raise AssertionError("validate opens no explorer")

    assert run(["validate", str(path)], EntryPoints(explore=closed, shoot=closed, notes=closed)) == 0
    assert capsys.readouterr().err.strip() == "no errors"


@pytest.mark.parametrize("path", TOURS, ids=name_of)
def test_every_scenario_is_a_lesson_that_checks_itself(path: Path) -> None:
    played = [line.step for line in read_tour(path).lines]
    told = sum(isinstance(step, Say) for step in played)
    proved = sum(isinstance(step, EXPECT) for step in played)
    pictures = sum(isinstance(step, Shot) for step in played)
    assert told >= 5
    assert proved >= 10
    assert 1 <= pictures <= 4


@pytest.mark.parametrize("fix", FIXES, ids=lambda fix: fix.model)
def test_the_hole_is_open_in_the_model_and_closed_in_the_fixed_one(fix: Fix) -> None:
    assert failures(fix.model, fix.attack, f"expect allowed by {fix.by}") == []
    assert failures(f"{fix.model}-fixed", fix.attack, "expect denied") == []


@pytest.mark.parametrize("fix", FIXES, ids=lambda fix: fix.model)
def test_a_fix_leaves_the_honest_caller_alone(fix: Fix) -> None:
    assert failures(fix.model, fix.honest, "expect allowed") == []
    assert failures(f"{fix.model}-fixed", fix.honest, "expect allowed") == []


@pytest.mark.parametrize("fix", FIXES, ids=lambda fix: fix.model)
def test_a_fix_changes_trust_policies_and_descriptions_only(fix: Fix) -> None:
    before, after = (
        Simulation.open(SCENARIOS / f"{name}.json").model for name in (fix.model, f"{fix.model}-fixed")
    )
    changed = [line for line in diff(before, after) if line.startswith(("~", "+", "-"))]
    assert any("AssumeRolePolicyDocument" in line for line in changed)
    assert all("AssumeRolePolicyDocument" in line or "Description" in line for line in changed)


def test_every_fixed_model_is_tested() -> None:
    assert {path.stem for path in SCENARIOS.glob("*-fixed.json")} == {f"{fix.model}-fixed" for fix in FIXES}


def test_the_page_of_scenarios_names_every_tour_and_every_fixed_model() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for path in (*TOURS, *SCENARIOS.glob("*-fixed.json")):
        assert path.name in page, path.name


def test_the_scenarios_stay_small() -> None:
    assert sum(path.stat().st_size for path in (*MODELS, *TOURS)) < ROOM_IN_THE_WHEEL


@pytest.mark.parametrize("closes_it", [False, True], ids=["n-alone", "escape-in-between"])
async def test_a_presenter_comes_to_the_end_of_a_tour_that_opens_explanations(closes_it: bool) -> None:
    path = SCENARIOS / "vendor-external-id.tour"
    tour = read_tour(path)
    app = still_app(SCENARIOS / "vendor-external-id.json")
    present(app, tour)
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        opened = 0
        for _ in tour.lines:
            await pilot.press("n")
            if app.screen is not app.main:
                opened += 1
                if closes_it:
                    await pilot.press("escape")
            if app.presentation is None or app.presentation.is_over:
                break
        assert opened >= 1
        assert app.presentation is not None, "not left by an escape of its own"
        assert app.presentation.is_over
        assert app.screen is app.main
