"""What do all files contain together, before it is built into entities?

Raw JSON values whose policy documents have been read; each entity keeps its fragments, so that a check can
report the file and the place of what it finds.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, field

from sts_tui.account.diagnostics.collector import Place
from sts_tui.account.format.value_kind import ObjectFormat
from sts_tui.account.json_value import RawObject


class Fragment(Struct, frozen=True):
    """What one file says about one thing. `lenient`: it is part of a raw dump."""

    place: Place
    raw: RawObject
    lenient: bool


class MergedEntity(Struct):
    """One thing, from all files."""

    object_format: ObjectFormat
    arn: str | None
    fragments: list[Fragment]
    raw: RawObject


class MergedAccount(Struct):
    """One account: `scalars` and, by the key of the list and the ARN or name, its entities."""

    account_id: str
    partition: str = "aws"
    fragments: list[Fragment] = field(default_factory=list)
    lists: dict[str, dict[str, MergedEntity]] = field(default_factory=dict)
    arn_by_name: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    """List and name → file and ARN, of entities whose path a file gives: names are unique in an account, so
    another file may leave the path out."""

    def entities(self, key: str) -> Iterable[MergedEntity]:
        return self.lists.get(key, {}).values()

    @property
    def is_dumped(self) -> bool:
        """Whether a raw dump describes it."""
        return any(fragment.lenient for fragment in self.fragments)


class Merged(Struct):
    """All files as one."""

    tops: list[Fragment] = field(default_factory=list)
    accounts: dict[str, MergedAccount] = field(default_factory=dict)
    raw: RawObject = field(default_factory=dict)
    """Everything but the accounts, merged."""
