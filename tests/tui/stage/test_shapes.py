"""Characters of borders as lines and blocks."""

from __future__ import annotations

import pytest

from sts_tui.tui.stage.shapes import Block, Lines, blocks_of, is_drawn, lines_of


@pytest.mark.parametrize(
    ("char", "lines"),
    [
        ("─", Lines(left=1, right=1)),
        ("│", Lines(up=1, down=1)),
        ("━", Lines(left=2, right=2)),
        ("╌", Lines(left=1, right=1)),
        ("╭", Lines(down=1, right=1, is_arc=True)),
        ("╯", Lines(up=1, left=1, is_arc=True)),
        ("├", Lines(up=1, down=1, right=1)),
        ("┢", Lines(up=1, down=2, right=2)),
        ("╬", Lines(up=3, down=3, left=3, right=3)),
        ("╞", Lines(up=1, down=1, right=3)),
        ("╾", Lines(left=2, right=1)),
    ],
)
def test_a_line_has_the_arms_that_its_name_says(char: str, lines: Lines) -> None:
    assert lines_of(char) == lines


def test_every_box_drawing_character_but_the_diagonals_has_arms() -> None:
    for code in range(0x2500, 0x2580):
        lines = lines_of(chr(code))
        if chr(code) in "╱╲╳":
            assert lines is None
        else:
            assert lines is not None
            assert lines.up or lines.down or lines.left or lines.right


def test_every_block_element_is_filled_somewhere() -> None:
    assert all(blocks_of(chr(code)) for code in range(0x2580, 0x25A0))
    assert blocks_of("▂") == (Block(0, 0.75, 1, 0.25),)
    assert blocks_of("▌") == (Block(0, 0, 0.5, 1),)
    assert blocks_of("▒")[0].opacity == 0.5
    assert len(blocks_of("▚")) == 2


def test_letters_and_symbols_are_text() -> None:
    assert not any(map(is_drawn, "a ●▸✖×…"))
