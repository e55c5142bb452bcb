"""Claims that take time, sessions and calls to show: a small tour over an account model.

`given` is the built-in sample (`"sample"`), a model of `stories/models/` by name, an account model written
out, or a list of these, merged as account files are. `when` and `then` are lines of the tour grammar, played
in that order from 2026-01-15T09:00:00Z; `then` holds what is expected, and the calls that show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeAlias

from sts_tui.tours.claims.claim import Claim, Heading
from sts_tui.tours.claims.members import ClaimFileError, Members, read_json

STORIES = Path(__file__).parent / "stories"
START = "2026-01-15T09:00:00Z"
SAMPLE = "sample"

Model: TypeAlias = str | Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story(Claim):
    """A claim that a script shows."""

    given: tuple[Model, ...]
    when: tuple[str, ...]
    then: tuple[str, ...]

    @classmethod
    def read(cls, members: Members, topic: str) -> Self:
        given: Any = members.take("given", (str, dict, list))
        story = cls(
            given=tuple(given) if isinstance(given, list) else (given,),
            when=members.texts("when"),
            then=members.texts("then"),
            heading=Heading.read(members, topic),
        )
        if not any(line.startswith("expect ") for line in story.then):
            raise ClaimFileError(f"{members.where}: `then` expects nothing")
        return story

    def check(self) -> str:
        raise NotImplementedError


def model_named(name: str) -> Any:
    """A model of `stories/models/`; raises ClaimFileError where there is none of that name."""
    path = STORIES / "models" / f"{name}.json"
    if not path.exists():
        raise ClaimFileError(f"no account model {name!r}")
    return read_json(path)
