"""docs/coverage.md: what it lists has a step that shows it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate.coverage import CUT_TABLE, IN_TESTS, TAG_TOPICS, wanted
from sts_tui.tours.claims import topics
from sts_tui.tours.claims.load import cut_rows, decision_cases, stories

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ROWS = [
    row.strip("| ").split(" | ") for row in PAGE.splitlines() if row.startswith("| ") and "---" not in row
]


@pytest.mark.parametrize("part", ["operations", "principals", "policies", "errors"])
def test_every_name_has_a_row_with_a_step(part: str) -> None:
    names = set(getattr(wanted(), part))
    shown = {row[0]: row for row in ROWS}
    assert names <= set(shown)
    assert [name for name in names if not all(shown[name][1:])] == []
    assert [name for name in names if "``" in shown[name][2]] == []


def test_every_tag_rule_and_cut_has_a_row() -> None:
    claims = [*stories(), *decision_cases()]
    count = sum(claim.topic in TAG_TOPICS for claim in claims)
    rules = PAGE.partition("## Rules of tags")[2].partition("## Cuts")[0]
    assert len([row for row in rules.splitlines() if row.startswith("| ")]) == count + 2
    for row in cut_rows(CUT_TABLE):
        assert f"| `{row.cut}` |" in PAGE


def test_what_a_row_says_to_play_is_there() -> None:
    for command in set(re.findall(r"`(sts-tui \w+ [^`]+)`", PAGE)):
        kind, name = command.split()[1:]
        assert (ROOT / name).is_file() if kind == "run" else name in topics()


@pytest.mark.parametrize(("code", "file"), IN_TESTS.items())
def test_an_error_that_only_a_test_shows_is_in_that_test(code: str, file: str) -> None:
    assert code in (ROOT / file).read_text(encoding="utf-8")
