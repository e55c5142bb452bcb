"""How is little memory used for the policy documents of a file while it is loaded?

Parsed policy documents take most of the memory of a large file. The parser calls `_pack` for every object,
inner objects first. It replaces the values of keys for documents with the bytes of their JSON, shared by
equal documents, so that the whole tree never exists in memory.

The key does not guarantee that its value is a document: claims of a user may have a `Policy` too. Therefore
the places where the format has documents are counted afterwards. If anything else was packed, the text is
parsed again without packing.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Final

import msgspec

from sts_tui.account.diagnostics.source import Source
from sts_tui.account.format.document_kinds import DOCUMENT
from sts_tui.account.format.file_format import DUMP, FORMATS
from sts_tui.account.format.object_kinds import LIST_OF_OBJECTS, ROLE_REFERENCES, SINGLE_OBJECT
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.json_value import RawObject, RawValue
from sts_tui.account.loading.sources import Parsed, parse_json
from sts_tui.account.policy_document import PackedDocument

_KEYS: Final = frozenset(
    key for one in FORMATS.values() for key, key_format in one.keys.items() if key_format.kind is DOCUMENT
)
_encode: Final = msgspec.json.Encoder().encode


class Packing:
    """Packs the documents of all files of one load."""

    def __init__(self) -> None:
        self._known: dict[bytes, PackedDocument] = {}
        self._packed = 0

    def parsed(self, source: Source) -> Parsed:
        """Like `parse_json`, with packed documents."""
        self._packed = 0
        return parse_json(source, self._pack, _KEYS)

    def _pack(self, whole: RawObject) -> None:
        for key in _KEYS & whole.keys():
            value = whole[key]
            if isinstance(value, dict) and (packed := self._packed_form(value)) is not None:
                whole[key] = packed
                self._packed += 1

    def _packed_form(self, document: RawObject) -> PackedDocument | None:
        """None if the bytes would not be equivalent: msgspec writes numbers that are too large as null, and a
        lone surrogate cannot be encoded.
        """
        try:
            written = _encode(document)
        except (TypeError, ValueError, RecursionError):
            return None
        if b"null" in written:
            return None
        packed = self._known.get(written)
        if packed is None:
            packed = self._known[written] = PackedDocument(written)
        return packed

    def is_exact(self, value: RawObject) -> bool:
        """Whether everything that was packed in this file is at a place where the format has documents."""
        return _documents_in(value, _Places.of_file()) == self._packed


class _Places:
    """Where an object contains documents: under its own keys, or in inner objects."""

    def __init__(self) -> None:
        self.documents: list[str] = []
        self.single: list[tuple[str, _Places]] = []
        self.listed: list[tuple[str, _Places]] = []
        self.roles: list[str] = []
        """Keys that refer to roles. In a raw dump they contain complete roles, of which only the names are
        used.
        """

    @property
    def are_none(self) -> bool:
        return not (self.documents or self.single or self.listed or self.roles)

    @classmethod
    @cache
    def of_file(cls) -> _Places:
        """The places in a file, in our own format or a raw dump."""
        known: dict[str, _Places] = {}
        places = cls()
        for object_format in (FORMATS["AccountModel"], DUMP):
            places._add(object_format, known)
        return places

    def _add(self, object_format: ObjectFormat, known: dict[str, _Places]) -> None:
        for key, key_format in object_format.keys.items():
            kind = key_format.kind
            if kind is DOCUMENT:
                self.documents.append(key)
            elif kind is ROLE_REFERENCES:
                self.roles.append(key)
            elif kind is SINGLE_OBJECT or kind is LIST_OF_OBJECTS:
                inner = known.get(key_format.format)
                if inner is None:
                    inner = known[key_format.format] = _Places()
                    inner._add(FORMATS[key_format.format], known)
                if not inner.are_none:
                    (self.single if kind is SINGLE_OBJECT else self.listed).append((key, inner))


def _documents_in(raw: RawObject, places: _Places) -> int:
    found = sum(1 for key in places.documents if isinstance(raw.get(key), PackedDocument))
    for key, inner in places.single:
        if isinstance(value := raw.get(key), dict):
            found += _documents_in(value, inner)
    for key, inner in places.listed:
        for item in _objects(raw.get(key)):
            found += _documents_in(item, inner)
    for key in places.roles:
        for role in _objects(raw.get(key)):
            found += _unpack_role(role)
    return found


def _objects(value: RawValue) -> Iterable[RawObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) and value else ()


def _unpack_role(role: RawObject) -> int:
    """Unpack a role within an instance profile, which is shown and compared as written. Returns the number of
    its documents.
    """
    found = 0
    for key in _KEYS & role.keys():
        if isinstance(packed := role[key], PackedDocument):
            role[key] = msgspec.json.decode(packed.json)
            found += 1
    return found
