"""No input ends the explorer: an unexpected error is reported, written down, and the explorer continues."""

from __future__ import annotations

import os
import pty
import select
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from sts_tui.tui.dialogs.assume_role import AssumeRoleScreen
from sts_tui.tui.handlers import screen as screen_handlers
from sts_tui.tui.palette import ExplorerCommands
from sts_tui.tui.panes.nouns import NounsPane
from tests.support.explorer import Explorer, open_explorer


def fail(*_: Any, **__: Any) -> Any:
    secret = "value of a local variable"
    raise KeyError(secret[:0] + "planted")


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


def went_on(explorer: Explorer, state: Path, failures: int = 1) -> None:
    """The error was reported and written down; the harness would raise what is left."""
    app = explorer.app
    assert len(app.failures) == failures
    assert "KeyError" in explorer.message()
    log = state / "sts-tui" / "crash.log"
    assert "planted" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    app.failures.clear()


async def test_an_action_that_fails_is_reported(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(screen_handlers.HANDLERS, "full_screen", fail)  # type: ignore[index]
    async with open_explorer() as explorer:
        await explorer.press("f")
        went_on(explorer, state)
        await explorer.press("3")
        assert explorer.app.main.focused_name == "sessions"


async def test_a_form_that_fails_is_reported(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_explorer() as explorer:
        await explorer.press("a")
        with monkeypatch.context() as patch:
            patch.setattr(AssumeRoleScreen, "_read", fail)
            await explorer.press("x")
        went_on(explorer, state)
        await explorer.press("escape", "3")
        assert explorer.app.main.focused_name == "sessions"


async def test_a_computation_that_fails_is_reported(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sts_tui.tui.overviews.reach.reaching.reach_of", fail)
    async with open_explorer() as explorer:
        await explorer.press("W")
        for _ in range(3_000):
            await explorer.pilot.pause(0.05)
            if explorer.app.failures:
                break
        went_on(explorer, state)


async def test_a_palette_entry_that_fails_is_reported(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_explorer() as explorer:
        monkeypatch.setattr(NounsPane, "clear_filter", fail)
        await explorer.find("role Deploy")
        await explorer.until(lambda: bool(explorer.app.failures))
        went_on(explorer, state)


async def test_a_search_of_the_palette_that_fails_is_reported(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in a worker of Textual's."""
    async with open_explorer() as explorer:
        with monkeypatch.context() as patch:
            patch.setattr(ExplorerCommands, "_nouns", fail)
            await explorer.press("ctrl+p", "x")
            for _ in range(3_000):
                await explorer.pilot.pause(0.05)
                if explorer.app.failures:
                    break
        went_on(explorer, state)
        await explorer.press("escape", "3")
        assert explorer.app.main.focused_name == "sessions"


async def test_a_timer_that_fails_is_reported(state: Path) -> None:
    async with open_explorer() as explorer:
        explorer.app.set_timer(0.01, fail)
        for _ in range(3_000):
            await explorer.pilot.pause(0.05)
            if explorer.app.failures:
                break
        went_on(explorer, state)
        await explorer.press("3")
        assert explorer.app.main.focused_name == "sessions"


ENDLESS = """
import sys
from sts_tui.tui.panes.sessions import SessionsPane
def tick(self, *_):
    secret = "value of " + "a local variable"
    raise KeyError("planted")
SessionsPane.tick = tick
from sts_tui.__main__ import main
sys.argv = ["sts-tui"]
main()
"""


def test_errors_without_end_leave_one_line_and_a_restored_terminal(state: Path) -> None:
    process, file = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color")
        os.execv(sys.executable, [sys.executable, "-c", ENDLESS])
    drawn, deadline = b"", time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([file], [], [], 0.2)[0]:
            try:
                drawn += os.read(file, 65536)
            except OSError:
                break
    _, status = os.waitpid(process, 0)
    os.close(file)
    assert os.waitstatus_to_exitcode(status) == 1
    after = drawn.rpartition(b"\x1b[?1049l")[2]
    said = [line for line in after.decode().split("\r\n") if "sts-tui" in line]
    assert len(said) == 1
    assert "internal error (KeyError)" in said[0]
    assert "--resume" in said[0]
    assert b"Traceback" not in after
    assert b"local variable" not in drawn
    assert "planted" in (state / "sts-tui" / "crash.log").read_text()
