"""What `run` passes over, keys, must not make what `shoot` shows another story."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tui.options import Options
from sts_tui.tui.stage.shoot import shoot
from tests.stories.test_tour import Asked
from tests.support.explorer import SAMPLE, open_explorer


@pytest.mark.parametrize(("steps", "asked"), [("set theme drak\n", Asked()), ("", Asked(theme="drak"))])
def test_an_unknown_theme_is_an_error_and_no_picture_is_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: str, asked: Asked
) -> None:
    tour = parse_tour(f"account {SAMPLE}\n{steps}shot x\n", "bad.tour")
    assert shoot(tour, tmp_path, asked, tmp_path) == 2
    assert "unknown theme 'drak'" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


async def test_the_explorer_says_that_a_theme_is_not_there() -> None:
    async with open_explorer(options=Options(theme="drak")) as explorer:
        assert "unknown theme 'drak'" in explorer.status()


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        (
            'press :\ntype "aws sts get-caller-identity"\npress enter',
            "a key would perform aws sts get-caller-identity: write that as a step",
        ),
        ('press :\ntype "wait 1h"\npress enter', "a key would perform wait 1h"),
        ("aws iam create-user --user-name zed\npress u", "a key would undo"),
        ("aws iam create-user --user-name zed\nundo\npress ctrl+r", "a key would redo"),
        ("press .", "a key would move the clock"),
    ],
)
def test_what_keys_would_change_is_left_to_steps(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], steps: str, told: str
) -> None:
    tour = parse_tour(f"account {SAMPLE}\n{steps}\nshot x\n", "bad.tour")
    assert shoot(tour, tmp_path, Asked(), tmp_path) == 1
    assert told in capsys.readouterr().err


def test_a_picture_can_show_a_real_account_so_only_its_owner_can_read_it(tmp_path: Path) -> None:
    tour = parse_tour(f"account {SAMPLE}\nshot x\n", "one.tour")
    assert shoot(tour, tmp_path, Asked(), tmp_path) == 0
    assert (tmp_path / "x.svg").stat().st_mode & 0o777 == 0o600
