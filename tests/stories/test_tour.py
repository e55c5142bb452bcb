"""A tour presented in the explorer, and its pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tui.stage.presentation import present
from sts_tui.tui.stage.shoot import shoot
from tests.support.explorer import SAMPLE, open_explorer, still_app

TOUR = SAMPLE.parent / "revocation.tour"


@dataclass(frozen=True)
class Asked:
    """What the command line would ask."""

    files: tuple[Path, ...] = ()
    sample: Path = SAMPLE
    tour: Path | None = None
    autoplay: bool = False
    seed: int | None = None
    start: datetime | None = None
    readonly: bool = False
    theme: str | None = None
    keymap: str | None = None
    ascii: bool = False
    record_to: Path | None = None
    resume: bool = False
    journal: bool = False
    calm: bool = False
    reader: bool = False


async def test_a_presented_tour_narrates_acts_and_steps_back() -> None:
    app = still_app()
    present(app, read_tour(TOUR))
    async with app.run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        assert "instance role App" in "\n".join(app.main.caption.dump()).replace("\n", " ")
        for _ in range(30):
            await pilot.press("n")
        assert app.presentation is not None
        assert app.presentation.is_over
        states = {row.label: row.state.value for row in app.row_cache.sessions()}
        assert states["i-0ab12cd34ef567890@App"] == "revoked"
        position = app.presentation.position
        await pilot.press("b")
        assert app.presentation.position < position
        await pilot.press("escape")
        assert app.presentation is None


def test_the_same_tour_gives_the_same_bytes_whatever_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    tour = read_tour(TOUR)
    assert shoot(tour, TOUR.parent, Asked(), tmp_path / "one") == 0
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "dumb")
    assert shoot(tour, TOUR.parent, Asked(), tmp_path / "two") == 0
    pictures = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert pictures == ["after.svg", "before.svg", "revoked.svg"]
    for picture in pictures:
        text = (tmp_path / "one" / picture).read_text()
        assert text == (tmp_path / "two" / picture).read_text()
        assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', ""), (
            "nothing from the network"
        )
        assert "<title>" in text
        assert "<desc>" in text
    assert "AWSRevokeOlderSessions" in (tmp_path / "one" / "after.svg").read_text().replace("&#160;", " ")


def test_a_key_that_would_call_aws_is_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tour = parse_tour(f"account {SAMPLE}\nwait 5s\npress R tab enter\nshot x\n", "bad.tour")
    assert shoot(tour, tmp_path, Asked(), tmp_path) == 1
    assert "a key would call iam:PutRolePolicy" in capsys.readouterr().err


async def test_the_end_of_a_tour_is_reported() -> None:
    tour = parse_tour("say one\nsay two\n", "short.tour")
    async with open_explorer(seconds=1) as explorer:
        present(explorer.app, tour)
        assert explorer.app.presentation is not None
        explorer.app.presentation.begin()
        await explorer.pilot.pause()
        assert "n next step" in explorer.screen()
        await explorer.press("n", "n")
        assert "End of the tour." in explorer.status()
