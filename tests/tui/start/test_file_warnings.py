"""Large account files are checked by a process of their own, which ends with the explorer."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sts_tui.tui.start import file_warnings, warnings_process
from sts_tui.tui.start.file_warnings import warnings_of
from tests.support.explorer import SAMPLE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def misspelled(tmp_path: Path) -> Path:
    file = tmp_path / "account.json"
    text = SAMPLE.read_text(encoding="utf-8").replace('"aws:SecureTransport"', '"aws:SecureTransprt"')
    file.write_text(text, encoding="utf-8")
    return file


def test_a_large_file_is_checked_by_another_process(
    misspelled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = warnings_of([misspelled])
    assert len(here) == 1
    monkeypatch.setattr(file_warnings, "LARGE", 0)
    monkeypatch.setattr(file_warnings, "read_model", None)
    assert warnings_of([misspelled]) == here


def test_no_module_of_the_working_directory_is_imported(
    misspelled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported')")
    monkeypatch.chdir(tmp_path)
    assert len(warnings_process.warnings_of_process([misspelled])) == 1


@pytest.mark.parametrize("large", [0, 1_000_000])
def test_a_file_that_is_gone_or_has_errors_by_now_is_left_alone(
    large: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_warnings, "LARGE", large)
    broken = tmp_path / "broken.json"
    broken.write_text('{"RoleDetailList": 5, "Accounts": 7}')
    assert warnings_of([broken]) == ()
    assert warnings_of([tmp_path / "gone.json"]) == ()


def test_the_process_ends_when_the_explorer_does(tmp_path: Path) -> None:
    fifo = tmp_path / "never-written"
    command = [sys.executable, "-c", (
        "import sys, time\nfrom sts_tui.tui.start import warnings_process\n"
        "warnings_process.read_model = lambda *_, **__: time.sleep(600)\n"
        "warnings_process.main(sys.argv[1:])"
    ), str(fifo)]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT) as process:
        time.sleep(0.5)
        assert process.poll() is None
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 1, "it would run for ten minutes"
