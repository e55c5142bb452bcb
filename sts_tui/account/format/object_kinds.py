"""How are keys checked, merged and written whose values are objects of the format, lists of them, or
references to roles?
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.entities import Entity
from sts_tui.account.format.plain_kinds import Texts, check_length, in_quotes, list_schema
from sts_tui.account.format.value_kind import (
    Building,
    Checking,
    Comparing,
    Exporting,
    KeyFormat,
    Merging,
    ValueKind,
)
from sts_tui.account.json_value import RawObject
from sts_tui.account.values import unusable


class SingleObject(ValueKind[RawObject, Entity]):
    noun = "an object of this format"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, dict):
            return walk.wrong(value, self.noun, steps)
        walk.object(value, key.format, steps)
        return value

    def build(self, value: RawObject, key: KeyFormat, walk: Building) -> Entity | None:
        return walk.entity(value, key.format)

    def merge(self, first: object, second: object, key: KeyFormat, walk: Merging) -> object:
        if isinstance(first, dict) and isinstance(second, dict):
            return walk.objects(first, second, key.format)
        return super().merge(first, second, key, walk)

    def export(self, value: Entity, key: KeyFormat, walk: Exporting) -> object:
        return walk.object(value, key.format)

    def schema(self, key: KeyFormat) -> RawObject:
        return {"$ref": f"#/$defs/{key.format}"}

    def describe(self, key: KeyFormat) -> str:
        return f"[{key.format}]({{anchor}})"

    def compare(
        self, first: object, second: object, key: KeyFormat, named: str, place: str, walk: Comparing
    ) -> Iterator[str]:
        if isinstance(first, dict) and isinstance(second, dict):
            yield from walk.objects(first, second, key.format, named)
        else:
            yield from walk.changed(first, second, named)

    def objects(self, value: object, steps: Steps) -> Iterator[tuple[Steps, RawObject]]:
        if isinstance(value, dict):
            yield steps, value


class ListOfObjects(ValueKind[list[object], tuple[Entity, ...]]):
    noun = "a list of objects of this format"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, list):
            return walk.wrong(value, self.noun, steps)
        check_length(value, key, steps, walk)
        text_stands_for = walk.format(key.format).text_stands_for
        for index, item in enumerate(value):
            if isinstance(item, str) and text_stands_for:
                item = value[index] = {text_stands_for: item}
            if isinstance(item, dict):
                walk.object(item, key.format, (*steps, index))
            else:
                hint = in_quotes(item) if text_stands_for else ""
                walk.error((*steps, index), f"{shown(item)} is not an object", hint)
                value[index] = unusable(item)
        if len(value) > 1:
            walk.siblings(value, key.format, steps)
        return value

    def build(self, value: list[object], key: KeyFormat, walk: Building) -> tuple[Entity, ...]:
        """Removes each item from the list, to free its memory: nothing reads the list afterwards."""
        if not value:
            return ()
        text_stands_for = walk.format(key.format).text_stands_for
        built = []
        for index, item in enumerate(value):
            value[index] = None
            if isinstance(item, str) and text_stands_for:
                item = {text_stands_for: item}
            if isinstance(item, dict) and (entity := walk.entity(item, key.format)) is not None:
                built.append(entity)
        return tuple(built)

    def merge(self, first: object, second: object, key: KeyFormat, walk: Merging) -> object:
        if isinstance(first, list) and isinstance(second, list) and walk.format(key.format).identity:
            return walk.lists(first, second, key.format)
        return super().merge(first, second, key, walk)

    def export(self, value: tuple[Entity, ...], key: KeyFormat, walk: Exporting) -> object:
        return [walk.item(item, key.format) for item in value]

    def schema(self, key: KeyFormat) -> RawObject:
        return list_schema({"$ref": f"#/$defs/{key.format}"}, key)

    def describe(self, key: KeyFormat) -> str:
        return f"list of [{key.format}]({{anchor}})"

    def compare(
        self, first: object, second: object, key: KeyFormat, named: str, place: str, walk: Comparing
    ) -> Iterator[str]:
        listed = _items(first), _items(second)
        if walk.format(key.format).identity and any(listed):
            yield from walk.lists(*listed, key.format, place)
        else:
            yield from walk.changed(first, second, named)

    def objects(self, value: object, steps: Steps) -> Iterator[tuple[Steps, RawObject]]:
        for index, item in enumerate(value if isinstance(value, list) else ()):
            if isinstance(item, dict):
                yield (*steps, index), item


def _items(value: object) -> list[object]:
    """The items of a list; empty if its key is absent."""
    return value if isinstance(value, list) else []


class RoleReferences(Texts):
    """The roles of an instance profile: complete roles in a raw dump, ARNs or names of roles in our own
    files.
    """

    noun = "a list of ARNs, names or objects"

    def check(self, value: object, key: KeyFormat, steps: Steps, walk: Checking) -> object:
        if not isinstance(value, list):
            return walk.wrong(value, self.noun, steps)
        check_length(value, key, steps, walk)
        for index, item in enumerate(value):
            if not isinstance(item, str | dict):
                walk.error((*steps, index), f"{shown(item)} is not a role")
        return value

    def build(self, value: list[object], key: KeyFormat, walk: Building) -> tuple[str, ...]:
        return tuple(arn for item in value if (arn := walk.role_arn(item)))

    def schema(self, key: KeyFormat) -> RawObject:
        return list_schema({"type": ["string", "object"]}, key)


SINGLE_OBJECT: Final = SingleObject()
LIST_OF_OBJECTS: Final = ListOfObjects()
ROLE_REFERENCES: Final = RoleReferences()
