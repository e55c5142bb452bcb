"""What does a filter command print for a given input? The filters that scripts use to read AWS's responses.

`awk '{print $N}'`, `base64`, `cut -d -f`, `grep WORD`, `head -1`, `jq`, `sed s/OLD/NEW/`, `sort`, `tail -1`,
`tr`, `uniq`, `wc -l`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.scripts.jq_filters import jq
from sts_tui.tours.scripts.shell_words import NotTranslatedError

_PATTERN: Final = lazy_pattern(r"[][.*^$\\+?(){}|]|^-")
"""Characters that make a text a pattern (or an option) for `grep` or `sed`."""
_RANGE: Final = lazy_pattern(r"\[:|.-.")
_PLAIN: Final = lazy_pattern(r"[\w/:=@, -]+")
"""A separator of several characters that is not a regular expression."""
_AWK: Final = lazy_pattern(r"\{\s*print\s+(\$(?:\d+|NF)(?:\s*,\s*\$(?:\d+|NF))*)\s*;?\s*\}")
_CUT: Final = lazy_pattern(r"(?:-d(?P<before>.) )?-f(?P<fields>\d+(?:-\d*)?)(?: -d(?P<after>.))?", re.DOTALL)
_PRINTF: Final = lazy_pattern(r"%%|%(-?)(\d*)[sd]|\\n|\\t")


def filtered(words: Sequence[str], text: str) -> str:
    """The output of a command that reads `text`. Raises NotTranslatedError for an unknown command."""
    name, rest = "".join(words[:1]), list(words[1:])
    if name in _FILTERS:
        return _FILTERS[name](rest, text)
    match words:
        case ["cat"] | ["tee", _]:
            return text
        case ["head" | "tail" as end, *options]:
            return _some_lines(end, options, text)
        case ["wc", "-l"]:
            return str(text.count("\n") + bool(text and not text.endswith("\n")))
        case ["wc", "-w"]:
            return str(len(text.split()))
        case ["xargs"] | ["xargs", "echo"]:
            return " ".join(text.replace('"', "").replace("'", "").split())
        case _:
            raise NotTranslatedError(f"the output of {name or 'nothing'} is not supported")


def is_filter(name: str) -> bool:
    """Whether a command with this name is a filter."""
    return name in _FILTERS or name in ("head", "tail", "wc")


def _some_lines(end: str, options: Sequence[str], text: str) -> str:
    number = "".join(options).removeprefix("-n").removeprefix("-") or "10"
    if not number.isdecimal():
        raise NotTranslatedError(f"this form of {end} is not supported; {end} -n 1 is")
    lines, count = text.splitlines(), int(number)
    return "\n".join(lines[:count] if end == "head" else lines[-count:] if count else [])


def _sort(options: Sequence[str], text: str) -> str:
    if not set(options) <= {"-u", "-r"}:
        raise NotTranslatedError("this form of sort is not supported; sort -u is")
    lines = set(text.splitlines()) if "-u" in options else text.splitlines()
    return "\n".join(sorted(lines, reverse="-r" in options))


def _uniq(options: Sequence[str], text: str) -> str:
    if options:
        raise NotTranslatedError("this form of uniq is not supported; uniq alone is")
    lines = text.splitlines()
    return "\n".join(line for at, line in enumerate(lines) if not at or line != lines[at - 1])


def _base64(options: Sequence[str], text: str) -> str:
    import base64

    given = set(options) - {"-w0", "-w", "0", "-i"}
    if given - {"-d", "--decode", "-D"}:
        raise NotTranslatedError("this form of base64 is not supported; base64 -d is")
    if not given:
        return base64.b64encode(text.encode()).decode()
    try:
        return base64.b64decode(text).decode()
    except ValueError:  # also binascii.Error and UnicodeDecodeError
        raise NotTranslatedError("base64 is given text that is not base64") from None


def printed(words: Sequence[str]) -> str:
    """What `printf FORMAT VALUES` prints: `%s`, with the format repeated while there are values. Raises
    NotTranslatedError for other formats.
    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/printf.html
    """
    if not words:
        return ""
    shape, values = words[0], list(words[1:])
    if _PRINTF.sub("", shape).count("%"):
        raise NotTranslatedError(f"printf {shape} is not supported")
    result = ""
    while True:
        result += _PRINTF.sub(lambda found: _formatted(found, values), shape)
        if not values or not re.search(r"%-?\d*[sd]", shape.replace("%%", "")):
            return result


def _formatted(found: re.Match[str], values: list[str]) -> str:
    if found[0][0] == "\\" or found[0] == "%%":
        return {"%%": "%", "\\n": "\n", "\\t": "\t"}[found[0]]
    value = values.pop(0) if values else ""
    width = int(found[2] or "0")
    return value.ljust(width) if found[1] else value.rjust(width)


def _tr(words: Sequence[str], text: str) -> str:
    match words:
        case ["-d", written]:
            unwanted = _letters(written)
            return "".join(letter for letter in text if letter not in unwanted)
        case [old, new] if len(_letters(old)) == len(_letters(new)) and old != "-s":
            return text.translate(str.maketrans(_letters(old), _letters(new)))
        case _:
            raise NotTranslatedError(f"tr {' '.join(words)} is not supported")


def _grep(words: Sequence[str], text: str) -> str:
    """`grep` with `-i`, `-v`, `-q`, `-o`, and patterns of letters, `.`, `*`, `^`, `$`, `[…]` and `+`."""
    options = "".join(word[1:] for word in words if word.startswith("-"))
    patterns = [word for word in words if not word.startswith("-")]
    if len(patterns) != 1 or set(options) - set("viEFqo") or set(patterns[0]) & set("\\{}()|?"):
        raise NotTranslatedError("this form of grep is not supported; grep WORD is")
    is_text = "F" in options or not _PATTERN.search(patterns[0])
    try:
        wanted = re.compile(re.escape(patterns[0]) if is_text else patterns[0], re.I if "i" in options else 0)
    except re.error:
        raise NotTranslatedError("this pattern of grep is not supported") from None
    if "o" in options:
        return "\n".join(found[0] for line in text.splitlines() for found in wanted.finditer(line))
    return "\n".join(line for line in text.splitlines() if (wanted.search(line) is None) is ("v" in options))


def _letters(written: str) -> str:
    """The characters of a `tr` argument. Raises NotTranslatedError for ranges and classes."""
    if _RANGE.search(written):
        raise NotTranslatedError(f"tr {written} is not supported")
    for code, letter in (("\\n", "\n"), ("\\r", "\r"), ("\\t", "\t")):
        written = written.replace(code, letter)
    return written


def _awk(words: Sequence[str], text: str) -> str:
    """`awk '{print $2}'`, also with `-F`: the fields of each line.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/awk.html
    """
    separator, rest = None, list(words)
    if rest[:1] == ["-F"] and len(rest) > 1:
        separator, rest = rest[1], rest[2:]
    elif rest and rest[0].startswith("-F"):
        separator, rest = rest[0][2:], rest[1:]
    program = _AWK.fullmatch(rest[0].strip()) if len(rest) == 1 else None
    separator = separator.replace("\\t", "\t") if separator else None
    if program is None or (separator and len(separator) > 1 and not _PLAIN.fullmatch(separator)):
        raise NotTranslatedError("this awk program is not supported; {print $1} is")
    found = []
    for line in text.rstrip("\n").split("\n"):
        fields = line.split(separator if separator != " " else None)
        found.append(
            " ".join(_field(name[1:], fields, line) for name in program[1].replace(",", " ").split())
        )
    return "\n".join(found)


def _field(name: str, fields: Sequence[str], line: str) -> str:
    if name == "0":
        return line
    position = len(fields) if name == "NF" else int(name)
    return fields[position - 1] if 0 < position <= len(fields) else ""


def _cut(words: Sequence[str], text: str) -> str:
    """`cut -d' ' -f2`, `cut -f1`: fields of each line; a line without the delimiter is printed unchanged.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cut.html
    """
    found = _CUT.fullmatch(" ".join(_joined_options(words)))
    if found is None:
        raise NotTranslatedError("this form of cut is not supported; cut -d, -f2 is")
    delimiter = found["before"] or found["after"] or "\t"
    first, dash, last = found["fields"].partition("-")
    lines = []
    for line in text.rstrip("\n").split("\n"):
        fields = line.split(delimiter)
        until = int(last) if last else len(fields) if dash else int(first)
        lines.append(delimiter.join(fields[int(first) - 1 : until]) if len(fields) > 1 else line)
    return "\n".join(lines)


def _joined_options(words: Sequence[str]) -> list[str]:
    """`-d , -f 2` as `-d, -f2`."""
    found: list[str] = []
    for word in words:
        if found and found[-1] in ("-d", "-f"):
            found[-1] += word
        else:
            found.append(word)
    return found


def _sed(words: Sequence[str], text: str) -> str:
    """`s/OLD/NEW/g` of plain text. Raises NotTranslatedError for patterns."""
    expression = words[-1] if len(words) == 1 or words[:-1] in (["-e"], ["-E"], ["-r"]) else ""
    if expression[:1] != "s" or len(parts := expression[1:].split(expression[1:2])) != 4:
        raise NotTranslatedError("this form of sed is not supported; s/OLD/NEW/ is")
    old, new, flags = (parts[1].replace('\\"', '"'), parts[2], parts[3])
    if _PATTERN.search(old) or set(new) & set("&\\") or flags not in ("", "g"):
        raise NotTranslatedError("sed with a pattern is not supported; s/OLD/NEW/ with plain text is")
    return "\n".join(line.replace(old, new, -1 if flags else 1) for line in text.split("\n"))


_FILTERS: Final[Mapping[str, Callable[[Sequence[str], str], str]]] = {
    "awk": _awk,
    "base64": _base64,
    "cut": _cut,
    "grep": _grep,
    "jq": jq,
    "sed": _sed,
    "sort": _sort,
    "tr": _tr,
    "uniq": _uniq,
}
