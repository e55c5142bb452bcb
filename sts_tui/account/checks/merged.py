"""What do all files contain together, before it is built into entities?

Raw JSON values whose policy documents have been read. Each entity keeps its fragments, so that a check can
report file and JSON path.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from sts_tui.account.diagnostics.collector import Place
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.json_value import RawObject


class Fragment(Struct, frozen=True):
    """What one file says about one entity. `lenient`: it is part of a raw dump."""

    place: Place
    raw: RawObject
    lenient: bool


class MergedEntity(Struct):
    """One entity, merged from all files."""

    object_format: ObjectFormat
    arn: str | None
    fragments: list[Fragment]
    raw: RawObject


class MergedAccount(Struct):
    """One account: its `scalars`, and its entities by (key of their list, ARN or name)."""

    account_id: str
    partition: str = "aws"
    fragments: list[Fragment] = field(default_factory=list)
    lists: dict[str, dict[str, MergedEntity]] = field(default_factory=dict)
    arn_by_name: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    """(key of the list, name) → (index of the file, ARN), for entities whose path a file gives. Names are
    unique in an account, so another file may omit the path."""

    def entities(self, key: str) -> Iterable[MergedEntity]:
        return self.lists.get(key, {}).values()

    @property
    def is_dumped(self) -> bool:
        """Whether any of its files is a raw dump."""
        return any(fragment.lenient for fragment in self.fragments)


class Merged(Struct):
    """The content of all files, merged."""

    tops: list[Fragment] = field(default_factory=list)
    accounts: dict[str, MergedAccount] = field(default_factory=dict)
    raw: RawObject = field(default_factory=dict)
    """Everything except the accounts."""
