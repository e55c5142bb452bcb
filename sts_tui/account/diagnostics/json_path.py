"""How is a place inside a JSON value written as a JSON path?"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, TypeAlias

from sts_tui.account.diagnostics.printable import printable
from sts_tui.account.lazy_pattern import lazy_pattern

Steps: TypeAlias = tuple[str | int, ...]
"""Keys and indexes from the outside in."""

_PLAIN: Final = lazy_pattern(r"[A-Za-z_$][\w$-]*", re.ASCII)


def json_path(steps: Steps) -> str:
    """`Accounts[0].Policies[1].Document`. Keys other than names are quoted: `StringEquals["aws:userid"]`."""
    return "".join(map(_written, steps)).removeprefix(".")


@lru_cache(maxsize=4096)
def _written(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN.fullmatch(step) else f"[{shown(step)}]"


def shown(value: object, most: int = 80) -> str:
    """A value of a file for use in a message: as JSON, which escapes control characters, and truncated to
    `most` characters.
    """
    import json

    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError):
        text = type(value).__name__
    text = printable(text[: most + 1])
    return text if len(text) <= most else f"{text[: most - 1]}…"
