"""The lines of a journal: a check sum, a space, JSON. What is not whole ends the journal there."""

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
"""Kinds of line that are written together with a checkpoint; `shared` is of version 3."""


class Entry(Struct, frozen=True):
    """One whole line, read only where it is wanted: of many checkpoints a resume needs the last."""

    line: bytes
    end: int
    """Where it ends in the journal."""

    @property
    def kind(self) -> str:
        return self.line[len('0a0b0c0d {"kind":"') :].partition(b'"')[0].decode()

    def read_as(self, kind: type[T]) -> T:
        """Only what a type names, which of a long line is quick. Raises msgspec.MsgspecError."""
        return msgspec.json.decode(self.line[9:-1], type=kind)

    def read(self) -> Any:
        try:
            return msgspec.json.decode(self.line[9:-1])
        except (msgspec.MsgspecError, UnicodeDecodeError):  # half a character, or a number beyond all bounds
            return json.loads(self.line[9:])


def line_of(entry: Mapping[str, object]) -> bytes:
    """An entry, with its `kind` and what belongs to it by name, as a line with its checksum."""
    written = json.dumps(entry, separators=(",", ":"), ensure_ascii=False, default=_as_text)
    text = written.encode("utf-8", "surrogatepass")  # half a character in a parameter is AWS's to refuse
    return b"%08x %s\n" % (crc32(text), text)


def first_entry(line: bytes) -> Entry | None:
    """The first line of a journal; None where it is not whole."""
    entries, _ = whole_entries(line)
    return entries[0] if entries else None


def name_of(entry: Mapping[str, object]) -> str:
    """What an entry is, in a word: the action of a call, else its kind."""
    arguments = entry.get("arguments")
    return str((isinstance(arguments, Mapping) and arguments.get("action")) or entry["kind"])


def _as_text(value: object) -> str:
    """Instants among parameters and context are compared as text anyway."""
    return value.isoformat() if isinstance(value, datetime) else str(value)


def whole_entries(content: bytes) -> tuple[list[Entry], int]:
    """The whole entries from the beginning, and how many bytes they take. What was written together with a
    checkpoint counts only with it.
    """
    entries: list[Entry] = []
    good = 0
    for line in _lines(content):
        if not line.endswith(b"\n") or line[8:9] != b" " or b"%08x" % crc32(line[9:-1]) != line[:8]:
            break
        good += len(line)
        entries.append(Entry(line, good))
    while entries and entries[-1].kind in _OF_A_CHECKPOINT:  # its checkpoint did not come
        del entries[-1]
        good = entries[-1].end if entries else 0
    return entries, good


def _lines(content: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(content):
        end = content.find(b"\n", start) + 1 or len(content)
        yield content[start:end]
        start = end
