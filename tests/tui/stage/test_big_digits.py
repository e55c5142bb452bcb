"""Digits for the last row of a room."""

from __future__ import annotations

import pytest

from sts_tui.tui.stage.big_digits import ROWS, big


def test_digits_are_as_large_as_the_room_allows() -> None:
    wide = big("5:59", 60)
    assert len(wide) == ROWS
    assert wide[0].startswith("██████")
    small = big("5:59", 20)
    assert len(small) == 3
    assert max(map(len, small)) <= 20
    assert big("5:59", 8) == ("5:59",)


@pytest.mark.parametrize("text", ["0:00", "59:48", "5:59:48", "1d 03:00"])
def test_all_rows_are_equally_wide(text: str) -> None:
    for room in (20, 40, 80):
        assert len({len(row) for row in big(text, room)}) == 1


def test_a_text_that_is_no_countdown_is_shown_as_it_is() -> None:
    assert big("soon", 80) == ("soon",)
    assert big("", 80) == ("",)


def test_in_ascii_digits_are_drawn_with_hash_signs() -> None:
    assert set("".join(big("12:34", 80, is_ascii=True))) == {"#", " "}
