"""What is written for readers holds: links lead somewhere, commands parse, the tour of README plays."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sts_tui.cli.arguments import parse_arguments
from sts_tui.cli.commands import COMMANDS, EXPLORE
from sts_tui.cli.files import sample_account
from sts_tui.simulation import Simulation
from sts_tui.tours.claims import topics
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.grammar import parse_tour

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "decisions").glob("*.md")]
)


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


README = text_of(ROOT / "README.md")
BEGIN = text_of(ROOT / "docs" / "README.md")


def anchors(page: Path) -> set[str]:
    """Headings as GitHub links to them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path) if path else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            dead.append(target)
    assert dead == []


def command_lines() -> list[str]:
    blocks = [
        block
        for page in PAGES
        for block in re.findall(r"```(?:console|sh)?\n(.*?)```", text_of(page), re.DOTALL)
    ]
    lines = [line for block in blocks for line in re.findall(r"^(?:\$ )?(sts-tui .+)$", block, re.MULTILINE)]
    return [line for line in dict.fromkeys(lines) if "--print-completion" not in line]


def test_pages_show_commands() -> None:
    assert len(command_lines()) > 8


@pytest.mark.parametrize("line", command_lines())
def test_commands_that_pages_show_are_understood(line: str) -> None:
    words = shlex.split(line.partition(" > ")[0], comments=True)
    assert parse_arguments(words[1:]).command in COMMANDS


def test_readme_lists_every_command() -> None:
    listed = set(re.findall(r"^\| `sts-tui (\w+)", README, re.MULTILINE))
    assert listed == set(COMMANDS) - {EXPLORE}


def test_the_tour_that_readme_shows_plays_on_the_sample() -> None:
    (text,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    player = Player(Simulation.open(sample_account()))
    played = [line.result for line in play(parse_tour(text, "README.md"), player)]
    assert [result.message for result in played if result.outcome is not StepOutcome.PASSED] == []
    assert len(played) == len(text.splitlines())


def questions() -> list[tuple[str, str]]:
    """(question, answer) of the page where readers begin."""
    section = BEGIN.partition("## Questions")[2].partition("\n## ")[0]
    return re.findall(r"^\*\*(.+?\?|.+?\*)\*\*\n(.+?)(?:\n\n|\Z)", section, re.MULTILINE | re.DOTALL)


def test_answers_name_claims_that_there_are() -> None:
    assert len(questions()) > 12
    shown = [
        topic for _, answer in questions() for topic in re.findall(r"`([a-z]+(?:-[a-z]+)+|mfa)`", answer)
    ]
    assert len(shown) > 12
    assert set(shown) <= {*topics(), "sts-tui"}


def test_words_of_aws_have_their_page() -> None:
    glossary = BEGIN.partition("## Glossary")[2].partition("And ours:")[0]
    rows = [row for row in glossary.splitlines() if row.startswith("| ")][2:]
    assert len(rows) > 20
    assert [row for row in rows if "https://docs.aws.amazon.com/" not in row] == []
