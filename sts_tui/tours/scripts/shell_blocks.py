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
from sts_tui.tours.scripts.shell_statements import Statement, statements

_KEYWORDS: Final = lazy_pattern(r"(if|elif|then|else|do|\{)(?=\s)\s*|(then|else|do|\{)$")
_FOR: Final = lazy_pattern(r"for\s+([A-Za-z_]\w*)\s+in(\s.*)?", re.DOTALL)
_FUNCTION: Final = lazy_pattern(r"(?:function\s+)?[\w-]+\s*\(\)|function\s+[\w-]+")
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


Block: TypeAlias = Simple | If | For | Other


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
            self._to_the_end_of(_CLOSED_BY[first])
            return Other(statement, f"a {first} loop" if _CLOSED_BY[first] == "done" else first)
        if _FUNCTION.match(statement.text):
            if "{" not in statement.text:
                self._skip("{")
            self._to_the_end_of("}")
            return Other(statement, "a function")
        if statement.text == "{":
            self._to_the_end_of("}")
            return Other(statement, "a group")
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

    def _to_the_end_of(self, end: str) -> None:
        """Behind the keyword that closes what was opened, past everything nested."""
        open_ends = [end]
        while open_ends and self._at < len(self._statements):
            text = self._next().text
            first = text.split(maxsplit=1)[0]
            if text == open_ends[-1] or first == open_ends[-1]:
                open_ends.pop()
            elif first in _CLOSED_BY:
                open_ends.append(_CLOSED_BY[first])
            elif first == "{" or text.endswith("{"):
                open_ends.append("}")
