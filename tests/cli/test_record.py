"""`sts-tui record`: the explorer's tour, and `--from-script`."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Opened, Printed

Command = Callable[..., Printed]


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "deploy.sh"
    path.write_text("#!/bin/sh\naws iam get-role --role-name ${NAME:-Ops}\npython3 x.py\naws s3 ls\n")
    return path


def test_without_a_script_the_explorer_writes_the_tour(
    sts_tui: Command, opened: Opened, tmp_path: Path
) -> None:
    out = tmp_path / "story.tour"
    assert sts_tui("record", "--out", out).code == 0
    assert opened.explored[0].record_to == out


@pytest.mark.parametrize(
    "words",
    [
        [],
        *(
            ["--out", "x.tour", *more]
            for more in (["--as", "alice"], ["--env", "A=b"], ["--profile", "p=alice"])
        ),
    ],
)
def test_options_that_do_not_go_together_are_refused(sts_tui: Command, words: list[str]) -> None:
    printed = sts_tui("record", *words)
    assert (printed.code, "--from-script" in printed.err or "--out TOUR" in printed.err) == (2, True)


def test_the_tour_of_a_script_plays(sts_tui: Command, script: Path, model_file: Path, tmp_path: Path) -> None:
    (tmp_path / "tours").mkdir()
    out = tmp_path / "tours" / "deploy.tour"
    printed = sts_tui("record", model_file, "--from-script", script, "--as", "alice", "--out", out)
    assert printed.code == 0
    assert f"{script}:3: not translated: python3" in printed.err
    assert "account ../small.json\n" in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sts_tui("run", out).code == 0


def test_the_same_script_gives_the_same_bytes_on_standard_output(
    sts_tui: Command, script: Path, model_file: Path
) -> None:
    words = ("record", model_file, "--from-script", script, "--seed", "7", "--env", "NAME=Twin")
    first = sts_tui(*words)
    assert "set seed 7\n" in first.out
    assert "--role-name Twin\n" in first.out
    assert sts_tui(*words).out == first.out


@pytest.mark.parametrize(
    ("name", "content", "words", "message"),
    [
        ("none.sh", None, [], "no such file"),
        ("bytes.sh", b"\xff\xfe\x00", [], "UTF-8"),
        ("fine.sh", b"", ["--as", "nobody"], "--as: "),
        ("fine.sh", b"", ["--env", "=x"], "NAME=VALUE"),
        ("fine.sh", b"", ["--profile", "x"], "NAME=WHO"),
        ("fine.sh", b"", ["--profile", "x=nobody"], "--profile: no one"),
        ("fine.sh", b"", ["--out", "/nowhere/x.tour"], "cannot be written"),
    ],
)
def test_bad_input_is_a_clear_error(
    sts_tui: Command, tmp_path: Path, name: str, content: bytes | None, words: list[str], message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    printed = sts_tui("record", "--from-script", path, *words)
    assert printed.code == 2
    assert message in printed.err
