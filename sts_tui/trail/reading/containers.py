"""Which events does a JSON file contain? It may have `{"Records": […]}`, lists, outputs of the AWS CLI, or
exports of queries.

Events are not decoded but stay bytes. A file larger than `_WHOLE` is read in pieces.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

import msgspec

from sts_tui.account.json_value import Json
from sts_tui.trail.reading.errors import UnreadableFileError

_WHOLE: Final = 64 * 1024 * 1024
"""The maximum size, in bytes, of a file that is decoded as a whole."""
_PIECE: Final = 4 * 1024 * 1024
_LISTS: Final = ("Records", "Events", "QueryResultRows", "records", "events")
MEMBERS: Final = (
    *("eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "errorCode"),
    *("errorMessage", "requestParameters", "responseElements", "additionalEventData", "eventID"),
    *("eventType", "resources", "recipientAccountId", "sharedEventID", "vpcEndpointId", "userIdentity"),
)
"""Members of an event that are used, with AWS's names."""
_CANONICAL: Final = {name.lower(): name for name in MEMBERS}
_AS_TEXT: Final = ("CloudTrailEvent", "eventJson", "eventjson", "cloudtrailevent")
"""Members with a complete event as text: of `aws cloudtrail lookup-events` and queries of CloudTrail Lake."""


def lines_in(stream: BinaryIO, longest: int) -> Iterator[bytes]:
    """Every event as one line of JSON with its line break; an item may have several lines if that is faster,
    and is empty for an event of `longest` bytes or more. Raises UnreadableFileError, and EOFError for a
    truncated gzip file.
    """
    head = stream.read(_WHOLE)
    if len(head) < _WHOLE and b"\n" not in head and b"\r" not in head and (records := _records(head)):
        if len(head) < longest:
            yield b"\n".join([*records, b""])
            return
        yield from (record + b"\n" if len(record) < longest else b"" for record in records)
        return
    lines = _whole(head) if len(head) < _WHOLE else _piece_by_piece(head, stream)
    yield from (line + b"\n" if len(line) < longest else b"" for line in lines)


def events_of(content: bytes) -> Iterator[Mapping[str, Json]]:
    """Every event in a JSON text that is decoded as a whole. Raises UnreadableFileError."""
    for value in _values(content.removeprefix(b"\xef\xbb\xbf").strip()):
        yield from _events(value)


def _whole(content: bytes) -> Iterator[bytes]:
    if (records := _records(content)) is not None:
        yield from map(_line, records)
        return
    yield from (_encoded(one) for one in events_of(content))


def _records(content: bytes) -> list[bytes] | None:
    """The events in `{"Records": […]}`, undecoded; None for other files."""
    content = content.removeprefix(b"\xef\xbb\xbf").strip()
    if not content.startswith(b"{") or b'"Records"' not in content[:200]:
        return None
    try:
        records = msgspec.json.decode(content, type=dict[str, list[msgspec.Raw]])["Records"]
    except (msgspec.MsgspecError, KeyError):
        return None
    return list(map(bytes, records))


def _line(raw: bytes) -> bytes:
    """The JSON on one line: line breaks can only be between tokens."""
    return raw.replace(b"\n", b" ").replace(b"\r", b" ")


def _encoded(event: Mapping[str, Json]) -> bytes:
    return msgspec.json.encode(event)


def _values(content: bytes) -> Iterator[Json]:
    """Several JSON values in a row, with an empty object for an invalid line.

    Raises UnreadableFileError if the first value is not JSON.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableFileError(f"not UTF-8 text (byte {error.start})") from None
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            if not at or text[at - 1] != "\n":
                line = text.count("\n", 0, getattr(error, "pos", 0)) + 1
                raise UnreadableFileError(f"line {line}: not valid JSON") from None
            end = text.find("\n", at)
            value, at = {}, end if end >= 0 else len(text)
        yield value
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1


def _events(value: Json) -> Iterator[Mapping[str, Json]]:
    """The events in a value, for any kind of output."""
    if isinstance(value, list):
        if (row := _row(value)) is None:
            for one in value:
                yield from _events(_parsed(one) if isinstance(one, str) else one)
            return
        value = row
    if isinstance(value, Mapping):
        yield from _of_object(value)


def _row(value: list[Json]) -> Mapping[str, Json] | None:
    """A row of CloudTrail Lake, which is a list of columns with one member each; None for other lists.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetQueryResults.html
    """
    row: dict[str, Json] = {}
    for one in value:
        if not isinstance(one, Mapping) or len(one) != 1 or not row.keys().isdisjoint(one):
            return None
        row |= one
    return row or None


def _of_object(value: Mapping[str, Json]) -> Iterator[Mapping[str, Json]]:
    for name in _LISTS:
        if isinstance(value.get(name), list):
            yield from _events(value[name])
            return
    for name in _AS_TEXT:
        if isinstance(text := value.get(name), str):
            yield from _events(_parsed(text))
            return
    if isinstance(inner := value.get("detail"), Mapping) and "eventName" in inner:  # EventBridge
        yield inner
        return
    yield {_CANONICAL.get(name.lower(), name): inner for name, inner in value.items()}


def _parsed(text: str) -> Json:
    try:
        value: Json = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value


def _piece_by_piece(head: bytes, stream: BinaryIO) -> Iterator[bytes]:
    """The members of the first list of a file that is too large to decode at once.

    Raises UnreadableFileError.
    """
    decoder = json.JSONDecoder()
    text, at = _cut(head), 0
    at = text.find("[") + 1
    rest = head[len(text.encode()) :]
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at < len(text) and text[at] == "]":
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except ValueError:
            more = stream.read(_PIECE)
            if not more or len(text) - at > _WHOLE:
                raise UnreadableFileError("not valid JSON, or cut off") from None
            whole = rest + more
            added = _cut(whole)
            rest = whole[len(added.encode()) :]
            text, at = text[at:] + added, 0
            continue
        yield from (_encoded(one) for one in _events(value))
        at = end


def _cut(content: bytes) -> str:
    """The content without an incomplete character at the end. Raises UnreadableFileError."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(content) - 4:
            raise UnreadableFileError(f"not UTF-8 text (byte {error.start})") from None
        return content[: error.start].decode("utf-8")


def parsed_object(text: str) -> Mapping[str, Any]:
    """A member of an event that was stored as JSON text; empty if it is not a JSON object."""
    try:
        value = msgspec.json.decode(text)
    except msgspec.MsgspecError:
        return {}
    return value if isinstance(value, Mapping) else {}
