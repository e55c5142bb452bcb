"""CHANGELOG: *Unreleased* is sorted, nothing is in it twice, and each changed verdict names its setting."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from sts_tui.sts.facts.assumptions import ASSUMPTIONS

UNRELEASED = re.split(
    r"^## ", (Path(__file__).parents[2] / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE
)[1]


def entries(text: str) -> list[str]:
    """Each entry on one line."""
    return [" ".join(entry.split()) for entry in re.findall(r"^- .*(?:\n  .*)*", text, re.MULTILINE)]


def section(heading: str) -> str:
    return UNRELEASED.partition(f"### {heading}\n")[2].partition("\n### ")[0]


def test_each_heading_is_there_once() -> None:
    """Where a merge brought back old entries: take the file of `main`, and add your own entries to it."""
    assert re.findall(r"^### (.*)", UNRELEASED, re.MULTILINE) == [
        "Added", "Changed", "Verdicts that changed", "Fixed",
    ]  # fmt: skip
    areas = re.findall(r"^#### (.*)", UNRELEASED, re.MULTILINE)
    assert len(areas) == len(set(areas))


def test_no_entry_is_there_twice() -> None:
    beginnings = Counter(entry[:60] for entry in entries(UNRELEASED))
    assert [beginning for beginning, count in beginnings.items() if count > 1] == []


def test_a_changed_verdict_names_the_setting_that_restores_it_or_says_that_there_is_none() -> None:
    settings = {assumption.setting for assumption in ASSUMPTIONS}
    without = [
        entry
        for entry in entries(section("Verdicts that changed"))
        if "no setting" not in entry.lower() and not settings & set(re.findall(r"`(\w+)`", entry))
    ]
    assert without == []
