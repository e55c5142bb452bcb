"""Pane 1: the roles of all accounts, or another noun's list: users, keys, policies, accounts …

Every noun is shown by the same table; what differs is data (`simulation.views.nouns`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import cast

from sts_tui.simulation.pasted_who import words_of_role
from sts_tui.simulation.views.nouns.noun import NounColumn, NounRow
from sts_tui.simulation.views.nouns.table import NOUNS, ROLES
from sts_tui.simulation.views.rows import RoleRow
from sts_tui.tui.keys.filtering import Filter
from sts_tui.tui.panes import roles
from sts_tui.tui.panes.pane import ListPane
from sts_tui.tui.text.styled_text import Line, Span, one_line
from sts_tui.tui.widgets.columns import Column
from sts_tui.tui.widgets.table import Table

Row = RoleRow | NounRow
_PRIORITY = 3
"""Priority of the first column after the name; later ones are left out first where there is no room."""
_INDENT = "  "


class NounsPane(ListPane[Row]):
    """Input: `rows` of the noun that is shown; `turn` shows another."""

    NUMBER = "1"
    TITLE = roles.TITLE
    EMPTY = roles.EMPTY
    HELP = roles.HELP

    denied_by_issuer: Mapping[str, int] = {}
    """Counts that grow while rows stay what they are."""

    def __init__(self, *, id: str | None = None) -> None:
        self.noun = ROLES
        """The id of the noun that is shown."""
        self.on_rows: Callable[[], None] | None = None
        """Called when other rows are shown: how much room they need may have changed."""
        self._cursors: dict[str, object] = {}
        """Where the cursor was in each noun's list."""
        super().__init__(id=id)

    @property
    def help_text(self) -> str:
        return self.HELP if self.noun == ROLES else NOUNS[self.noun].help

    def make_columns(self) -> Sequence[Column[Row]]:
        if self.noun == ROLES:
            of_roles = roles.role_columns(lambda row: self.denied_by_issuer.get(row.arn, 0))
            return cast("Sequence[Column[Row]]", of_roles)
        noun = NOUNS[self.noun]
        further = [_column(column, place) for place, column in enumerate(noun.columns)]
        columns = (_name_column(noun.one), *further[:1], _ACCOUNT, *further[1:])
        return cast("Sequence[Column[Row]]", columns)

    def make_table(self) -> Table[Row]:
        return Table(self.make_columns(), empty=self.EMPTY)

    def key_of(self, row: Row) -> object:
        return row.arn if isinstance(row, RoleRow) else row.key

    def text_of_row(self, row: Row) -> str:
        return roles.text_of(row) if isinstance(row, RoleRow) else row.found_by

    def _read_filter(self, text: str) -> Filter[Row]:
        """A session as CloudTrail names it finds its role."""
        return super()._read_filter(words_of_role(text) if self.noun == ROLES else text)

    def _show(self, rows: Sequence[Row]) -> None:
        super()._show(rows)
        if self.on_rows is not None:
            self.on_rows()

    def turn(self, noun: str, rows: Sequence[Row]) -> None:
        """Shows another noun's list, with the cursor where it was in it."""
        if noun == self.noun:
            return
        self._cursors[self.noun] = self.table.cursor_key
        self.noun = noun
        if noun == ROLES:
            self.TITLE, self.EMPTY = roles.TITLE, roles.EMPTY
        else:
            shown = NOUNS[noun]
            self.TITLE = shown.title
            self.EMPTY = f"The model has no {shown.title.lower()}."
        self.clear_order()
        self.table.set_columns(self.make_columns())
        self.close_filter()
        self.filter = self._read_filter("")
        self.show_rows(rows)
        self.table.move_to(0)
        self.table.choose(self._cursors.get(noun))


def _name_column(one: str) -> Column[NounRow]:
    return Column(
        id="name",
        title=one.upper(),
        width=max(14, len(one)),
        least=max(10, len(one)),
        grow=3,
        most=64,
        middle=True,
        has_names=True,
        cell=_name,
        sort_by=lambda row: row.name.lower(),
    )


def _name(row: NounRow) -> Line:
    return (Span(_INDENT * row.depth), Span(one_line(row.name), "strong"))


_ACCOUNT: Column[NounRow] = Column(
    id="account",
    title="ACCOUNT",
    width=8,
    priority=_PRIORITY + 2,
    most=24,
    is_label=True,
    cell=lambda row: (Span(one_line(row.account), "muted"),),
    sort_by=lambda row: row.account,
    is_empty=lambda row: not row.account,
)


def _column(column: NounColumn, place: int) -> Column[NounRow]:
    text: Callable[[NounRow], str] = partial(_cell_text, place)
    return Column(
        id=column.id,
        title=column.title,
        width=column.width,
        priority=_PRIORITY + place if place < 2 else _PRIORITY + 2 * place,
        grow=2 if column.is_name or column.is_prose else 0,
        has_names=column.is_name,
        is_label=not (column.is_name or column.is_prose),
        cell=lambda row: _cell(text(row)),
        sort_by=text,
        is_empty=lambda row: not text(row),
    )


def _cell_text(place: int, row: NounRow) -> str:
    return row.cells[place]


def _cell(text: str) -> Line:
    return (Span(one_line(text)),) if text else (Span("-", "muted"),)
