"""Which parts of a bar are shown where there is no room for all? The most valuable ones, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sts_tui.tui.text.distinct_names import fit_names
from sts_tui.tui.text.styled_text import Line, fit, width_of


class Part(Struct, frozen=True):
    """Some spans that stay together; `action` is what a click on them does."""

    spans: Line
    action: str = ""
    worth: int = 0
    """Parts with the least worth are left out first; the order stays."""
    short: Line = ()
    """Its short form, where there is no room for all of it."""
    common: frozenset[str] = frozenset()
    """Words that nearly all names of the model have: they give way first where the short form has no room."""


def fitting(parts: Sequence[Part], width: int, gap: int) -> list[Part]:
    """As many parts as fit in `width`, those with the most worth first, in their order. The one with the most
    is always there, cut if necessary.
    """
    chosen: dict[int, Part] = {}
    left = width
    for index in sorted(range(len(parts)), key=lambda index: (-parts[index].worth, index)):
        part = _fitted(parts[index], left if chosen else max(1, left), is_needed=not chosen)
        if part is not None:
            chosen[index] = part
            left -= width_of(part.spans) + gap
    return [part for _, part in sorted(chosen.items())]


def _fitted(part: Part, width: int, *, is_needed: bool) -> Part | None:
    if width_of(part.spans) <= width:
        return part
    spans = part.short or part.spans
    if width_of(spans) > width:
        if not is_needed:
            return None
        spans = fit(fit_names(spans, width, part.common) if part.common else spans, width)
    return Part(spans, part.action, part.worth)
