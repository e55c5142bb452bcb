"""What does a jq program print for AWS's response? The filters that scripts use to extract credentials.

Paths, several with commas; `|`; `//`; `select(.A == "b" and .C)`; `map`; text with `\\(…)` in it; `[…]` and
`{…}` of filters; `$name` of `--arg`; `@tsv`, `@csv`, `@sh`, `@text`, `@json`, `@base64d`, `join`,
`to_entries`, `keys`, `length`, `tostring`, `empty`. Other programs are reported as not translated.
https://jqlang.org/manual/
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.tours.reading.jmespath_language import compile_expression
from sts_tui.tours.scripts.shell_words import NotTranslatedError

_PATH: Final = lazy_pattern(r"\.(?:[A-Za-z_]\w*|\[\d*\])\??(?:\.[A-Za-z_]\w*\??|\.?\[\d*\]\??)*")
_VARIABLE: Final = lazy_pattern(r"\$([A-Za-z_]\w*)")
_GROUP: Final = lazy_pattern(r"([a-z_]*)([\[({])")
_LITERAL: Final = lazy_pattern(r"-?\d+(?:\.\d+)?|true|false|null")
_ENTRY: Final = lazy_pattern(r'([A-Za-z_]\w*|"(?:[^"\\]|\\.)*")\s*:\s*(.+)', re.DOTALL)
_SELECT: Final = lazy_pattern(r'(.+?)\s*(==|!=)\s*("(?:[^"\\]|\\.)*"|\d+|true|false|null)')
_TESTED: Final = lazy_pattern(r'(.+?)\s*\|\s*(startswith|endswith|contains)\("([^"\\]*)"\)')
_OPTIONS: Final = frozenset("rcejn")
_LONG_OPTIONS: Final = {
    **{"--raw-output": "r", "--compact-output": "c", "--exit-status": "e", "--null-input": "n"},
}
_CLOSED_BY: Final = {"(": ")", "[": "]", "{": "}"}


def jq(words: Sequence[str], text: str) -> str:
    """The output of `jq` with these words for the input `text`. Raises NotTranslatedError for other forms."""
    words, variables = _without_variables(words)
    options = "".join(_LONG_OPTIONS.get(word, word.lstrip("-")) for word in words if word.startswith("-"))
    programs = [_with_variables(word, variables) for word in words if not word.startswith("-")]
    if len(programs) != 1 or not set(options) <= _OPTIONS:
        raise NotTranslatedError("this form of jq is not supported")
    if "n" in options:
        text = "null"
    if not text.strip():
        return ""
    try:
        document: Json = json.loads(text)
    except ValueError:
        raise NotTranslatedError("jq is given text that is not JSON") from None
    is_raw = "r" in options or "j" in options
    return ("" if "j" in options else "\n").join(
        _line(value, is_raw) for value in _outputs(programs[0].strip(), document)
    )


def _without_variables(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """(the other words, the values of `--arg` and `--argjson` as JSON text by name)."""
    found: dict[str, str] = {}
    others: list[str] = []
    at = 0
    while at < len(words):
        if words[at] in ("--arg", "--argjson") and at + 2 < len(words):
            found[words[at + 1]] = json.dumps(words[at + 2]) if words[at] == "--arg" else words[at + 2]
            at += 3
        else:
            others.append(words[at])
            at += 1
    return others, found


def _with_variables(program: str, variables: Mapping[str, str]) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in variables:
            raise NotTranslatedError(f"jq: ${found[1]} has no value")
        return variables[found[1]]

    return _VARIABLE.sub(value, program) if variables else program


def _line(value: Json, is_raw: bool) -> str:
    return value if is_raw and isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _outputs(program: str, value: Json) -> list[Json]:
    """The output values of a program for one input value. Raises NotTranslatedError."""
    steps = _split(program, "|")
    if len(steps) > 1:
        found = [value]
        for step in steps:
            found = [output for one in found for output in _outputs(step, one)]
        return found
    parts = _split(program, ",")
    if len(parts) > 1:
        return [output for part in parts for output in _outputs(part, value)]
    parts = _split(program, "//")
    if len(parts) > 1:
        found = [one for one in _outputs(parts[0], value) if one is not None and one is not False]
        return found or _outputs(" // ".join(parts[1:]), value)
    return _of_one(program, value)


def _of_one(program: str, value: Json) -> list[Json]:
    if program in (".", "empty"):
        return [value] if program == "." else []
    if _LITERAL.fullmatch(program):
        return [json.loads(program)]
    if _PATH.fullmatch(program):
        return _at_path(program, value)
    if program[:1] == '"' and _end_of_text(program, 0) == len(program):
        return [_interpolated(program[1:-1], value)]
    opening = _GROUP.match(program)
    if opening and _end_of_group(program, opening.end() - 1) == len(program):
        return _of_group(opening[1], opening[2], program[opening.end() : -1].strip(), value)
    return _of_function(program, value)


def _of_group(name: str, bracket: str, inner: str, value: Json) -> list[Json]:
    """`[…]`, `{…}`, `(…)`, `map(…)`, `select(…)` and `join(…)`."""
    match name + bracket:
        case "[":
            return [_outputs(inner, value) if inner else []]
        case "{":
            return [_object(inner, value)]
        case "(":
            return _outputs(inner, value)
        case "map(":
            return [[made for one in _list(value, "map") for made in _outputs(inner, one)]]
        case "select(":
            return [value] if _holds(inner, value) else []
        case "join(" if inner[:1] == '"' and _end_of_text(inner, 0) == len(inner):
            return [json.loads(inner).join(_text(one) for one in _list(value, "join"))]
        case _:
            return _unknown(f"{name}{bracket}{inner}{_CLOSED_BY[bracket]}")


def _of_function(program: str, value: Json) -> list[Json]:
    if program.startswith("to_entries") and isinstance(value, dict):
        entries: list[Json] = [{"key": name, "value": member} for name, member in value.items()]
        rest = program.removeprefix("to_entries")
        return [entries] if not rest else _at_path(f".{rest}", entries) if rest == "[]" else _unknown(program)
    if program in _FUNCTIONS:
        return [_FUNCTIONS[program](value)]
    return _unknown(program)


def _object(text: str, value: Json) -> Json:
    """`Id: .A, "b": "c", Name` as an object. Raises NotTranslatedError."""
    made: dict[str, Json] = {}
    for entry in _split(text, ",") if text else ():
        found = _ENTRY.fullmatch(entry)
        name, program = (found[1], found[2]) if found else (entry, f".{entry}")
        key = json.loads(name) if name[:1] == '"' else name
        outputs = _outputs(program.strip(), value)
        if len(outputs) != 1:
            raise NotTranslatedError(f"jq: {entry} does not give exactly one value")
        made[key] = outputs[0]
    return made


def _holds(condition: str, value: Json) -> bool:
    """Whether the condition of `select` holds. Raises NotTranslatedError."""
    for word, combined in ((" or ", any), (" and ", all)):
        parts = _split(condition, word)
        if len(parts) > 1:
            return combined([_holds(part, value) for part in parts])
    if found := _SELECT.fullmatch(condition):
        is_equal = _outputs(found[1].strip(), value) == [json.loads(found[3])]
        return is_equal is (found[2] == "==")
    if found := _TESTED.fullmatch(condition):
        made = [one for one in _outputs(found[1].strip(), value) if isinstance(one, str)]
        tests = {"startswith": str.startswith, "endswith": str.endswith, "contains": str.__contains__}
        return any(tests[found[2]](one, found[3]) for one in made)
    return any(one is not None and one is not False for one in _outputs(condition, value))


def _unknown(program: str) -> list[Json]:
    raise NotTranslatedError(f"jq {program} is not supported; a path such as .Role.Arn is")


def _at_path(path: str, document: Json) -> list[Json]:
    path = path.replace("?", "")
    found: Json = compile_expression(path.replace(".[", "[").lstrip(".")).search(document)
    if "[]" in path:
        return found if isinstance(found, list) else []
    return [found]


def _interpolated(text: str, value: Json) -> str:
    r"""`export A=\(.B)\n`: the escapes of JSON, and programs between `\(` and `)`."""
    result, at = "", 0
    while at < len(text):
        if text.startswith("\\(", at):
            end = _end_of_group(text, at + 1)
            result += "".join(_text(one) for one in _outputs(text[at + 2 : end - 1].strip(), value))
            at = end
        elif text[at] == "\\":
            size = 6 if text.startswith("\\u", at) else 2
            try:
                result += json.loads(f'"{text[at : at + size]}"')
            except ValueError:
                raise NotTranslatedError(f"jq: {text[at : at + size]} is not an escape") from None
            at += size
        else:
            result += text[at]
            at += 1
    return result


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _list(value: Json, program: str) -> list[Json]:
    if not isinstance(value, list):
        raise NotTranslatedError(f"jq: {program} is given something that is not a list")
    return value


def _quoted_for_shell(value: Json) -> Json:
    values = value if isinstance(value, list) else [value]
    return " ".join(f"'{_text(one)}'" if isinstance(one, str) else _text(one) for one in values)


def _decoded(value: Json) -> Json:
    try:
        return base64.b64decode(_text(value) + "==").decode()
    except ValueError:
        raise NotTranslatedError("jq: @base64d is given text that is not base64") from None


def _length(value: Json) -> Json:
    if isinstance(value, str | list | dict):
        return len(value)
    raise NotTranslatedError("jq: length of this value is not supported")


def _keys(value: Json) -> Json:
    if isinstance(value, Mapping):
        return sorted(value)
    raise NotTranslatedError("jq: keys of this value are not supported")


_FUNCTIONS: Final[Mapping[str, Callable[[Json], Json]]] = {
    "@tsv": lambda value: "\t".join(_text(one) for one in _list(value, "@tsv")),
    "@csv": lambda value: ",".join(json.dumps(one) for one in _list(value, "@csv")),
    "@sh": _quoted_for_shell,
    "@text": _text,
    "@json": lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")),
    "@base64d": _decoded,
    "tostring": _text,
    "length": _length,
    "keys": _keys,
}


def _split(program: str, separator: str) -> list[str]:
    """The parts between separators outside texts and groups."""
    parts, start, at = [], 0, 0
    while at < len(program):
        if program[at] == '"':
            at = _end_of_text(program, at)
        elif program[at] in _CLOSED_BY:
            at = _end_of_group(program, at)
        else:
            if program.startswith(separator, at):
                parts.append(program[start:at].strip())
                start = at + len(separator)
            at += 1
    return [*parts, program[start:].strip()]


def _end_of_text(program: str, at: int) -> int:
    """The position after the text whose first quote is at `at`."""
    at += 1
    while at < len(program) and program[at] != '"':
        if program.startswith("\\(", at):
            at = _end_of_group(program, at + 1)
        else:
            at += 2 if program[at] == "\\" else 1
    return min(at + 1, len(program))


def _end_of_group(program: str, at: int) -> int:
    """The position after the group whose first bracket is at `at`."""
    end = _CLOSED_BY[program[at]]
    at += 1
    while at < len(program) and program[at] != end:
        if program[at] == '"':
            at = _end_of_text(program, at)
        elif program[at] in _CLOSED_BY:
            at = _end_of_group(program, at)
        else:
            at += 1
    return min(at + 1, len(program))
