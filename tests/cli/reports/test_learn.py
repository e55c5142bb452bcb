"""`sts-tui learn`: the list of exercises, one opened, and the grade of an answer."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from sts_tui.tours.exercises.load import exercises
from tests.cli.conftest import Opened, Printed

Command = Callable[..., Printed]
DOCS = Path(__file__).parents[3] / "docs" / "exercises.md"


@pytest.fixture
def answer(tmp_path: Path) -> Callable[..., Path]:
    def write(*steps: str) -> Path:
        path = tmp_path / "answer.tour"
        path.write_text("\n".join(steps) + "\n")
        return path

    return write


def test_without_a_name_every_exercise_is_listed(sts_tui: Command) -> None:
    printed = sts_tui("learn")
    assert printed.code == 0
    assert re.findall(r"^ *\d+  (\S+)", printed.out, re.MULTILINE) == [each.name for each in exercises()]


def test_a_name_opens_the_exercise_in_the_explorer(sts_tui: Command, opened: Opened) -> None:
    assert sts_tui("learn", "whose-team", "--theme", "light").code == 0
    (options,) = opened.explored
    assert (options.exercise, options.theme, options.journal) == ("whose-team", "light", False)
    assert [path.name for path in options.files] == ["saml-abac.json"]


def test_a_right_answer_passes_every_check(
    sts_tui: Command, answer: Callable[..., Path], tmp_path: Path
) -> None:
    report = tmp_path / "grade.xml"
    printed = sts_tui("learn", "16", "--check", answer("revoke App"), "--junit", report)
    assert printed.code == 0
    assert "4 of 4 checks passed" in printed.out
    suite = ET.parse(report).getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("4", "0")


def test_a_wrong_answer_exits_with_1_and_hints(
    sts_tui: Command, answer: Callable[..., Path], tmp_path: Path
) -> None:
    report = tmp_path / "grade.xml"
    path = answer("revoke App")
    printed = sts_tui("learn", "keep-the-shop-running", "--check", path, "--junit", report)
    assert printed.code == 1
    assert "FAILED  The shop works, with the same session" in printed.out
    assert "App/AWSRevokeOlderSessions#1  Deny  matched" in printed.out
    assert "aws:CurrentTime" not in printed.out, "a hint is the part that says why"
    failures = [
        case for case in ET.parse(report).getroot().iter("testcase") if case.find("failure") is not None
    ]
    assert [case.get("name") for case in failures] == [
        "The shop works, with the same session",
        "A service that calls on the shop's behalf is not denied",
    ]


def test_a_step_of_the_answer_that_fails_is_named(sts_tui: Command, answer: Callable[..., Path]) -> None:
    printed = sts_tui("learn", "1", "--check", answer("# mine", "revoke Nowhere"))
    assert printed.code == 1
    assert "your line 2: revoke Nowhere" in printed.out


@pytest.mark.parametrize(
    ("words", "reported"),
    [
        (["ghost"], "who-may-assume"),
        (["--check", "x.tour"], "sts-tui learn NAME --check"),
        (["1", "--junit", "x.xml"], "--check TOUR"),
        (["1", "--check", "nowhere.tour"], "nowhere.tour"),
    ],
)
def test_what_cannot_be_done_is_one_line(sts_tui: Command, words: list[str], reported: str) -> None:
    printed = sts_tui("learn", *words)
    assert printed.code == 2
    assert reported in printed.err
    assert len(printed.err.splitlines()) == 1


def test_the_page_lists_every_exercise() -> None:
    page = DOCS.read_text(encoding="utf-8")
    for each in exercises():
        assert f"| {each.number} | `{each.name}` | {each.title} | `{each.identities[0]}`" in page
