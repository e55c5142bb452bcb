"""Files that can hold a real account are readable by their owner only."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.writing.private_file import write_private


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_mode_is_0600_whatever_the_umask(umask: int, tmp_path: Path) -> None:
    before = os.umask(umask)
    try:
        write_private(tmp_path / "out.json", "{}")
    finally:
        os.umask(before)
    assert (tmp_path / "out.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("step", ["open", "fsync", "chmod"])
def test_no_step_of_writing_leaves_a_file_that_others_can_read(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others must not read the file beside it either: one that opens it meanwhile reads it to the end."""
    seen: list[int] = []
    function = getattr(os, step)

    def spied(*arguments: Any, **named: Any) -> Any:
        done = function(*arguments, **named)
        seen.extend(entry.stat().st_mode & 0o777 for entry in tmp_path.iterdir())
        return done

    monkeypatch.setattr(os, step, spied)
    before = os.umask(0)
    try:
        write_private(tmp_path / "out.json", "{}")
    finally:
        os.umask(before)
    assert seen == [0o600]


def test_a_new_file_is_never_one_that_another_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link of that name, planted in a folder that others can write to, is not followed."""
    planted = tmp_path / f".out.json.{os.getpid()}.0"
    planted.symlink_to(tmp_path / "elsewhere")
    write_private(tmp_path / "out.json", "secret")
    assert not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "out.json").read_text() == "secret"


def test_a_name_of_the_greatest_length_can_be_written(tmp_path: Path) -> None:
    write_private(tmp_path / ("n" * 255), "text")
    assert (tmp_path / ("n" * 255)).read_text() == "text"


def test_another_error_of_a_device_is_reported_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> int:
        raise OSError(errno.EIO, "Input/output error", "/dev/null")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OSError, match="Input/output error"):
        write_private("/dev/null", "text")


def test_a_folder_or_what_may_not_be_looked_at_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path, "text")
    with pytest.raises(NotADirectoryError):
        write_private("/dev/null/out.json", "text")
    with pytest.raises(OSError, match="No such device|loop|Too many levels"):
        write_private(looped(tmp_path), "text")


def looped(folder: Path) -> Path:
    (folder / "a").symlink_to(folder / "b")
    (folder / "b").symlink_to(folder / "a")
    return folder / "a"


def test_a_slow_reader_of_a_fifo_gets_everything(tmp_path: Path) -> None:
    """More than a pipe holds: the writer waits, it does not fail where the pipe is full."""
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(reader, True)
    read: list[bytes] = []

    def read_all() -> None:
        while block := os.read(reader, 1 << 16):
            read.append(block)

    thread = threading.Thread(target=read_all)
    threading.Timer(0.1, thread.start).start()
    write_private(fifo, "x" * 300_000)
    thread.join()
    os.close(reader)
    assert sum(map(len, read)) == 300_000


def test_a_terminal_that_is_written_to_does_not_take_over_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    flags: list[int] = []
    open_ = os.open
    monkeypatch.setattr(os, "open", lambda path, how: flags.append(how) or open_(path, how))
    write_private("/dev/null", "text")
    assert flags == [os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY]


def test_an_existing_file_is_replaced_and_becomes_private(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    path.chmod(0o644)
    write_private(path, "ä\n")
    assert path.read_bytes() == "ä\n".encode()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.json"]


def test_a_text_that_cannot_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_private(path, "\ud800")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.json"]


def test_a_link_stays_and_its_target_is_replaced(tmp_path: Path) -> None:
    target, link = tmp_path / "target.json", tmp_path / "link.json"
    target.write_text("old")
    link.symlink_to(target)
    write_private(link, "new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_fifo_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    fifo = tmp_path / "pipe"
    os.mkfifo(fifo)
    reader = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
    write_private(fifo, "text")
    assert os.read(reader, 100) == b"text"
    assert fifo.is_fifo()
    os.close(reader)


def test_a_device_is_written_to_and_never_replaced() -> None:
    write_private("/dev/null", "text")
    assert Path("/dev/null").is_char_device()


def test_a_fifo_that_no_process_reads_is_an_error_and_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no process reads this FIFO"):
        write_private(tmp_path / "pipe", "text")


@pytest.mark.parametrize("path", ["/dev/stdout", "/dev/fd/1"])
def test_a_pipe_of_the_shell_is_written_to(path: str) -> None:
    code = (
        "from sts_tui.account.writing.private_file import write_private\n"
        f"write_private({path!r}, 'x' * 99999)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert len(done.stdout) == 99_999


def test_what_a_killed_run_left_behind_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / f".out.json.{os.getpid()}.0").write_text("half")
    write_private(tmp_path / "out.json", "whole")
    assert (tmp_path / "out.json").read_text() == "whole"


def test_a_link_to_a_file_that_does_not_exist_makes_it(tmp_path: Path) -> None:
    link = tmp_path / "link.json"
    link.symlink_to(tmp_path / "target.json")
    write_private(link, "new")
    assert (tmp_path / "target.json").read_text() == "new"
    assert (tmp_path / "target.json").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "out.json"
    path.write_text("old")
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_private(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.json"]


def test_an_error_is_reported_also_where_the_half_written_file_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_: int) -> None:
        for each in tmp_path.iterdir():
            each.unlink()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "out.json", "new")


_WRITES = re.compile(r"\.write_text\(|\.write_bytes\(|\bopen\([^)]*[\"'][wax]b?[\"']|O_CREAT|O_WRONLY")
_OTHERS = {
    "account/writing/private_file.py": "this function",
    "simulation/journal/journal_store.py": "appends, and is tested on its own",
    "tui/editor/editing.py": "a private temporary folder for $EDITOR",
    "cli/main.py": "/dev/null in place of closed streams",
    "cli/reports/replay.py": "standard input, into a private temporary folder",
    "trail/reading/database.py": "parts of large files, in a private temporary folder",
    "tui/start/kept_styles.py": "style sheets of the program, beside its bytecode; nothing of an account",
}


def test_every_file_is_written_by_this_function() -> None:
    package = Path(__file__).parents[3] / "sts_tui"
    writers = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if _WRITES.search(path.read_text(encoding="utf-8"))
    }
    assert writers <= set(_OTHERS), "use write_private"
