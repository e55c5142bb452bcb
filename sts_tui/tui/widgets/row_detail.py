"""What does a row of a table say where it has no room: the rest of it, its names, and all of it in words?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os.path import commonprefix
from typing import TypeVar

from sts_tui.tui.text.distinct_names import BETWEEN, LEAST_TEXT, fit_texts, prose_without_common
from sts_tui.tui.text.styled_text import Line, Span, cells, fit, shorten, text_of, width_of
from sts_tui.tui.text.symbols import ELLIPSIS, RULE
from sts_tui.tui.widgets.columns import Column

R = TypeVar("R")


def row_detail(
    columns: Sequence[Column[R]], widths: Mapping[str, int], row: R, room: int, common: frozenset[str]
) -> str:
    """In `room` cells, the texts of a row that are wider than their columns; then those of texts whose
    columns are left out, after their titles, as far as they fit. `widths`: cells of the columns that are
    shown, by id. `common`: words that nearly all names have.
    """
    shown = [column for column in columns if column.id in widths]
    cut = [column for column in shown if width_of(column.cell(row)) > widths[column.id]]
    texts = fit_texts([(text_of(each.cell(row)), each.has_names) for each in cut], room, common)
    left_out = (column for column in columns if column.id not in widths and column.grow)
    for column in sorted(left_out, key=lambda each: each.priority):
        text = text_of(column.cell(row)).strip()
        title = column.title.partition(" (")[0].lower()
        left = room - cells(BETWEEN.join((*texts, title, "")))
        if text not in ("", "-") and left >= min(cells(text), LEAST_TEXT):
            texts.append(f"{title} {shorten(text, left, middle=column.middle)}")
    return BETWEEN.join(texts)


def row_in_words(columns: Sequence[Column[R]], row: R) -> str:
    """Each value whole and after the title of its column."""
    described = [column for column in columns if not column.is_picture]
    texts = ((column.title, text_of(column.cell(row)).strip()) for column in described)
    return ", ".join(f"{title} {text}".strip() for title, text in texts if text not in ("", "-"))


def fit_banner(banner: Line, width: int, common: frozenset[str]) -> Line:
    """Exactly `width` cells of a text that is a whole row: of its names what distinguishes them."""
    if width_of(banner) > width and common:
        place = max(range(len(banner)), key=lambda at: width_of(banner[at : at + 1]))
        room = max(1, width - width_of(banner[:place]) - width_of(banner[place + 1 :]))
        text = prose_without_common(banner[place].text, common, room)
        banner = (*banner[:place], Span(text, banner[place].style), *banner[place + 1 :])
    return fit(banner, width)


def rest_of_banner(whole: str, seen: str, room: int) -> str:
    """In `room` cells, the part of a row's text that is not seen; empty where all of it is."""
    rest = whole[len(commonprefix((whole, seen))) :].strip(f" {RULE}")
    return f"{ELLIPSIS}{shorten(rest, room - 1)}" if rest else ""
