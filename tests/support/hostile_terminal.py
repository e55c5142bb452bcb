"""Runs the explorer in a pseudo-terminal, presses its keys, and reports what it sent and what it did.

The real driver writes to the terminal; keys come from Textual's pilot, which waits until each has been
handled, so that the journey neither sleeps nor depends on the speed of the machine.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import sys
import termios
import time
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Input

from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.sts.errors import AwsError
from sts_tui.tui.app import StsApp
from sts_tui.tui.keys.actions import ACTIONS, ActionSpec
from tests.support import settling

ROOT: Final = Path(__file__).parents[2]
OWN: Final = re.compile(
    rb"\x1b\[[0-9;?<>=$]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\]22;\w+\x07|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1b[78=>]"
)
"""Sequences that the explorer sends itself: styles and positions, the mouse pointer's shape, the text that
`y` copies.
"""
FORBIDDEN: Final = {"Cc", "Cf", "Cs", "Zl", "Zp"}
APART: Final = {"quit", "undo", "redo", "assume_again", "act_as", "step_out", "explain_denial", "animate"}
"""Actions that the journey performs in a separate step."""
PANES: Final = ("1", "2", "3", "4", "5")
LONG: Final = 60.0
SIZE: Final = (30, 110)


class Journey:
    """Presses keys in the explorer; records the actions that were possible and the screens that opened."""

    def __init__(self, pilot: Pilot[Any], word: str) -> None:
        self._pilot = pilot
        self._app: StsApp = pilot.app  # type: ignore[assignment]
        self._word = word
        self.done: dict[str, None] = {}
        self.opened: dict[str, None] = {}

    async def all(self) -> None:
        await self._begin()
        for spec in ACTIONS.values():
            if spec.id not in APART:
                await self._everywhere(spec)
        await self._dialogs()
        await self._sessions()
        await self._lines()

    async def some(self) -> None:
        """Every sixth action, and the command lines."""
        await self._begin()
        for spec in [*ACTIONS.values()][::6]:
            if spec.id not in APART:
                await self._everywhere(spec)
        await self._lines()

    async def _begin(self) -> None:
        """Requests and sessions, of hostile roles too; then the clock is paused."""
        await self._perform("animate")
        self._issue_user_sessions()
        self._app.simulation.advance(40)
        await self._perform("pause")
        await self._press("1", "end")

    def _issue_user_sessions(self) -> None:
        simulation = self._app.simulation
        for arn in [*simulation.world.configuration.users]:
            with suppress(AwsError, UnknownIdentityError):
                simulation.call("sts:GetSessionToken", {}, caller=simulation.resolve(arn))

    def _choose_one_with_a_fix(self) -> None:
        """Selects a denied request that a policy could allow: one of the log, or one that is made for this
        purpose.
        """
        simulation = self._app.simulation
        for arn in simulation.world.configuration.users:
            with suppress(AwsError, UnknownIdentityError):
                caller = simulation.resolve(arn)
                simulation.call("iam:ListRoles", {}, caller=caller)
        self._app.presenter.refresh()
        answered = [one for one in simulation.events if isinstance(one, RequestAnswered)]
        denied = [one for one in reversed(answered) if one.verdict.is_denial]
        fixable = next((one for one in denied if simulation.fixes(one)), denied[0])
        self._app.main.requests.table.choose(fixable.number)

    async def _everywhere(self, spec: ActionSpec) -> None:
        """Performs an action in the first of its panes in which it is possible."""
        panes = [str(1 + ["roles", "policies", "sessions", "requests"].index(each)) for each in spec.panes]
        for pane in panes or PANES:
            await self._press(pane)
            if await self._perform(spec.id):
                await self._look_around()
                return

    async def _perform(self, id: str) -> bool:
        """Presses an action's key; returns whether the action was possible."""
        self._app.selection.update()
        if ACTIONS[id].reason_against(self._app.action_context()) is not None:
            await self._press(ACTIONS[id].keys[0])
            return False
        self.done[id] = None
        await self._press(ACTIONS[id].keys[0])
        await self._settled()
        return True

    async def _look_around(self) -> None:
        """Moves down and up in what has opened, then closes it."""
        if self._app.screen is not self._app.main:
            await self._press("end")
        await self._close()

    async def _close(self) -> None:
        for _ in range(8):
            if self._app.screen is self._app.main and not self._app.background.what:
                break
            await self._press("escape")
        else:
            raise AssertionError(f"{self._app.screen} does not close")
        if self._app.main.command_line.display or self._app.focused is not None:
            await self._press("escape")

    async def _dialogs(self) -> None:
        """Opens what has its own dialogs: the desk, the table of operations, what-if, the palette."""
        await self._press("1", "end")
        await self._perform("incident")
        for key in ("enter", "p", "m", "a", "f5"):
            await self._press(key, "escape")  # each of them leads back to the desk
            await self._settled()
        await self._close()
        await self._perform("operations")
        await self._press("end", "enter")
        await self._close()
        await self._press("4")
        self._choose_one_with_a_fix()
        for downs in (0, 2):
            await self._perform("what_if")
            await self._press(*["down"] * downs, "enter")
            await self._settled()
            await self._press("e")
            await self._close()
        for what in ("role", "policy", "resource", "workload", self._word):
            await self._press("ctrl+p")
            self._app.screen.query_one(Input).value = what
            await self._until(lambda: not self._is_searching())
            await self._press("down", "enter")
            await self._settled()
            await self._close()

    async def _sessions(self) -> None:
        """Performs actions that are possible only after another one."""
        await self._press("3", "home")
        await self._perform("act_as")
        await self._perform("step_out")
        await self._assume_some_role()
        await self._press("1", "home")
        await self._perform("assume_again")
        await self._close()
        used = [one.role_arn for one in self._app.row_cache.sessions() if one.role_arn]
        await self._press("1")
        self._app.presenter.go_to_role((used or [self._app.selection.role_arn])[0])
        await self._perform("revoke")
        await self._press("tab", "enter")
        await self._close()
        self._app.simulation.advance(30)
        self._app.presenter.refresh()
        await self._perform("explain_denial")
        await self._close()
        await self._perform("undo")
        await self._press("enter")
        await self._close()
        await self._perform("redo")

    async def _assume_some_role(self) -> None:
        """Assumes the first role that the acting identity may assume."""
        for arn in self._app.simulation.world.configuration.roles:
            await self._press("1")
            self._app.presenter.go_to_role(arn)
            await self._perform("assume")
            await self._press("enter")
            await self._close()
            if self._app.row_cache.last_assumed is not None:
                return

    async def _lines(self) -> None:
        """Types command lines: their output, their suggestions and their errors."""
        for line in ("aws iam list-roles", "aws iam get-nothing", "as ", f"as {self._word}"):
            await self._press("colon")
            self._app.main.command_line.value = line
            await self._press("tab", "enter")
            await self._close()

    def _is_searching(self) -> bool:
        screen = self._app.screen
        return isinstance(screen, CommandPalette) and screen.has_class("-busy")

    async def _settled(self) -> None:
        """Waits until the background has finished its computations."""
        await self._until(lambda: not self._app.background.what)

    async def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LONG
        await self._pilot.pause()
        while not holds():
            assert time.monotonic() < deadline
            await self._pilot.pause(0.02)
        await self._pilot.pause()

    async def _press(self, *keys: str) -> None:
        for key in keys:
            await self._pilot.press(key)
            name = type(self._app.screen).__name__
            self.opened[name] = None


