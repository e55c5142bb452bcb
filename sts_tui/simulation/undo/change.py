"""What did one write change?

A `Change` has the entities that a write replaced and the new ones, by table and ARN. Applied backwards it
undoes the write. Entities are shared with their configurations, so that a change costs as much memory as it
changed, and an older configuration has the same entity objects as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from msgspec import Struct, field
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Organization
from sts_tui.account.persistent_map import PersistentMap

TABLES: Final = tuple(
    name for name in Configuration.__struct_fields__ if name not in ("organization", "edition")
)
"""The tables of a configuration, each from ARN (or account id) to entity."""


class Side(Struct, frozen=True):
    """The changed keys of one table, before or after the write."""

    entities: Mapping[str, object] = field(default_factory=dict)
    """The entities of the changed keys that exist on this side, by key."""
    places: Mapping[str, str | None] = field(default_factory=dict)
    """For keys that exist only on this side and are not at the end of the table: the key before each; None:
    it is the first.
    """


class TableChange(Struct, frozen=True):
    """What one write changed in one table."""

    before: Side
    after: Side


class Change(Struct, frozen=True):
    """What one write changed."""

    tables: Mapping[str, TableChange]
    """By name of the table; only tables that differ."""
    organization: tuple[Organization | None, Organization | None] | None = None
    """(before, after); None if the write did not change it."""

    @property
    def touched(self) -> int:
        """How many entities it has: its cost in memory."""
        sides = (side for table in self.tables.values() for side in (table.before, table.after))
        return sum(len(side.entities) for side in sides)


def change_between(before: Configuration, after: Configuration) -> Change:
    """The change from one configuration to the other. Tables that share their entries are not read
    completely.
    """
    tables = {}
    for name in TABLES:
        old, new = getattr(before, name), getattr(after, name)
        if old is not new:
            changed = _table_change(PersistentMap.of(old), PersistentMap.of(new))
            if changed is not None:
                tables[name] = changed
    has_changed = before.organization is not after.organization
    return Change(tables, (before.organization, after.organization) if has_changed else None)


def applied(change: Change, configuration: Configuration, edition: int, *, backwards: bool) -> Configuration:
    """The configuration with a change applied, or reverted, as the edition of this number."""
    parts: dict[str, object] = {}
    for name, table in change.tables.items():
        source, target = (table.after, table.before) if backwards else (table.before, table.after)
        parts[name] = _with_side(PersistentMap.of(getattr(configuration, name)), source, target)
    if change.organization is not None:
        parts["organization"] = change.organization[0 if backwards else 1]
    return replace(configuration, **parts, edition=edition)


def _table_change(old: PersistentMap[str, object], new: PersistentMap[str, object]) -> TableChange | None:
    keys: Iterable[str] | None = new.may_differ_at(old)
    if keys is None:
        keys = dict.fromkeys((*old, *new))
    differing = [key for key in keys if old.get(key) is not new.get(key)]
    if not differing:
        return None
    before = {key: old[key] for key in differing if key in old}
    after = {key: new[key] for key in differing if key in new}
    return TableChange(
        Side(before, _places(old, [key for key in before if key not in after])),
        Side(after, _places(new, [key for key in after if key not in before])),
    )


def _places(table: PersistentMap[str, object], keys: list[str]) -> dict[str, str | None]:
    """The key before each of these keys that is not at the end of the table, in table order. Reads the table
    up to the last of them.
    """
    wanted = set(keys)
    if not wanted or _ends_with(table, keys):
        return {}
    places: dict[str, str | None] = {}
    for key, previous in _with_previous(table):
        if key in wanted:
            places[key] = previous
            if len(places) == len(wanted):
                break
    return places


def _ends_with(table: PersistentMap[str, object], keys: list[str]) -> bool:
    """Whether these are the last keys of the table, in this order."""
    return list(table.last_keys(len(keys))) == keys


def _with_previous(table: Iterable[str]) -> Iterator[tuple[str, str | None]]:
    previous: str | None = None
    for key in table:
        yield key, previous
        previous = key


def _with_side(table: PersistentMap[str, object], source: Side, target: Side) -> PersistentMap[str, object]:
    """The table with the entities of one side in place of those of the other."""
    gone = [key for key in source.entities if key not in target.entities]
    kept = {key: one for key, one in target.entities.items() if key not in target.places}
    changed = table.without(gone).updated(kept)
    if not target.places:
        return changed
    return changed.inserted({key: target.entities[key] for key in target.places}, target.places)
