"""How is a policy document of a file stored before it is evaluated?

The compiled form is in `sts_tui.iam`, which caches it by the identity of the `WrittenPolicy`. An edit makes a
new `WrittenPolicy`, so it recompiles only one document.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import msgspec

from sts_tui.account.json_value import JsonObject

NO_DOCUMENT: Final[JsonObject] = {"Version": "2012-10-17", "Statement": []}
"""Replaces a document of a raw dump that cannot be read. It grants nothing."""


_MOST_PARSED: Final = 256
"""How many parsed documents are cached. A parsed document takes ten times the memory of its text, and most
documents of a large file are parsed only once, for the checks."""


class PackedDocument:
    """A document as the bytes of its JSON, with keys in their original order and without white space. Equal
    documents of a load share one object, so that each is checked once.
    """

    __slots__ = ("json",)

    def __init__(self, json: bytes) -> None:
        self.json = json


class WrittenPolicy:
    """One policy document. It is never changed after loading.

    `document` is the parsed JSON (a dict with `Statement` …). A document from a file is parsed on first
    access. `written_as` is its encoding in the file (`object`, `string`, `percent-encoded`, or `unreadable`),
    and `original` the encoded form if that was not an object, so that an export loses nothing. Two
    WrittenPolicy are equal only if they are the same object.
    """

    __slots__ = ("__weakref__", "_held", "original", "written_as")

    def __init__(
        self, document: JsonObject | PackedDocument | str, written_as: str = "object", original: object = None
    ) -> None:
        """`document`: a parsed document, a packed one, or its text (of which `plain_text` is the JSON)."""
        self._held = document
        self.written_as = written_as
        self.original = original

    @property
    def document(self) -> JsonObject:
        """The parsed JSON. Raises ValueError if the object was made from a text without a document;
        `written_policy` never does that.
        """
        held = self._held
        if isinstance(held, PackedDocument):
            return _unpacked(held.json)
        return _document_in(held) if isinstance(held, str) else held

    @property
    def content(self) -> PackedDocument | str | None:
        """A value that is equal for equal documents of the same load; None if there is only `document`."""
        return self._held if isinstance(self._held, PackedDocument | str) else None

    def make_unreadable(self) -> None:
        """Mark a document as unreadable, while its file is checked."""
        self._held, self.written_as, self.original = NO_DOCUMENT, "unreadable", None

    def __repr__(self) -> str:
        return f"WrittenPolicy({self.document!r})"


@lru_cache(_MOST_PARSED)
def _unpacked(packed: bytes) -> JsonObject:
    document: JsonObject = msgspec.json.decode(packed)
    return document


@lru_cache(_MOST_PARSED)
def _document_in(written: str) -> JsonObject:
    """The document in a text. Raises ValueError or RecursionError if there is none."""
    import json

    document = json.loads(plain_text(written), object_pairs_hook=_without_repeated_keys)
    if not isinstance(document, dict):
        raise ValueError("it is not a JSON object")
    return document


def written_policy(value: object) -> WrittenPolicy:
    """Parse a document in any of its three encodings.

    The AWS CLI prints objects, the API itself returns percent-encoded strings (RFC 3986), and other tools
    write plain JSON strings. Anything else is returned as `unreadable`, which grants nothing.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    if isinstance(value, dict | PackedDocument):
        return WrittenPolicy(value)
    if not isinstance(value, str):
        return WrittenPolicy(NO_DOCUMENT, "unreadable", value)
    try:
        _document_in(value)
    except (ValueError, RecursionError):
        return WrittenPolicy(NO_DOCUMENT, "unreadable", value)
    return WrittenPolicy(value, "string" if _is_plain(value) else "percent-encoded", value)


def plain_text(written: str) -> str:
    """The JSON text of a document that is a string, percent-encoded or not."""
    if _is_plain(written):
        return written
    from urllib.parse import unquote

    return unquote(written)


def why_unreadable(written: str) -> str:
    """Why a string is not a policy document; empty if it is one."""
    import json

    if not plain_text(written).lstrip().startswith("{"):
        return "it does not begin with {"
    try:
        json.loads(plain_text(written), object_pairs_hook=_without_repeated_keys)
    except json.JSONDecodeError as error:
        return f"{error.msg[0].lower()}{error.msg[1:]} (character {error.pos + 1})"
    except RecursionError:
        return "it is nested too deeply"
    except ValueError as error:
        return str(error)
    return ""


def _is_plain(written: str) -> bool:
    return written.lstrip().startswith("{")


def _without_repeated_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        twice = next(key for index, (key, _) in enumerate(pairs) if key in dict(pairs[:index]))
        import json

        raise ValueError(f"the key {json.dumps(twice)} occurs twice in one object")
    return whole
