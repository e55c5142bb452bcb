"""What is a noun? One kind of thing that a model holds: its list, the policies of each, and what finds it.

A noun is data: front ends show every noun by one mechanism, and `nouns.table` lists them all. Rows follow
from the world alone.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.views.rows import PolicyRow
from sts_tui.simulation.world import World


class NounRow(Struct, frozen=True, kw_only=True):
    """One thing in a list."""

    key: str
    """Unique within its noun: an ARN, an access key id, an account's id, a workload's name."""
    name: str
    account: str = ""
    """Name of its account, or the id; empty where it belongs to none."""
    arn: str = ""
    owner: str = ""
    """ARN of the user that an access key belongs to."""
    cells: tuple[str, ...] = ()
    """One text for each further column of its noun; empty: nothing to say."""
    words: str = ""
    """What else finds it, separated by blanks: unique ids, access key ids, URLs."""
    depth: int = 0
    """Levels below the top of a tree."""

    @property
    def found_by(self) -> str:
        """All text that a search looks at."""
        return "\n".join((self.name, self.key, self.arn, self.account, self.words, *self.cells))


class NounColumn(Struct, frozen=True):
    """A column after the name: its id in filters, its title, how many cells it needs at least."""

    id: str
    title: str
    width: int
    is_name: bool = False
    """Holds names that may be long: it grows, and leaves where there is no room."""
    is_prose: bool = False
    """Holds a sentence: it grows, and is cut at its end."""


class Noun(Struct, frozen=True, kw_only=True):
    """One kind of thing."""

    id: str
    """The command that shows it: `users`."""
    one: str
    """`user`"""
    title: str
    help: str
    columns: tuple[NounColumn, ...]
    rows: Callable[[World], tuple[NounRow, ...]]
    policies: Callable[[World, str], tuple[PolicyRow, ...]]
    """What applies to the thing with this key."""
    no_policies: str = "No policy applies to it."
    follows: Callable[[World], tuple[object, ...]] = lambda world: (world.configuration,)
    """What the rows are made from: while these are the same objects, so are the rows."""


def account_label(account: str | None, configuration: Configuration) -> str:
    """The account's name where the file gives one, else its id."""
    facts = configuration.accounts.get(account or "")
    return (facts.name if facts else "") or account or ""
