"""A recorded tour is worth keeping: it says what happened, reads well, and plays again."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_step, parse_tour
from sts_tui.tours.reading.preamble import opening_of
from sts_tui.tui.command_log import CommandLog
from sts_tui.tui.options import Options
from tests.support.explorer import SAMPLE

REVOKED = "revoke App"
GET = "request s3:GetObject arn:aws:s3:::acme-orders/export/customers.csv"


def typed(log: CommandLog, *lines: str) -> None:
    for line in lines:
        log.perform(parse_step(line), line)


def failures(lines: list[str], folder: Path = SAMPLE.parent) -> list[str]:
    tour = parse_tour("\n".join(lines) + "\n", "recorded.tour")
    simulation = opening_of(tour, folder, SAMPLE).open()
    return [
        f"{played.line.text}: {played.result.message}"
        for played in play(tour, Player(simulation, folder))
        if played.result.outcome is StepOutcome.FAILED
    ]


@pytest.fixture
def simulation() -> Simulation:
    return Simulation.open(SAMPLE)


@pytest.fixture
def log(simulation: Simulation) -> CommandLog:
    return CommandLog(simulation, Options(acting="alice"))


def test_calls_are_followed_by_what_aws_answered(log: CommandLog, simulation: Simulation) -> None:
    simulation.advance(12)
    typed(log, "as i-0ab12cd34ef567890@App", GET, "as alice", REVOKED)
    simulation.advance(8.4)
    typed(log, "as i-0ab12cd34ef567890@App", GET, "aws iam get-role --role-name Nobody", "as alice")
    typed(log, "aws iam get-role --role-name Nobody")
    assert log.recording.written(Options(acting="alice"), None) == [
        "# Recorded in the explorer.",
        "as alice",
        "wait 12s",
        "as i-0ab12cd34ef567890@App",
        GET,
        "expect allowed by OrdersReadWrite#Orders",
        "as alice",
        REVOKED,
        "expect ok",
        "wait 9s",
        "as i-0ab12cd34ef567890@App",
        GET,
        "expect denied by App/AWSRevokeOlderSessions#1",
        "aws iam get-role --role-name Nobody",
        "expect denied by App/AWSRevokeOlderSessions#1",
        "as alice",
        "aws iam get-role --role-name Nobody",
        "expect error NoSuchEntity",
    ]
    assert failures(log.recording.written(Options(acting="alice"), None)) == []


def test_a_revocation_has_the_cutoff_of_the_moment_it_is_played(
    log: CommandLog, simulation: Simulation
) -> None:
    from sts_tui.simulation.containment.revocation import revocation_call

    simulation.advance(5)
    app = next(arn for arn in simulation.world.configuration.roles if arn.endswith("role/App"))
    action, params = revocation_call(app, simulation.world)
    log.call(action, params, simulation.resolve("alice"))
    log.act_as(simulation.resolve("operator"))
    log.call(action, params, simulation.resolve("operator@111122223333"))
    log.call(action, params, simulation.resolve("alice"))
    assert log.recording.steps == [
        "wait 5s",
        "revoke App",
        "expect ok",
        "as operator",
        "revoke App",
        "expect ok",
        "as alice",
        "revoke App",
        "as operator",
        "expect ok",
    ]


def test_another_inline_policy_of_that_name_is_written_as_it_is(log: CommandLog) -> None:
    document = '{"Version": "2012-10-17", "Statement": []}'
    params = {"RoleName": "App", "PolicyName": "AWSRevokeOlderSessions", "PolicyDocument": document}
    with pytest.raises(AwsError):
        log.call("iam:PutRolePolicy", params, log.acting)
    assert log.recording.steps[0].startswith("aws iam put-role-policy")
    assert log.recording.steps[-1].startswith("expect error MalformedPolicyDocument")


def test_an_expectation_that_was_typed_and_failed_is_left_out(log: CommandLog) -> None:
    typed(log, REVOKED, "expect denied", "expect session i-0ab12cd34ef567890@App active", "expect ok")
    assert log.recording.steps == [REVOKED, "expect ok", "expect ok"]


def test_files_seed_and_start_are_written_where_a_tour_would_have_others(tmp_path: Path) -> None:
    model = tmp_path / "my models" / "acme.json"
    model.parent.mkdir()
    model.write_text(SAMPLE.read_text())
    start = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)
    simulation = Simulation.open(model, seed=7, start=start)
    options = Options(files=(str(model),), acting="alice")
    log = CommandLog(simulation, options)
    typed(log, "wait 5s", REVOKED, "wait until 03:10", "try aws iam get-user --user-name nobody")
    target = tmp_path / "tours" / "story.tour"
    target.parent.mkdir()
    lines = log.recording.written(options, target)
    assert lines[1:5] == [
        f"account {shlex.quote('../my models/acme.json')}",
        "set seed 7",
        "set start 2026-05-04T03:02:01Z",
        "as alice",
    ]
    assert "wait until 03:10" in lines
    assert failures(lines, target.parent) == []


def test_a_file_beside_the_working_folder_is_named_from_the_tour(
    log: CommandLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.json").write_text('{"Version": "2012-10-17", "Statement": []}')
    typed(log, "aws iam put-role-policy --role-name App --policy-name x --policy-document file://p.json")
    (tmp_path / "tours").mkdir()
    lines = log.recording.written(Options(), tmp_path / "tours" / "story.tour")
    assert any("file://../p.json" in line for line in lines)
