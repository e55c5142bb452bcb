"""A command that takes long says so on a terminal, and leaves nothing of it behind."""

from __future__ import annotations

import io
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading import load
from sts_tui.account.loading.load import parse
from sts_tui.cli.waiting import at_work

ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_seconds_are_counted_on_one_line_that_is_erased() -> None:
    out = Terminal()
    with at_work("checking", out, patience=0.01):
        for _ in range(6_000):
            if "checking … " in out.getvalue():
                break
            time.sleep(0.01)
    shown = out.getvalue().split("\r")
    assert shown[1].startswith("checking … ")
    assert shown[-1] == ""
    assert shown[-2].strip() == ""
    assert "\n" not in out.getvalue()


def test_what_the_command_notes_is_shown_as_a_share_and_in_counts() -> None:
    out = Terminal()
    with at_work("checking", out, patience=0.01, things="policy documents") as work:
        work.note(45_000, 100_000)
        for _ in range(6_000):
            if out.getvalue().count("\r") > 1:
                break
            time.sleep(0.01)
    assert "45 % (45,000 of 100,000 policy documents)" in out.getvalue()


def test_validate_counts_the_policy_documents_of_a_model(monkeypatch: pytest.MonkeyPatch) -> None:
    noted: list[tuple[int, int]] = []
    monkeypatch.setattr(load, "_REPORT_EVERY", 1)
    text = (ROOT / "sample_accounts" / "acme.json").read_text()
    parse([Source("acme.json", text)], progress=lambda done, total: noted.append((done, total)))
    documents = text.count('"Statement"')
    assert documents > 20
    assert noted == [(done, documents) for done in range(documents)]


def test_what_is_done_soon_says_nothing() -> None:
    out = Terminal()
    with at_work("checking", out):
        pass
    assert out.getvalue() == ""


def test_a_pipe_gets_nothing() -> None:
    out = io.StringIO()
    with at_work("checking", out, patience=0):
        time.sleep(0.05)
    assert out.getvalue() == ""


def test_an_error_inside_is_passed_on() -> None:
    with pytest.raises(KeyError), at_work("checking", Terminal(), patience=0.01):
        raise KeyError


def until_drawn(terminal: int, text: bytes) -> bytes:
    """What was drawn when the text is there; gives up after a minute."""
    drawn = b""
    for _ in range(600):
        if text in drawn:
            break
        if select.select([terminal], [], [], 0.1)[0]:
            drawn += os.read(terminal, 65536)
    return drawn


def test_validate_of_a_file_that_takes_long_says_so(tmp_path: Path) -> None:
    """A pipe that delivers late stands in for a large file; it opens when the command begins to read."""
    pipe = tmp_path / "account.json"
    os.mkfifo(pipe)
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "sts_tui", "validate", str(pipe)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=end, cwd=ROOT, env=env)
    with pipe.open("wb") as file:
        drawn = until_drawn(terminal, b"checking \xe2\x80\xa6 1 s")
        file.write((ROOT / "sample_accounts" / "acme.json").read_bytes())
    assert process.wait(60) == 0
    os.close(end)
    shown = (drawn + os.read(terminal, 65536)).decode()
    os.close(terminal)
    assert "checking … 1 s" in shown
    assert shown.rstrip().endswith("no errors")
