"""`sts-tui replay`: a trail on the command line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from sts_tui.cli.files import sample_account
from tests.support.cloudtrail import THIEF, leaked_credentials

Command = Callable[..., SimpleNamespace]


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    path = tmp_path / "trail.json"
    path.write_text(json.dumps({"Records": leaked_credentials()}))
    return path


def test_it_prints_agreement_keys_and_what_a_change_would_have_prevented(
    sts_tui: Command, trail: Path
) -> None:
    words = ["--at", "09:12", "revoke App", "--suspect", THIEF]
    printed = sts_tui("replay", trail, "--model", sample_account(), *words)
    assert printed.code == 0
    assert "agree: 19 of 19 (18 allowed, 1 denied)" in printed.out
    assert "i-1@App  ASIAAPP0000000000001  17 calls, 1 denied" in printed.out
    assert "0 of 3 calls of the suspects" in printed.out
    assert "1 of 2 legitimate calls" in printed.out


def test_json_has_the_same(sts_tui: Command, trail: Path) -> None:
    words = ["--at", "09:12", "revoke App", "--suspect", THIEF, "--json"]
    printed = sts_tui("replay", trail, "--model", sample_account(), *words)
    found = json.loads(printed.out)
    assert found["agreed"] == {"allowed": 18, "denied": 1}
    assert found["what_if"]["suspect_prevented"] == 3
    assert found["disagreements"] == []


def test_pasted_events_without_a_model_are_evaluated_under_a_skeleton(
    sts_tui: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pasted = SimpleNamespace(buffer=io.BytesIO(json.dumps(leaked_credentials()).encode()))
    monkeypatch.setattr("sys.stdin", pasted)
    skeleton = tmp_path / "skeleton.json"
    printed = sts_tui("replay", "-", "--skeleton", skeleton)
    assert "assumed: every user and role" in printed.out
    assert sts_tui("validate", skeleton).code == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--at", "tomorrow", "revoke App"], "is not an instant"),
        (["--at", "09:12", "fly away"], "--at 09:12 'fly away'"),
        (["--at", "09:12", "revoke Nobody"], "Nobody"),
        (["--at", "09:12", "press q"], "changes nothing"),
        (["--at", "09:12", "wait 1h"], "changes nothing"),
        (["--at", "09:12", "scene Two"], "changes nothing"),
        (["--suspect", THIEF], "--suspect needs --at"),
    ],
)
def test_a_change_that_cannot_be_made_is_an_error(
    words: list[str], said: str, sts_tui: Command, trail: Path
) -> None:
    printed = sts_tui("replay", trail, "--model", sample_account(), *words)
    assert printed.code == 2
    assert said in printed.err


def test_a_suspect_and_a_change_that_the_trail_does_not_reach_are_named(
    sts_tui: Command, trail: Path
) -> None:
    words = ["--suspect", "192.0.2.99", "--suspect", THIEF]
    printed = sts_tui("replay", trail, "--model", sample_account(), "--at", "09:12", "revoke App", *words)
    assert "--suspect 192.0.2.99: no event" in printed.out
    assert f"--suspect {THIEF}: no event" not in printed.out
    late = sts_tui(
        "replay", trail, "--model", sample_account(), "--at", "2026-01-16T00:00:00Z", "revoke App", "--json"
    )
    assert json.loads(late.out)["what_if"]["is_after_trail"] is True


def test_files_without_events_are_an_error(sts_tui: Command, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text("{}")
    assert "no CloudTrail event found" in sts_tui("replay", empty).err
    assert "no such file or folder" in sts_tui("replay", tmp_path / "gone.json").err


def test_what_a_tour_did_is_written_as_cloudtrail_events_and_read_back(
    sts_tui: Command, tmp_path: Path
) -> None:
    written = tmp_path / "events.json"
    tour = sample_account().parent / "revocation.tour"
    assert sts_tui("run", tour, "--cloudtrail", written).code == 0
    assert written.stat().st_mode & 0o077 == 0
    printed = sts_tui("replay", written, "--model", sample_account(), "--model-before", "--json")
    found = json.loads(printed.out)
    assert (found["disagreed"], found["followed"]) == (0, 2)
