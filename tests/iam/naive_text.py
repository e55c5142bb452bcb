"""Text matching for the naive evaluator, by the dullest method there is."""

from __future__ import annotations

from typing import Any, Final


class Missing:
    """A policy variable without a value and without a default."""


MISSING: Final = Missing()

BOUND_RUN, BOUND_ONE = chr(0xFFFF0), chr(0xFFFF1)
"""`*` and `?` that must not match a colon."""
LITERAL_OFFSET = 0xF0000
"""A substituted character counts as itself, never as a wildcard: it is kept apart in a private plane."""


def as_list(value: Any) -> list[Any]:
    """JSON policies may write one thing without the brackets."""
    return value if isinstance(value, list) else [value]


def literal(text: str) -> str:
    """`text` so that `glob` takes no character of it for a wildcard."""
    return "".join(chr(ord(c) + LITERAL_OFFSET) if c in "*?" else c for c in text)


def plain(text: str) -> str:
    """Back from `literal`."""
    return "".join(chr(ord(c) - LITERAL_OFFSET) if ord(c) > LITERAL_OFFSET else c for c in text)


def glob(pattern: str, text: str) -> bool:
    """`*` any run, `?` one UTF-16 unit; a table over all prefixes, so nothing can backtrack or surprise."""
    wanted_units, units = _utf16_units(pattern), _utf16_units(text)
    fits = [True] + [False] * len(units)
    for wanted in wanted_units:
        if wanted in ("*", BOUND_RUN):
            for end in range(1, len(units) + 1):
                fits[end] = fits[end] or (fits[end - 1] and (wanted == "*" or units[end - 1] != ":"))
        elif wanted == BOUND_ONE:
            fits = [False] + [fits[end] and units[end] != ":" for end in range(len(units))]
        else:
            fits = [False] + [
                fits[end] and (wanted == "?" or plain(wanted) == units[end]) for end in range(len(units))
            ]
    return fits[len(units)]


def _utf16_units(text: str) -> list[str]:
    """A character beyond the basic plane is two units; those of the private plane are ours, and stay one."""
    units = []
    for character in text:
        if ord(character) > 0xFFFF and ord(character) < LITERAL_OFFSET:
            high, low = divmod(ord(character) - 0x10000, 0x400)
            units += [chr(0xD800 + high), chr(0xDC00 + low)]
        else:
            units.append(character)
    return units
