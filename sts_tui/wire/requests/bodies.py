"""Which members are in a body of JSON, CBOR or XML? XML without a document type, so that it cannot load or
multiply entities.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import TypeAlias

from sts_tui.sts.errors import AwsError

Decode: TypeAlias = Callable[[bytes], object]
"""Reads CBOR. Raises ValueError for invalid CBOR."""


def json_members(body: bytes) -> dict[str, object]:
    """The members of a JSON object by name; empty for an empty body. Raises AwsError for anything else."""
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(value, dict):
        raise _unreadable()
    return value


def cbor_members(body: bytes, decode: Decode) -> dict[str, object]:
    """The members of a CBOR map by name; empty for an empty body. Raises AwsError for anything else."""
    if not body:
        return {}
    try:
        value = decode(body)
    except ValueError:
        raise _unreadable() from None
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise _unreadable()
    return value


def xml_members(body: bytes) -> dict[str, object]:
    """`<Delete><Object>…` as {"Delete": {"Object": [{…}]}}: nested elements are lists of one or more. Raises
    AwsError for invalid XML, or if it declares a document type.
    """
    if not body.strip():
        return {}
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise _malformed()
    try:
        root = ET.fromstring(body)
    except (ET.ParseError, ValueError, LookupError):
        raise _malformed() from None
    return {_bare(root.tag): _element(root, 0)}


def _element(element: ET.Element, depth: int) -> object:
    if depth > 50:
        raise _malformed()
    if not len(element):
        return element.text or ""
    found: dict[str, object] = {}
    for child in element:
        value = _element(child, depth + 1)
        before = found.get(_bare(child.tag))
        if isinstance(value, dict):
            value = [*before, value] if isinstance(before, list) else [value]
        found[_bare(child.tag)] = value
    return found


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _malformed() -> AwsError:
    message = "The XML you provided was not well-formed or did not validate against our published schema"
    return AwsError("MalformedXML", message, 400)


def _unreadable() -> AwsError:
    return AwsError("SerializationException", "", 400)
