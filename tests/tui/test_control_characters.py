"""No control character passes the boundary where text becomes cells; `test_hostile_model` tries all."""

from __future__ import annotations

import pytest
from rich.segment import Segment
from textual.color import Color

from sts_tui.tui.text.styled_text import Span, cells
from sts_tui.tui.text.terminal_boundary import PrintableFilter
from tests.support.hostile_models import HOSTILE


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_span_writes_control_characters_out(kind: str) -> None:
    assert Span(HOSTILE[kind]).text.isprintable()


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_boundary_lets_none_through_and_keeps_the_width(kind: str) -> None:
    [segment] = PrintableFilter().apply([Segment(HOSTILE[kind])], Color(0, 0, 0))
    assert segment.text.isprintable()
    assert cells(segment.text) == Segment(HOSTILE[kind]).cell_length
