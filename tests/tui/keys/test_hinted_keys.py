"""A click on a hint is the key that it names."""

from __future__ import annotations

import pytest

from sts_tui.tui.keys.hinted_keys import key_at


@pytest.mark.parametrize(
    ("hint", "word", "key"),
    [
        ("enter send   f4 explain   ^y copy   esc cancel", "send", "enter"),
        ("enter send   f4 explain   ^y copy   esc cancel", "f4", "f4"),
        ("enter send   f4 explain   ^y copy   esc cancel", "copy", "ctrl+y"),
        ("enter send  f4 explain  esc cancel", "cancel", "escape"),
        ("j k scroll   / search   y copy", "k", "k"),
        ("j k scroll   / search   y copy", "search", "slash"),
        ("enter assume   ↑ ↓ field", "↑", "up"),
        ("enter assume   ↑ ↓ field", "field", "up"),
        ("x or esc close", "close", "x"),
        ("x or esc close", "x", "x"),
        ("unsaved changes: ^s save, esc again discards them", "again", "escape"),
        ("match 1 of 4   n N next, previous", "next", "n"),
        ("match 1 of 4   n N next, previous", "N next", "N"),
        ("match 1 of 4   n N next, previous", "1", None),
        ("type to search   enter choose", "type", None),
    ],
)
def test_a_word_means_the_key_before_it(hint: str, word: str, key: str | None) -> None:
    assert key_at(hint, hint.index(word)) == key


def test_a_gap_is_no_key() -> None:
    assert key_at("enter send   esc cancel", 11) is None
    assert key_at("enter send", -1) is None
    assert key_at("enter send", 40) is None
