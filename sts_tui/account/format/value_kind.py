"""What may a key of the account file hold, and what does the program do with such a value?

The format is a table: an `ObjectFormat` for each kind of object, a `KeyFormat` for each key. What a value is
checked for, what it becomes, how two files' values are merged, how it is written, described and compared
again is the matter of its `ValueKind`: one object for each kind of value, all of them without state. The
walkers (`checks.format_check`, `loading.build`, `loading.merge_objects`, `writing.export`, `writing.schema`,
`writing.difference`, the generator of `docs/account-file.md`) go through objects by the table and ask the
kind; they are passed to it, so that it can report, or go on into objects within the value.
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
"""The type of a checked value in a file."""
F = TypeVar("F")
"""The type of the field that it fills: what `export` is given."""


class KeyFormat(Struct, frozen=True, kw_only=True):
    """One key of an object. `field` is the attribute it fills; empty for keys that are only read."""

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
    """How many items a list may have, or how many characters a text."""
    format: str = ""
    """The name of the `ObjectFormat` of the objects that it holds."""
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
    """A key whose bare text may replace the whole object: `"111122223333"` for `{"AccountId": …}`."""
    renamed: Mapping[str, str] = {}
    """Earlier names of keys and what replaces them: still read, with a warning."""


class Checking(Protocol):
    """The check of one file: where a kind reports, and how it continues into objects."""

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
    """Two files' values for one key."""

    def format(self, name: str) -> ObjectFormat: ...
    def conflict(self, first: str, second: str) -> None: ...
    def objects(self, first: RawObject, second: RawObject, name: str) -> RawObject: ...
    def lists(self, first: list[RawValue], second: list[RawValue], name: str) -> list[RawValue]: ...


class Exporting(Protocol):
    """A model as JSON."""

    def object(self, entity: Entity, name: str) -> RawObject: ...
    def item(self, entity: Entity, name: str) -> RawValue: ...


class Comparing(Protocol):
    """Two models as lines. `named`: the key with its place; `place`: that of the object it is in."""

    def format(self, name: str) -> ObjectFormat: ...
    def changed(self, first: RawValue, second: RawValue, named: str) -> Iterator[str]: ...
    def objects(
        self, first: Mapping[str, RawValue], second: Mapping[str, RawValue], name: str, place: str
    ) -> Iterator[str]:
        """How `first` and `second`, objects of the format `name` by the keys of the file, differ."""
        ...

    def lists(
        self, first: list[RawValue], second: list[RawValue], name: str, place: str
    ) -> Iterator[str]: ...
    def documents(self, first: RawValue, second: RawValue, named: str) -> Iterator[str]: ...


class ValueKind(Generic[V, F]):
    """One kind of value. The methods of this class are those of a plain JSON value."""

    noun = ""
    """What an error and the documentation call it: `a number`."""
    counted = "entries"
    """What `KeyFormat.most` counts."""

    def check(self, value: RawValue, key: KeyFormat, steps: Steps, walk: Checking) -> RawValue:
        """The value, or `Unusable` where nothing can be made of it; errors are reported to `walk`."""
        raise NotImplementedError

    def build(self, value: V, key: KeyFormat, walk: Building) -> RawValue:
        """What fills the field of the entity. The value has passed the check."""
        return value

    def merge(self, first: RawValue, second: RawValue, key: KeyFormat, walk: Merging) -> RawValue:
        """What two files say together. Two different scalars are a conflict."""
        if not self.is_same(first, second):
            walk.conflict(self.shown(first), self.shown(second))
        return first

    def is_same(self, first: RawValue, second: RawValue) -> bool:
        return type(first) is type(second) and bool(first == second)

    def shown(self, value: RawValue) -> str:
        """The value in a message."""
        return shown(value)

    def export(self, value: F, key: KeyFormat, walk: Exporting) -> RawValue:
        """The JSON value of a field; None leaves the key out."""
        return value

    def schema(self, key: KeyFormat) -> RawObject:
        """The JSON Schema of the value."""
        raise NotImplementedError

    def describe(self, key: KeyFormat) -> str:
        """What `docs/account-file.md` says that the key holds, as Markdown; `{anchor}` links to an object."""
        return self.noun

    def compare(
        self, first: RawValue, second: RawValue, key: KeyFormat, named: str, place: str, walk: Comparing
    ) -> Iterator[str]:
        """Lines that say how two different exported values differ; None is an absent key."""
        yield from walk.changed(first, second, named)

    def objects(self, value: RawValue, steps: Steps) -> Iterator[tuple[Steps, RawObject]]:
        """The raw objects of the format within the value, with their places."""
        return iter(())


AnyKind: TypeAlias = ValueKind[Any, Any]
"""A kind out of the table: which types it takes, only its class knows."""
