"""Running a command as the console script does, and what it printed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sts_tui.cli.entry_points import EntryPoints, ExplorerOptions
from sts_tui.cli.main import run
from sts_tui.tours.reading.steps import Tour
from tests.accounts.tour_model import MODEL


@dataclass
class Printed:
    """The result of a command."""

    code: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Opened:
    """Records how the explorer was opened."""

    explored: list[ExplorerOptions] = field(default_factory=list)
    shot: list[tuple[Tour, Path, ExplorerOptions, Path]] = field(default_factory=list)

    followed: list[Path] = field(default_factory=list)

    def notes(self, tour: Path) -> int:
        self.followed.append(tour)
        return 0

    def explore(self, options: ExplorerOptions) -> int:
        self.explored.append(options)
        return 0

    def shoot(self, tour: Tour, folder: Path, options: ExplorerOptions, pictures: Path) -> int:
        self.shot.append((tour, folder, options, pictures))
        return 0


@pytest.fixture
def opened() -> Opened:
    return Opened()


@pytest.fixture
def sts_tui(capsys: pytest.CaptureFixture[str], opened: Opened) -> Callable[..., Printed]:
    def command(*words: str | Path) -> Printed:
        entry_points = EntryPoints(explore=opened.explore, shoot=opened.shoot, notes=opened.notes)
        code = run([str(word) for word in words], entry_points)
        out, err = capsys.readouterr()
        return Printed(code, out, err)

    return command


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(MODEL))
    return path


@pytest.fixture
def tour(tmp_path: Path, model_file: Path) -> Callable[..., Path]:
    """Writes a tour on the small model, `*.tour`, and answers where it is."""

    def write(*lines: str, name: str = "story.tour", account: str = "small.json") -> Path:
        path = tmp_path / name
        path.write_text("\n".join([f"account {account}", *lines]) + "\n")
        return path

    return write
