"""How are recently used entries kept in a bounded cache, without bookkeeping at each look-up?"""

from __future__ import annotations

from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedCache(Generic[K, V]):
    """Two dicts: once the young one is full it becomes the old one, and the old one is dropped. It has at
    most twice `size` entries and never loses one of the last `size` that were used.
    """

    __slots__ = ("_old", "_young", "size")

    def __init__(self, size: int) -> None:
        self.size: Final = size
        self._young: dict[K, V] = {}
        self._old: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        found = self._young.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.put(key, found)
        return found

    def put(self, key: K, value: V) -> None:
        if len(self._young) >= self.size:
            self._old, self._young = self._young, {}
        self._young[key] = value

    def clear(self) -> None:
        self._young.clear()
        self._old.clear()

    def __len__(self) -> int:
        return len(self._young) + len(self._old)


class ByIdentity(Generic[K, V]):
    """Values derived from the last few frozen objects, by identity of the object; equality is never
    compared.
    """

    __slots__ = ("_known",)

    def __init__(self, size: int = 8) -> None:
        """`size`: how many entries are never lost."""
        self._known: Final[BoundedCache[int, tuple[K, V]]] = BoundedCache(size)

    def get(self, source: K) -> V | None:
        found = self._known.get(id(source))
        return found[1] if found is not None and found[0] is source else None

    def put(self, source: K, value: V) -> None:
        """Keep `value`, and keep `source` alive so that no other object gets its identity."""
        self._known.put(id(source), (source, value))
