"""Which key does a click on a hint mean? `enter send   f4 explain   esc cancel` at the lower edge of a box.

Parts are separated by at least two blanks; the keys of a part come first (`↑ ↓ field`, `x or esc close`). A
click on a key presses that key; a click on the words after it presses the first of the keys before them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from textual.events import Key

from sts_tui.tui.keys.key_names import TEXTUAL_NAMES

if TYPE_CHECKING:
    from textual.app import App

_PART: Final = re.compile(r"\S+(?: \S+)*")
_WORD: Final = re.compile(r"\S+")
_ALWAYS_A_KEY: Final = re.compile(r"\^.|esc|enter|tab|space|f\d+|PgUp|PgDn|[↑↓←→]")
"""Names that are keys anywhere in a part; a single character is one only before the words."""
_ARROWS: Final = {"↑": "up", "↓": "down", "←": "left", "→": "right", "PgUp": "pageup", "PgDn": "pagedown"}


def key_at(hint: str, column: int) -> str | None:
    """Textual's name of the key that is meant by a click on a column of a hint; None: no key."""
    for part in _PART.finditer(hint):
        if part.start() <= column < part.end():
            found = None
            for start, key, leads in _keys_of(part):
                if start <= column < start + len(key) or (leads and start <= column):
                    found = key
            return _name(found) if found else None
    return None


def press(app: App[int], key: str) -> None:
    """Presses a key as if it was typed. A message stops at its sender, which is the clicked widget here."""
    event = Key(key, key if len(key) == 1 else None)
    event.set_sender(app)
    app.post_message(event)


def _keys_of(part: re.Match[str]) -> list[tuple[int, str, bool]]:
    """(column, key, whether the words after it mean it) of the keys in a part."""
    found: list[tuple[int, str, bool]] = []
    is_leading, is_after_words = True, True
    for word in _WORD.finditer(part[0]):
        text = word[0].rstrip(",:")
        is_key = bool(_ALWAYS_A_KEY.fullmatch(text)) or (is_leading and len(word[0]) == 1)
        if is_key:
            key = word[0] if len(word[0]) == 1 else text
            found.append((part.start() + word.start(), key, is_after_words))
        is_after_words = not is_key and text != "or"
        is_leading = is_leading and (is_key or text == "or")
    return found


def _name(key: str) -> str:
    if len(key) == 2 and key.startswith("^"):
        return f"ctrl+{key[1]}"
    return _ARROWS.get(key) or TEXTUAL_NAMES.get(key, key)
