"""What several files say about one thing, united member by key_format.

Two different values for one scalar are a fault that names both places; neither is taken to be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sts_tui.account.checks.merged import Fragment
from sts_tui.account.diagnostics.collector import Diagnostics, Place
from sts_tui.account.diagnostics.json_path import shown
from sts_tui.account.format.derivation import without_scheme
from sts_tui.account.format.file_format import FORMATS
from sts_tui.account.format.object_format import Holds, KeyFormat, ObjectFormat
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.values import Unusable, read_instant

COUNTED_BY_AWS: Final = frozenset(
    {"AttachmentCount", "PermissionsBoundaryUsageCount", "RoleLastUsed", "UpdateDate"}
)
"""What changes between two dumps without anybody editing anything: the first file's value stands."""


def united(
    fragments: Sequence[Fragment], object_format: ObjectFormat, diagnostics: Diagnostics
) -> dict[str, Any]:
    """One thing as all of its fragments tell it; what disagrees is reported."""
    whole: dict[str, Any] = {}
    first_place: dict[str, Fragment] = {}
    for fragment in fragments:
        for key, value in fragment.raw.items():
            if value is None or (isinstance(value, Unusable) and key in whole):
                continue
            if key not in whole or isinstance(whole[key], Unusable):
                whole[key] = value
                first_place[key] = fragment
                continue
            whole[key] = _pair(
                whole[key],
                value,
                object_format.keys.get(key),
                _at(first_place[key], key),
                _at(fragment, key),
                diagnostics,
            )
    return whole


def _pair(
    first: Any,
    second: Any,
    key_format: KeyFormat | None,
    place: Fragment,
    other: Fragment,
    diagnostics: Diagnostics,
) -> Any:
    """Two files' values for one key. `place` and `other` are where they stand."""
    holds = key_format.holds if key_format else Holds.TEXT
    if holds is Holds.ENTITY and isinstance(first, dict) and isinstance(second, dict) and key_format:
        pair = (Fragment(place.place, first, place.lenient), Fragment(other.place, second, other.lenient))
        return united(pair, FORMATS[key_format.format], diagnostics)
    if holds is Holds.ENTITIES and isinstance(first, list) and isinstance(second, list) and key_format:
        if FORMATS[key_format.format].identity:
            return _pair_lists(first, second, FORMATS[key_format.format], place, other, diagnostics)
    elif holds in (Holds.TEXTS, Holds.REFERENCES) and isinstance(first, list) and isinstance(second, list):
        return [*first, *(text for text in second if text not in first)]
    elif holds is Holds.TEXTS_BY_KEY and isinstance(first, dict) and isinstance(second, dict):
        return {
            key: list(dict.fromkeys([*first.get(key, ()), *second.get(key, ())]))
            for key in {**first, **second}
        }
    if key_format is None or key_format.key in COUNTED_BY_AWS:
        return first
    if not _equal(first, second) and not (holds is Holds.INSTANT and _same_instant(first, second)):
        message = f"{_shown(second)} here, but {_shown(first)} at {{other}}"
        diagnostics.add(other.place, message, other=place.place)
    return first


def _pair_lists(
    first: list[Any],
    second: list[Any],
    object_format: ObjectFormat,
    place: Fragment,
    other: Fragment,
    diagnostics: Diagnostics,
) -> list[Any]:
    whole = list(first)
    positions = {_identity(item, object_format): index for index, item in enumerate(first)}
    positions.pop(None, None)
    for index, item in enumerate(second):
        at = positions.get(_identity(item, object_format))
        if at is None:
            whole.append(item)
        else:
            pair = (
                Fragment(Place(place.place.source, (*place.place.steps, at)), first[at], place.lenient),
                Fragment(Place(other.place.source, (*other.place.steps, index)), item, other.lenient),
            )
            whole[at] = united(pair, object_format, diagnostics)
    return whole


def _identity(item: Any, object_format: ObjectFormat) -> str | None:
    name = item.get(object_format.identity) if isinstance(item, dict) else None
    if not isinstance(name, str):
        return None
    text = without_scheme(name)
    return text.lower() if object_format.ignores_case else text


def _at(fragment: Fragment, key: str) -> Fragment:
    place = Place(fragment.place.source, (*fragment.place.steps, key))
    return Fragment(place, fragment.raw, fragment.lenient)


def _equal(first: Any, second: Any) -> bool:
    if isinstance(first, WrittenPolicy) and isinstance(second, WrittenPolicy):
        return first.document == second.document
    return type(first) is type(second) and bool(first == second)


def _same_instant(first: Any, second: Any) -> bool:
    try:
        return read_instant(first) == read_instant(second)
    except (ValueError, TypeError, OverflowError):
        return False


def _shown(value: Any) -> str:
    return "another policy" if isinstance(value, WrittenPolicy) else shown(value)
