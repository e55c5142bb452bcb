"""What does a filter print of the text that it is given? Those that scripts read AWS's answers with."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.reading.jmespath_language import compile_expression
from sts_tui.tours.scripts.shell_words import NotTranslatedError

_PATH: Final = lazy_pattern(r"\.(?:[A-Za-z_]\w*|\[\d*\])(?:\.[A-Za-z_]\w*|\.?\[\d*\])*")
_PRINTF: Final = lazy_pattern(r"%s|%%|\\n|\\t")


def filtered(words: Sequence[str], text: str) -> str:
    """The output of a command that reads `text`. Raises NotTranslatedError for one that is not known."""
    match words:
        case ["jq", *rest]:
            return _jq(rest, text)
        case ["tr", "-d", unwanted]:
            wanted = unwanted.replace("\\n", "\n").replace("\\r", "\r")
            return "".join(letter for letter in text if letter not in wanted)
        case ["cat"] | ["tee", _]:
            return text
        case ["head", "-1" | "-n1"] | ["head", "-n", "1"]:
            return text.split("\n", 1)[0]
        case ["tail", "-1" | "-n1"] | ["tail", "-n", "1"]:
            return text.rstrip("\n").rsplit("\n", 1)[-1]
        case ["wc", "-l"]:
            return str(text.count("\n") + bool(text and not text.endswith("\n")))
        case ["base64", *options] if set(options) <= {"-w0", "-w", "0"}:
            import base64

            return base64.b64encode(text.encode()).decode()
        case _:
            raise NotTranslatedError(f"the output of {words[0] if words else 'nothing'} is not computed")


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


def _jq(words: Sequence[str], text: str) -> str:
    """Paths only: `.Credentials.AccessKeyId`, `.Roles[0].Arn`, `.Roles[].RoleName`, several with commas."""
    options = [word for word in words if word.startswith("-")]
    programs = [word for word in words if not word.startswith("-")]
    if len(programs) != 1 or not set(options) <= {"-r", "--raw-output", "-c", "-cr", "-rc", "-e", "-er"}:
        raise NotTranslatedError("this form of jq is not computed")
    paths = [path.strip() for path in programs[0].split(",")]
    if not all(_PATH.fullmatch(path) or path == "." for path in paths):
        raise NotTranslatedError(f"jq {programs[0]} is not computed; a path such as .Role.Arn is")
    try:
        document: Json = json.loads(text)
    except ValueError:
        raise NotTranslatedError("jq is given text that is not JSON") from None
    is_raw = any("r" in option.lstrip("-")[:2] for option in options)
    return "\n".join(_line(value, is_raw) for path in paths for value in _values(path, document))


def _values(path: str, document: Json) -> list[Json]:
    if path == ".":
        return [document]
    found = compile_expression(path.replace(".[", "[").lstrip(".")).search(document)
    if "[]" in path:
        return found if isinstance(found, list) else []
    return [found]


def _line(value: Json, is_raw: bool) -> str:
    return value if is_raw and isinstance(value, str) else json.dumps(value, ensure_ascii=False)
