"""Which Markdown has an effect in narration? `**strong**`, `*emphasis*` and `` `code` ``; nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Literal

from sts_tui.tui.text.styled_text import Line, Span, Style, one_line

Part = Literal["plain", "strong", "emphasis", "code"]
_SET_OFF: Final = re.compile(r"\*\*(?P<strong>.+?)\*\*|`(?P<code>.+?)`|\*(?P<emphasis>.+?)\*")


def parts(text: str) -> Iterator[tuple[Part, str]]:
    """The text part by part, without the marks."""
    end = 0
    for found in _SET_OFF.finditer(text):
        if found.start() > end:
            yield "plain", text[end : found.start()]
        kind: Part = "strong" if found["strong"] else "code" if found["code"] else "emphasis"
        yield kind, found[kind]
        end = found.end()
    if end < len(text):
        yield "plain", text[end:]


def narration(text: str, plain: Style = "strong") -> Line:
    """Narration as the screen shows it: emphasis has the color of the acting identity."""
    return tuple(Span(part, plain if kind == "plain" else "acting") for kind, part in parts(one_line(text)))
