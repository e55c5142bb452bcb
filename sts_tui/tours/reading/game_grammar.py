"""How are the steps of a game day read: its length and pars, and the attacker's timetable?"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from typing import Final

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.durations import parse_duration
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.substitutions import has_substitution

TIMES: Final = ("detect", "contain")
COUNTS: Final = ("through", "denied")
PARS: Final = (*TIMES, *COUNTS)
_USAGE: Final = "gameday DURATION [detect=5m] [contain=15m] [through=20] [denied=10]"
_ATTACKS: Final = (
    "attack at DURATION steals WHO as NAME",
    "attack at DURATION as NAME aws|request …",
    "attack every DURATION from DURATION [to DURATION] as NAME aws|request …",
)


def parse_game_day(words: Sequence[str]) -> steps.GameDay:
    """The words after `gameday`; raises StepError."""
    if not words:
        raise StepError(f"write {_USAGE}")
    length, *rest = words
    _check_duration(length)
    pars: dict[str, str] = {}
    for word in rest:
        name, _, value = word.partition("=")
        if name not in PARS or not value:
            raise StepError(f"{word!r} is not a par", did_you_mean(name, PARS) or _USAGE)
        if name in pars:
            raise StepError(f"{name} is given twice")
        if name in TIMES:
            _check_duration(value)
        elif not has_substitution(value) and not re.fullmatch(r"[0-9]{1,9}", value):
            raise StepError(f"{value!r} is not a number of requests", f"{name}=10")
        pars[name] = value
    return steps.GameDay(length, tuple(pars.items()))


def parse_attack(words: Sequence[str], parse_call: Callable[[Sequence[str]], steps.Step]) -> steps.Attack:
    """The words after `attack`; `parse_call` reads the request of the attacker. Raises StepError."""
    match list(words):
        case ["at", begins, "steals", who, "as", name] if who and name:
            _check_duration(begins)
            return steps.Attack(text=_text(words), begins=begins, who=who, name=name)
        case ["at", begins, "as", who, *call] if who:
            _check_duration(begins)
            return _attack(words, call, parse_call, begins=begins, who=who)
        case ["every", every, "from", begins, "to", until, "as", who, *call] if who:
            for one in (every, begins, until):
                _check_duration(one)
            return _attack(words, call, parse_call, begins=begins, who=who, every=every, until=until)
        case ["every", every, "from", begins, "as", who, *call] if who:
            _check_duration(every)
            _check_duration(begins)
            return _attack(words, call, parse_call, begins=begins, who=who, every=every)
        case _:
            raise StepError("write " + ", ".join(_ATTACKS))


def _attack(
    words: Sequence[str], call: list[str], parse_call: Callable[[Sequence[str]], steps.Step], *,
    begins: str, who: str, every: str = "", until: str = "",
) -> steps.Attack:  # fmt: skip
    if call[:1] not in (["aws"], ["request"]):
        raise StepError("the attacker makes an aws or request step", _ATTACKS[1])
    parse_call(call)
    return steps.Attack(text=_text(words), begins=begins, who=who, every=every, until=until, call=tuple(call))


def _text(words: Sequence[str]) -> str:
    return shlex.join(words)


def _check_duration(text: str) -> None:
    if not has_substitution(text):
        parse_duration(text)
