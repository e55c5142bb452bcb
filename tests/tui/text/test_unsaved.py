"""While work is not saved the screen says so: at once, all the time, on saving and on quitting."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sts_tui.simulation.journal.journal_store import begin_at
from sts_tui.tui.dialogs.quitting import QuitScreen
from tests.support.explorer import SAMPLE, Explorer, open_explorer
from tests.support.full_disk import FAILURES, disk
from tests.support.representative import representative

SIZES = ((80, 24), (120, 36), (60, 15))


@asynccontextmanager
async def with_a_journal(folder: Path, size: tuple[int, int] = (120, 36)) -> AsyncIterator[Explorer]:
    async with open_explorer(size=size, seconds=10) as explorer:
        journal, store = begin_at(folder / "a.journal", explorer.app.simulation, [SAMPLE])
        explorer.app.journal = journal
        yield explorer
        store.close()


@pytest.mark.parametrize(
    ("size", "failure"),
    representative(
        [(size, failure) for size in SIZES for failure in FAILURES], *zip(SIZES, FAILURES, strict=True)
    ),
)
async def test_the_header_keeps_saying_it_until_all_is_saved_again(
    failure: int, size: tuple[int, int], tmp_path: Path
) -> None:
    async with with_a_journal(tmp_path, size) as explorer:
        assert "NOT SAVED" not in explorer.header()
        with disk(failure):
            await explorer.wait(1)
            assert "NOT SAVED since command 1" in explorer.header()
            assert "Work is not saved since command 1" in explorer.message()
            await explorer.press("3", "j")
            await explorer.wait(1)
            assert "NOT SAVED since command 1" in explorer.header()
        for _ in range(4):
            await explorer.wait(1)
        assert "NOT SAVED" not in explorer.header()
        assert explorer.message() == "All work is saved."


async def test_saving_the_account_file_says_it_again(tmp_path: Path) -> None:
    async with with_a_journal(tmp_path) as explorer:
        with disk(errno.ENOSPC):
            await explorer.wait(1)
            await explorer.press("ctrl+s")
            assert "not saved since command 1" in explorer.text()
            await explorer.press("ctrl+u")
            await explorer.type(str(tmp_path / "model.json"))
            await explorer.press("enter")
        assert (tmp_path / "model.json").exists()
        assert "Saved to" in explorer.message()
        assert "not saved since command 1" in explorer.message()


async def test_quitting_asks_first_and_a_second_time_quits(tmp_path: Path) -> None:
    async with with_a_journal(tmp_path) as explorer:
        with disk(errno.ENOSPC):
            await explorer.wait(1)
            explorer.app.call("iam:GetUser", {"UserName": "alice"})
            await explorer.press("ctrl+q")
            assert isinstance(explorer.app.screen, QuitScreen)
            assert "1 command, since command 1 (iam:GetUser)" in explorer.text()
            assert "No space left on device" in explorer.text()
            await explorer.press("escape")
            assert explorer.app.is_running
            await explorer.press("ctrl+q", "ctrl+q")
        assert not explorer.app.is_running


async def test_quitting_writes_what_was_not_saved_if_there_is_room(tmp_path: Path) -> None:
    async with with_a_journal(tmp_path) as explorer:
        with disk(errno.ENOSPC):
            await explorer.wait(1)
        journal = explorer.app.journal
        assert journal is not None
        assert journal.trouble
        await explorer.press("ctrl+q")
        assert journal.trouble == ""
        assert not explorer.app.is_running
