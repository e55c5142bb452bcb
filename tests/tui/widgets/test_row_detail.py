"""What a row has no room for is shown elsewhere, and what is left of its names differs."""

from __future__ import annotations

from sts_tui.tui.text.distinct_names import common_words
from sts_tui.tui.text.styled_text import Line, Span, text_of
from sts_tui.tui.widgets.columns import Column
from sts_tui.tui.widgets.row_detail import fit_banner, rest_of_banner, row_detail

NAMES = tuple(
    f"platform-{team}-service-execution-role-{at:02}" for at, team in enumerate(("shop", "pay") * 4)
)


def column(id: str, place: int, **more: object) -> Column[tuple[str, ...]]:
    cell = lambda row: (Span(row[place]),)  # noqa: E731
    return Column(id=id, title=id.upper(), width=8, cell=cell, **more)  # type: ignore[arg-type]


def test_texts_that_are_cut_come_before_columns_that_are_left_out() -> None:
    columns = [column("who", 0), column("action", 1), column("resource", 2, priority=5, grow=1)]
    row = ("alice", "lambda:UpdateFunctionCode", "function:shop-checkout")
    shown = {"who": 8, "action": 10}
    found = row_detail(columns, shown, row, 70, frozenset())
    assert found == "lambda:UpdateFunctionCode  resource function:shop-checkout"
    assert row_detail(columns, shown, row, 30, frozenset()) == "lambda:UpdateFunctionCode"
    assert row_detail(columns[:1], shown, row, 70, frozenset()) == "", "all of it is seen"


def test_a_marker_keeps_what_tells_the_names_in_it_apart_and_its_rest_can_be_read() -> None:
    common = common_words(NAMES)
    markers: list[Line] = [
        (Span("09:00:00  "), Span(f"workload {name} is failing: AccessDenied: no policy allows it"))
        for name in NAMES
    ]
    seen = [text_of(fit_banner(each, 60, common)) for each in markers]
    assert len(set(seen)) == len(NAMES)
    rest = rest_of_banner(text_of(markers[0]), seen[0], 100)
    assert rest.startswith("…")
    assert rest.endswith("no policy allows it")
    assert rest_of_banner("short", "short   ", 80) == ""
