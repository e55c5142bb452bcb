"""How is a policy document written in a file, before it is interpreted?

The compiled form lives in `sts_tui.iam`, which keeps it beside a `WrittenPolicy` by identity:
an edit makes a new `WrittenPolicy`, so one edit recompiles one document and shares the rest.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import unquote

from sts_tui.account.json_value import JsonObject

NO_DOCUMENT: Final[JsonObject] = {"Version": "2012-10-17", "Statement": []}
"""Replaces a document of a raw dump that cannot be read: it grants nothing."""


class WrittenPolicy:
    """One policy document, frozen by convention: `document` is never changed after construction.

    `document` is the parsed JSON (a dict with `Statement` …). `written_as` remembers how a raw dump
    encoded it (`object`, `string`, `percent-encoded`, or `unreadable`) and `original` its encoded form
    where that was not an object, so that an export loses nothing. Equality is identity.
    """

    __slots__ = ("__weakref__", "document", "original", "written_as")

    def __init__(self, document: JsonObject, written_as: str = "object", original: object = None) -> None:
        self.document = document
        self.written_as = written_as
        self.original = original

    def __repr__(self) -> str:
        return f"WrittenPolicy({self.document!r})"


def written_policy(value: object) -> WrittenPolicy:
    """Read a document in any of its three encodings.

    The AWS CLI prints objects; the API itself sends percent-encoded strings (RFC 3986), and other
    tools keep plain JSON strings. What is not one of them comes back as `unreadable`, granting nothing.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
    """
    if isinstance(value, dict):
        return WrittenPolicy(value)
    if not isinstance(value, str):
        return WrittenPolicy(NO_DOCUMENT, "unreadable", value)
    try:
        document = json.loads(plain_text(value), object_pairs_hook=_without_repeated_keys)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        return WrittenPolicy(NO_DOCUMENT, "unreadable", value)
    return WrittenPolicy(document, "string" if _is_plain(value) else "percent-encoded", value)


def plain_text(written: str) -> str:
    """The JSON text of a document that is written as a string, percent-encoded or not."""
    return written if _is_plain(written) else unquote(written)


def why_unreadable(written: str) -> str:
    """Why a string is not a document; empty for one that is."""
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
        raise ValueError(f"the key {json.dumps(twice)} occurs twice in one object")
    return whole
