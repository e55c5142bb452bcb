"""How does a frozen mapping change without being copied?

A `PersistentMap` never changes. Each edit returns a new one that shares the entries of the old one: a large
`dict` that several versions have in common, and a small one with what this version says otherwise. Once the
small dict has more entries than about the square root of twice the large one, both are merged into a new
large dict. So an edit copies some 140 entries of 10,000, whichever it changes, and both versions stay
readable. Reading costs a second look-up where a plain dict needs one.

Order is that of a dict: a new key comes last, a replaced one keeps its place, and one that was removed and
added again comes last. An entry inserted between others, or renamed in its place, copies the whole map.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, ValuesView
from itertools import islice
from math import isqrt
from typing import Any, Final, TypeVar, cast, overload

K = TypeVar("K")
V = TypeVar("V")
D = TypeVar("D")

_LEAST_OVERLAY: Final = 16
"""Entries that the small dict may always have."""
_ABSENT: Final[Any] = object()
_REMOVED: Final[Any] = object()
"""Marks in the small dict what the large one still has."""


class PersistentMap(Mapping[K, V]):
    """A frozen mapping whose edits share what they do not change."""

    __slots__ = ("_appended", "_base", "_length", "_overlay")

    def __init__(self, entries: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        self._base: dict[K, V] = _copied(entries)
        self._overlay: dict[K, V] = {}
        self._appended: dict[K, None] = {}
        """Keys that come after those of the base, in their order; their values are in the overlay."""
        self._length = len(self._base)

    @classmethod
    def of(cls, entries: Mapping[K, V]) -> PersistentMap[K, V]:
        """These entries: the same object where they are a PersistentMap already."""
        return entries if isinstance(entries, PersistentMap) else cls(entries)

    def updated(self, entries: Mapping[K, V]) -> PersistentMap[K, V]:
        """With these entries: in their place where the key was there, at the end where it was not."""
        if not entries:
            return self
        new = [key for key in entries if key not in self]
        overlay = _copied(self._overlay)
        overlay.update(entries)
        appended = self._appended
        if new:
            appended = _copied(appended)
            appended.update(dict.fromkeys(new))
        return self._with(overlay, appended, self._length + len(new))

    def without(self, keys: Iterable[K]) -> PersistentMap[K, V]:
        """Without these keys; those that are not there are ignored."""
        gone = [key for key in dict.fromkeys(keys) if key in self]
        if not gone:
            return self
        overlay, appended = _copied(self._overlay), _copied(self._appended)
        for key in gone:
            appended.pop(key, None)
            if key in self._base:
                overlay[key] = _REMOVED
            else:
                del overlay[key]
        return self._with(overlay, appended, self._length - len(gone))

    def renamed(self, old: K, new: K, value: V) -> PersistentMap[K, V]:
        """With `value` under the key `new` in the place of `old`. Copies the whole map."""
        return PersistentMap((new, value) if key == old else (key, one) for key, one in self.items())

    def inserted(self, entries: Mapping[K, V], after: Mapping[K, K | None]) -> PersistentMap[K, V]:
        """With new entries, each behind the key that `after` names, None for the first place. An entry may
        follow one that was inserted before it. Copies the whole map.
        """
        followers: dict[K | None, list[K]] = {}
        for key in entries:
            followers.setdefault(after[key], []).append(key)
        placed: dict[K, V] = {}

        def place(key: K | None) -> None:
            waiting = followers.pop(key, [])[::-1]
            while waiting:
                one = waiting.pop()
                placed[one] = entries[one]
                waiting.extend(followers.pop(one, [])[::-1])

        place(None)
        for key, value in self.items():
            placed[key] = value
            if key in followers:
                place(key)
        return PersistentMap(placed)

    def last_keys(self, count: int) -> list[K]:
        """The last so many keys, in order. Costs what it returns, unless many were changed since a merge."""
        found: list[K] = list(self._appended)[-count:] if count else []
        if len(found) < count:
            remaining = count - len(found)
            live = (one for one in reversed(self._base) if self._is_in_place(one))
            found = [*list(islice(live, remaining))[::-1], *found]
        return found

    def _is_in_place(self, key: K) -> bool:
        """Whether a key of the base is still there, where the base has it."""
        return key not in self._overlay or (key not in self._appended and self._overlay[key] is not _REMOVED)

    def may_differ_at(self, other: PersistentMap[K, V]) -> Iterable[K] | None:
        """Keys at which two versions can differ; None where they share too little to tell: all of them."""
        if self._base is not other._base:
            return None
        return dict.fromkeys((*self._overlay, *other._overlay))

    def _with(self, overlay: dict[K, V], appended: dict[K, None], length: int) -> PersistentMap[K, V]:
        made: PersistentMap[K, V] = object.__new__(PersistentMap)
        made._base, made._overlay, made._appended, made._length = self._base, overlay, appended, length
        if len(overlay) > max(_LEAST_OVERLAY, isqrt(2 * len(self._base))):
            made._base, made._overlay, made._appended = _copied(made._pairs()), {}, {}
        return made

    def __getitem__(self, key: K) -> V:
        found = self._overlay.get(key, _ABSENT)
        if found is _ABSENT:
            return self._base[key]
        if found is _REMOVED:
            raise KeyError(key)
        return cast(V, found)

    @overload
    def get(self, key: K, /) -> V | None: ...
    @overload
    def get(self, key: K, /, default: V | D) -> V | D: ...
    def get(self, key: K, /, default: Any = None) -> Any:
        found = self._overlay.get(key, _ABSENT)
        if found is _ABSENT:
            return self._base.get(key, default)
        return default if found is _REMOVED else found

    def __contains__(self, key: object) -> bool:
        found = self._overlay.get(cast(K, key), _ABSENT)
        return key in self._base if found is _ABSENT else found is not _REMOVED

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[K]:
        return (key for key, _ in self._pairs()) if self._overlay else iter(self._base)

    def __reversed__(self) -> Iterator[K]:
        return reversed(list(self))

    def items(self) -> ItemsView[K, V]:
        return _Items(self)

    def values(self) -> ValuesView[V]:
        return _Values(self)

    def __repr__(self) -> str:
        return f"PersistentMap({dict(self._pairs())!r})"

    def _pairs(self) -> Iterator[tuple[K, V]]:
        overlay, appended = self._overlay, self._appended
        for key, value in self._base.items():
            if key not in overlay:
                yield key, value
            elif key not in appended and overlay[key] is not _REMOVED:
                yield key, overlay[key]
        for key in appended:
            yield key, overlay[key]


class _Items(ItemsView[K, V]):
    """Goes through the map once, without looking each key up."""

    _mapping: PersistentMap[K, V]

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return self._mapping._pairs() if self._mapping._overlay else iter(self._mapping._base.items())


class _Values(ValuesView[V]):
    _mapping: PersistentMap[Any, V]

    def __iter__(self) -> Iterator[V]:
        mapping = self._mapping
        return (one for _, one in mapping._pairs()) if mapping._overlay else iter(mapping._base.values())


def _copied(entries: Mapping[K, V] | Iterable[tuple[K, V]]) -> dict[K, V]:
    """The one place where entries are copied, so that a test can count them."""
    return dict(entries)
