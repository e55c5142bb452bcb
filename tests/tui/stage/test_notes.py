"""The speaker's notes in a second terminal: what they show, who may read them, and what they leave behind."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tui.stage import notes_channel
from sts_tui.tui.stage.notes_channel import NotesPage, NotesServer, is_served, socket_of
from sts_tui.tui.stage.notes_terminal import lines_of, pages
from sts_tui.tui.stage.presentation import present
from tests.support.explorer import open_explorer

TOUR = """scene The leak
note Ask who has had one.
say The thief is **here**.
wait 5s
note Pause.
as alice
try request s3:GetObject arn:aws:s3:::acme-orders/x
expect allowed
"""


@pytest.fixture
def tour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(notes_channel, "state_folder", lambda: tmp_path / "state")
    path = tmp_path / "story.tour"
    path.write_text(TOUR)
    return path


@pytest.fixture
def server(tour: Path) -> Iterator[NotesServer]:
    server = NotesServer(tour)
    server.begin()
    yield server
    server.end()


def test_a_terminal_gets_the_newest_page_and_every_one_after_it(tour: Path, server: NotesServer) -> None:
    server.show(NotesPage(said="old"))
    server.show(NotesPage(said="new"))
    received = pages(tour)
    assert next(received).said == "new"
    server.show(NotesPage(said="newer"))
    assert next(received).said == "newer"
    server.end()
    assert list(received) == [], "the presentation has ended"


def test_only_its_owner_can_read_them(tour: Path, server: NotesServer) -> None:
    path = socket_of(tour)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nothing_is_left_behind_and_what_a_crash_left_is_replaced(tour: Path) -> None:
    server = NotesServer(tour)
    server.begin()
    server.end()
    path = socket_of(tour)
    assert not path.exists()
    path.touch()
    assert not is_served(path)
    server = NotesServer(tour)
    server.begin()
    assert is_served(path)
    server.end()


def test_a_second_presentation_of_the_same_file_leaves_the_first_alone(
    tour: Path, server: NotesServer
) -> None:
    with pytest.raises(OSError, match="already presented"):
        NotesServer(tour).begin()
    assert is_served(socket_of(tour))


def test_a_terminal_that_hangs_up_disturbs_nothing(tour: Path, server: NotesServer) -> None:
    server.show(NotesPage(said="one"))
    received = pages(tour)
    next(received)
    received.close()
    for number in range(20):
        server.show(NotesPage(said=str(number)))
    assert next(pages(tour)).said == "19"


async def test_the_speaker_reads_notes_the_next_step_and_why_a_step_failed(
    tour: Path, server: NotesServer
) -> None:
    async with open_explorer() as explorer:
        presentation = present(explorer.app, parse_tour(TOUR, "story.tour"), tour.parent, notes=server)
        received = pages(tour)
        presentation.begin()
        page = next(received)
        assert (page.scene, page.scenes, page.scene_name) == (1, 1, "The leak")
        assert page.notes == ("Ask who has had one.",)
        assert page.following == "wait 5s"
        assert page.following_notes == ("Pause.",)
        assert "Ask who" not in explorer.text(), "not for the audience"
        await explorer.press("n", "n", "n")
        *_, last = [next(received) for _ in range(3)]
        assert "expect allowed" in last.failed
        assert last.following == ""
        assert last.acting == "alice"
        await explorer.press("escape")
    assert not socket_of(tour).exists()
    assert threading.active_count() < 50


def test_a_page_is_plain_text_without_control_characters() -> None:
    page = NotesPage(scene=2, scenes=5, scene_name="A\x1b[2J", said="word " * 40, notes=("Wait.",))
    lines = lines_of(page, 60)
    assert all(line.isprintable() for line in lines)
    assert max(map(len, lines)) <= 60
    assert "* Wait." in lines
    assert lines[-1] == "next: the end"