async def press_everything(pilot: Pilot[Any]) -> None:
    """The journey in the child; its report goes into a file, and the explorer ends."""
    app: StsApp = pilot.app  # type: ignore[assignment]
    journey = Journey(pilot, os.environ["STS_TUI_TEST_WORD"])
    report: dict[str, Any] = {"error": ""}
    try:
        await (journey.some() if os.environ.get("STS_TUI_TEST_SOME") else journey.all())
    except Exception as error:
        report["error"] = repr(error)
    report["failures"] = [repr(error) for _, error in app.failures]
    report |= {"actions": list(journey.done), "screens": list(journey.opened)}
    Path(os.environ["STS_TUI_TEST_REPORT"]).write_text(json.dumps(report))
    app.exit(0)


def child() -> None:
    """The explorer as `python -m sts_tui` opens it, with the pilot at its keys."""
    from sts_tui.__main__ import main

    settling.install()
    run = StsApp.run

    def piloted(self: StsApp, **options: Any) -> Any:
        return run(self, **{**options, "auto_pilot": press_everything})

    StsApp.run = piloted  # type: ignore[method-assign]
    with settling.every_frame():
        main()


def explored(path: Path, folder: Path, word: str, *, some: bool = False) -> tuple[bytes, dict[str, Any]]:
    """(everything that was sent to the terminal, the report of the journey). `word` is searched for; with
    `some` a sixth of the keys is pressed.
    """
    report = folder / "report.json"
    process, file = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", XDG_STATE_HOME=str(folder), XDG_CONFIG_HOME=str(folder))
        os.environ.update(PYTHONPATH=str(ROOT), TEXTUAL_ANIMATIONS="none")
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
        os.environ.update(STS_TUI_TEST_WORD=word, STS_TUI_TEST_REPORT=str(report))
        os.environ.update(STS_TUI_TEST_SOME="yes" if some else "")
        os.chdir(folder)
        code = "from tests.support.hostile_terminal import child; child()"
        os.execv(sys.executable, [sys.executable, "-c", code, str(path)])
    drawn = bytearray()
    while True:
        try:
            part = os.read(file, 65536)
        except OSError:  # the child is gone
            break
        if not part:
            break
        drawn += part
    os.waitpid(process, 0)
    os.close(file)
    return bytes(drawn), json.loads(report.read_text())


def forbidden_in(drawn: bytes) -> set[str]:
    """The control characters in what was sent, except the explorer's own sequences and line ends."""
    rest = OWN.sub(b"", drawn).decode()
    return {c for c in rest if unicodedata.category(c) in FORBIDDEN and c not in "\r\n"}
