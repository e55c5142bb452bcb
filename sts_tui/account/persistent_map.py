"""How is a frozen mapping edited without copying all of it?

A `PersistentMap` never changes. Each edit returns a new one that shares the entries of the old one. It
consists of a large `dict`, the base, which several versions share, and a small one, the overlay, with the
differences of this version. Once the overlay has more entries than about the square root of twice the size of
the base, both are merged into a new base. So an edit of 10,000 entries copies about 140 of them, and both
versions stay readable. Reading takes two dict lookups instead of one.

The order is that of a dict: a new key comes last, a replaced one keeps its place, and one that was removed
and added again comes last. Inserting an entry between others, or renaming one in place, copies the whole map.
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
"""The overlay may have this many entries, however small the base is."""
_ABSENT: Final[Any] = object()
_REMOVED: Final[Any] = object()
"""The value in the overlay for a removed key of the base."""


class PersistentMap(Mapping[K, V]):
    """A frozen mapping whose edits share what they do not change."""

    __slots__ = ("_appended", "_base", "_length", "_overlay")

    def __init__(self, entries: Mapping[K, V] | Iterable[tuple[K, V]] = ()) -> None:
        self._base: dict[K, V] = _copied(entries)
        self._overlay: dict[K, V] = {}
        self._appended: dict[K, None] = {}
        """Keys that follow those of the base, in order. Their values are in the overlay."""
        self._length = len(self._base)

    @classmethod
    def of(cls, entries: Mapping[K, V]) -> PersistentMap[K, V]:
        """A map of these entries; `entries` itself if it is already a PersistentMap."""
        return entries if isinstance(entries, PersistentMap) else cls(entries)

    def updated(self, entries: Mapping[K, V]) -> PersistentMap[K, V]:
        """A map with these entries added. A new key comes last; an existing one keeps its place."""
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
        """A map without these keys. Missing keys are ignored."""
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
        """A map with `value` under the key `new`, in the place of `old`. Copies the whole map."""
        return PersistentMap((new, value) if key == old else (key, one) for key, one in self.items())

    def inserted(self, entries: Mapping[K, V], after: Mapping[K, K | None]) -> PersistentMap[K, V]:
        """A map with new entries, each following the key in `after`; None for the first place. An entry may
        follow one that is inserted by the same call. Copies the whole map.
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
        """The last `count` keys, in order. Takes time proportional to `count` and to the number of edits
        since the last merge.
        """
        found: list[K] = list(self._appended)[-count:] if count else []
        if len(found) < count:
            remaining = count - len(found)
            live = (one for one in reversed(self._base) if self._is_in_place(one))
            found = [*list(islice(live, remaining))[::-1], *found]
        return found

    def _is_in_place(self, key: K) -> bool:
        """Whether a key of the base still exists at its place."""
        return key not in self._overlay or (key not in self._appended and self._overlay[key] is not _REMOVED)

    def may_differ_at(self, other: PersistentMap[K, V]) -> Iterable[K] | None:
        """Keys whose values can differ between two versions; None if they do not share a base, so that any
        key can.
        """
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
    """Iterates over the map without looking up each key."""

    _mapping: PersistentMap[K, V]

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return self._mapping._pairs() if self._mapping._overlay else iter(self._mapping._base.items())


class _Values(ValuesView[V]):
    _mapping: PersistentMap[Any, V]

    def __iter__(self) -> Iterator[V]:
        mapping = self._mapping
        return (one for _, one in mapping._pairs()) if mapping._overlay else iter(mapping._base.values())


def _copied(entries: Mapping[K, V] | Iterable[tuple[K, V]]) -> dict[K, V]:
    """The only place where entries are copied, so that a test can count them."""
    return dict(entries)
