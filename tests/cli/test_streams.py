"""Closed and full streams, and names that no file system takes, end a command with one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG = "a" * 300

pytestmark = pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="no /dev/full")


def shell(line: str) -> subprocess.CompletedProcess[str]:
    """`sts-tui` in a POSIX shell, with the redirections of `line`."""
    command = line.replace("sts-tui", f"'{sys.executable}' -m sts_tui", 1)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    arguments = ["bash", "-c", command]
    return subprocess.run(
        arguments, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60, env=environment
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sts-tui schema > /dev/full", "standard output: no space left on device"),
        ("sts-tui --print-completion bash > /dev/full", "standard output: no space left on device"),
        ("sts-tui run -c 'as alice' > /dev/full", "standard output: no space left on device"),
        ("sts-tui schema >&-", "standard output is closed"),
        ("sts-tui --reader > /dev/full < /dev/null", "standard output: no space left on device"),
        ("sts-tui <&-", "needs a terminal"),
    ],
)
def test_a_stream_that_cannot_be_written_is_one_line(line: str, message: str) -> None:
    done = shell(line)
    assert done.returncode == 2
    (error,) = done.stderr.splitlines()
    assert error.startswith("sts-tui: ")
    assert message in error


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("sts-tui validate no-such.json 2>&-", 2),
        ("sts-tui validate sample_accounts/acme.json 2> /dev/full", 2),
        ("sts-tui run -c undo <&- >&- 2>&-", 2),
        ("sts-tui run -c 'as alice' <&-", 0),
    ],
)
def test_an_error_that_cannot_be_printed_still_has_its_exit_code(line: str, code: int) -> None:
    done = shell(line)
    assert done.returncode == code
    assert done.stderr == ""


@pytest.mark.parametrize(
    "line",
    [
        f"sts-tui validate {LONG}.json",
        f"sts-tui run {LONG}.tour",
        f"sts-tui export --out {LONG}.json",
        f"sts-tui record --out {LONG}.tour",
        f"sts-tui shoot sample_accounts/revocation.tour --out {LONG}",
        f"sts-tui run -c 'account {LONG}.json'",
        f"sts-tui run -c 'shot {LONG}'",
    ],
)
def test_a_name_of_three_hundred_letters_is_one_line(line: str) -> None:
    done = shell(line)
    assert done.returncode == 2
    assert all(error.startswith("sts-tui: ") for error in done.stderr.splitlines()[:1])
    assert "Traceback" not in done.stderr
