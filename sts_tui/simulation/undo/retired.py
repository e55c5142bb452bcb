"""Configurations that are over: what they say stays, what they hold shrinks to the difference.

The log and what can be undone mention configurations long after they stood, and each holds whole tables: in
an account of ten thousand roles, 400 kB for every edit. Once a configuration neither stands nor is in force
nor on its way, each large table is replaced by the difference from what stands now; whoever looks into it
reads the same entities in the same order as before. Undo makes it whole again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec.structs import force_setattr

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.world import World

_TABLES: Final = tuple(name for name in Configuration.__struct_fields__ if name != "organization")
WORTH_IT: Final = 256
"""Entities from which on a table is shrunk: a smaller one takes ten kilobytes at most."""
_READ_LATELY: Final = 8
"""Tables that stay whole after somebody looked into them."""


class RetiredTable(Mapping[str, Any]):
    """A table as what differs from the same table of the configuration that stood after it."""

    __slots__ = ("_absent", "_changed", "_name", "_order", "became", "newer")

    def __init__(self, table: Mapping[str, Any], newer: Configuration, name: str) -> None:
        after = getattr(newer, name)
        self.newer = newer
        self._name = name
        self._changed: dict[str, Any] = {}
        self._absent: tuple[str, ...] = ()
        self._order: tuple[str, ...] | None = None
        self.became: Mapping[str, Any] | None = {}
        """What the newer table says otherwise, by key; None where keys came, went or moved."""
        if table is after:  # but what stands now will change one day
            return
        keys = list(table)
        if keys == list(after):  # the usual edit
            pairs = zip(keys, table.values(), after.values(), strict=True)
            self._changed = {key: one for key, one, other in pairs if one is not other}
            self.became = {key: after[key] for key in self._changed}
            return
        self.became = None
        self._changed = {key: one for key, one in table.items() if after.get(key) is not one}
        self._absent = tuple(key for key in after if key not in table)
        read = [key for key in after if key in table]
        if keys != [*read, *(key for key in self._changed if key not in after)]:
            self._order = tuple(keys)

    def here(self, key: str) -> Any:
        """What it says of a key that became something else."""
        return self._changed[key]

    def __getitem__(self, key: str) -> Any:
        return self.whole()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole())

    def __len__(self) -> int:
        return len(self.whole())

    def whole(self) -> dict[str, Any]:
        """The table itself; not to be edited."""
        found = _lately.get(id(self))
        if found is None:
            _lately[id(self)] = found = (self, self._read())
            if len(_lately) > _READ_LATELY:
                _lately.popitem(last=False)
        return found[1]

    def _read(self) -> dict[str, Any]:
        steps: list[RetiredTable] = []
        table: Mapping[str, Any] = self
        while isinstance(table, RetiredTable):
            if id(table) in _lately:
                table = _lately[id(table)][1]
                break
            steps.append(table)
            table = getattr(table.newer, table._name)
        read = dict(table)
        for step in reversed(steps):
            for key in step._absent:
                del read[key]
            read.update(step._changed)
            if step._order is not None:
                read = {key: read[key] for key in step._order}
        return read


_lately: OrderedDict[int, tuple[RetiredTable, dict[str, Any]]] = OrderedDict()
"""By identity, each with the table it is of, so that the identity stays its own."""


def whole(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """The plain table, for who goes through all of it."""
    return table.whole() if type(table) is RetiredTable else table


def settle(before: World, after: World, opened: Configuration) -> None:
    """One world has followed another: shrink what is over, make whole what stands again."""
    standing = {id(one): one for one in _alive(after)}
    for one in standing.values():
        revive(one)
    for one in _alive(before):
        if id(one) not in standing and one is not opened:
            retire(one, after.configuration)


def retire(configuration: Configuration, newer: Configuration) -> None:
    """Shrink a configuration to its difference from one that is whole."""
    for name in _TABLES:
        table = getattr(configuration, name)
        if type(table) is dict and len(table) >= WORTH_IT:
            force_setattr(configuration, name, RetiredTable(table, newer, name))


def revive(configuration: Configuration) -> None:
    for name in _TABLES:
        table = getattr(configuration, name)
        if type(table) is RetiredTable:
            force_setattr(configuration, name, dict(table.whole()))


def _alive(world: World) -> tuple[Configuration, ...]:
    return (world.configuration, world.in_force, *(write.configuration for write in world.pending))
