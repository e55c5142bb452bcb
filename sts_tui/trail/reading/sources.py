"""Which files contain events, and in which form?

CloudTrail writes `{"Records": […]}`, gzipped, to folders by account, Region and day. Its digest files contain
no events.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import msgspec
from msgspec import Struct

from sts_tui.trail.reading.errors import TrailError, UnreadableFileError

_NAMES: Final = (".json", ".jsonl", ".ndjson", ".csv", ".txt", ".gz", ".log")
_NO_EVENTS: Final = ("CloudTrail-Digest",)
_PEEKED: Final = 1 << 20
_MOST_ENTRIES: Final = 5_000
_SNIFFED: Final = 1 << 16
_GZIP: Final = b"\x1f\x8b"


class Source(Struct, frozen=True, kw_only=True):
    """One file with events."""

    path: Path
    form: str
    """`lines` (one event per line, with CloudTrail's member names), `csv`, or `json` (anything else)."""


def sources_of(paths: Sequence[Path]) -> tuple[list[Source], dict[str, str]]:
    """Every file with events below these paths, and the reasons why files are unreadable, by name.

    Raises TrailError for a path that does not exist, and for folders without such files.
    """
    found: list[Source] = []
    unreadable: dict[str, str] = {}
    for path in _files(paths):
        try:
            found.append(Source(path=path, form=_form(path)))
        except (UnreadableFileError, OSError, EOFError, zlib.error) as error:
            unreadable[str(path)] = reason_of(error)
    return found, unreadable


def is_trail(path: Path) -> bool:
    """Whether a file contains events, judging by its beginning, or a folder contains such files, judging by
    the first file.
    """
    try:
        if path.is_dir():
            first = _first_inside(path)
            return first is not None and is_trail(first)
        if not path.is_file():
            return False
        with opened(path) as stream:
            head = stream.read(_SNIFFED).lower()
    except (OSError, EOFError, zlib.error):
        return False
    return all(name in head for name in (b"eventtime", b"eventsource", b"eventname"))


def _first_inside(folder: Path) -> Path | None:
    """A file in a folder that may contain events. Only the first entries are searched, because a folder may
    be a whole disk.
    """
    seen = 0
    for inside, folders, names in os.walk(folder):
        folders.sort()
        found = (Path(inside) / name for name in sorted(names))
        if (first := next((one for one in found if _has_events(one)), None)) is not None:
            return first
        seen += len(folders) + len(names)
        if seen > _MOST_ENTRIES:
            break
    return None


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = [one for one in sorted(path.rglob("*")) if _has_events(one)]
            if not inside:
                raise TrailError(f"{path}: no event files in this folder (*.json, *.json.gz, *.jsonl, *.csv)")
            yield from inside
        elif path.exists():
            yield path
        else:
            raise TrailError(f"{path}: no such file or folder")


def _has_events(path: Path) -> bool:
    is_hidden = any(part.startswith(".") for part in path.parts[-1:])
    is_other = any(part in _NO_EVENTS for part in path.parts)
    return path.is_file() and not is_hidden and not is_other and path.suffix.lower() in _NAMES


def is_packed(path: Path) -> bool:
    """Whether a file is gzipped, whatever its name. Raises OSError."""
    with path.open("rb") as stream:
        return stream.read(2) == _GZIP


def opened(path: Path) -> BinaryIO:
    """The bytes of a file, decompressed if gzipped. Raises OSError."""
    stream = path.open("rb")
    return gzip.GzipFile(fileobj=stream) if is_packed(path) else stream  # type: ignore[return-value]


def _form(path: Path) -> str:
    """The form of a file. Raises UnreadableFileError for an empty file, and for one that is not text."""
    with opened(path) as stream:
        head = stream.read(_PEEKED)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not text:
        raise UnreadableFileError("the file is empty")
    if b"\0" in text:
        raise UnreadableFileError("neither JSON nor CSV")
    if not text.startswith((b"{", b"[")):
        return "csv"
    first, _, rest = text.partition(b"\n")
    is_alone = not rest.strip()
    if not _is_event(first) or not (is_alone or rest.startswith(b"{")):
        return "json"
    return "json" if any(map(_is_other, rest.split(b"\n"))) else "lines"


def _is_event(line: bytes) -> bool:
    """Whether a line is one event with CloudTrail's member names."""
    try:
        members = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError:
        return False
    return {"eventTime", "eventSource", "eventName"} <= members.keys()


def _is_other(line: bytes) -> bool:
    """Whether a line is JSON but not an event: a log, an output of the AWS CLI."""
    try:
        members = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
    except msgspec.MsgspecError:
        return False
    return "eventName" not in members


def reason_of(error: Exception) -> str:
    """Why a file could not be read, in a few words."""
    if isinstance(error, EOFError | zlib.error | gzip.BadGzipFile):
        return "the gzip file is cut off or damaged"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return str(error)
