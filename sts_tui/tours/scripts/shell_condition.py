"""What is the exit status of `[ … ]`, `[[ … ]]` and `test` with texts, patterns, numbers, and files that the
script has written?

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/test.html
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Final

from sts_tui.tours.scripts.parameter_expansion import matches
from sts_tui.tours.scripts.shell_words import NotTranslatedError

_NUMBERS: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "-eq": operator.eq,
    "-ne": operator.ne,
    "-gt": operator.gt,
    "-ge": operator.ge,
    "-lt": operator.lt,
    "-le": operator.le,
}


def test_status(words: Sequence[str], files: Container[str]) -> int:
    """The exit status of the words of a test. `files`: names of the files that the script has written.

    Raises NotTranslatedError for a test that is not supported.
    """
    is_pattern = words[0] == "[["
    given = [word for word in words[1:] if word not in ("]", "]]")]
    if given[:1] == ["!"]:
        return int(not _status(given[1:], files, is_pattern=is_pattern))
    return _status(given, files, is_pattern=is_pattern)


def _status(given: Sequence[str], files: Container[str], *, is_pattern: bool) -> int:
    match given:
        case ["-z", *rest]:
            return int(bool("".join(rest)))
        case ["-n", *rest]:
            return int(not "".join(rest))
        case ["-f" | "-s" | "-e" | "-r", name] if name in files:
            return 0
        case [one, "=" | "==", other]:
            return int(not matches(one, other) if is_pattern else one != other)
        case [one, "!=", other]:
            return int(matches(one, other) if is_pattern else one == other)
        case [one, sign, other] if sign in _NUMBERS or (sign == "=~" and is_pattern):
            return _compared(one, sign, other)
        case ["=" | "==" | "!=", other]:  # the value was empty and unquoted
            return _status(["", *given], files, is_pattern=is_pattern) if other else 1
        case [text]:
            return int(not text)
        case _:
            raise NotTranslatedError(f"the test [ {' '.join(given)} ] is not supported")


def _compared(one: str, sign: str, other: str) -> int:
    if sign == "=~":
        return _searched(one, other)
    try:
        return int(not _NUMBERS[sign](int(one), int(other)))
    except ValueError:
        raise NotTranslatedError(f"{one!r} {sign} {other!r} does not compare numbers") from None


def _searched(text: str, expression: str) -> int:
    """The exit status of `=~` with an extended regular expression, without classes (`[[:alpha:]]`), which
    Python does not have.
    """
    if "[[:" in expression or "[:" in expression:
        raise NotTranslatedError(f"the expression {expression} is not supported")
    try:
        return int(re.search(expression, text) is None)
    except re.error:
        raise NotTranslatedError(f"the expression {expression} is not supported") from None
