"""Whatever is given instead of an account file: one clear report, the same at every command, no traceback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.accounts.tour_model import ALPHA, MODEL
from tests.cli.conftest import Printed

Command = Callable[..., Printed]

UNREADABLE = {
    "empty": b"",
    "truncated": json.dumps(MODEL).encode()[:-40],
    "binary": b"\x7fELF\x02\x01\x01\x00",
    "not UTF-8": b'{"Name": "caf\xe9"}',
    "half UTF-16": b"\xff\xfe{",
    "nested": b'{"Accounts":' * 100_000,
    "a list": b"[]",
    "text": b"the accounts\n- AccountId: 1\n",
}
FAULTY = {
    "wrong types": {"Accounts": {}, "Workloads": 5, "Name": [], "Settings": "x"},
    "two accounts with one id": {"Accounts": [{"AccountId": ALPHA}, {"AccountId": ALPHA}]},
    "a provider that is not there": {
        "Accounts": [{"AccountId": ALPHA, "SAMLProviders": [{"Name": "sso", "IdentityProvider": "none"}]}]
    },
}
COMMANDS = {
    "export": ("export", "{}"),
    "export --diff": ("export", "--diff", "{}"),
    "run": ("run", "{}", "-c", "say hello"),
    "reach": ("reach", "{}"),
    "creds": ("creds", "alice", "{}"),
}


def reported(printed: Printed) -> list[str]:
    assert "Traceback" not in printed.err
    lines = printed.err.splitlines()
    assert all(line.startswith("sts-tui: ") for line in lines)
    return lines


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("kind", [*UNREADABLE, "missing", "directory"])
def test_what_is_not_an_account_file_is_reported_in_one_line(
    sts_tui: Command, tmp_path: Path, kind: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "mine.json"
    if kind == "directory":
        path.mkdir()
    elif kind != "missing":
        path.write_bytes(UNREADABLE[kind])
    printed = sts_tui(*[str(path) if word == "{}" else word for word in words])
    assert (printed.code, printed.out) == (2, "")
    (line,) = reported(printed)
    assert str(path) in line
    checked = sts_tui("validate", path)
    assert (checked.code, checked.out) == (2, "")
    assert checked.err.splitlines() == [line, "1 unreadable file"]


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
@pytest.mark.parametrize("kind", FAULTY)
def test_errors_of_an_account_file_are_all_reported_with_file_and_line(
    sts_tui: Command, tmp_path: Path, kind: str, words: tuple[str, ...]
) -> None:
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(FAULTY[kind], indent=1))
    checked = sts_tui("validate", path)
    assert checked.code == 1
    faults = checked.out.splitlines()
    assert len(faults) == (4 if kind == "wrong types" else 1)
    assert all(line.startswith(f"{path}:") for line in faults)
    printed = sts_tui(*[str(path) if word == "{}" else word for word in words])
    assert (printed.code, printed.out) == (2, "")
    assert reported(printed) == [f"sts-tui: {line}" for line in faults]


def test_every_unreadable_file_is_reported_beside_the_others(sts_tui: Command, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{")
    (tmp_path / "b.json").write_text(json.dumps(MODEL))
    printed = sts_tui("validate", tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json")
    assert printed.code == 2
    assert "c.json: no such file" in printed.err
    assert "a.json:1: is cut off" in printed.err
    again = sts_tui("export", tmp_path / "a.json", tmp_path / "b.json", tmp_path / "c.json")
    assert printed.err.splitlines()[:2] == again.err.splitlines()


@pytest.mark.parametrize("command", ["validate", "export"])
def test_a_pipe_is_an_account_file_too(model_file: Path, command: str) -> None:
    """`sts-tui export <(aws iam get-account-authorization-details)`: what has been read is gone."""
    script = f"'{sys.executable}' -m sts_tui {command} <(cat '{model_file}')"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False, timeout=60)
    plain = [sys.executable, "-m", "sts_tui", command, str(model_file)]
    assert done.returncode == 0
    assert done.stdout.splitlines()[2:] == subprocess.check_output(plain, text=True).splitlines()[2:]


def test_the_explorer_tells_it_before_a_screen_opens(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{")
    command = [sys.executable, "-m", "sts_tui", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"sts-tui: {path}:1: is cut off")


@pytest.mark.parametrize("command", ["validate", "export"])
def test_an_interrupt_while_a_file_is_read_ends_quietly(tmp_path: Path, command: str) -> None:
    """The pipe is opened for writing only when the command has begun to read, and nothing is ever written."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    words = [sys.executable, "-m", "sts_tui", command, str(pipe)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process, pipe.open("wb"):
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "")


@pytest.mark.parametrize("mode", [None, 0o644])
def test_an_export_is_for_its_owner_alone_whatever_stood_there(
    sts_tui: Command, model_file: Path, tmp_path: Path, mode: int | None
) -> None:
    out = tmp_path / "out.json"
    if mode is not None:
        out.write_text("old")
        out.chmod(mode)
    before = os.umask(0)
    try:
        assert sts_tui("export", model_file, "--out", out).code == 0
    finally:
        os.umask(before)
    assert out.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.json", "small.json"]
