"""Which statements does a shell script have? It is split at line ends, `;` and `&&` outside quotes and
`$(…)`.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from sts_tui.account.lazy_pattern import lazy_pattern

_HEREDOC = lazy_pattern(r"(?<!<)<<(?!<)-?[ \t]*(?:'([^'\n]+)'|\"([^\"\n]+)\"|\\?([A-Za-z_]\w*))")


class Statement(Struct, frozen=True, kw_only=True):
    """One statement; `line` is that of its first character, from 1. A comment's text begins with `#`."""

    line: int
    text: str
    heredoc: str | None = None
    """The lines after `<<WORD`, as written."""
    is_quoted: bool = False
    """Whether WORD is quoted: then variables in the lines are not replaced."""
    follows: str = ""
    """The operator before it: `&&`, `||`, `|`, `;`, `&` or `` for a new line."""


def statements(text: str) -> Iterator[Statement]:
    """Every statement in order, including comments on their own lines."""
    reader = _Reader(text.replace("\r\n", "\n"))
    while reader.position < len(reader.text):
        statement = reader.next()
        if statement.text:
            yield statement


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.follows = ""

    def next(self) -> Statement:
        """The statement at the position, with the heredoc that belongs to it."""
        text = self.text
        while self.position < len(text) and text[self.position] in " \t\n;":
            if text.startswith(";;", self.position):  # on a line of its own
                self.follows = ";;"
                self.position += 1
            elif text[self.position] == "\n" and self.follows == ";":
                self.follows = ""
            self.position += 1
        start, follows = self.position, self.follows
        line = text.count("\n", 0, start) + 1
        if text.startswith("#", start):
            self.position = _index(text, "\n", start)
            return Statement(line=line, text=text[start : self.position].rstrip())
        pieces, operator = self._pieces()
        written = "".join(pieces).strip()
        self.follows = operator
        if found := _HEREDOC.search(written):
            written = written[: found.start()] + written[found.end() :]
            body = self._heredoc(found[1] or found[2] or found[3])
            is_quoted = found[3] is None or "\\" in found[0]
            return Statement(
                line=line, text=written.strip(), heredoc=body, is_quoted=is_quoted, follows=follows
            )
        return Statement(line=line, text=written, follows=follows)

    def _pieces(self) -> tuple[list[str], str]:
        """The text up to the next operator, without continuations and comments, and that operator."""
        text = self.text
        pieces: list[str] = []
        while self.position < len(text):
            char, at = text[self.position], self.position
            operator = next(
                (one for one in ("&&", "||", ";;", "\n", ";", "|") if text.startswith(one, at)), None
            )
            if char == "&" and operator is None and text[at - 1 : at] not in ("<", ">"):
                operator = None if text[at + 1 : at + 2] == ">" else "&"
            if operator and not (operator == "|" and text[at - 1 : at] == ">"):
                self.position += len(operator)
                return pieces, "" if operator == "\n" else operator
            if text.startswith("\\\n", at):
                self.position += 2
                continue
            if char == "#" and (at == 0 or text[at - 1] in " \t\n"):
                self.position = _index(text, "\n", at)
                continue
            self.position = end_of_piece(text, at)
            pieces.append(text[at : self.position])
        return pieces, ""

    def _heredoc(self, word: str) -> str:
        if self.follows:  # the rest of the line comes before the lines of the document
            self.position = _index(self.text, "\n", self.position) + 1
        end = re.compile(rf"^\t*{re.escape(word)}$", re.MULTILINE).search(self.text, self.position)
        stop, after = (end.start(), end.end()) if end else (len(self.text), len(self.text))
        body = self.text[self.position : stop]
        self.position = after
        return body


def end_of_piece(text: str, at: int) -> int:
    """The position after the character, quoted text, `$(…)` or escape that begins at `at`."""
    char = text[at]
    if char == "\\":
        return min(at + 2, len(text))
    if text.startswith("$'", at):
        return _end_of_ansi_text(text, at + 2)
    if char == "(" and text[at - 1 : at] == "=":  # NAME=(…), an array
        return _closing(text, at + 1)
    if char == "'":
        return _index(text, "'", at + 1) + 1
    if char == "`":
        return _index(text, "`", at + 1) + 1
    if char == '"':
        position = at + 1
        while position < len(text) and text[position] != '"':
            is_plain = text[position] in "'(<>" or text.startswith("$'", position)
            position = position + 1 if is_plain else end_of_piece(text, position)
        return min(position + 1, len(text))
    if text.startswith("${", at):
        return _index(text, "}", at + 2) + 1
    if text.startswith(("$(", "<(", ">("), at):
        return _closing(text, at + 2)
    return at + 1


def _end_of_ansi_text(text: str, position: int) -> int:
    while position < len(text) and text[position] != "'":
        position += 2 if text[position] == "\\" else 1
    return min(position + 1, len(text))


def _closing(text: str, position: int) -> int:
    while position < len(text) and text[position] != ")":
        is_nested = text[position] == "("
        position = _closing(text, position + 1) if is_nested else end_of_piece(text, position)
    return min(position + 1, len(text))


def _index(text: str, wanted: str, start: int) -> int:
    found = text.find(wanted, start)
    return len(text) if found < 0 else found
