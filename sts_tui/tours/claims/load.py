"""Reads the claim files shipped in the package. A fault in one is a bug, told with file and claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from sts_tui.tours.claims.claim import Claim
from sts_tui.tours.claims.decision_case import DecisionCase
from sts_tui.tours.claims.members import ClaimFileError, Members, read_json
from sts_tui.tours.claims.story import STORIES, Story

DECISIONS = Path(__file__).parent / "decisions"

C = TypeVar("C", bound=Claim)


def decision_cases(topic: str | None = None) -> Iterator[DecisionCase]:
    """Claims that one policy evaluation shows, by topic in alphabetical order; raises ClaimFileError."""
    for path in _files(DECISIONS, topic):
        yield from read_claims(path, DecisionCase.read)


def stories(topic: str | None = None) -> Iterator[Story]:
    """Claims that take a simulation to show, by topic in alphabetical order; raises ClaimFileError."""
    for path in _files(STORIES, topic):
        yield from read_claims(path, Story.read)


def topics() -> tuple[str, ...]:
    """Every topic, those of decisions first."""
    return tuple(path.stem for folder in (DECISIONS, STORIES) for path in _files(folder, None))


def read_claims(path: Path, read: Callable[[Members, str], C]) -> Iterator[C]:
    """The claims of one file, in its order; the topic is the file's name."""
    claims, seen = read_json(path), set()
    if not isinstance(claims, list):
        raise ClaimFileError(f"{path.name}: a claim file is a list of claims")
    for number, written in enumerate(claims):
        with Members(written, f"{path.name}[{number}]") as members:
            claim = read(members, path.stem)
        if claim.name in seen:
            raise ClaimFileError(f"{path.name}: two claims have the id {claim.heading.id!r}")
        seen.add(claim.name)
        yield claim


def _files(folder: Path, topic: str | None) -> list[Path]:
    return [path for path in sorted(folder.glob("*.json")) if topic in (None, path.stem)]
