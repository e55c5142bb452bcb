"""The texts of rows for a filter: made once, kept with their rows, never lost to a letter typed meanwhile."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sts_tui.tui.keys.filtering import parse_filter
from sts_tui.tui.keys.row_texts import RowTexts

WORDS = st.lists(
    st.sampled_from(["a", "b", "ab", "!a", "~ab", "name:b", "!name:a", "B", "!", "x"]), max_size=3
).map(" ".join)


class Row:
    """Any frozen object."""

    def __init__(self, text: str) -> None:
        self.text = text


def rows_of(count: int) -> list[Row]:
    return [Row(f"Row-{number}") for number in range(count)]


def texts_of(row: Row) -> str:
    return row.text


@pytest.mark.parametrize("count", [3_000, 9_000])
def test_texts_are_made_once_per_row_however_many_letters_are_typed(count: int) -> None:
    rows, texts = rows_of(count), RowTexts(texts_of)
    for letters in ("r", "ro", "row-1", "row-12", "!row"):
        found = parse_filter(letters, {}).wanted(rows, lambda: texts.of(rows))
        assert {row.text.lower() for row in found} == {
            row.text.lower()
            for row in rows
            if (letters.strip("!") in row.text.lower()) is (letters[0] != "!")
        }
    assert texts.made == count


def test_a_list_that_changed_keeps_the_texts_of_the_rows_that_stay() -> None:
    rows, texts = rows_of(2_500), RowTexts(texts_of)
    texts.of(rows)
    changed = [*rows[100:], Row("New")]
    assert texts.of(changed) == [row.text.lower() for row in changed]
    assert texts.made == 2_501


def test_what_was_made_before_a_stop_is_kept() -> None:
    rows, texts = rows_of(5_000), RowTexts(texts_of)

    def stop(done: int, _of: int) -> None:
        if done >= 3_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        texts.of(rows, stop)
    assert texts.made == 3_000
    assert texts.of(rows) == [row.text.lower() for row in rows]
    assert texts.made == 5_000


@given(st.lists(st.text("abAx", max_size=4), max_size=12), WORDS)
def test_a_pass_over_the_texts_finds_what_row_by_row_matches(names: Sequence[str], words: str) -> None:
    rows = [Row(name) for name in names]
    wanted = parse_filter(words, {"name": texts_of})
    texts = RowTexts(texts_of)
    assert wanted.wanted(rows, lambda: texts.of(rows)) == [row for row in rows if wanted.matches(row)]
    test = wanted.text_test()
    if test is not None:
        assert [row for row in rows if test(row.text.lower())] == [row for row in rows if wanted.matches(row)]
