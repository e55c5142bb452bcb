"""What does a filter print of the text that it is given? Those that scripts read AWS's answers with.

`awk '{print $N}'`, `cut -d -f`, `grep WORD`, `head -1`, `jq`, `sed s/OLD/NEW/`, `tail -1`, `tr`, `wc -l`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.scripts.jq_filters import jq
from sts_tui.tours.scripts.shell_words import NotTranslatedError

_PATTERN: Final = lazy_pattern(r"[][.*^$\\+?(){}|]|^-")
"""What makes a text a pattern (or an option) for `grep` or `sed`."""
_RANGE: Final = lazy_pattern(r"\[:|.-.")
_AWK: Final = lazy_pattern(r"\{\s*print\s+(\$(?:\d+|NF)(?:\s*,\s*\$(?:\d+|NF))*)\s*;?\s*\}")
_CUT: Final = lazy_pattern(r"(?:-d(?P<before>.) )?-f(?P<fields>\d+(?:-\d*)?)(?: -d(?P<after>.))?", re.DOTALL)
_PRINTF: Final = lazy_pattern(r"%s|%%|\\n|\\t")


def filtered(words: Sequence[str], text: str) -> str:
    """The output of a command that reads `text`. Raises NotTranslatedError for one that is not known."""
    name, rest = "".join(words[:1]), list(words[1:])
    if name in _FILTERS:
        return _FILTERS[name](rest, text)
    match words:
        case ["cat"] | ["tee", _]:
            return text
        case ["head", "-1" | "-n1"] | ["head", "-n", "1"]:
            return text.split("\n", 1)[0]
        case ["tail", "-1" | "-n1"] | ["tail", "-n", "1"]:
            return text.rstrip("\n").rsplit("\n", 1)[-1]
        case ["wc", "-l"]:
            return str(text.count("\n") + bool(text and not text.endswith("\n")))
        case ["xargs"] | ["xargs", "echo"]:
            return " ".join(text.replace('"', "").replace("'", "").split())
        case ["base64", *options] if set(options) <= {"-w0", "-w", "0"}:
            import base64

            return base64.b64encode(text.encode()).decode()
        case _:
            raise NotTranslatedError(f"the output of {name or 'nothing'} is not computed")


def printed(words: Sequence[str]) -> str:
    """What `printf FORMAT VALUES` prints: `%s`, and the format again while there are values.

    Raises NotTranslatedError for other formats.
    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/printf.html
    """
    if not words:
        return ""
    shape, values = words[0], list(words[1:])
    if re.sub(r"%s|%%", "", shape).count("%"):
        raise NotTranslatedError(f"printf {shape} is not computed")
    result = ""
    while True:
        result += _PRINTF.sub(lambda found: _formatted(found[0], values), shape)
        if not values or "%s" not in shape:
            return result


def _formatted(code: str, values: list[str]) -> str:
    if code == "%s":
        return values.pop(0) if values else ""
    return {"%%": "%", "\\n": "\n", "\\t": "\t"}[code]


def _tr(words: Sequence[str], text: str) -> str:
    match words:
        case ["-d", written]:
            unwanted = _letters(written)
            return "".join(letter for letter in text if letter not in unwanted)
        case [old, new] if len(_letters(old)) == len(_letters(new)) and old != "-s":
            return text.translate(str.maketrans(_letters(old), _letters(new)))
        case _:
            raise NotTranslatedError(f"tr {' '.join(words)} is not computed")


def _grep(words: Sequence[str], text: str) -> str:
    if len(words) != 1 or _PATTERN.search(words[0]):
        raise NotTranslatedError("this form of grep is not computed; grep WORD is")
    return "\n".join(line for line in text.split("\n") if words[0] in line)


def _letters(written: str) -> str:
    """The letters that `tr` is given. Raises NotTranslatedError for ranges and classes."""
    if _RANGE.search(written):
        raise NotTranslatedError(f"tr {written} is not computed")
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
    if program is None or (separator and len(separator.replace("\\t", "\t")) > 1):
        raise NotTranslatedError("this awk program is not computed; {print $1} is")
    found = []
    for line in text.rstrip("\n").split("\n"):
        fields = line.split(separator.replace("\\t", "\t") if separator and separator != " " else None)
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
    """`cut -d' ' -f2`, `cut -f1`: fields of each line; a line without the delimiter is printed as it is.

    https://pubs.opengroup.org/onlinepubs/9799919799/utilities/cut.html
    """
    found = _CUT.fullmatch(" ".join(_joined_options(words)))
    if found is None:
        raise NotTranslatedError("this form of cut is not computed; cut -d, -f2 is")
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
        raise NotTranslatedError("this form of sed is not computed; s/OLD/NEW/ is")
    old, new, flags = (parts[1].replace('\\"', '"'), parts[2], parts[3])
    if _PATTERN.search(old) or set(new) & set("&\\") or flags not in ("", "g"):
        raise NotTranslatedError("sed with a pattern is not computed; s/OLD/NEW/ with plain text is")
    return "\n".join(line.replace(old, new, -1 if flags else 1) for line in text.split("\n"))


_FILTERS: Final[Mapping[str, Callable[[Sequence[str], str], str]]] = {
    "awk": _awk,
    "cut": _cut,
    "grep": _grep,
    "jq": jq,
    "sed": _sed,
    "tr": _tr,
}
