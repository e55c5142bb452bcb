"""How are the claim files of the package read? Errors name the file and the claim."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from sts_tui.tours.claims.claim import Claim, ClaimFileError
from sts_tui.tours.claims.cut_cell import CUTS, CutCell, CutRow
from sts_tui.tours.claims.decision_case import DecisionCase
from sts_tui.tours.claims.story import STORIES, Story
from sts_tui.tours.claims.strict_json import read_json

DECISIONS = Path(__file__).parent / "decisions"

C = TypeVar("C", bound=Claim)


def decision_cases(topic: str | None = None) -> Iterator[DecisionCase]:
    """Claims that one policy evaluation shows, by topic in alphabetical order; raises ClaimFileError."""
    for path in _files(DECISIONS, topic):
        yield from read_claims(path, DecisionCase)


def stories(topic: str | None = None) -> Iterator[Story]:
    """Claims that need a simulation, by topic in alphabetical order; raises ClaimFileError."""
    for path in _files(STORIES, topic):
        yield from read_claims(path, Story)


def cut_cells(topic: str | None = None) -> Iterator[CutCell]:
    """Claims about cuts of the incident desk, cell by cell; raises ClaimFileError."""
    for path in _files(CUTS, topic):
        for row in cut_rows(path.stem):
            yield from row.claims(path.stem)


def cut_rows(topic: str) -> tuple[CutRow, ...]:
    """The rows of one table of cuts, as written; raises ClaimFileError."""
    path = CUTS / f"{topic}.json"
    try:
        return tuple(CutRow.model_validate(row) for row in read_json(path))
    except ValidationError as refused:
        raise ClaimFileError(_faults(refused, path.name)) from None


def topics() -> tuple[str, ...]:
    """Every topic: decisions, stories, cuts."""
    return tuple(path.stem for folder in (DECISIONS, STORIES, CUTS) for path in _files(folder, None))


def read_claims(path: Path, kind: type[C]) -> Iterator[C]:
    """The claims of one file, in its order; the topic is the file's name. Raises ClaimFileError."""
    claims, seen = read_json(path), set()
    if not isinstance(claims, list):
        raise ClaimFileError(f"{path.name}: a claim file is a list of claims")
    for number, written in enumerate(claims):
        try:
            claim = kind.model_validate(written, context={"topic": path.stem})
        except ValidationError as refused:
            raise ClaimFileError(_faults(refused, f"{path.name}[{number}]")) from None
        if claim.name in seen:
            raise ClaimFileError(f"{path.name}: two claims have the id {claim.id!r}")
        seen.add(claim.name)
        yield claim


def _faults(refused: ValidationError, where: str) -> str:
    """One line per error: where in the claim, and what."""
    return "\n".join(
        f"{where} {'.'.join(str(step) for step in error['loc'])}: {error['msg']}"
        for error in refused.errors()
    )


def _files(folder: Path, topic: str | None) -> list[Path]:
    return [path for path in sorted(folder.glob("*.json")) if topic in (None, path.stem)]
