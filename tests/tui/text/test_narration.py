"""Narration: what Markdown sets off."""

from __future__ import annotations

from sts_tui.tui.text.narration import narration, parts
from sts_tui.tui.text.styled_text import Span


def test_strong_emphasis_and_code_lose_their_marks() -> None:
    assert list(parts("a **b** `c` *d*")) == [
        ("plain", "a "), ("strong", "b"), ("plain", " "), ("code", "c"), ("plain", " "), ("emphasis", "d"),
    ]  # fmt: skip


def test_everything_else_is_as_it_is_written() -> None:
    assert list(parts("arn:aws:s3:::x/* <b> [l](x)")) == [("plain", "arn:aws:s3:::x/* <b> [l](x)")]
    assert list(parts("")) == []


def test_on_the_screen_it_is_one_line_with_colors() -> None:
    assert narration("who `App`\nis") == (
        Span("who ", "strong"),
        Span("App", "acting"),
        Span(" is", "strong"),
    )
    assert narration("x", "plain") == (Span("x", "plain"),)
