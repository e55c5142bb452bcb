"""What does this project claim about AWS? Claims are data that runs."""

from __future__ import annotations

from collections.abc import Iterator

from sts_tui.tours.claims.claim import Claim, ClaimFileError, ClaimResult, Sureness
from sts_tui.tours.claims.cut_cell import CutCell
from sts_tui.tours.claims.decision_case import DecisionCase
from sts_tui.tours.claims.load import cut_cells, decision_cases, stories, topics
from sts_tui.tours.claims.story import Story

__all__ = [
    "Claim",
    "ClaimFileError",
    "ClaimResult",
    "CutCell",
    "DecisionCase",
    "Story",
    "Sureness",
    "cut_cells",
    "decision_cases",
    "run_claims",
    "stories",
    "topics",
]


def run_claims(topic: str | None = None) -> Iterator[ClaimResult]:
    """Runs every claim, or those of one topic, against the engine, one after the other. Raises
    ClaimFileError for a file that cannot be read as claims.
    """
    for case in decision_cases(topic):
        yield ClaimResult(case, case.check())
    for story in stories(topic):
        yield ClaimResult(story, story.check())
    for cell in cut_cells(topic):
        yield ClaimResult(cell, cell.check())
