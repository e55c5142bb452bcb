"""A tour that is saved while it is presented: noticed, and continued at the same step."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tours.reading.preamble import opening_of
from sts_tui.tui.stage.presentation import present
from sts_tui.tui.stage.script import Script
from sts_tui.tui.stage.tour_file import LOOKS_EVERY, TourFile, same_position
from tests.support.explorer import SAMPLE, Explorer, open_explorer

LINES = ["say one", "as alice", "revoke App", "say two", "wait 8s"]


def lines_of(texts: list[str]) -> Script:
    return Script(parse_tour("\n".join(texts), "story.tour"))


@pytest.mark.parametrize(
    ("after", "position", "expected"),
    [
        (LINES, 3, 3),
        (["say before", *LINES], 3, 4),
        (LINES[1:], 3, 2),
        (["say one, better", *LINES[1:]], 1, 1),
        ([*LINES[:2], "revoke Deploy", *LINES[3:]], 3, 3),
        ([*LINES[:2], *LINES[3:]], 3, 2),
        ([*LINES[:3], "wait 1s", *LINES[3:]], 3, 3),
        (LINES[:1], 5, 1),
        (LINES, 0, 0),
    ],
)
def test_the_step_that_is_shown_is_found_again(after: list[str], position: int, expected: int) -> None:
    assert same_position(lines_of(LINES).lines, lines_of(after).lines, position) == expected


async def presented(explorer: Explorer, path: Path) -> None:
    tour = read_tour(path)
    opening = opening_of(tour, path.parent, SAMPLE)

    def read() -> tuple[object, object]:
        saved = read_tour(path)
        return saved, opening_of(saved, path.parent, SAMPLE).open()

    file = TourFile(path, opening.files, read)
    presentation = present(explorer.app, tour, path.parent, file=file)
    presentation.begin()
    await explorer.pilot.pause()


async def test_a_saved_tour_continues_at_the_same_step(tmp_path: Path) -> None:
    path = tmp_path / "story.tour"
    path.write_text("\n".join(LINES))
    async with open_explorer() as explorer:
        await presented(explorer, path)
        await explorer.press("n", "n", "n")
        path.write_text("\n".join(["scene New", "wait 5s", *LINES[:3], "say two, better", *LINES[4:]]))
        await explorer.wait(2 * LOOKS_EVERY)
        assert explorer.app.presentation.position == 6
        assert "two, better" in explorer.text()
        assert "1/1 New" in explorer.text()
        assert "09:00:05" in explorer.header(), "everything before it was played again"
        assert "reloaded" in explorer.message()
        await explorer.press("n")
        assert "09:00:13" in explorer.header()


async def test_a_saved_tour_with_an_error_is_reported_and_the_old_one_continues(tmp_path: Path) -> None:
    path = tmp_path / "story.tour"
    path.write_text("\n".join(LINES))
    async with open_explorer() as explorer:
        await presented(explorer, path)
        path.write_text("say one\nfrobnicate\n")
        await explorer.wait(2 * LOOKS_EVERY)
        assert "story.tour:2" in explorer.message()
        await explorer.press("n", "n")
        assert explorer.app.presentation.position == 3
        path.write_text("account missing.json\nsay one\n")
        await explorer.wait(2 * LOOKS_EVERY)
        assert "missing.json" in explorer.message()


async def test_a_change_of_the_account_file_starts_from_it(tmp_path: Path) -> None:
    model, path = tmp_path / "acme.json", tmp_path / "story.tour"
    model.write_text(SAMPLE.read_text())
    path.write_text("account acme.json\n" + "\n".join(LINES))
    async with open_explorer(model) as explorer:
        await presented(explorer, path)
        assert "BreakGlass" in explorer.pane("roles")
        model.write_text(SAMPLE.read_text().replace("BreakGlass", "FireExit"))
        await explorer.wait(2 * LOOKS_EVERY)
        assert "FireExit" in explorer.pane("roles")
