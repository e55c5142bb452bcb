"""Which claims need time, sessions and calls? Each is a small tour over an account model.

`given` is the name of a model in `stories/models/`, an account model, or a list of these, merged as account
files are. `when` and `then` are lines of the tour grammar, played in that order; `then` has the expectations,
and the calls that show them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading.load import parse
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.claims.claim import Claim, ClaimFileError
from sts_tui.tours.claims.strict_json import read_json
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.grammar import parse_commands

STORIES = Path(__file__).parent / "stories"

Model: TypeAlias = str | dict[str, Any]


def _listed(given: object) -> object:
    return given if isinstance(given, list) else [given]


def _expecting(then: tuple[str, ...]) -> tuple[str, ...]:
    if not any(line.startswith("expect ") for line in then):
        raise ValueError("`then` expects nothing")
    return then


class Story(Claim):
    """A claim that a script shows."""

    given: Annotated[tuple[Model, ...], BeforeValidator(_listed)]
    when: tuple[str, ...] = ()
    then: Annotated[tuple[str, ...], AfterValidator(_expecting)]

    def check(self) -> str:
        """The failed expectations, one line per step; empty if the claim holds. Raises ClaimFileError."""
        return "\n".join(self._failures())

    def _failures(self) -> Iterator[str]:
        try:
            tour = parse_commands([*self.when, *self.then], self.name)
            player = Player(simulation_of(self.given))
        except (TourError, AccountFileError) as unreadable:
            yield from (str(diagnostic) for diagnostic in unreadable.diagnostics)
            return
        for played in play(tour, player):
            if played.result.outcome is StepOutcome.FAILED:
                yield "\n".join((f"{played.line.text}: {played.result.message}", *played.result.explanation))


def simulation_of(models: tuple[Model, ...]) -> Simulation:
    """The models merged and opened. Raises AccountFileError, ClaimFileError for an unknown model."""
    sources = [
        Source(model, json.dumps(model_named(model)))
        if isinstance(model, str)
        else Source("given", json.dumps(model))
        for model in models
    ]
    return Simulation(parse(sources).model)


def model_named(name: str) -> Any:
    """A model of `stories/models/`; raises ClaimFileError if there is none with that name."""
    path = STORIES / "models" / f"{name}.json"
    if not path.exists():
        raise ClaimFileError(f"no account model {name!r}")
    return read_json(path)
