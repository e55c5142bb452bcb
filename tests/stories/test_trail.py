"""A trail is opened: what happened is on the clock, and what would have happened is asked of it."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from sts_tui.cli.entry_points import ExplorerOptions
from sts_tui.cli.main import run
from sts_tui.tui.dialogs.choose import ChooseScreen
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.looking_back import look_back
from sts_tui.tui.overviews.timeline_screen import TimelineScreen
from tests.support.cloudtrail import THIEF, Events, leaked_credentials, session
from tests.support.explorer import SAMPLE, Explorer, open_explorer
from tests.support.representative import one_in
from tests.support.trails import open_trail

SIZES = one_in(3, [(80, 24), (120, 36), (200, 50)])


async def until(explorer: Explorer, kind: type) -> None:
    for _ in range(3_000):
        if isinstance(explorer.app.screen, kind):
            return
        await explorer.pilot.pause(0.02)
    raise AssertionError(f"no {kind.__name__}: {explorer.screen()}")


@pytest.mark.parametrize("size", SIZES)
async def test_what_happened_is_on_the_screen_and_any_instant_of_it(size: tuple[int, int]) -> None:
    async with open_trail(leaked_credentials(), size=size) as explorer:
        assert "2026-01-15 09:18:00Z" in explorer.header()
        assert "trail: 0 of 19 disagree" in explorer.header() or size[0] < 120
        assert "i-1@App" in explorer.pane("sessions")
        assert "alice" in explorer.pane("requests")
        await explorer.press("t")
        await until(explorer, TimelineScreen)
        await explorer.press("comma")
        await explorer.press("enter")
        assert "2026-01-15 09:16:00Z  PAST" in explorer.header(), "the denial"
        assert "PAST 09:16:00, read-only" in explorer.screen()
        await explorer.press("escape")
        assert explorer.app.looking_back is None


async def test_the_trail_is_reported_with_both_reasons_and_the_likely_cause() -> None:
    events = leaked_credentials()
    app = session("App", "i-1", "ASIAAPP0000000000001")
    events.add("09:16:30", "s3", "DeleteBucket", app, {"bucketName": "acme-orders"})
    async with open_trail(events) as explorer:
        assert "trail: 1 of 20 disagree" in explorer.header()
        await explorer.press("V")
        await until(explorer, ReadingScreen)
        text = explorer.text()
        assert "agree: 19 of 20" in text
        assert "AWS: allowed" in text
        assert "model: denied: " in text
        assert "likely cause: unexplained" in text
        assert f"{THIEF} (6 calls)" in text, "who used which key from where"
        await explorer.press("escape", "4", "slash")
        await explorer.type("disagrees")
        await explorer.press("enter")
        assert "s3:DeleteBucket" in explorer.pane("requests")
        await explorer.press("x")
        assert "disagrees: AWS allowed; model denied" in explorer.text()


@pytest.mark.parametrize("size", SIZES)
async def test_a_revocation_put_in_at_the_cursor_of_the_timeline(size: tuple[int, int]) -> None:
    async with open_trail(leaked_credentials(), size=size) as explorer:
        look_back(explorer.app, explorer.app.simulation.now.replace(minute=12, second=0))
        await explorer.press("t")
        await until(explorer, TimelineScreen)
        await explorer.press("w")
        await until(explorer, ChooseScreen)
        assert "What if, at 2026-01-15 09:12:00Z" in explorer.screen()
        await explorer.type("revoke App")
        await explorer.press("enter")
        await explorer.type(THIEF)
        await explorer.press("enter")
        await until(explorer, ReadingScreen)
        text = explorer.text()
        assert "0 of 3 calls of the suspects" in text
        assert "1 of 2 legitimate calls" in text
        assert "AWSRevokeOlderSessions" in text
        await explorer.press("escape")
        assert "PAST" in explorer.header(), "nothing was changed"


async def test_at_a_past_instant_the_key_and_the_line_of_a_revocation_ask_what_it_would_have_done() -> None:
    async with open_trail(leaked_credentials()) as explorer:
        look_back(explorer.app, explorer.app.simulation.now.replace(minute=9, second=0))
        await explorer.press("R")
        await until(explorer, ChooseScreen)
        assert "Whose calls belong to the incident?" in explorer.screen()
        await explorer.press("enter")
        await until(explorer, ReadingScreen)
        assert "7 of 8 calls would not have happened" in explorer.text()
        await explorer.press("escape", "colon")
        await explorer.type("wait 5m")
        await explorer.press("enter")
        assert "changes nothing" in explorer.message()
        await explorer.press("colon")
        await explorer.type("aws iam delete-role-policy --role-name App --policy-name nothing")
        await explorer.press("enter")
        await until(explorer, ChooseScreen)
        await explorer.press("enter")
        await explorer.pilot.pause(0.3)
        assert "NoSuchEntity" in explorer.message(), "a step that fails says why"


async def test_by_mouse() -> None:
    async with open_trail(leaked_credentials()) as explorer:
        line = explorer.app.main.header.dump()[0]
        await explorer.click("#header", offset=(line.index("trail:") + 1, 0))
        await until(explorer, ReadingScreen)
        await explorer.press("D")
        await until(explorer, ChooseScreen)
        await explorer.click("ChooseScreen Table", offset=(4, 2), times=2)
        await until(explorer, ChooseScreen)
        await explorer.click("ChooseScreen Table", offset=(4, 1), times=2)
        await until(explorer, ReadingScreen)
        assert "calls would not have happened" in explorer.text()


async def test_a_hostile_trail_is_text() -> None:
    events = Events()
    name = "[red]\x1b[31m$(x)\u202e"
    events.get_object("09:00:00", session("App", name, "ASIAAPP0000000000001"), "[/]\x07", code="Acc\x1b")
    async with open_trail(events, files=()) as explorer:
        await explorer.press("V")
        await until(explorer, ReadingScreen)
        assert "\x1b" not in explorer.screen()


async def test_without_a_trail_the_keys_say_how_to_open_one() -> None:
    async with open_explorer() as explorer:
        await explorer.press("V")
        assert "--trail" in explorer.message()
        await explorer.press("H")
        assert "--trail" in explorer.message()


async def test_another_trail_is_opened_from_the_explorer(tmp_path: Path) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps({"Records": leaked_credentials()}))
    empty = tmp_path / "empty"
    empty.mkdir()
    async with open_explorer() as explorer:
        await explorer.press("Z")
        await explorer.type(str(tmp_path / "nothing.json"))
        assert "no such file" in explorer.text()
        await explorer.press("enter")
        assert "no such file" in explorer.text(), "the path stays, to be corrected"
        await explorer.press("ctrl+u")
        await explorer.type(str(empty))
        await explorer.press("enter")
        assert explorer.app.opens_next is None
        assert "no CloudTrail events in this folder" in explorer.text()
        await explorer.press("ctrl+u")
        await explorer.type(str(path))
        assert "enter opens it" in explorer.text()
        await explorer.press("enter")
        assert explorer.app.opens_next is not None
        assert explorer.app.opens_next.trail == (path,)


class Opened:
    """What the command line asks of the explorer."""

    def __init__(self) -> None:
        self.options = ExplorerOptions()

    def explore(self, options: ExplorerOptions) -> int:
        self.options = options
        return 0

    def ask(self, *words: str) -> int:
        points = SimpleNamespace(explore=self.explore)
        return run(words, points)  # type: ignore[arg-type]


def test_the_command_line_takes_a_trail_beside_a_model_or_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "events.json"
    path.write_text(json.dumps({"Records": leaked_credentials()}))
    opened = Opened()
    assert opened.ask(str(SAMPLE), "--trail", str(path), "--model-before") == 0
    assert (opened.options.files, opened.options.trail) == ((SAMPLE,), (path,))
    assert opened.options.model_before
    for words in ([str(path)], [str(tmp_path)], ["--trail", str(path)]):
        assert opened.ask(*words) == 0
        assert opened.options.files == ()
        assert opened.options.trail == (Path(words[-1]),)
    assert opened.ask(str(SAMPLE), str(path)) == 0
    assert (opened.options.files, opened.options.trail) == ((SAMPLE,), (path,)), "recognized by its content"
    for words in (
        ["--trail", str(tmp_path / "none")],
        ["--model-before"],
        ["--trail", str(path), "--resume"],
    ):
        assert opened.ask(*words) == 2
    assert "no such file" in capsys.readouterr().err
