"""How are sessions and times named on the timeline? Names whole where a third of the line has room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from sts_tui.simulation import Simulation
from sts_tui.simulation.views.rows import session_rows
from sts_tui.tui.overviews.timeline import NAME, Scale, gather, timeline_lines, width_of_names
from sts_tui.tui.text.styled_text import text_of
from tests.support.explorer import SAMPLE

LONG = "nightly-deployment-of-checkout@platform-checkout-execution"


def test_long_names_get_a_third_of_the_line_and_chained_sessions_keep_their_indent() -> None:
    """At 200 columns names were cut to 26 cells; cut names of chained sessions lost their indent."""
    sim = Simulation.open(SAMPLE)
    sim.advance(1)
    rows = [replace(row, label=f"{LONG}-{number}") for number, row in enumerate(session_rows(sim))]
    assert width_of_names(rows, 80) == NAME
    assert width_of_names(rows, 400) >= len(LONG) + 2
    timeline = gather(sim.now, rows, ())
    for width in (100, 400):
        named = width_of_names(rows, width)
        lines = [text_of(each) for each, _ in timeline_lines(timeline, timeline.whole(60), sim.now, named)]
        shown = lines[3 : 3 + len(rows)]
        assert len({line[:named] for line in shown}) == len(rows), "names differ"
        assert all(
            line.startswith("  " * row.depth) and line[2 * row.depth] != " "
            for line, row in zip(shown, rows, strict=True)
        )
    assert LONG in shown[0]
    whole = session_rows(sim)
    drawn = timeline_lines(gather(sim.now, whole, ()), timeline.whole(60), sim.now)
    assert all(row.label in text_of(each) for row, (each, _) in zip(whole, drawn[3:], strict=False))


def test_the_axis_has_round_times() -> None:
    """A quarter of 62 minutes is no time that one looks for: 09:00, 09:15, 09:31, 09:46."""
    start = datetime(2026, 1, 15, 9, 0, 7, tzinfo=UTC)

    def axis(length: timedelta) -> list[str]:
        scale = Scale(start, start + length, 80)
        return text_of(timeline_lines(gather(start, (), ()), scale, start)[1][0]).split()

    assert axis(timedelta(minutes=1))[:3] == ["09:00:10", "09:00:20", "09:00:30"]
    assert axis(timedelta(minutes=62)) == ["09:10", "09:20", "09:30", "09:40", "09:50"]
    assert axis(timedelta(hours=6)) == ["10:00", "11:00", "12:00", "13:00", "14:00"]
    assert axis(timedelta(days=3)) == ["01-16", "00:00", "01-17", "00:00", "01-18", "00:00"]
