"""How are files read and parsed, and why is a file unreadable? There is one clear error for each reason."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from io import BufferedReader
from pathlib import Path
from typing import Final, NoReturn, TextIO

from msgspec import Struct

from sts_tui.account.diagnostics.diagnostic import Diagnostic, UnreadableFileError
from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.json_value import RawObject
from sts_tui.account.lazy_pattern import lazy_pattern

STDIN: Final = "-"
"""The path that means standard input."""
MAX_FILE_BYTES: Final = 1 << 30
"""The maximum size of an account file. Reading a larger one would exhaust the machine's memory."""

_ENCODING_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""Byte order marks. Windows PowerShell 5 writes UTF-16 for `>`:
https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_character_encoding"""
_BLOCK: Final = 1 << 20
_STRING: Final = lazy_pattern(r'"(?:[^"\\]|\\.)*"')


class RepeatedKeys(RawObject):
    """A JSON object in which the `repeated` keys occur more than once. The last value is kept."""

    __slots__ = ("repeated",)
    repeated: tuple[str, ...]


class Parsed(Struct, frozen=True):
    """The JSON value of one source. `has_repeated_keys`: some object in it is a `RepeatedKeys`."""

    source: Source
    value: object
    has_repeated_keys: bool


def read_source(path: str | Path) -> Source:
    """The text of a file, or of standard input for `-`. Raises UnreadableFileError for anything but text."""
    name = str(path)
    if name == STDIN:
        return Source("standard input", decode("standard input", _all_of(sys.stdin)))
    try:
        with Path(path).open("rb") as file:
            raw = _read(file, name)
    except FileNotFoundError:
        _unreadable(name, "no such file")
    except IsADirectoryError:
        _unreadable(name, "is a directory; give the JSON file in it")
    except PermissionError:
        _unreadable(name, "permission denied")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        _unreadable(name, getattr(error, "strerror", None) or str(error))
    return Source(name, decode(name, raw))


@lru_cache(1)
def _all_of(stream: TextIO) -> bytes:
    """The content of standard input, kept because it can be read only once: a model and its journal both read
    it.
    """
    return stream.buffer.read(MAX_FILE_BYTES)


def read_sources(paths: Iterable[str | Path]) -> tuple[list[Source], list[Diagnostic]]:
    """The texts of files and of all files in folders, and a diagnostic for each that cannot be read."""
    sources: list[Source] = []
    unreadable: list[Diagnostic] = []
    for path in paths:
        try:
            sources.extend(_sources_at(path))
        except UnreadableFileError as error:
            unreadable.extend(error.diagnostics)
    return sources, unreadable


def _sources_at(path: str | Path) -> Iterable[Source]:
    """One file, or the files of a folder."""
    if not os.path.isdir(path):
        return (read_source(path),)
    from sts_tui.account.foreign.folder import files_of

    found = [wrap(read_source(file)) for file, wrap in files_of(Path(path))]
    if not found:
        _unreadable(str(path), "is a folder without JSON or YAML files")
    return found


def _read(file: BufferedReader, name: str) -> bytes:
    """The content of a file or pipe. The limit applies to the bytes read, so that an endless device is
    refused by its first bytes or at the limit.
    """
    status = os.fstat(file.fileno())
    if status.st_size > MAX_FILE_BYTES:
        _unreadable(name, f"{status.st_size / 1e9:.1f} GB is larger than an account file can be")
    _refuse_binary(name, file.peek(4096)[:4096])
    blocks = [file.read(status.st_size + 1 if stat.S_ISREG(status.st_mode) else _BLOCK)]
    size = len(blocks[0])
    while blocks[-1]:
        blocks.append(file.read(_BLOCK))
        size += len(blocks[-1])
        if size > MAX_FILE_BYTES:
            _unreadable(
                name, f"more than {MAX_FILE_BYTES / 1e9:.0f} GB is larger than an account file can be"
            )
    return b"".join(blocks) if blocks[1:-1] else blocks[0]


def decode(name: str, raw: bytes) -> str:
    """Decode UTF-8, UTF-16 or UTF-32 text, with or without a byte order mark. Raises UnreadableFileError for
    anything else.
    """
    encoding = _refuse_binary(name, raw)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8-sig":
            _unreadable(name, f"is not {encoding.upper()}, although it begins like it")
        line = raw.count(b"\n", 0, error.start) + 1
        _unreadable(name, f"is not UTF-8: byte {raw[error.start]:#04x} is not allowed here", line)


def _refuse_binary(name: str, raw: bytes) -> str:
    """The encoding of a text. JSON in UTF-16 without a byte order mark has a NUL next to each of its first
    characters.
    """
    for mark, encoding in _ENCODING_MARKS:
        if raw.startswith(mark):
            return encoding
    head = raw[:4096]
    if b"\0" not in head:
        return "utf-8-sig"
    if head[1:8:2].strip(b"\0") == b"" and b"\0" not in head[:8:2]:
        return "utf-16-le"
    if head[:8:2].strip(b"\0") == b"" and b"\0" not in head[1:8:2]:
        return "utf-16-be"
    return _unreadable(name, "is a binary file, not text")


def parse_json(
    source: Source,
    replace: Callable[[RawObject], object] | None = None,
    keys: frozenset[str] = frozenset(),
) -> Parsed:
    """Parse with the C parser, and record objects that repeat a key. Raises UnreadableFileError. `replace` is
    called with each parsed object that has one of the `keys` and repeats none. It may replace values.
    """
    repeated = False

    def collect(pairs: list[tuple[str, object]]) -> RawObject:
        nonlocal repeated
        whole = dict(pairs)
        if len(whole) == len(pairs):
            if replace is not None and not keys.isdisjoint(whole):
                replace(whole)
            return whole
        repeated = True
        return _repeated_keys(pairs)

    text = source.text
    if not text or text.isspace():
        _unreadable(source.name, "is empty")
    try:
        value = json.loads(text, object_pairs_hook=collect, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        _unreadable(source.name, _syntax_message(error), error.lineno, _syntax_hint(error))
    except RecursionError:
        _unreadable(source.name, "is nested too deeply to be an account file")
    except ValueError as error:  # NaN, or an integer with thousands of digits
        _unreadable(source.name, f"is not JSON: {error}", _line_of_constant(text))
    if "\\ud" in text or "\\uD" in text:
        _refuse_lone_surrogates(source, value)
    return Parsed(source, value, repeated)


def repeated_keys(value: object) -> Iterator[Steps]:
    """The JSON paths of repeated keys in a value that `has_repeated_keys`."""
    left: list[tuple[Steps, object]] = [((), value)]
    while left:
        steps, item = left.pop()
        if isinstance(item, RepeatedKeys):
            yield from ((*steps, key) for key in item.repeated)
        if isinstance(item, dict):
            left.extend(((*steps, key), child) for key, child in item.items())
        elif isinstance(item, list):
            left.extend(((*steps, index), child) for index, child in enumerate(item))


def _repeated_keys(pairs: Sequence[tuple[str, object]]) -> RepeatedKeys:
    whole = RepeatedKeys(pairs)
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for key, _ in pairs:
        if key in seen:
            twice[key] = None
        seen.add(key)
    whole.repeated = tuple(twice)
    return whole


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


_CONSTANT: Final = lazy_pattern(r"\b(?:NaN|Infinity)\b")


def _line_of_constant(text: str) -> int:
    """The line of the first `NaN` or `Infinity` outside strings; 0 if there is none."""
    lines = enumerate(text.split("\n"), start=1)
    return next((number for number, line in lines if _CONSTANT.search(_STRING.sub('""', line))), 0)


def _syntax_message(error: json.JSONDecodeError) -> str:
    if error.pos >= len(error.doc.rstrip()):
        return "is cut off: the text ends in the middle of a value"
    if error.msg == "Unterminated string starting at" and '"' not in error.doc[error.pos + 1 :]:
        return "is cut off: the text ends in the middle of a string"
    return f"is not JSON: {error.msg[0].lower()}{error.msg[1:]} (column {error.colno})"


def _syntax_hint(error: json.JSONDecodeError) -> str:
    """The usual cause of this syntax error."""
    before, sign = error.doc[: error.pos].rstrip(), error.doc[error.pos : error.pos + 1]
    if error.msg == "Extra data":
        return "a file contains one JSON value, or the pages of a dump one after the other"
    if sign in ("}", "]") and before.endswith(","):
        return f"no comma before {sign}"
    if sign == "'":
        return "write text in double quotes"
    if sign in ("#", "/"):
        return "JSON has no comments"
    return "" if before else "the AWS CLI writes JSON with --output json"


def _refuse_lone_surrogates(source: Source, value: object) -> None:
    """A lone surrogate (`\\ud800`) is valid JSON, but cannot be shown or written as UTF-8."""
    if not _has_lone_surrogate(json.dumps(value, ensure_ascii=False, default=_nothing)):
        return
    for number, line in enumerate(source.text.split("\n"), start=1):
        if any(_has_lone_surrogate(json.loads(found)) for found in _STRING.findall(line)):
            _unreadable(source.name, "is not Unicode: it has half of a surrogate pair", number)


def _nothing(packed: object) -> None:
    """A packed document is UTF-8, so it contains no lone surrogate."""


def _has_lone_surrogate(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _unreadable(name: str, message: str, line: int = 0, hint: str = "") -> NoReturn:
    raise UnreadableFileError([Diagnostic(file=name, message=message, line=line, hint=hint)]) from None
