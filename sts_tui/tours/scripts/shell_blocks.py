"""Which statements belong together? `if` and `for` with their bodies; other compound commands as a whole.

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_09_04
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.scripts.shell_statements import Statement, end_of_piece, statements

_KEYWORDS: Final = lazy_pattern(r"(if|elif|then|else|do|\{)(?=\s)\s*|(then|else|do|\{)$")
_FOR: Final = lazy_pattern(r"for\s+([A-Za-z_]\w*)\s+in(\s.*)?", re.DOTALL)
_FUNCTION: Final = lazy_pattern(r"(?:function\s+)?([\w-]+)\s*\(\)|function\s+([\w-]+)")
_CLOSED_BY: Final = {
    "while": "done",
    "until": "done",
    "select": "done",
    "for": "done",
    "case": "esac",
    "if": "fi",
}


class Simple(Struct, frozen=True):
    """One command."""

    statement: Statement


class Arm(Struct, frozen=True):
    """The condition after `if` or `elif`, and what is done where it holds."""

    condition: tuple[Block, ...]
    body: tuple[Block, ...]


class If(Struct, frozen=True):
    """`if …; then …; elif …; else …; fi`"""

    arms: tuple[Arm, ...]
    otherwise: tuple[Block, ...]


class For(Struct, frozen=True):
    """`for NAME in WORDS; do …; done`"""

    statement: Statement
    name: str
    words: str
    body: tuple[Block, ...]


class Other(Struct, frozen=True):
    """A loop, a choice or a function that is not followed."""

    statement: Statement
    kind: str
    body: tuple[str, ...] = ()
    """The text of each statement in it."""
    name: str = ""
    """Of a function."""


class Group(Struct, frozen=True):
    """`{ …; }`: statements of the same shell."""

    body: tuple[Block, ...]


Block: TypeAlias = Simple | If | For | Group | Other
SUBSHELL: Final = "a subshell"
FUNCTION: Final = "a function"


def blocks_of(script: str) -> tuple[Block, ...]:
    """The blocks of a script, in order. One that is not closed goes on to the end."""
    return _Reader(_without_keywords(statements(script))).until(frozenset())


def _without_keywords(found: Iterable[Statement]) -> Iterator[Statement]:
    """`then aws …` as two statements: the keyword and the command."""
    for statement in found:
        rest = statement
        while keyword := _KEYWORDS.match(rest.text):
            yield replace(rest, text=keyword[1] or keyword[2], heredoc=None)
            rest = replace(rest, text=rest.text[keyword.end() :], follows="")
        if rest.text:
            yield rest


class _Reader:
    def __init__(self, found: Iterable[Statement]) -> None:
        self._statements = list(found)
        self._at = 0

    def until(self, ends: frozenset[str]) -> tuple[Block, ...]:
        """Blocks up to one of these keywords, which is left to be read."""
        found: list[Block] = []
        while self._at < len(self._statements) and self._statements[self._at].text not in ends:
            found.append(self._block())
        return tuple(found)

    def _block(self) -> Block:
        statement = self._next()
        first = statement.text.split(maxsplit=1)[0]
        if statement.text == "if":
            return self._if()
        if loop := _FOR.fullmatch(statement.text):
            self._skip("do")
            body = self.until(frozenset({"done"}))
            self._skip("done")
            return For(statement, loop[1], (loop[2] or "").strip(), body)
        if first in _CLOSED_BY:
            kind = f"a {first} loop" if _CLOSED_BY[first] == "done" else first
            return Other(statement, kind, self._to_the_end_of(_CLOSED_BY[first]))
        if function := _FUNCTION.match(statement.text):
            if "{" not in statement.text:
                self._skip("{")
            begun = statement.text.partition("{")[2].strip()
            texts = (begun, *self._to_the_end_of("}"))
            return Other(statement, FUNCTION, texts, function[1] or function[2])
        if statement.text == "{":
            group = Group(self.until(frozenset({"}"})))
            self._skip("}")
            return group
        if first.startswith("("):
            return Other(statement, SUBSHELL, self._to_the_bracket(statement.text))
        return Simple(statement)

    def _if(self) -> If:
        arms: list[Arm] = []
        otherwise: tuple[Block, ...] = ()
        keyword = "if"
        while keyword in ("if", "elif"):
            condition = self.until(frozenset({"then", "fi"}))
            self._skip("then")
            body = self.until(frozenset({"elif", "else", "fi"}))
            arms.append(Arm(condition, body))
            keyword = self._next().text if self._at < len(self._statements) else "fi"
        if keyword == "else":
            otherwise = self.until(frozenset({"fi"}))
            self._skip("fi")
        return If(tuple(arms), otherwise)

    def _next(self) -> Statement:
        self._at += 1
        return self._statements[self._at - 1]

    def _skip(self, keyword: str) -> None:
        if self._at < len(self._statements) and self._statements[self._at].text == keyword:
            self._at += 1

    def _to_the_bracket(self, text: str) -> tuple[str, ...]:
        """The statements up to the one with the bracket that closes a subshell."""
        texts = [text]
        depth = _depth(text)
        while depth > 0 and self._at < len(self._statements):
            texts.append(self._next().text)
            depth += _depth(texts[-1])
        return tuple(texts)

    def _to_the_end_of(self, end: str) -> tuple[str, ...]:
        """Behind the keyword that closes what was opened, past everything nested; returns what was passed."""
        open_ends = [end]
        texts: list[str] = []
        while open_ends and self._at < len(self._statements):
            text = self._next().text
            texts.append(text)
            first = text.split(maxsplit=1)[0]
            if text == open_ends[-1] or first == open_ends[-1]:
                open_ends.pop()
            elif first in _CLOSED_BY:
                open_ends.append(_CLOSED_BY[first])
            elif first == "{" or text.endswith("{"):
                open_ends.append("}")
        return tuple(texts)


def _depth(text: str) -> int:
    """How many brackets outside of quotes a statement leaves open; negative where it closes some."""
    depth = at = 0
    while at < len(text):
        depth += {"(": 1, ")": -1}.get(text[at], 0) if text[at - 1 : at] != "=" else 0
        at = end_of_piece(text, at)
    return depth


def texts_of(blocks: Iterable[Block]) -> Iterator[str]:
    """The text of each statement that may be run in these blocks, in this shell."""
    for block in blocks:
        match block:
            case Simple(statement):
                yield statement.text
            case If(arms, otherwise):
                for arm in arms:
                    yield from texts_of((*arm.condition, *arm.body))
                yield from texts_of(otherwise)
            case For():
                yield f"{block.name}="
                yield from texts_of(block.body)
            case Group(body):
                yield from texts_of(body)
            case Other() if block.kind not in (SUBSHELL, FUNCTION):
                yield from block.body
