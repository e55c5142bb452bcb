"""How are the steps of a game day performed: its beginning, the attacker's timetable, the score?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.simulation.calls.ask import ContextNotSettableError
from sts_tui.simulation.calls.not_modeled import NotModelledError, refuse_unmodeled
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.timetable import Attack, Pars
from sts_tui.simulation.views.game_score import Score, score_json, score_lines, score_of
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.durations import parse_duration
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.game_grammar import COUNTS, TIMES
from sts_tui.tours.reading.request_context import context_of, read_context_word

LEAST_INTERVAL = 1.0
"""The minimum interval between two attempts, in seconds, because a timetable is played in one run."""


class Scored(Struct, frozen=True):
    """The score as a step reports it."""

    document: dict[str, Json]
    output: str
    message: str


def begin(step: steps.GameDay, simulation: Simulation) -> str:
    """Begin a game day; return the step's message. Raises StepError."""
    given = dict(step.pars)
    pars: dict[str, Any] = {
        name: parse_duration(given[name]).total_seconds() for name in TIMES if name in given
    }
    pars |= {name: _count(given[name]) for name in COUNTS if name in given}
    try:
        simulation.begin_game_day(parse_duration(step.length).total_seconds(), Pars(**pars))
    except ValueError as error:
        raise StepError(str(error)) from None
    return f"game day of {step.length}"


def plan(step: steps.Attack, simulation: Simulation, folder: Path, region: str) -> str:
    """Add a line to the attacker's timetable; return the step's message. Raises StepError."""
    every = _seconds(step.every)
    if step.every and every < LEAST_INTERVAL:
        raise StepError(f"the attacker waits {LEAST_INTERVAL:g}s at least between two attempts")
    if step.until and parse_duration(step.until) <= parse_duration(step.begins):
        raise StepError("`to` is later than `from`")
    times: dict[str, Any] = {
        "text": step.text,
        "begins": _seconds(step.begins),
        "every": every,
        "until": _seconds(step.until) if step.until else None,
    }
    try:
        called = {"name": step.name, **_called(step.call, folder, region)}
        simulation.plan_attack(Attack(who=step.who, **times, **called))
    except (ValueError, ContextNotSettableError) as error:
        raise StepError(str(error)) from None
    except NotModelledError as error:
        raise StepError(error.message, error.hint) from None
    return ""


def score(simulation: Simulation) -> Scored:
    """The present score, as a step's result. Raises StepError without a game day."""
    found = current_score(simulation)
    return Scored(score_json(found), "\n".join(score_lines(found)), f"{found.total} of {found.most} points")


def current_score(simulation: Simulation) -> Score:
    """The present score. Raises StepError without a game day."""
    found = score_of(simulation.world)
    if found is None:
        raise StepError("there is no game day", "gameday 2h begins one")
    return found


def _called(call: tuple[str, ...], folder: Path, region: str) -> dict[str, Any]:
    """The fields of `Attack` for the attacker's request, by name. Raises StepError."""
    if not call:
        return {}
    verb, *words = call
    if verb == "request":
        action, resource, *pairs = words
        context = context_of(read_context_word(pair, action) for pair in pairs)
        owner = context.pop("owner", None)
        plain: dict[str, object] = {"Resource": resource, **({"Owner": owner} if owner else {})}
        return {"action": action, "params": plain, "context": context, "is_plain": True}
    from sts_tui.tours.reading.aws_line import read_aws_line  # imports the shape tables
    from sts_tui.tours.reading.parameters import parameters

    line = read_aws_line(words)
    params = parameters(line, folder)
    refuse_unmodeled(line.action, params, None)
    return {
        "action": line.action,
        "params": params,
        "context": context_of(line.context),
        "region": line.region or region,
        "name": line.session_name or "",
    }


def _seconds(duration: str) -> float:
    return parse_duration(duration).total_seconds() if duration else 0.0


def _count(text: str) -> int:
    if not text.isdigit():
        raise StepError(f"{text!r} is not a number of requests")
    return int(text)
