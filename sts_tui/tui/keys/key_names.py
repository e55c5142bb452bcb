"""How is a key written? Textual's names (`full_stop`) and what people write (`.`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

TEXTUAL_NAMES: Final[Mapping[str, str]] = {
    "/": "slash",
    ":": "colon",
    "?": "question_mark",
    ".": "full_stop",
    ",": "comma",
    "+": "plus",
    "=": "equals_sign",
    "[": "left_square_bracket",
    "]": "right_square_bracket",
    "{": "left_curly_bracket",
    "}": "right_curly_bracket",
    "_": "underscore",
    "@": "at",
    "-": "minus",
    " ": "space",
    "esc": "escape",
    ";": "semicolon",
    "<": "less_than_sign",
    ">": "greater_than_sign",
    "!": "exclamation_mark",
    "~": "tilde",
}
"""Textual's name for each key as people write it."""
_WRITTEN: Final = {name: written for written, name in TEXTUAL_NAMES.items() if written != " "}


def key_name(key: str) -> str:
    """A key as people write it: `/`, `^p`, `esc`, `R`."""
    if key.startswith("ctrl+"):
        return f"^{key_name(key.removeprefix('ctrl+'))}"
    return _WRITTEN.get(key, key)


def written_keys(keys: tuple[str, ...]) -> str:
    return " ".join(key_name(key) for key in keys)
