"""Configurations as what changed since another: what a checkpoint keeps of edits and of undo.

The first stands for the configuration as it was opened; each further one names the entities that differ from
the one before. Read back, they share every entity that is the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Organization
from sts_tui.simulation.frozen_json import from_json, to_json


class ConfigurationTable:
    """Configurations by number, in the order in which they were first mentioned; 0 is the one opened."""

    def __init__(self, opened: Configuration) -> None:
        self.listed = [opened]
        self._numbers = {id(opened): 0}

    def number(self, configuration: Configuration) -> int:
        known = self._numbers.get(id(configuration))
        if known is None:
            known = self._numbers[id(configuration)] = len(self.listed)
            self.listed.append(configuration)
        return known

    def deltas(self) -> list[dict[str, Any]]:
        """Each configuration against the one before it."""
        pairs = zip(self.listed, self.listed[1:], strict=False)
        return [_delta(before, after) for before, after in pairs]

    @classmethod
    def read(cls, opened: Configuration, deltas: list[dict[str, Any]]) -> ConfigurationTable:
        table, entities = cls(opened), _Entities(opened)
        for delta in deltas:
            table.number(_applied(table.listed[-1], delta, entities))
        return table


class _Entities:
    """What was read, by what it says: an edit that was taken back leaves the very entity of before."""

    def __init__(self, opened: Configuration) -> None:
        self._opened = opened
        self._known: dict[tuple[str, str, str], Any] = {}

    def read(self, table: str, key: str, written: Any) -> Any:
        said = json.dumps(written, sort_keys=True)
        if (table, key, said) not in self._known:
            first = getattr(self._opened, table).get(key)
            same = first is not None and json.dumps(to_json(first), sort_keys=True) == said
            self._known[table, key, said] = first if same else from_json(_entity(table), written)
        return self._known[table, key, said]


def _delta(before: Configuration, after: Configuration) -> dict[str, Any]:
    delta: dict[str, Any] = {}
    for field in fields(Configuration):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old is new:
            continue
        if field.name == "organization":
            delta["organization"] = to_json(new)
        elif changed := _table_delta(old, new):
            delta[field.name] = changed
    return delta


def _table_delta(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """`set`: entities that are new or changed; `order`: all keys, where they are not the old ones followed
    by what is new.
    """
    differing = {key: to_json(value) for key, value in new.items() if old.get(key) is not value}
    changed = {key: one for key, one in differing.items() if key not in old or to_json(old[key]) != one}
    expected = [*old, *(key for key in changed if key not in old)]
    order = {} if expected == list(new) else {"order": list(new)}
    return ({"set": changed} if changed else {}) | order


def _applied(before: Configuration, delta: dict[str, Any], entities: _Entities) -> Configuration:
    parts: dict[str, Any] = {}
    for field in fields(Configuration):
        old = getattr(before, field.name)
        if field.name not in delta:
            parts[field.name] = old
        elif field.name == "organization":
            parts[field.name] = delta[field.name] and from_json(Organization, delta[field.name])
        else:
            parts[field.name] = _applied_table(field.name, old, delta[field.name], entities)
    return Configuration(**parts)


def _applied_table(
    name: str, old: Mapping[str, Any], delta: dict[str, Any], entities: _Entities
) -> dict[str, Any]:
    read = {key: entities.read(name, key, value) for key, value in delta.get("set", {}).items()}
    table = {**old, **read}
    return {key: table[key] for key in delta["order"]} if "order" in delta else table


def _entity(name: str) -> Any:
    return get_args(get_type_hints(Configuration)[name])[1]
