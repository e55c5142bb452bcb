"""What do `${NAME…}` and `$((…))` expand to, once the variable's value is known?

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06_02
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fnmatch import translate as regex_of
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern

_TRIMMED: Final = lazy_pattern(r"(##?|%%?)(.*)", re.DOTALL)
_REPLACED: Final = lazy_pattern(r"(//?)((?:\\.|[^/\\])*)/?(.*)", re.DOTALL)
_PART: Final = lazy_pattern(r":\s*(-?\d+)(?::\s*(-?\d+))?")
_CASES: Final[Mapping[str, Callable[[str], str]]] = {
    ",,": str.lower,
    "^^": str.upper,
    ",": lambda text: text[:1].lower() + text[1:],
    "^": lambda text: text[:1].upper() + text[1:],
}


def modified(value: str, modifier: str) -> str | None:
    """A value with a part removed or replaced: `#…`, `%…`, `/…/…`, `:1:2`, `,,`. None for other forms."""
    if modifier in _CASES:
        return _CASES[modifier](value)
    if found := _TRIMMED.fullmatch(modifier):
        return _trimmed(value, found[1], found[2])
    if found := _PART.fullmatch(modifier):
        start = int(found[1])
        end = None if found[2] is None else (start + int(found[2]) if int(found[2]) >= 0 else int(found[2]))
        return value[start:end]
    if found := _REPLACED.fullmatch(modifier):
        pattern = re.compile(_regex(found[2]).removesuffix(r"\Z").removesuffix(r"\z"))
        return pattern.sub(lambda _: found[3], value, count=0 if found[1] == "//" else 1)
    return None


def _regex(pattern: str) -> str:
    return regex_of(pattern.replace("\\", ""))


def matches(text: str, pattern: str) -> bool:
    """Whether a text matches a pattern with `*`, `?` and `[…]`."""
    return re.fullmatch(_regex(pattern), text) is not None


def _trimmed(value: str, sign: str, pattern: str) -> str:
    """The value without the shortest (`#`, `%`) or longest matching prefix or suffix."""
    is_prefix, is_longest = sign[0] == "#", len(sign) == 2
    lengths = range(len(value) + 1)
    for length in reversed(lengths) if is_longest else lengths:
        part = value[:length] if is_prefix else value[len(value) - length :]
        if matches(part, pattern):
            return value[length:] if is_prefix else value[: len(value) - length]
    return value


# --- arithmetic ---

_SUMS: Final[Mapping[type[ast.operator], Callable[[int, int], int]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_LONGEST: Final = 200


def computed(expression: str, variable: Callable[[str], str | None]) -> int | None:
    """The value of an expression of whole numbers; None for what is not supported."""
    text = expression.strip().replace("$", "").replace("/", "//")
    if len(text) > _LONGEST:
        return None
    try:
        return _number(ast.parse(text, mode="eval").body, variable)
    except (SyntaxError, ValueError, ZeroDivisionError, KeyError):
        return None


def _number(node: ast.expr, variable: Callable[[str], str | None]) -> int:
    """The value of a node. Raises KeyError and ValueError for text that is not a number."""
    match node:
        case ast.Constant(value=int() as value) if not isinstance(value, bool):
            return value
        case ast.Name(id=name):
            return int(variable(name) or "0")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_number(operand, variable)
        case ast.BinOp(left=left, op=sign, right=right):
            return _SUMS[type(sign)](_number(left, variable), _number(right, variable))
        case _:
            raise ValueError
