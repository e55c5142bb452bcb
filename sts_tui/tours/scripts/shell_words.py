"""What are the words of a command after quotes are removed and variables and `$(…)` are expanded?

https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_06
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.scripts.parameter_expansion import computed, modified
from sts_tui.tours.scripts.shell_statements import end_of_piece

_NAME: Final = lazy_pattern(r"[A-Za-z_]\w*")
_PARAMETER: Final = lazy_pattern(r"([A-Za-z_]\w*(?:\[(?:\d+|[@*])\])?|\d+)(?:(:?[-+?=])(.*))?", re.DOTALL)
_ASSIGNMENT: Final = lazy_pattern(r"([A-Za-z_]\w*)(\+?)=(.*)", re.DOTALL)
_REDIRECTION: Final = lazy_pattern(r"(?:\d?>>?|&>>?|\d?<<<|\d?<)(?:&(?:\d|-))?")
_ANSI: Final = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"'}
_BLANKS: Final = " \t\n"
_SPECIAL: Final = ("#", "@", "*", "?", "$")
"""Special parameters: the number of arguments, all arguments, the exit status of the last command, the
process id.
"""
_ALL_QUOTED: Final = lazy_pattern(r'"\$(?:@|\{@\}|\{([A-Za-z_]\w*)\[@\]\})"')
_PLACEHOLDER: Final = lazy_pattern(r"<([A-Za-z][\w.:/| -]*)>")
"""A placeholder in a page for a value of the reader: `<role-name>`."""


class NotTranslatedError(Exception):
    """A part of a script has no counterpart in a tour; the text says why."""


class Expander(Struct, frozen=True):
    """The values of variables and the outputs of commands."""

    variable: Callable[[str], str | None]
    """Gives a value by name; None if the script has not set it."""
    output: Callable[[str], str]
    """Gives the output of a command, without line ends at its end. Raises NotTranslatedError."""


class Command(Struct, frozen=True, kw_only=True):
    """A simple command after expansion."""

    assignments: tuple[tuple[str, str], ...]
    """`NAME=value` before the first word; an array also has `NAME[0]` … and `NAME[@]`."""
    words: tuple[str, ...]
    written_to: str | None = None
    """The file after `>` or `>>`."""
    is_appended: bool = False
    """Whether it is `>>`."""
    here: str | None = None
    """The text after `<<<`."""


def command_of(text: str, expander: Expander) -> Command:
    """The command of a statement. Raises NotTranslatedError."""
    words = _Words(text, expander).all()
    assignments: list[tuple[str, str]] = []
    while words and (found := _ASSIGNMENT.fullmatch(words[0].text)) and words[0].is_assignment:
        assignments += _assigned(found[1], found[3], words.pop(0).elements, expander if found[2] else None)
    written = next((word for word in words if word.after in (">", ">>", "1>", "1>>")), None)
    here = next((word.text for word in words if word.after == "<<<"), None)
    if any(word.after in ("<", "0<") for word in words):
        raise NotTranslatedError("it reads a file")
    plain = tuple(word.text for word in words if not word.after)
    return Command(
        assignments=tuple(assignments),
        words=plain,
        written_to=written.text if written else None,
        is_appended=written is not None and written.after.endswith(">>"),
        here=here,
    )


def _assigned(
    name: str, value: str, elements: Sequence[str] | None, before: Expander | None
) -> list[tuple[str, str]]:
    """(name, value) pairs that `NAME=value` and `NAME=(…)` set; with `+=` appended to the values in
    `before`.
    """
    if elements is not None:
        known = _Words("", before).elements_of(name) if before else []
        return array_of(name, [*known, *elements])
    return [(name, f"{before.variable(name) or ''}{value}" if before else value)]


def array_of(name: str, elements: Sequence[str]) -> list[tuple[str, str]]:
    """(name, value) pairs of an array; `$NAME` is the first element.
    https://www.gnu.org/software/bash/manual/html_node/Arrays.html
    """
    indexed = [(f"{name}[{position}]", element) for position, element in enumerate(elements)]
    size = (f"{name}[#]", str(len(elements)))
    return [(name, "".join(elements[:1])), *indexed, (f"{name}[@]", " ".join(elements)), size]


def expanded(text: str, expander: Expander) -> str:
    """Text expanded as between double quotes, with variables and `$(…)` replaced. Raises
    NotTranslatedError.
    """
    return _Words(text, expander).quoted(text)


class _Word(Struct):
    text: str
    after: str = ""
    """The redirection that this word is the file or text of."""
    is_assignment: bool = False
    """Whether it begins with an unquoted `NAME=`."""
    elements: tuple[str, ...] | None = None
    """The elements of `NAME=(…)`."""


class _Words:
    def __init__(self, text: str, expander: Expander) -> None:
        self._text = text
        self._expander = expander
        self._found: list[_Word] = []
        self._held: str | None = None
        self._is_assignment = False
        self._elements: tuple[str, ...] | None = None
        self._after = ""

    def all(self) -> list[_Word]:
        text, at = self._text, 0
        while at < len(text):
            if text[at] in _BLANKS:
                self._end()
                at += 1
            elif held := _PLACEHOLDER.match(text, at):
                self._held = (self._held or "") + self._placeholder(held[1])
                at = held.end()
            elif found := self._redirection(at):
                self._end()
                self._after = "" if "&" in found[0][1:] else found[0]
                at = found.end()
            elif text[at] == "(" and self._is_assignment and (self._held or "").endswith("="):
                end = end_of_piece(text, at)
                elements = _Words(text[at + 1 : end].removesuffix(")"), self._expander).all()
                self._elements = tuple(word.text for word in elements)
                at = end
            elif text[at] in "&()":
                raise NotTranslatedError(f"{text[at]} is not translated")
            else:
                end = end_of_piece(text, at)
                if text[at] == "$" and text[at + 1 : at + 2] not in ("(", "{", "'"):
                    end = _end_of_name(text, at)
                self._piece(text[at:end])
                at = end
        self._end()
        return self._found

    def quoted(self, text: str) -> str:
        pieces, at = "", 0
        while at < len(text):
            if text[at] == "\\" and text[at + 1 : at + 2] in ("$", "`", '"', "\\"):
                pieces += text[at + 1]
                at += 2
            elif text[at] in "$`":
                end = end_of_piece(text, at) if text[at : at + 2] in ("$(", "${") else _end_of_name(text, at)
                end = end_of_piece(text, at) if text[at] == "`" else end
                pieces += self._value(text[at:end])
                at = end
            else:
                pieces += text[at]
                at += 1
        return pieces

    def _placeholder(self, name: str) -> str:
        value = self._expander.variable(name)
        if value is None:
            raise NotTranslatedError(f"<{name}> stands for a value; --env '{name}=…' gives it one")
        return value

    def _filled(self, text: str) -> str:
        """Quoted text with placeholders replaced if they have a value; others, such as `<EOF>`, may be
        text.
        """
        return _PLACEHOLDER.sub(lambda found: self._expander.variable(found[1]) or found[0], text)

    def _redirection(self, at: int) -> re.Match[str] | None:
        if self._held and self._text[at] not in "<>&":
            return None
        return _REDIRECTION.match(self._text, at)

    def _piece(self, piece: str) -> None:
        first, held = piece[0], self._held or ""
        if piece.startswith("$'"):
            self._held = held + _ansi_text(piece[2:].removesuffix("'"))
        elif first == "'":
            self._held = held + self._filled(piece[1:].removesuffix("'"))
        elif all_of := _ALL_QUOTED.fullmatch(piece):
            self._each(self.elements_of(all_of[1]))
        elif first == '"':
            self._held = held + self._filled(self.quoted(piece[1:].removesuffix('"')))
        elif first == "\\":
            self._held = held + piece[1:]
        elif first in "$`":
            self._split(self._value(piece))
        else:
            self._held = held + piece
            if piece == "=" and not self._found_word() and _NAME.fullmatch(held.removesuffix("+")):
                self._is_assignment = True

    def elements_of(self, array: str | None) -> list[str]:
        """The elements of an array, or the arguments."""
        if array is None:
            size, names = self._expander.variable("#"), "{}"
        else:
            self._parameter(f"{array}[@]")  # raises if unknown
            size, names = self._expander.variable(f"{array}[#]"), f"{array}[{{}}]"
        first = 1 if array is None else 0
        found = [self._expander.variable(names.format(at + first)) for at in range(int(size or 0))]
        return [one for one in found if one is not None]

    def _each(self, words: Sequence[str]) -> None:
        """Add one word for each argument of `"$@"`."""
        for at, word in enumerate(words):
            if at:
                self._end()
            self._held = (self._held or "") + word

    def _found_word(self) -> bool:
        return any(not word.is_assignment and not word.after for word in self._found)

    def _split(self, value: str) -> None:
        """Add an unquoted value, split at blanks except in an assignment and in `[[ … ]]`."""
        if self._is_assignment or (self._found and self._found[0].text == "[["):
            self._held = (self._held or "") + value
            return
        parts = value.split()
        if not parts:
            return
        if value[0] in _BLANKS:
            self._end()
        self._held = (self._held or "") + parts[0]
        for part in parts[1:]:
            self._end()
            self._held = part

    def _value(self, piece: str) -> str:
        if piece.startswith("$(("):
            result = computed(piece[3:].removesuffix("))"), self._expander.variable)
            if result is None:
                raise NotTranslatedError(f"{piece} is not supported")
            return str(result)
        if piece.startswith("$("):
            return self._expander.output(piece[2:].removesuffix(")"))
        if piece.startswith("`"):
            return self._expander.output(piece.strip("`"))
        name = piece[2:-1] if piece.startswith("${") else piece[1:]
        if not name:
            return piece  # a single dollar sign
        return self._parameter(name)

    def _parameter(self, written: str) -> str:
        if written in _SPECIAL and (special := self._expander.variable(written)) is not None:
            return special
        if written[0] == "#" and written.endswith(("[@]", "[*]")):
            return str(len(self.elements_of(written[1:-3])))
        if written[0] == "#" and (counted := self._expander.variable(written[1:])) is not None:
            return str(len(counted))
        found = _PARAMETER.fullmatch(written)
        if found is None:
            return self._modified(written)
        value = self._expander.variable(found[1].replace("[*]", "[@]"))
        if found[2] in (":-", "-", ":=", "="):
            return value or self.quoted(found[3])
        if found[2] in (":+", "+"):
            return self.quoted(found[3]) if value else ""
        if value is None:
            raise NotTranslatedError(f"${found[1]} has no value here; --env {found[1]}=… gives it one")
        return value

    def _modified(self, written: str) -> str:
        name = _NAME.match(written)
        if name is not None and (value := self._expander.variable(name[0])) is not None:
            changed = modified(value, self.quoted(written[name.end() :]))
            if changed is not None:
                return changed
        raise NotTranslatedError(f"${{{written}}} is not translated")

    def _end(self) -> None:
        if self._held is not None:
            is_assignment = self._is_assignment and not self._after
            self._found.append(_Word(self._held, self._after, is_assignment, self._elements))
            self._after = ""
        self._held, self._is_assignment, self._elements = None, False, None


def _ansi_text(written: str) -> str:
    """The text of `$'…'`. https://www.gnu.org/software/bash/manual/html_node/ANSI_002dC-Quoting.html"""
    result, rest = "", iter(written)
    for letter in rest:
        code = next(rest, "") if letter == "\\" else None
        if code is None:
            result += letter
        elif code in _ANSI:
            result += _ANSI[code]
        else:
            raise NotTranslatedError(f"$'\\{code}' is not translated")
    return result


def _end_of_name(text: str, at: int) -> int:
    found = _NAME.match(text, at + 1)
    if found:
        return found.end()
    return at + 2 if text[at + 1 : at + 2] in tuple("0123456789@*#?$!") and at + 1 < len(text) else at + 1
