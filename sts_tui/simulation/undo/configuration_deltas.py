"""Configurations as what changed since another: what checkpoints and packed edits keep of them.

The first stands for the configuration as it was opened; each further one names the entities that differ from
the one before. Read back, they share every entity that is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from typing import Any, get_args, get_type_hints

import msgspec

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Organization
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.simulation.undo.retired import RetiredTable, retire, whole


class ConfigurationTable:
    """Configurations by number, in the order in which they were first mentioned; 0 is the one opened."""

    def __init__(self, opened: Configuration) -> None:
        self.listed = [opened]
        self._numbers = {id(opened): 0}
        self._deltas: list[dict[str, Any]] = []

    def number(self, configuration: Configuration) -> int:
        known = self._numbers.get(id(configuration))
        if known is None:
            known = self._numbers[id(configuration)] = len(self.listed)
            self.listed.append(configuration)
        return known

    def deltas(self) -> list[dict[str, Any]]:
        """Each configuration against the one before it; the list only grows."""
        new = self.listed[len(self._deltas) :]
        self._deltas += [delta_of(before, after) for before, after in pairwise(new)]
        return self._deltas

    @classmethod
    def read(cls, opened: Configuration, deltas: list[dict[str, Any]]) -> ConfigurationTable:
        table, entities = cls(opened), Entities(opened)
        for delta in deltas:
            before = table.listed[-1]
            table.number(applied(before, delta, entities))
            if before is not opened:
                retire(before, table.listed[-1])
        table._deltas = list(deltas)
        return table


class Entities:
    """What was read, by what it says: an edit that was taken back leaves the very entity of before."""

    def __init__(self, opened: Configuration) -> None:
        self._opened = opened
        self._known: dict[tuple[str, str, bytes], Any] = {}

    def read(self, table: str, key: str, written: Any) -> Any:
        said = _text(written)
        if (table, key, said) not in self._known:
            first = getattr(self._opened, table).get(key)
            same = first is not None and _text(to_json(first)) == said
            self._known[table, key, said] = first if same else from_json(_entity(table), written)
        return self._known[table, key, said]


def _text(written: Any) -> bytes:
    """Equal for equal values, whatever the order of their members."""
    try:
        return msgspec.json.encode(written, order="sorted")
    except UnicodeEncodeError:  # half a character
        return json.dumps(written, sort_keys=True).encode()


def delta_of(before: Configuration, after: Configuration) -> dict[str, Any]:
    """What leads from one to the other; empty where they are the same."""
    delta: dict[str, Any] = {}
    for name in Configuration.__struct_fields__:
        old, new = getattr(before, name), getattr(after, name)
        if old is new:
            continue
        if name == "organization":
            delta["organization"] = to_json(new)
        elif changed := _table_delta(old, new, after):
            delta[name] = changed
    return delta


def _table_delta(old: Mapping[str, Any], new: Mapping[str, Any], after: Configuration) -> dict[str, Any]:
    """`set`: entities that are new or changed; `order`: all keys, where they are not the old ones followed
    by what is new.
    """
    if type(old) is RetiredTable and old.newer is after and old.became is not None:
        now = {key: to_json(one) for key, one in old.became.items()}
        said = {key: one for key, one in now.items() if to_json(old.here(key)) != one}
        return {"set": said} if said else {}
    old, new = whole(old), whole(new)
    differing = {key: to_json(value) for key, value in new.items() if old.get(key) is not value}
    changed = {key: one for key, one in differing.items() if key not in old or to_json(old[key]) != one}
    expected = [*old, *(key for key in changed if key not in old)]
    order = {} if expected == list(new) else {"order": list(new)}
    return ({"set": changed} if changed else {}) | order


def applied(before: Configuration, delta: Mapping[str, Any], entities: Entities) -> Configuration:
    """The configuration that a delta leads to; it shares whatever the delta does not name."""
    parts: dict[str, Any] = {}
    for name in Configuration.__struct_fields__:
        old = getattr(before, name)
        if name not in delta:
            parts[name] = old
        elif name == "organization":
            parts[name] = delta[name] and from_json(Organization, delta[name])
        else:
            parts[name] = _applied_table(name, old, delta[name], entities)
    return Configuration(**parts)


def _applied_table(
    name: str, old: Mapping[str, Any], delta: dict[str, Any], entities: Entities
) -> dict[str, Any]:
    read = {key: entities.read(name, key, value) for key, value in delta.get("set", {}).items()}
    table = {**old, **read}
    return {key: table[key] for key in delta["order"]} if "order" in delta else table


@cache
def _entity(name: str) -> Any:
    return get_args(get_type_hints(Configuration)[name])[1]
