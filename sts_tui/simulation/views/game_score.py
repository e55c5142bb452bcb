"""How good was the response to a game day? Four measures, up to 25 points each.

Time to detect: from the attacker's first request to the player's first look at the incident of credentials
that the attacker has, or the first write, whichever is earlier. Time to contain: until the attacker's last
allowed request, if all its later attempts, including those that will be repeated, were denied. Requests that
got through: allowed requests of the attacker. Legitimate requests denied: failed requests of the model's
workloads, including those without credentials. A measure gets all its points up to its par, and par / value
of them beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

from sts_tui.account import durations
from sts_tui.account.json_value import Json
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.timetable import Attack, Attempts, GameDay
from sts_tui.simulation.world import World

POINTS: Final = 25
"""The maximum points of each measure."""


class Measure(Struct, frozen=True, kw_only=True):
    """One of the four measures."""

    name: str
    value: float | None
    """Seconds or a count; None: not detected, not contained."""
    par: float
    is_time: bool

    @property
    def points(self) -> int:
        if self.value is None:
            return 0
        return POINTS if self.value <= self.par else int(POINTS * self.par / self.value)

    @property
    def text(self) -> str:
        """The value in words."""
        if self.value is None:
            return "not yet"
        return _span(self.value) if self.is_time else f"{self.value:,.0f}"

    @property
    def par_text(self) -> str:
        return _span(self.par) if self.is_time else f"{self.par:,.0f}"


class Score(Struct, frozen=True, kw_only=True):
    """The score as it is now."""

    begins_at: datetime
    ends_at: datetime
    is_over: bool
    measures: tuple[Measure, ...]
    made: int
    """Requests that the attacker has made."""
    debrief: tuple[tuple[Attack, Attempts], ...]
    """What the attacker did; empty until the game day is over."""

    @property
    def total(self) -> int:
        return sum(one.points for one in self.measures)

    @property
    def most(self) -> int:
        return POINTS * len(self.measures)


def score_of(world: World) -> Score | None:
    """The score of the last game day; None if there was none."""
    game = world.game_day
    if game is None:
        return None
    counted = [
        attempts for attack, attempts in zip(game.attacks, game.attempts, strict=True) if attack.is_counted
    ]
    pars = game.pars
    denied = (game.failed if game.failed is not None else _failed(world)) - game.failed_before
    measures = (
        Measure(name="time to detect", value=_detect(game), par=pars.detect, is_time=True),
        Measure(name="time to contain", value=_contain(game), par=pars.contain, is_time=True),
        Measure(
            name="requests that got through",
            value=sum(one.through for one in counted),
            par=pars.through,
            is_time=False,
        ),
        Measure(name="legitimate requests denied", value=denied, par=pars.denied, is_time=False),
    )
    is_over = game.failed is not None
    return Score(
        begins_at=game.begins_at,
        ends_at=game.ends_at,
        is_over=is_over,
        measures=measures,
        made=sum(one.made for one in counted),
        debrief=tuple(zip(game.attacks, game.attempts, strict=True)) if is_over else (),
    )


def _failed(world: World) -> int:
    return sum(state.failed for state in world.workload_states.values())


def _detect(game: GameDay) -> float | None:
    found = [at for at in (game.detected_at, game.responded_at) if at is not None]
    if game.first_at is None or not found:
        return None
    return max(0.0, (min(found) - game.first_at).total_seconds())


def _contain(game: GameDay) -> float | None:
    if game.first_at is None or not game.is_stopped:
        return None
    until = game.last_through_at or game.first_at
    return (until - game.first_at).total_seconds()


def score_lines(score: Score) -> Iterator[str]:
    """The score as text, line by line; at the end with what the attacker did."""
    left = "over" if score.is_over else f"until {iso(score.ends_at)}"
    yield f"Game day, {left}: {score.total} of {score.most} points"
    for one in score.measures:
        yield f"  {one.name:<28} {one.text:>9}   par {one.par_text:>7}   {one.points:>2} points"
    if score.debrief:
        yield "What the attacker did"
    for attack, attempts in score.debrief:
        yield f"  {attempt_text(attack, attempts):<24} {attack.text}"


def attempt_text(attack: Attack, attempts: Attempts) -> str:
    """`12 of 40 allowed, then AccessDenied`"""
    if not attempts.made:
        return "not attempted"
    if attempts.made == 1:
        return "allowed" if attempts.through else attempts.last_code
    ended = f", then {attempts.last_code}" if attempts.last_code != "200" else ""
    return f"{attempts.through} of {attempts.made} allowed{ended}"


def score_json(score: Score) -> dict[str, Json]:
    """The score as JSON, for programs and for `expect score`."""
    detect, contain, through, denied = score.measures
    return {
        "begins_at": iso(score.begins_at),
        "ends_at": iso(score.ends_at),
        "over": score.is_over,
        "total": score.total,
        "most": score.most,
        "attempts": score.made,
        **{
            name: {"value": one.value, "par": one.par, "points": one.points}
            for name, one in (
                ("detect", detect), ("contain", contain), ("through", through), ("denied", denied),
            )
        },
        "debrief": [
            {
                "step": attack.text,
                "attempts": attempts.made,
                "through": attempts.through,
                "last_at": iso(attempts.last_at) if attempts.last_at else None,
                "last_code": attempts.last_code or None,
            }
            for attack, attempts in score.debrief
        ],
    }  # fmt: skip


def _span(seconds: float) -> str:
    return durations.short(timedelta(seconds=round(seconds)))
