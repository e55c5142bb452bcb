"""Which variables of a script are known, and which are unknown since which line? A statement that is not
supported still sets its variables. They become unknown, so that no later statement uses an old value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.scripts.shell_statements import end_of_piece
from sts_tui.tours.scripts.shell_words import NotTranslatedError

_SETTING: Final = lazy_pattern(r"([A-Za-z_]\w*)(?:\[[^]]*\])?\+?=")
_NAME: Final = lazy_pattern(r"[A-Za-z_]\w*")
_DECLARATIONS: Final = frozenset({"export", "declare", "local", "readonly", "typeset"})
_READERS: Final = frozenset({"read", "mapfile", "readarray"})
_EVALUATORS: Final = frozenset({"eval", "source", "."})


class SetNames(Struct, frozen=True):
    """The variables that a statement sets."""

    names: frozenset[str] = frozenset()
    are_all: bool = True
    """False where it may set others too: `eval`, `source`, `export $(…)`."""


def names_set_by(text: str) -> SetNames:
    """The variables that one statement sets, in the shell that runs it."""
    words = _words(text.removeprefix("! "))
    leading = []
    while words and (found := _SETTING.match(words[0])):
        leading.append(found[1])
        words.pop(0)
    if not words:
        return SetNames(frozenset(leading))
    command, *rest = words
    if command in _DECLARATIONS:
        settings = [_SETTING.match(word) for word in rest]
        is_computed = any(found is None and "$" in word for found, word in zip(settings, rest, strict=True))
        return SetNames(frozenset(found[1] for found in settings if found), are_all=not is_computed)
    if command in _READERS or command == "unset":
        return SetNames(frozenset(word for word in rest if _NAME.fullmatch(word)))
    if command in _EVALUATORS:
        return SetNames(frozenset(found[1] for found in _SETTING.finditer(text)), are_all=False)
    return SetNames()


def names_set_by_all(texts: Iterable[str]) -> SetNames:
    """The variables that any of these statements sets."""
    found = [names_set_by(text) for text in texts]
    names = frozenset(name for one in found for name in one.names)
    return SetNames(names, are_all=all(one.are_all for one in found))


class Variables:
    """Values by name, and for unknown ones the line since which they are unknown."""

    def __init__(self, values: Mapping[str, str]) -> None:
        """`values`: initial values from the environment, by name."""
        self._values = dict(values)
        self._unknown: dict[str, int] = {}

    def copy(self) -> Variables:
        """A copy for a subshell."""
        found = Variables(self._values)
        found._unknown = dict(self._unknown)
        return found

    def get(self, name: str) -> str | None:
        """The value; None if the script has not set it. Raises NotTranslatedError if its value is unknown."""
        if (line := self.unknown_since(name)) is not None:
            raise NotTranslatedError(f"the value of ${name} is not known since line {line}")
        return self._values.get(name)

    def unknown_since(self, name: str) -> int | None:
        """The line of the statement that gave it an unknown value; None if it is known or not set."""
        return self._unknown.get(name.partition("[")[0])

    def set(self, name: str, value: str) -> None:
        """`name` may be an element of an array: `NAME[0]`, `NAME[@]`."""
        if "[" not in name:
            self.unset(name)
        self._values[name] = value

    def unset(self, name: str) -> None:
        """Unset a variable; an array loses its elements too."""
        self._unknown.pop(name, None)
        for one in [one for one in self._values if one.partition("[")[0] == name]:
            del self._values[one]

    def forget(self, names: Iterable[str], line: int) -> None:
        """Record that these have unknown values from this line on."""
        for name in names:
            self.unset(name)
            self._unknown[name] = line


def _words(text: str) -> list[str]:
    """The words as written, with their quotes."""
    words, start, at = [], 0, 0
    while at < len(text):
        if text[at] in " \t\n":
            words.append(text[start:at])
            start = at = at + 1
        else:
            at = end_of_piece(text, at)
    return [word for word in (*words, text[start:]) if word]
