"""Which kinds of values may a key of an account file have, and what does the program do with each?

The format is a table: an `ObjectFormat` for each kind of object, a `KeyFormat` for each key. The `ValueKind`
of a key checks and builds a value, merges two files' values, exports, describes and compares it. There is one
stateless `ValueKind` object for each kind of value. The walkers (`checks.format_check`, `loading.build`,
`loading.merge_objects`, `writing.export`, `writing.schema`, `writing.difference`, the generator of
`docs/account-file.md`) traverse objects by the table and call the kind. They pass themselves to it (`walk`),
so that it can report errors or continue into objects within the value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps, shown
from sts_tui.account.entities import Entity
from sts_tui.account.json_value import RawObject, RawValue
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.account.values import Unusable

V = TypeVar("V")
"""The type of a value in a file, after the check."""
F = TypeVar("F")
"""The type of the field that the value fills, which is also what `export` gets."""


class KeyFormat(Struct, frozen=True, kw_only=True):
    """One key of an object. `field` is the attribute that it fills; empty for keys that fill none."""

    key: str
    field: str = ""
    kind: AnyKind
    about: str = ""
    required: bool = False
    pattern: re.Pattern[str] | None = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    most: int | None = None
    """The maximum number of items of a list, or of characters of a string."""
    format: str = ""
    """The name of the `ObjectFormat` of the objects in its value."""
    policy: PolicyKind | None = None


class ObjectFormat(Struct, frozen=True, kw_only=True):
    """One kind of object; `identity` is the key that distinguishes it from its siblings."""

    name: str
    entity: type[Entity]
    keys: Mapping[str, KeyFormat]
    identity: str = ""
    ignores_case: bool = False
    about: str = ""
    text_stands_for: str = ""
    """The key whose value may replace the whole object: `"111122223333"` for `{"AccountId": …}`."""
    renamed: Mapping[str, str] = {}
    """Earlier names of keys → current names. Earlier names are still accepted, with a warning."""


class Checking(Protocol):
    """The check of one file, to which a kind reports errors and passes objects within a value."""

    def error(self, steps: Steps, message: str, hint: str = "") -> None: ...
    def error_even_in_dump(self, steps: Steps, message: str, hint: str = "") -> None: ...
    def wrong(self, value: RawValue, wanted: str, steps: Steps, hint: str = "") -> Unusable: ...
    def policy_errors(self, found: Iterable[PolicyDiagnostic], steps: Steps) -> None: ...
    def document(self, written: WrittenPolicy, kind: PolicyKind, steps: Steps) -> None: ...
    def format(self, name: str) -> ObjectFormat: ...
    def object(self, raw: RawObject, name: str, steps: Steps) -> None: ...
    def siblings(self, items: list[RawValue], name: str, steps: Steps) -> None: ...


class Building(Protocol):
    """The construction of the entities of one account."""

    def format(self, name: str) -> ObjectFormat: ...
    def text(self, written: str) -> str: ...
    def entity(self, raw: Mapping[str, RawValue], name: str) -> Entity | None: ...
    def role_arn(self, role: RawValue) -> str | None: ...


class Merging(Protocol):
    """The merge of two files' values for one key."""

    def format(self, name: str) -> ObjectFormat: ...
    def conflict(self, first: str, second: str) -> None: ...
    def objects(self, first: RawObject, second: RawObject, name: str) -> RawObject: ...
    def lists(self, first: list[RawValue], second: list[RawValue], name: str) -> list[RawValue]: ...


class Exporting(Protocol):
    """The export of a model as JSON."""

    def object(self, entity: Entity, name: str) -> RawObject: ...
    def item(self, entity: Entity, name: str) -> RawValue: ...


class Comparing(Protocol):
    """The comparison of two models, as lines. `named`: the place and name of the key; `place`: that of the
    object that contains it.
    """

    def format(self, name: str) -> ObjectFormat: ...
    def changed(self, first: RawValue, second: RawValue, named: str) -> Iterator[str]: ...
    def objects(
        self, first: Mapping[str, RawValue], second: Mapping[str, RawValue], name: str, place: str
    ) -> Iterator[str]:
        """Lines on how two objects of the format `name` differ. `first` and `second` have the keys of the
        file.
        """
        ...

    def lists(
        self, first: list[RawValue], second: list[RawValue], name: str, place: str
    ) -> Iterator[str]: ...
    def documents(self, first: RawValue, second: RawValue, named: str) -> Iterator[str]: ...


class ValueKind(Generic[V, F]):
    """One kind of value. The methods of this class implement a plain JSON value."""

    noun = ""
    """Its name in errors and in the documentation: `a number`."""
    counted = "entries"
    """What `KeyFormat.most` counts."""

    def check(self, value: RawValue, key: KeyFormat, steps: Steps, walk: Checking) -> RawValue:
        """The checked value, or `Unusable` if it cannot be used. Errors are reported to `walk`."""
        raise NotImplementedError

    def build(self, value: V, key: KeyFormat, walk: Building) -> RawValue:
        """The value of the entity's field. `value` has passed the check."""
        return value

    def merge(self, first: RawValue, second: RawValue, key: KeyFormat, walk: Merging) -> RawValue:
        """The values of two files, merged. Two different scalars are a conflict."""
        if not self.is_same(first, second):
            walk.conflict(self.shown(first), self.shown(second))
        return first

    def is_same(self, first: RawValue, second: RawValue) -> bool:
        return type(first) is type(second) and bool(first == second)

    def shown(self, value: RawValue) -> str:
        """The value, for use in a message."""
        return shown(value)

    def export(self, value: F, key: KeyFormat, walk: Exporting) -> RawValue:
        """The JSON value of a field; None omits the key."""
        return value

    def schema(self, key: KeyFormat) -> RawObject:
        """The JSON Schema of the value."""
        raise NotImplementedError

    def describe(self, key: KeyFormat) -> str:
        """The value's description in `docs/account-file.md`, as Markdown; `{anchor}` links to an object."""
        return self.noun

    def compare(
        self, first: RawValue, second: RawValue, key: KeyFormat, named: str, place: str, walk: Comparing
    ) -> Iterator[str]:
        """Lines on how two different exported values differ; None is an absent key."""
        yield from walk.changed(first, second, named)

    def objects(self, value: RawValue, steps: Steps) -> Iterator[tuple[Steps, RawObject]]:
        """The raw objects of the format within the value, with their JSON paths."""
        return iter(())


AnyKind: TypeAlias = ValueKind[Any, Any]
"""The type of a kind in the table, where the type of its values is not known."""
