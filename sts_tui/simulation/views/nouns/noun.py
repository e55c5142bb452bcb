"""What is a noun? One kind of entity of a model (users, keys …): its list, the policies of each entity, and
the texts that a search matches. A noun is data: front ends show all nouns in the same way, and `nouns.table`
lists them. Rows depend only on the world.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.views.rows import PolicyRow
from sts_tui.simulation.world import World


class NounRow(Struct, frozen=True, kw_only=True):
    """One entity in a list."""

    key: str
    """Unique within its noun: an ARN, an access key id, an account's id, a workload's name."""
    name: str
    account: str = ""
    """Name of its account, or the id; empty if it belongs to none."""
    arn: str = ""
    owner: str = ""
    """ARN of the user that an access key belongs to."""
    cells: tuple[str, ...] = ()
    """One text for each further column of its noun; may be empty."""
    words: str = ""
    """Further texts that a search matches, separated by blanks: unique ids, access key ids, URLs."""
    depth: int = 0
    """The number of levels below the top of a tree."""

    @property
    def found_by(self) -> str:
        """All text that a search matches."""
        return "\n".join((self.name, self.key, self.arn, self.account, self.words, *self.cells))


class NounColumn(Struct, frozen=True):
    """A column after the name: its id in filters, its title, its minimum width in cells."""

    id: str
    title: str
    width: int
    is_name: bool = False
    """Whether it has names that may be long: it grows, and is left out if there is no space."""
    is_prose: bool = False
    """Whether it has a sentence: it grows, and is cut at its end."""


class Noun(Struct, frozen=True, kw_only=True):
    """One kind of entity."""

    id: str
    """The command that shows the list: `users`."""
    one: str
    """`user`"""
    title: str
    help: str
    columns: tuple[NounColumn, ...]
    rows: Callable[[World], tuple[NounRow, ...]]
    policies: Callable[[World, str], tuple[PolicyRow, ...]]
    """Gives the policies that apply to the entity with this key."""
    no_policies: str = "No policy applies to it."
    follows: Callable[[World], tuple[object, ...]] = lambda world: (world.configuration,)
    """Gives the objects that the rows depend on: while these are the same, the rows are too."""


def account_label(account: str | None, configuration: Configuration) -> str:
    """The account's name if the file gives one, else its id."""
    facts = configuration.accounts.get(account or "")
    return (facts.name if facts else "") or account or ""
