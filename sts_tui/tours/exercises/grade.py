"""Was an exercise solved? Each check is played in a copy of the learner's final state. The answer comes from
a tour (`learn NAME --check TOUR`) or from the explorer: in both cases it is a simulation on which the setup
was played first. A failed check has the explanation of the unexpected decision as its hint.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec import Struct

from sts_tui.simulation.checkpoint.saved_state import SavedState
from sts_tui.simulation.events import RequestAnswered, SessionStarted
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.exercises.exercise import Check, Exercise
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import PlayedLine, play
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.settings import BEFORE_THE_FIRST_ACTION
from sts_tui.tours.reading.steps import Tour

RULE = "You use only the identities of the exercise"
"""The check that every exercise has."""
_FREE = frozenset({"sts:GetCallerIdentity"})
"""Actions that do not count as using an identity."""
_NOT_DECISIVE = ("evaluated, did not match", "context")
_LAYER = re.compile(
    r"  (?P<name>[A-Za-z][^:]*(?:policy|boundary)[^:]*?)  +"
    r"(?P<verdict>none|allow|no allow|explicit deny|unknown)\b.*"
)
"""An explanation line about one kind of policy: `  session policy     none      no session policy was
passed`.
"""


class Attempt(Struct, frozen=True):
    """The learner's turn: a model on which the setup was played."""

    exercise: Exercise
    simulation: Simulation
    begins_after: int
    """The number of the last event of the setup."""


class GradedCheck(Struct, frozen=True):
    """A check and its result."""

    title: str
    is_passed: bool
    message: str = ""
    """What was unexpected, in one line."""
    hints: tuple[str, ...] = ()
    """The explanation of the unexpected decision."""


class SetupError(Exception):
    """A step of the setup failed, which is an error of the exercise."""


def begin(exercise: Exercise) -> Attempt:
    """A model with the setup played on it. Raises SetupError; AccountFileError for unusable account files."""
    simulation = Simulation.open(exercise.files)
    failed = [
        f"{exercise.name}: setup, line {played.line.number}: {played.result.message}"
        for played in play(exercise.setup, Player(simulation, exercise.folder))
        if played.result.outcome is StepOutcome.FAILED
    ]
    if failed:
        raise SetupError("; ".join(failed))
    return Attempt(exercise, simulation, simulation.events.last_number)


def learners_steps(tour: Tour) -> Tour:
    """The tour without its `account`, `seed` and `start` lines, which the exercise defines."""
    kept = tuple(line for line in tour.lines if not _is_beginning(line.step))
    return Tour(name=tour.name, lines=kept)


def _is_beginning(step: steps.Step) -> bool:
    if isinstance(step, steps.Set):
        return step.name in BEFORE_THE_FIRST_ACTION
    return isinstance(step, steps.Account)


def play_answer(attempt: Attempt, tour: Tour, player: Player | None = None) -> list[PlayedLine]:
    """The learner's tour, played on the model; it begins as the first identity of the exercise."""
    player = player or Player(attempt.simulation, attempt.exercise.folder)
    player.perform(steps.As(attempt.exercise.identities[0]))
    return list(play(learners_steps(tour), player))


class FinalState(Struct, frozen=True):
    """A copy of the learner's state, so that the model may continue while checks are played."""

    state: SavedState
    rule: GradedCheck


def final_state(attempt: Attempt) -> FinalState:
    """The present state of the model, for `grade`."""
    return FinalState(attempt.simulation.checkpoint(), _rule(attempt))


def grade(attempt: Attempt, left: FinalState | None = None) -> tuple[GradedCheck, ...]:
    """The result of every check, and last of the rule about identities. The model is not changed."""
    left = left or final_state(attempt)
    marks = []
    for check in attempt.exercise.checks:
        opened = attempt.simulation
        copy = Simulation(opened.model, seed=opened.seed, start=opened.opened.started_at)
        copy.restore(left.state)
        marks.append(_graded_check(check, copy, attempt.exercise))
    return (*marks, left.rule)


def is_solved(marks: Iterable[GradedCheck]) -> bool:
    return all(mark.is_passed for mark in marks)


def _graded_check(check: Check, copy: Simulation, exercise: Exercise) -> GradedCheck:
    for played in play(check.tour, Player(copy, exercise.folder)):
        result = played.result
        if result.outcome is StepOutcome.FAILED:
            hints = decisive(result.explanation) or tuple(result.error_text.strip().splitlines())
            return GradedCheck(check.title, False, result.message, hints)
    return GradedCheck(check.title, True)


def decisive(explanation: Sequence[str]) -> tuple[str, ...]:
    """The deciding part of an explanation: without guardrails that allow, missing policies, statements that
    did not match, and the context.
    """
    kept: list[str] = []
    is_kept = True
    for row in explanation:
        if row.lstrip().startswith(_NOT_DECISIVE):
            break
        layer = _LAYER.fullmatch(row)
        if layer is not None:
            is_guardrail = layer["name"].startswith(("resource control", "service control"))
            is_kept = layer["verdict"] != "none" and not (is_guardrail and layer["verdict"] == "allow")
        if is_kept:
            kept.append(row)
    return tuple(kept)


def _rule(attempt: Attempt) -> GradedCheck:
    """The rule: only the exercise's identities, and sessions issued to them, were used."""
    allowed = set(attempt.exercise.identities)
    others: dict[str, None] = {}
    for event in attempt.simulation.events.since(attempt.begins_after):
        if isinstance(event, SessionStarted):
            allowed.add(event.label)
        elif isinstance(event, RequestAnswered) and _is_a_use(event) and event.caller not in allowed:
            others[event.caller] = None
    if not others:
        return GradedCheck(RULE, True)
    return GradedCheck(RULE, False, _misused(tuple(others), attempt.exercise.identities))


def _is_a_use(event: RequestAnswered) -> bool:
    return event.workload is None and event.action not in _FREE


def _misused(others: Sequence[str], identities: Sequence[str]) -> str:
    return f"calls were made as {', '.join(others)}; use {', '.join(identities)}, and sessions issued to them"
