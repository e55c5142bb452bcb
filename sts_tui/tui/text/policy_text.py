"""How is a policy document laid out? Dense JSON for the available width, each part in its style.

What fits on one line stays on one line, closing brackets follow their content, and every statement begins on
a new line, so that it can be read at a glance in a small pane. Keys keep the order of the file. Python's
`json` does the parsing: the parsed document is drawn, not its source text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.tui.text.styled_text import Line, Span, width_of

LEAST_ROOM = 26
"""Cells that a nested value needs; with fewer it begins on the next line."""
OF_BRACKETS = 2
"""Cells for what closes a value, or the comma after it."""
ON_FIRST_LINE = ("Sid", "Effect")
"""Members of a statement that share its first line."""


class PolicyText(Struct, frozen=True):
    """The lines of one document, and the lines of each statement."""

    lines: tuple[Line, ...]
    statements: tuple[tuple[int, int], ...]
    """(first line, line after the last) of every statement, in order."""

    def with_matched(self, index: int) -> PolicyText:
        """The same with a bar at the edge of the deciding statement."""
        if not 0 <= index < len(self.statements):
            return self
        first, last = self.statements[index]
        lines = tuple(
            (Span("▎", "marker"), *_without_first_cell(spans)) if first <= number < last else spans
            for number, spans in enumerate(self.lines)
        )
        return PolicyText(lines, self.statements)


def _without_first_cell(spans: Line) -> Line:
    if spans and spans[0].text[:1] == " ":
        return (Span(spans[0].text[1:], spans[0].style), *spans[1:])
    return spans


@lru_cache(maxsize=512)
def policy_text(text: str, width: int) -> PolicyText:
    """`text` laid out in `width` cells; invalid JSON is shown literally."""
    try:
        document = json.loads(text)
    except ValueError:
        return PolicyText(tuple((Span(row),) for row in text.splitlines()), ())
    if not isinstance(document, Mapping):
        return PolicyText(tuple(_layout(document, 0, width)), ())
    return _document(document, width)


def _document(document: Mapping[str, object], width: int) -> PolicyText:
    lines: list[Line] = []
    statements: list[tuple[int, int]] = []
    opening: list[Span] = [_mark("{")]
    for position, (key, member) in enumerate(document.items()):
        comma = "," if position < len(document) - 1 else "}"
        if key != "Statement":
            if width_of(opening) > width // 2:
                lines.append(tuple(opening))
                opening = [Span(" ")]
            opening += [*_key(key), *_inline(member), _mark(f"{comma} " if comma == "," else comma)]
            continue
        items, many = (member, True) if isinstance(member, list) else ([member], False)
        lines.append((*opening, *_key(key), *((_mark("["),) if many else ())))
        for number, item in enumerate(items):
            ending = "," if number < len(items) - 1 else ("]" if many else "") + comma
            block = _hung(_layout(item, 2, width), 2, ending)
            statements.append((len(lines), len(lines) + len(block)))
            lines += block
        opening = [Span(" ")]
        if not items:
            lines.append((_mark(f"]{comma}"),))
    if len(opening) > 1 or not lines:
        lines.append(tuple(opening) if document else (_mark("{}"),))
    return PolicyText(tuple(lines), tuple(statements))


def _hung(block: Sequence[Line], margin: int, ending: str) -> list[Line]:
    lines = [(Span(" " * margin), *spans) for spans in block]
    lines[-1] = (*lines[-1], _mark(ending))
    return lines


def _layout(value: object, column: int, width: int) -> list[Line]:
    """Lines of `value` where its first cell is at `column`; the lines themselves begin at that column."""
    flat = _inline(value)
    is_statement = isinstance(value, Mapping) and "Effect" in value
    if not isinstance(value, Mapping | list) or not value:
        return [flat]
    if column + width_of(flat) + 2 <= width and not (is_statement and width_of(flat) > width * 2 // 3):
        return [flat]
    return _object(value, column, width) if isinstance(value, Mapping) else _list(value, column, width)


def _object(value: Mapping[str, Json], column: int, width: int) -> list[Line]:
    lines: list[Line] = []
    joined = False
    for position, (key, member) in enumerate(value.items()):
        is_last = position == len(value) - 1
        margin: Line = (_mark("{"),) if position == 0 else (Span(" "),)
        member_lines = _member(key, member, column + 1, width)
        member_lines[-1] = (*member_lines[-1], _mark("}" if is_last else ","))
        if joined and key in ON_FIRST_LINE and len(lines) == 1:
            lines[0] = (*lines[0], Span(" "), *member_lines[0])
        else:
            lines += [(*margin, *member_lines[0]), *((Span(" "), *more) for more in member_lines[1:])]
        joined = key in ON_FIRST_LINE and len(lines) == 1
    return lines


def _member(key: str, member: object, column: int, width: int) -> list[Line]:
    """The value after its key, or below it where it would be too wide, in as few lines as possible."""
    head = _key(key)
    used = width_of(head)
    first, *rest = _layout(member, column + used, width)
    beside = [(*head, *first), *((Span(" " * used), *more) for more in rest)]
    is_narrow = isinstance(member, Mapping | list) and column + used + LEAST_ROOM > width
    if not is_narrow and not _excess(beside, column, width):
        return beside
    ways = [] if is_narrow else [beside]
    ways += [_chained(key, member, column, width), _below(head, member, "", column, width)]
    return min(ways, key=lambda lines: (_excess(lines, column, width), len(lines)))


def _chained(key: str, member: object, column: int, width: int) -> list[Line]:
    """`"Condition": {"DateLessThan": {"aws:TokenIssueTime":` on one line, and the value below it."""
    heads, closing = [*_key(key)], ""
    while isinstance(member, Mapping) and len(member) == 1:
        inner, member = next(iter(member.items()))
        heads += [_mark("{"), *_key(inner)]
        closing += "}"
    return _below(tuple(heads), member, closing, column, width)


def _below(head: Line, member: object, closing: str, column: int, width: int) -> list[Line]:
    """The value in the line below its key, two cells further right."""
    lines = [(Span("  "), *each) for each in _layout(member, column + 2, width)]
    if closing:
        lines[-1] = (*lines[-1], _mark(closing))
    return [_without_last_space(head), *lines]


def _excess(lines: Sequence[Line], column: int, width: int) -> int:
    """Cells by which the widest line is too wide, with the brackets that close it."""
    return max(0, max(column + width_of(each) for each in lines) + OF_BRACKETS - width)


def _without_last_space(head: Line) -> Line:
    return (*head[:-1], Span(head[-1].text.rstrip(), head[-1].style))


def _list(value: Sequence[Json], column: int, width: int) -> list[Line]:
    """Items fill the line; what does not fit continues below the first item."""
    lines: list[Line] = []
    current: Line = (_mark("["),)
    for position, item in enumerate(value):
        comma = _mark("]" if position == len(value) - 1 else ",")
        block = _layout(item, column + 1, width)
        block[-1] = (*block[-1], comma)
        fits = column + width_of(current) + 1 + width_of(block[0]) + 1 <= width
        if position == 0:
            current = (*current, *block[0])
        elif len(block) == 1 and fits:
            current = (*current, Span(" "), *block[0])
        else:
            lines.append(current)
            current = (Span(" "), *block[0])
        for more in block[1:]:
            lines.append(current)
            current = (Span(" "), *more)
    return [*lines, current]


def _mark(text: str) -> Span:
    return Span(text, "json-punctuation")


def _key(key: str) -> Line:
    return (Span(_quoted(key), "json-key"), _mark(": "))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _inline(value: object) -> Line:
    match value:
        case Mapping():
            parts: list[Span] = [_mark("{")]
            for position, (key, member) in enumerate(value.items()):
                parts += [*([_mark(", ")] if position else []), *_key(key), *_inline(member)]
            return (*parts, _mark("}"))
        case list():
            parts = [_mark("[")]
            for position, item in enumerate(value):
                parts += [*([_mark(", ")] if position else []), *_inline(item)]
            return (*parts, _mark("]"))
        case str():
            return (Span(_quoted(value), "json-string"),)
        case bool() | None:
            return (Span(json.dumps(value), "json-word"),)
        case _:
            return (Span(json.dumps(value), "json-number"),)
