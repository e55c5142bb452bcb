"""What do loops and functions of a script iterate over: lines of a pipe, ranges, arguments?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sts_tui.tours.scripts.shell_blocks import Block, Simple, While

_LONGEST: Final = 2_000
"""The maximum number of words of a range."""


def arguments_in(environment: Mapping[str, str]) -> list[str]:
    """The script's arguments, given as `1`, `2` …

    `environment`: values by the name of the variable or argument.
    """
    found: list[str] = []
    while (value := environment.get(str(len(found) + 1))) is not None:
        found.append(value)
    return found


def words_of_braces(word: str) -> Sequence[str]:
    """`{1..3}` as three words."""
    first, dots, last = word[1:-1].partition("..") if word[:1] == "{" and word[-1:] == "}" else ("", "", "")
    if dots and first.isdecimal() and last.isdecimal() and int(last) - int(first) < _LONGEST:
        return [str(number) for number in range(int(first), int(last) + 1)]
    return [word]


def names_read(block: While) -> tuple[str, ...] | None:
    """The names that `while read NAME…` fills; None for another condition."""
    match block.condition:
        case (Simple(statement),):
            words = [word for word in statement.text.split() if "=" not in word]
            if words[:1] == ["read"]:
                return tuple(word for word in words[1:] if word.isidentifier())
        case _:
            pass
    return None


def pipe_into_a_loop(blocks: Sequence[Block], start: int) -> Sequence[Block]:
    """The commands from here on that a pipe connects to a `while read`; empty if there is none."""
    end = start
    while end < len(blocks):
        block = blocks[end]
        if end > start and not (isinstance(block, Simple | While) and block.statement.follows == "|"):
            return ()
        if isinstance(block, While):
            return blocks[start : end + 1] if end > start and names_read(block) is not None else ()
        if not isinstance(block, Simple) or block.statement.text.startswith("#"):
            return ()
        end += 1
    return ()


def pipe_of(blocks: Sequence[Block], start: int) -> Sequence[Simple]:
    """The commands from here on that are connected by pipes; empty for a single command."""
    found: list[Simple] = []
    for block in blocks[start:]:
        if not isinstance(block, Simple) or (found and block.statement.follows != "|"):
            break
        found.append(block)
    return found if len(found) > 1 else ()
