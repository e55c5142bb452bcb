"""Which statements belong together? `if`, loops, `case` and functions with their bodies.

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
_FUNCTION: Final = lazy_pattern(r"(?:function\s+)?([\w-]+)\s*\(\s*\)|function\s+([\w-]+)")
_LOOP: Final = lazy_pattern(r"(while|until)\s+(.*)", re.DOTALL)
_CASE: Final = lazy_pattern(r"case\s+(.+?)\s+in\b\s*(.*)", re.DOTALL)
_ARM: Final = lazy_pattern(r"\(?\s*([^()]+?)\s*\)\s*(.*)", re.DOTALL)
_HARMLESS: Final = lazy_pattern(r"(\s*([0-9&]*>>?\s*(/dev/null|&[0-9])|&))*")
"""What may follow the closing bracket of a subshell: its output is dropped, or it runs in the background."""
_CLOSING: Final = ("done", "fi", "}", "esac")
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
    """The condition after `if` or `elif`, and the statements if it holds."""

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


class While(Struct, frozen=True):
    """`while …; do …; done`. `tail`: the text after `done`: `<<< "$lines"`."""

    statement: Statement
    condition: tuple[Block, ...]
    body: tuple[Block, ...]
    tail: str
    is_until: bool


class Case(Struct, frozen=True):
    """`case WORD in PATTERN) …;; esac`. `arms`: the patterns and the statements if one matches."""

    statement: Statement
    word: str
    arms: tuple[tuple[tuple[str, ...], tuple[Block, ...]], ...]


class Function(Struct, frozen=True):
    """`name() { …; }`"""

    name: str
    body: tuple[Block, ...]


class Subshell(Struct, frozen=True):
    """`( …; )`: its variables are lost at its end."""

    statement: Statement
    body: tuple[Block, ...]


class Other(Struct, frozen=True):
    """A compound command that is not supported."""

    statement: Statement
    kind: str
    body: tuple[str, ...] = ()
    """The text of each statement in it."""


class Group(Struct, frozen=True):
    """`{ …; }`: statements in the same shell."""

    statement: Statement
    body: tuple[Block, ...]


Block: TypeAlias = Simple | If | For | While | Case | Function | Group | Subshell | Other
SUBSHELL: Final = "a subshell"


def blocks_of(script: str) -> tuple[Block, ...]:
    """The blocks of a script, in order. A block that is not closed extends to the end."""
    return _Reader(_without_keywords(statements(script))).until(frozenset())


def _without_keywords(found: Iterable[Statement]) -> Iterator[Statement]:
    """`then aws …` as two statements: the keyword and the command."""
    for statement in found:
        rest = statement
        if function := _FUNCTION.match(rest.text):
            yield replace(rest, text=function[0], heredoc=None)
            rest = replace(rest, text=rest.text[function.end() :].lstrip(), follows="")
        if case := _CASE.fullmatch(rest.text):
            yield replace(rest, text=f"case {case[1]} in", heredoc=None)
            rest = replace(rest, text=case[2], follows="")
        if loop := _LOOP.fullmatch(rest.text):
            yield replace(rest, text=loop[1], heredoc=None)
            rest = replace(rest, text=loop[2], follows="")
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
        """Blocks up to one of these keywords, which is not consumed."""
        found: list[Block] = []
        while self._at < len(self._statements) and self._first(self._at) not in ends:
            found.append(self._block())
        return tuple(found)

    def _first(self, at: int) -> str:
        """The statement, or the closing keyword at its beginning: `done` in `done <<< "$lines"`."""
        text = self._statements[at].text
        first = text.split(maxsplit=1)[0]
        return first if first in _CLOSING else text

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
        if statement.text in ("while", "until"):
            return self._while(statement)
        if case := _CASE.fullmatch(statement.text):
            return self._case(statement, case[1])
        if function := _FUNCTION.fullmatch(statement.text):
            return Function(function[1] or function[2], self._body_of_function())
        if first in _CLOSED_BY:
            kind = f"a {first} loop" if _CLOSED_BY[first] == "done" else first
            return Other(statement, kind, self._to_the_end_of(_CLOSED_BY[first]))
        if statement.text == "{":
            group = Group(statement, self.until(frozenset({"}"})))
            self._skip("}")
            return group
        if first.startswith("(") and not first.startswith("((") and (found := self._subshell(statement)):
            return found
        if first.startswith("("):
            return Other(statement, SUBSHELL, self._to_the_bracket(statement.text))
        return Simple(statement)

    def _body_of_function(self) -> tuple[Block, ...]:
        """`{ …; }`, or a subshell."""
        if self._at < len(self._statements) and self._statements[self._at].text.startswith("("):
            return (self._block(),)
        self._skip("{")
        body = self.until(frozenset({"}"}))
        self._skip("}")
        return body

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

    def _while(self, statement: Statement) -> While:
        condition = self.until(frozenset({"do", "done"}))
        self._skip("do")
        body = self.until(frozenset({"done"}))
        tail = self._skip("done")
        return While(statement, condition, body, tail, statement.text == "until")

    def _case(self, statement: Statement, word: str) -> Case:
        arms: list[tuple[tuple[str, ...], tuple[Block, ...]]] = []
        while self._at < len(self._statements) and self._first(self._at) != "esac":
            if (found := _ARM.fullmatch(self._statements[self._at].text)) is None:
                self._next()  # damaged: no pattern
                continue
            patterns = tuple(one.strip() for one in found[1].split("|"))
            first = self._next()
            self._at -= 1
            if found[2]:
                self._statements[self._at] = replace(first, text=found[2], follows="")
            else:
                self._at += 1
            arms.append((patterns, self._arm()))
        self._skip("esac")
        return Case(statement, word, tuple(arms))

    def _arm(self) -> tuple[Block, ...]:
        """Blocks up to the first statement after `;;` or to `esac`, which is not consumed."""
        found: list[Block] = []
        while self._at < len(self._statements) and self._first(self._at) != "esac":
            if self._statements[self._at].follows == ";;":
                break
            found.append(self._block())
        return tuple(found)

    def _next(self) -> Statement:
        self._at += 1
        return self._statements[self._at - 1]

    def _skip(self, keyword: str) -> str:
        """Skip the keyword, if it is next; return the rest of its statement."""
        if self._at < len(self._statements) and self._first(self._at) == keyword:
            return self._next().text[len(keyword) :].strip()
        return ""

    def _subshell(self, statement: Statement) -> Subshell | None:
        """The statements in the brackets; None if not supported: with `case` inside, whose patterns end in a
        bracket, or with output to a file.
        """
        start = self._at
        parts = [statement]
        depth, end = _brackets(statement.text, 0)
        while end is None and self._at < len(self._statements):
            parts.append(self._next())
            depth, end = _brackets(parts[-1].text, depth)
        tail = parts[-1].text[end + 1 :].strip() if end is not None else ""
        if _HARMLESS.fullmatch(tail) is None or any(_CASE.match(one.text.lstrip("( ")) for one in parts):
            self._at = start
            return None
        parts[-1] = replace(parts[-1], text=parts[-1].text[:end])
        parts[0] = replace(parts[0], text=parts[0].text[1:].lstrip(), follows="")
        inner = _Reader(_without_keywords(one for one in parts if one.text.strip()))
        return Subshell(statement, inner.until(frozenset()))

    def _to_the_bracket(self, text: str) -> tuple[str, ...]:
        """The statements up to the one with the bracket that closes a subshell."""
        texts = [text]
        depth = _depth(text)
        while depth > 0 and self._at < len(self._statements):
            texts.append(self._next().text)
            depth += _depth(texts[-1])
        return tuple(texts)

    def _to_the_end_of(self, end: str) -> tuple[str, ...]:
        """Skip to after the closing keyword, past everything nested; return the skipped statements."""
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


def _brackets(text: str, depth: int) -> tuple[int, int | None]:
    """(how many brackets are open after a statement that begins within `depth` brackets, the position of the
    one that closes the last).
    """
    at = 0
    while at < len(text):
        depth += {"(": 1, ")": -1}.get(text[at], 0) if text[at - 1 : at] != "=" else 0
        if depth == 0:
            return 0, at
        at = end_of_piece(text, at)
    return depth, None


def _depth(text: str) -> int:
    """How many brackets outside quotes a statement leaves open; negative if it closes some."""
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
            case For():
                yield f"{block.name}="
            case Other() if block.kind != SUBSHELL:
                yield from block.body
        yield from texts_of(_inner(block))


def _inner(block: Block) -> tuple[Block, ...]:
    """The blocks within one, in this shell; a function is only defined."""
    match block:
        case If():
            return (*(one for arm in block.arms for one in (*arm.condition, *arm.body)), *block.otherwise)
        case While():
            return (*block.condition, *block.body)
        case Case():
            return tuple(one for _, body in block.arms for one in body)
        case For() | Group():
            return block.body
        case _:
            return ()
