"""Which settings can `set` change, and how is the value of each one read?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.entities import Settings
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.regions import REGION
from sts_tui.sts.regions import GLOBAL_ENDPOINT
from sts_tui.tours.reading.errors import StepError

_SIZE = lazy_pattern(r"(\d{2,3})x(\d{2,3})")


def parse_size(value: str) -> tuple[int, int]:
    """(columns, rows) of `120x36`. Raises StepError."""
    found = _SIZE.fullmatch(value)
    if not found:
        raise StepError(f"{value!r} is not a size", "COLUMNSxROWS, for example 120x36")
    return int(found[1]), int(found[2])


def parse_seed(value: str) -> int:
    """A whole number from 0 up. Raises StepError."""
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise StepError(f"{value!r} is not a seed", "a whole number from 0 up")
    return int(value)


def parse_region(value: str) -> str:
    """A region by its code. Raises StepError."""
    if value != GLOBAL_ENDPOINT and not REGION.fullmatch(value):
        raise StepError(f"{value!r} is not a region", "for example eu-west-1")
    return value


def parse_start(text: str) -> datetime:
    """An ISO 8601 time. Raises StepError."""
    from sts_tui.tours.reading.durations import parse_instant

    return parse_instant(text)


BEFORE_THE_FIRST_ACTION: Final[dict[str, Callable[[str], object]]] = {
    "seed": parse_seed,
    "size": parse_size,
    "theme": str,
    "start": parse_start,
}
"""Settings that cannot change after the first action, with the functions that read them."""

_DURATIONS: Final = ("revoke-padding", "propagation")


def names() -> tuple[str, ...]:
    """The names of all settings."""
    from sts_tui.simulation.settings import setting_names

    return (*BEFORE_THE_FIRST_ACTION, "region", *setting_names())


def check(name: str, value: str) -> None:
    """Raises StepError for an unknown setting or a value that does not fit it."""
    if name in BEFORE_THE_FIRST_ACTION:
        BEFORE_THE_FIRST_ACTION[name](value)
    elif name == "region":
        parse_region(value)
    else:
        model_setting(Settings(), name, value)


def model_setting(settings: Settings, name: str, value: str) -> str | float:
    """A setting of the model as `Simulation.set` takes it: durations in seconds, the rest as text.

    Raises StepError for an unknown setting or a value that does not fit it.
    """
    from sts_tui.simulation.settings import UnknownSettingError, changed_setting
    from sts_tui.tours.reading.durations import parse_duration

    written = parse_duration(value).total_seconds() if name in _DURATIONS else value
    try:
        changed_setting(settings, name, written)
    except UnknownSettingError:
        hint = did_you_mean(name, names()) or ", ".join(names())
        raise StepError(f"there is no setting {name!r}", hint) from None
    except ValueError as error:
        raise StepError(str(error)) from None
    return written
