"""How is a policy document written in a file, before it is interpreted?

The compiled form lives in `sts_tui.iam`, which keeps it beside a `WrittenPolicy` by identity:
an edit makes a new `WrittenPolicy`, so one edit recompiles one document and shares the rest.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import msgspec

from sts_tui.account.json_value import JsonObject

NO_DOCUMENT: Final[JsonObject] = {"Version": "2012-10-17", "Statement": []}
"""Replaces a document of a raw dump that cannot be read: it grants nothing."""


_MOST_PARSED: Final = 256
"""Documents of which the parsed form is kept after it was asked for. Parsed, a document takes ten times the
memory of its text, and most documents of a large file are read once, by the checks."""


class PackedDocument:
    """A document as the bytes of its JSON, in the order of its keys and without white space. One object for
    all equal documents of a load, so that a check of one is the check of all.
    """

    __slots__ = ("json",)

    def __init__(self, json: bytes) -> None:
        self.json = json


class WrittenPolicy:
    """One policy document, frozen by convention: what it says is never changed after loading.

    `document` is the parsed JSON (a dict with `Statement` …), parsed when it is asked for where the policy
    comes from a file. `written_as` remembers how a raw dump encoded it (`object`, `string`,
    `percent-encoded`, or `unreadable`) and `original` its encoded form where that was not an object, so that
    an export loses nothing. Equality is identity.
    """

    __slots__ = ("__weakref__", "_held", "original", "written_as")

    def __init__(
        self, document: JsonObject | PackedDocument | str, written_as: str = "object", original: object = None
    ) -> None:
        """`document`: parsed, packed, or the text in which it is written (`plain_text` is its JSON)."""
        self._held = document
        self.written_as = written_as
        self.original = original

    @property
    def document(self) -> JsonObject:
        """The parsed JSON. Raises ValueError where it was made of a text that holds none, as `written_policy`
        never does.
        """
        held = self._held
        if isinstance(held, PackedDocument):
            return _unpacked(held.json)
        return _document_in(held) if isinstance(held, str) else held

    @property
    def content(self) -> PackedDocument | str | None:
        """What distinguishes its document from others of the same load; None: nothing but `document`."""
        return self._held if isinstance(self._held, PackedDocument | str) else None

    def make_unreadable(self) -> None:
        """While its file is checked: leave out a document that nothing can be done with."""
        self._held, self.written_as, self.original = NO_DOCUMENT, "unreadable", None

    def __repr__(self) -> str:
        return f"WrittenPolicy({self.document!r})"


@lru_cache(_MOST_PARSED)
def _unpacked(packed: bytes) -> JsonObject:
    document: JsonObject = msgspec.json.decode(packed)
    return document


@lru_cache(_MOST_PARSED)
def _document_in(written: str) -> JsonObject:
    """The document in a text. Raises ValueError or RecursionError where it holds none."""
    import json

    document = json.loads(plain_text(written), object_pairs_hook=_without_repeated_keys)
    if not isinstance(document, dict):
        raise ValueError("it is not a JSON object")
    return document


def written_policy(value: object) -> WrittenPolicy:
    """Read a document in any of its three encodings.

    The AWS CLI prints objects; the API itself sends percent-encoded strings (RFC 3986), and other
    tools keep plain JSON strings. What is not one of them comes back as `unreadable`, granting nothing.
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
    """The JSON text of a document that is written as a string, percent-encoded or not."""
    if _is_plain(written):
        return written
    from urllib.parse import unquote

    return unquote(written)


def why_unreadable(written: str) -> str:
    """Why a string is not a document; empty for one that is."""
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
