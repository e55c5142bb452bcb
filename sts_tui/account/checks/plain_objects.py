"""Is an object certainly valid, so that the slow check of each key can be skipped?

Nearly every object of a large file is valid. For each kind of object, a type for msgspec is made from the
table of formats, and msgspec compares an object with it in one call, without tracking JSON paths. The type
accepts nothing that `format_check` would report. An object that it does not accept goes through
`format_check`, which reports what is wrong and where. Not covered by the type: policy documents, unique names
of siblings and the rules of `entity_checks`.

Compiling the types takes some milliseconds, so they are not used for small files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Final, Literal, NoReturn

import msgspec

from sts_tui.account.checks.completeness import MERGED_FORMATS
from sts_tui.account.checks.entity_checks import CHECKS_BY_FORMAT
from sts_tui.account.format.document_kinds import DOCUMENT
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.object_kinds import LIST_OF_OBJECTS, SINGLE_OBJECT
from sts_tui.account.format.patterns import ARN
from sts_tui.account.format.plain_kinds import BOOLEAN, ENTITY_ARN, INTEGER, TEXT, TEXTS
from sts_tui.account.format.value_kind import KeyFormat
from sts_tui.account.json_value import RawObject, RawValue

COMPARED: Final = frozenset({"User", "Group", "Role", "ManagedPolicy", "InstanceProfile", "Resource"})
"""The kinds of object of which a file may contain thousands."""
_WORTH_COMPILING: Final = 300
"""How many objects of a kind go through the slow check before its type is compiled."""

_seen: Counter[str] = Counter()


def is_plainly_valid(raw: RawObject, name: str) -> bool:
    """Whether the slow check would report nothing about the keys and values of this object and of the objects
    in it, except policy documents. False if the fast check cannot tell.
    """
    if _seen[name] < _WORTH_COMPILING:
        _seen[name] += 1
        return False
    try:
        msgspec.convert(raw, _plain_type(name), dec_hook=_checked)
    except (msgspec.ValidationError, RecursionError):
        return False
    return True


@cache
def left_to_check(name: str) -> Mapping[str, KeyFormat]:
    """The keys of a plainly valid object whose values still have to be checked: policy documents, and objects
    that contain documents, have unique names or are subject to `entity_checks`.
    """
    return {
        key: key_format
        for key, key_format in FORMATS[name].keys.items()
        if key_format.kind is DOCUMENT
        or (
            key_format.format and (key_format.kind is LIST_OF_OBJECTS or has_more_to_check(key_format.format))
        )
    }


@cache
def has_more_to_check(name: str) -> bool:
    """Whether a plainly valid object of this kind still has to be checked for anything."""
    return name in CHECKS_BY_FORMAT or bool(left_to_check(name))


class _Value:
    """The type of a value that its `ValueKind` checks in Python; there is one subclass for each key."""

    key_format: KeyFormat


def _checked(kind: type[_Value], value: RawValue) -> _Value:
    if kind.key_format.kind.check(value, kind.key_format, (), _REFUSING) is not value:
        raise ValueError("is not of its kind")
    return kind()


class _Refusing:
    """The `Checking` that is passed to a kind: any report means that the object is not plainly valid."""

    def _refuse(self, *_: object) -> NoReturn:
        raise ValueError("is not of its kind")

    error = error_even_in_dump = wrong = policy_errors = document = format = object = siblings = _refuse


_REFUSING: Final = _Refusing()


@cache
def _plain_type(name: str) -> type:
    object_format = FORMATS[name]
    needed = name not in MERGED_FORMATS
    fields: list[Any] = []
    for key, key_format in object_format.keys.items():
        kind = _type_of(key_format)
        fields.append((key, kind) if needed and key_format.required else (key, kind | None, None))
    return msgspec.defstruct(f"Plain{name}", fields, forbid_unknown_fields=True, kw_only=True, gc=False)


def _type_of(key: KeyFormat) -> Any:
    kind = key.kind
    if kind is TEXT:
        return Literal[key.choices] if key.choices else _text(key.pattern, key.most)
    if kind is ENTITY_ARN:
        return _text(ARN)
    if kind is BOOLEAN:
        return bool
    if kind is DOCUMENT:
        return Any  # checked later
    if kind is INTEGER:
        return Annotated[int, msgspec.Meta(ge=key.minimum, le=key.maximum)]
    if kind is SINGLE_OBJECT:
        return _plain_type(key.format)
    if kind is LIST_OF_OBJECTS:
        return Annotated[list[_plain_type(key.format)], msgspec.Meta(max_length=key.most)]  # type: ignore[misc]  # a type made of the format
    if kind is TEXTS and not key.choices:
        return Annotated[list[str], msgspec.Meta(max_length=key.most)]
    return type(key.key, (_Value,), {"key_format": key})


def _text(pattern: re.Pattern[str] | None, most: int | None = None) -> Any:
    """Text that matches the pattern as a whole; msgspec itself only searches for a match."""
    if pattern is None:
        return Annotated[str, msgspec.Meta(max_length=most)]
    letters = "".join(letter for letter, flag in (("a", re.ASCII), ("s", re.DOTALL)) if pattern.flags & flag)
    group = f"(?{letters}:{pattern.pattern})" if letters else f"(?:{pattern.pattern})"
    return Annotated[str, msgspec.Meta(pattern=rf"\A{group}\Z", max_length=most)]
