"""What is in a line of a journal, and is it complete? A checksum, a space, JSON. A journal ends at the first
incomplete line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar
from zlib import crc32

import msgspec
from msgspec import Struct

T = TypeVar("T")

_OF_A_CHECKPOINT: Final = ("log", "history", "shared")
"""Kinds of line that are written together with a checkpoint; `shared` is from version 3."""


class Entry(Struct, frozen=True):
    """One complete line, parsed only when needed: of many checkpoints a resume needs only the last."""

    line: bytes
    end: int
    """Its end in the journal, in bytes."""

    @property
    def kind(self) -> str:
        return self.line[len('0a0b0c0d {"kind":"') :].partition(b'"')[0].decode()

    def read_as(self, kind: type[T]) -> T:
        """The line as this type, without parsing other members of a long line. Raises
        msgspec.MsgspecError.
        """
        return msgspec.json.decode(self.line[9:-1], type=kind)

    def read(self) -> Any:
        try:
            return msgspec.json.decode(self.line[9:-1])
        except (msgspec.MsgspecError, UnicodeDecodeError):  # an incomplete character, or too large a number
            return json.loads(self.line[9:])


def line_of(entry: Mapping[str, object]) -> bytes:
    """An entry, with its `kind` and its members by name, as a line with a checksum."""
    written = json.dumps(entry, separators=(",", ":"), ensure_ascii=False, default=_as_text)
    text = written.encode("utf-8", "surrogatepass")  # AWS refuses a lone surrogate in a parameter
    return b"%08x %s\n" % (crc32(text), text)


def first_entry(line: bytes) -> Entry | None:
    """The first line of a journal; None if it is incomplete."""
    entries, _ = whole_entries(line)
    return entries[0] if entries else None


def name_of(entry: Mapping[str, object]) -> str:
    """The name of an entry: the action of a call, else its kind."""
    arguments = entry.get("arguments")
    return str((isinstance(arguments, Mapping) and arguments.get("action")) or entry["kind"])


def _as_text(value: object) -> str:
    """Times in parameters and context as text; they are compared as text."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def whole_entries(content: bytes) -> tuple[list[Entry], int]:
    """The complete entries from the beginning, and how many bytes they take. Lines written together with a
    checkpoint count only if the checkpoint is complete.
    """
    entries: list[Entry] = []
    good = 0
    for line in _lines(content):
        if not line.endswith(b"\n") or line[8:9] != b" " or b"%08x" % crc32(line[9:-1]) != line[:8]:
            break
        good += len(line)
        entries.append(Entry(line, good))
    while entries and entries[-1].kind in _OF_A_CHECKPOINT:  # its checkpoint is missing
        del entries[-1]
        good = entries[-1].end if entries else 0
    return entries, good


def _lines(content: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        yield content[start:end]
        start = end
