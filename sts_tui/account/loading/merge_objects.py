"""What several files say about one thing, united member by member.

Two different values for one scalar are a fault that names both places; neither is taken to be right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.diagnostics.findings import Findings, Place
from sts_tui.account.diagnostics.json_path import shown
from sts_tui.account.format.derivation import without_scheme
from sts_tui.account.format.file_format import SHAPES
from sts_tui.account.format.object_format import Holds, Member, Shape
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.values import Unusable, read_instant

COUNTED_BY_AWS: Final = frozenset(
    {"AttachmentCount", "PermissionsBoundaryUsageCount", "RoleLastUsed", "UpdateDate"}
)
"""What changes between two dumps without anybody editing anything: the first file's value stands."""


class Fragment(Struct, frozen=True):
    """What one file says about one thing. `lenient`: it is a part of a raw dump."""

    place: Place
    raw: dict[str, Any]
    lenient: bool


def united(fragments: Sequence[Fragment], shape: Shape, findings: Findings) -> dict[str, Any]:
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
                shape.members.get(key),
                _at(first_place[key], key),
                _at(fragment, key),
                findings,
            )
    return whole


def _pair(
    first: Any, second: Any, member: Member | None, place: Fragment, other: Fragment, findings: Findings
) -> Any:
    """Two files' values for one key. `place` and `other` are where they stand."""
    holds = member.holds if member else Holds.TEXT
    if holds is Holds.ENTITY and isinstance(first, dict) and isinstance(second, dict) and member:
        pair = (Fragment(place.place, first, place.lenient), Fragment(other.place, second, other.lenient))
        return united(pair, SHAPES[member.shape], findings)
    if holds is Holds.ENTITIES and isinstance(first, list) and isinstance(second, list) and member:
        if SHAPES[member.shape].identity:
            return _pair_lists(first, second, SHAPES[member.shape], place, other, findings)
    elif holds in (Holds.TEXTS, Holds.REFERENCES) and isinstance(first, list) and isinstance(second, list):
        return [*first, *(text for text in second if text not in first)]
    elif holds is Holds.TEXTS_BY_KEY and isinstance(first, dict) and isinstance(second, dict):
        return {
            key: list(dict.fromkeys([*first.get(key, ()), *second.get(key, ())]))
            for key in {**first, **second}
        }
    if member is None or member.key in COUNTED_BY_AWS:
        return first
    if not _equal(first, second) and not (holds is Holds.INSTANT and _same_instant(first, second)):
        message = f"{_shown(second)} here, but {_shown(first)} at {{other}}"
        findings.add(other.place, message, other=place.place)
    return first


def _pair_lists(
    first: list[Any], second: list[Any], shape: Shape, place: Fragment, other: Fragment, findings: Findings
) -> list[Any]:
    whole = list(first)
    positions = {_identity(item, shape): index for index, item in enumerate(first)}
    positions.pop(None, None)
    for index, item in enumerate(second):
        at = positions.get(_identity(item, shape))
        if at is None:
            whole.append(item)
        else:
            pair = (
                Fragment(Place(place.place.source, (*place.place.steps, at)), first[at], place.lenient),
                Fragment(Place(other.place.source, (*other.place.steps, index)), item, other.lenient),
            )
            whole[at] = united(pair, shape, findings)
    return whole


def _identity(item: Any, shape: Shape) -> str | None:
    name = item.get(shape.identity) if isinstance(item, dict) else None
    if not isinstance(name, str):
        return None
    text = without_scheme(name)
    return text.lower() if shape.ignores_case else text


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
