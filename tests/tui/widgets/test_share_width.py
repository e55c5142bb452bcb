"""How columns share the width of their table."""

from __future__ import annotations

import pytest

from sts_tui.tui.text.styled_text import line
from sts_tui.tui.widgets.columns import Column
from sts_tui.tui.widgets.share_width import fit_columns
from tests.tui.widgets.test_table import COLUMNS


def test_columns_are_dropped_by_priority_and_spare_width_is_shared() -> None:
    widths = {width: [column.id for column, _ in fit_columns(COLUMNS, width)] for width in (8, 30, 60)}
    assert widths == {8: ["number"], 30: ["number", "text"], 60: ["number", "text", "rest"]}
    assert sum(width + 1 for _, width in fit_columns(COLUMNS, 60)) - 1 == 60


@pytest.mark.parametrize("width", [12, 30, 50])
def test_columns_that_never_leave_are_no_wider_together_than_their_table(width: int) -> None:
    """The last one was cut at the edge, in the middle of a word and without an ellipsis."""
    columns = [
        Column(id=each, title=each, width=26, cell=lambda row: ()) for each in ("operation", "verdict")
    ]
    assert sum(each + 1 for _, each in fit_columns(columns, width)) - 1 <= width + 1


def test_columns_of_names_share_what_there_is() -> None:
    """The later one does not take from the first: sixty roles of one naming scheme kept only their number."""
    columns: tuple[Column[int], ...] = (
        Column(id="role", title="", width=11, least=10, cell=lambda row: line("-"), grow=3, has_names=True),
        Column(id="trust", title="", width=19, least=14, cell=lambda row: line("-"), grow=4, has_names=True),
    )
    widths = {column.id: width for column, width in fit_columns(columns, 35, {"role": 25, "trust": 28})}
    assert widths == {"role": 16, "trust": 18}
    enough = {column.id: width for column, width in fit_columns(columns, 60, {"role": 25, "trust": 28})}
    assert enough["role"] >= 25
    assert enough["trust"] >= 28


def test_cells_that_no_text_needs_make_others_whole() -> None:
    """A state of eight cells kept eighteen beside session names that were cut, on a screen of 200 cells."""
    columns: tuple[Column[int], ...] = (
        Column(id="name", title="NAME", width=27, cell=lambda row: line("-"), grow=3, most=52),
        Column(id="state", title="STATE", width=18, least=12, cell=lambda row: line("-"), grow=1),
        Column(id="code", title="CODE", width=16, cell=lambda row: line("-"), grow=1, most=24),
    )
    texts = {"name": [70, 20], "state": [8, 8], "code": [12, 3]}
    assert [width for _, width in fit_columns(columns, 96, wholes=texts)] == [70, 12, 12]
    less = [width for _, width in fit_columns(columns, 70, wholes=texts)]
    assert less == [44, 12, 12], "what cannot be whole has all that others do not need"
    more = [width for _, width in fit_columns(columns, 120, wholes=texts)]
    assert sum(more) + 2 == 120
    assert more[0] == 70


def test_a_text_is_whole_for_a_few_cells_of_one_that_is_cut_anyway() -> None:
    """`sqs:Send…` lacked one cell beside resources that were cut in the middle."""
    columns: tuple[Column[int], ...] = (
        Column(id="action", title="ACTION", width=20, least=14, cell=lambda row: line("-"), grow=3),
        Column(id="resource", title="", width=20, cell=lambda row: line("-"), grow=3, middle=True),
    )
    texts = {"action": [15, 12], "resource": [60, 70]}
    assert [width for _, width in fit_columns(columns, 35, wholes=texts)] == [15, 19]


def test_a_column_whose_texts_are_short_does_not_push_others_out() -> None:
    """At 120 columns the groups of users had no place, because names of five cells kept fourteen."""
    columns: tuple[Column[int], ...] = (
        Column(id="name", title="USER", width=14, least=10, cell=lambda row: line("-"), grow=3),
        Column(id="keys", title="KEYS", width=8, cell=lambda row: line("-"), priority=3),
        Column(id="groups", title="GROUPS", width=10, cell=lambda row: line("-"), priority=4, grow=2),
    )
    texts = {"name": [5, 4], "groups": [9, 10]}
    assert [column.id for column, _ in fit_columns(columns, 30, wholes=texts)] == ["name", "keys", "groups"]
    assert [column.id for column, _ in fit_columns(columns, 30, wholes={"name": [14]})] == ["name", "keys"]


def test_a_column_that_is_worth_its_place_is_narrow_before_it_leaves() -> None:
    """At 100 columns the roles lost TRUSTS, which has room for its five narrowest words."""
    columns: tuple[Column[int], ...] = (
        Column(id="role", title="ROLE", width=11, cell=lambda row: line("-"), grow=3),
        Column(id="trust", title="TRUSTS", width=19, least=14, priority=3, cell=lambda row: line("-")),
    )
    assert [(column.id, width) for column, width in fit_columns(columns, 26)] == [("role", 11), ("trust", 14)]
    assert [column.id for column, _ in fit_columns(columns, 25)] == ["role"]


def test_wide_counts_leave_while_texts_are_cut() -> None:
    """At 120 columns `7 + 3 denied` had a place beside the state of a workload, `failing…`."""
    columns: tuple[Column[int], ...] = (
        Column(id="state", title="STATE", width=8, cell=lambda row: line("-"), grow=3),
        Column(id="count", title="REQUESTS", width=8, priority=9, cell=lambda row: line("-")),
        Column(id="uses", title="USES", width=4, priority=9, cell=lambda row: line("-")),
    )
    texts = {"state": [20, 7]}
    assert [column.id for column, _ in fit_columns(columns, 34, wholes=texts)] == ["state", "count", "uses"]
    assert [column.id for column, _ in fit_columns(columns, 30, wholes=texts)] == ["state", "uses"]
