"""How are the objects that several files have for one entity merged?

They are merged key by key. Two different values for one scalar are an error that gives both places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sts_tui.account.checks.merged import Fragment
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.format.derivation import without_scheme
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.value_kind import KeyFormat, ObjectFormat
from sts_tui.account.json_value import RawObject
from sts_tui.account.values import Unusable

COUNTED_BY_AWS: Final = frozenset(
    {"AttachmentCount", "PermissionsBoundaryUsageCount", "RoleLastUsed", "UpdateDate"}
)
"""Counts that can differ between two dumps of the same entity. The first file's value is kept."""

SAYS_NONE: Final = frozenset({"LoginProfile"})
"""Keys whose null means that the entity has none. A missing key in a raw dump does not mean that."""


def merged_object(
    fragments: Sequence[Fragment], object_format: ObjectFormat, diagnostics: Diagnostics
) -> RawObject:
    """One object, merged from all of its fragments. Values that differ are reported."""
    whole: RawObject = {}
    first_place: dict[str, Fragment] = {}
    for fragment in fragments:
        for key, value in fragment.raw.items():
            if value is None and key in SAYS_NONE:
                whole.setdefault(key, None)
            if value is None or (isinstance(value, Unusable) and key in whole):
                continue
            if whole.get(key) is None or isinstance(whole[key], Unusable):
                whole[key] = value
                first_place[key] = fragment
                continue
            pair = _Pair(_at(first_place[key], key), _at(fragment, key), diagnostics)
            whole[key] = pair.merged(whole[key], value, object_format.keys.get(key))
    return whole


class _Pair:
    """The values of two files for one key, and their places."""

    def __init__(self, place: Fragment, other: Fragment, diagnostics: Diagnostics) -> None:
        self._place = place
        self._other = other
        self._diagnostics = diagnostics

    def merged(self, first: object, second: object, key_format: KeyFormat | None) -> object:
        if key_format is None or key_format.key in COUNTED_BY_AWS:
            return first
        return key_format.kind.merge(first, second, key_format, self)

    def format(self, name: str) -> ObjectFormat:
        return FORMATS[name]

    def conflict(self, first: str, second: str) -> None:
        message = f"{second} here, but {first} at {{other}}"
        self._diagnostics.add(self._other.place, message, other=self._place.place)

    def objects(self, first: RawObject, second: RawObject, name: str) -> RawObject:
        place, other = self._place, self._other
        pair = (Fragment(place.place, first, place.lenient), Fragment(other.place, second, other.lenient))
        return merged_object(pair, FORMATS[name], self._diagnostics)

    def lists(self, first: list[object], second: list[object], name: str) -> list[object]:
        """Items with the same identity are merged, others are appended."""
        object_format = FORMATS[name]
        whole = list(first)
        identified: dict[str, tuple[int, RawObject]] = {}
        for index, item in enumerate(first):
            if isinstance(item, dict) and (identity := _identity(item, object_format)) is not None:
                identified[identity] = index, item
        for index, item in enumerate(second):
            identity = _identity(item, object_format) if isinstance(item, dict) else None
            if not isinstance(item, dict) or identity not in identified:
                whole.append(item)
            else:
                at, known = identified[identity]
                pair = _Pair(_at(self._place, at), _at(self._other, index), self._diagnostics)
                whole[at] = pair.objects(known, item, name)
        return whole


def _identity(item: RawObject, object_format: ObjectFormat) -> str | None:
    name = item.get(object_format.identity)
    if not isinstance(name, str):
        return None
    text = without_scheme(name)
    return text.lower() if object_format.ignores_case else text


def _at(fragment: Fragment, step: str | int) -> Fragment:
    place = Place(fragment.place.source, (*fragment.place.steps, step))
    return Fragment(place, fragment.raw, fragment.lenient)
