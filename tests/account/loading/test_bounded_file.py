"""Files that a user or a tour names neither block the program nor fill its memory."""

from __future__ import annotations

import errno
import os
import threading
import time
from pathlib import Path

import pytest

from sts_tui.account.loading.bounded_file import MOST_BYTES, read_bounded, read_bounded_text, why_missing
from sts_tui.tours.reading.errors import StepError, TourError
from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tours.reading.parameters import read_value_file
from sts_tui.tui.keys.keymap import load_keymap
from sts_tui.tui.start.preferences import preferences


def fifo(folder: Path) -> Path:
    os.mkfifo(folder / "pipe")
    return folder / "pipe"


def test_a_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * 100)
    assert read_bounded(path, 100) == b"x" * 100
    with pytest.raises(OSError, match="larger than 9.9e-05 MB"):
        read_bounded(path, 99)


@pytest.mark.parametrize("size", [1, (1 << 16) - 1, 1 << 16, (1 << 16) + 1, 3 << 16])
@pytest.mark.parametrize("pipe", [False, True])
def test_the_limit_is_exact_whatever_the_size_of_the_blocks(size: int, pipe: bool, tmp_path: Path) -> None:
    path = tmp_path / "file"
    content = os.urandom(size)
    path.write_bytes(content)
    assert read_bounded(path, size, accepts_pipe=pipe) == content
    with pytest.raises(OSError, match="is larger than") as refused:
        read_bounded(path, size - 1, accepts_pipe=pipe)
    assert (refused.value.errno, refused.value.filename) == (errno.EFBIG, str(path))


def test_ten_megabytes_are_read_and_one_byte_more_is_not(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(10_000_000)
    assert len(read_bounded(path)) == 10_000_000
    with path.open("ab") as file:
        file.write(b"x")
    with pytest.raises(OSError, match="is larger than 10 MB"):
        read_bounded(path)


def test_what_is_read_is_closed_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"a\rb\r\nc\n")
    before = os.listdir("/proc/self/fd")
    assert read_bounded_text(tmp_path / "file") == "a\nb\nc\n"
    with pytest.raises(OSError, match="larger"):
        read_bounded(tmp_path / "file", 1)
    assert os.listdir("/proc/self/fd") == before


def test_a_program_that_is_started_does_not_inherit_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"x")
    inherited: list[bool] = []
    set_blocking = os.set_blocking

    def noted(descriptor: int, blocking: bool) -> None:
        inherited.append(os.get_inheritable(descriptor))
        set_blocking(descriptor, blocking)

    monkeypatch.setattr(os, "set_blocking", noted)
    read_bounded(tmp_path / "file")
    assert inherited == [False]


def test_a_file_that_claims_no_size_is_read() -> None:
    assert b"cpu" in read_bounded("/proc/stat")


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/urandom"])
def test_a_device_is_refused(device: str) -> None:
    with pytest.raises(OSError, match="a device or a FIFO"):
        read_bounded(device, accepts_pipe=True)


def test_a_fifo_does_not_block(tmp_path: Path) -> None:
    pipe = fifo(tmp_path)
    with pytest.raises(OSError, match="a device or a FIFO"):
        read_bounded(pipe)
    assert read_bounded(pipe, accepts_pipe=True) == b""


def test_a_pipe_with_a_writer_is_read_to_its_end() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"say hello\r\n")
    os.close(writer)
    assert read_bounded_text(f"/dev/fd/{reader}", accepts_pipe=True) == "say hello\n"
    os.close(reader)


def test_a_pipe_without_end_stops_at_the_limit() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"x" * 1000)
    with pytest.raises(OSError, match="larger than"):
        read_bounded(f"/dev/fd/{reader}", 500, accepts_pipe=True)
    os.close(reader)
    os.close(writer)


def test_a_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_bounded(tmp_path)


@pytest.mark.parametrize("name", ["pipe", "/dev/zero", "large"])
def test_parameters_tours_and_configuration_refuse_what_does_not_end(name: str, tmp_path: Path) -> None:
    fifo(tmp_path)
    with (tmp_path / "large").open("wb") as large:
        large.truncate(MOST_BYTES + 1)
    path = tmp_path / name
    with pytest.raises(StepError):
        read_value_file(name, tmp_path)
    assert load_keymap(path).problems
    assert preferences(path) == preferences(tmp_path / "none")
    if name == "pipe":
        assert not read_tour(path).lines
    else:
        with pytest.raises(TourError):
            read_tour(path)


def test_a_fifo_is_read_until_its_writer_closes_it_however_slowly_it_writes(tmp_path: Path) -> None:
    pipe = fifo(tmp_path)
    writer = os.open(pipe, os.O_RDWR)  # open for reading, too, so that it does not wait for a reader

    def write() -> None:
        for part in (b"a", b"b"):
            time.sleep(0.1)
            os.write(writer, part)
        os.close(writer)

    thread = threading.Thread(target=write)
    thread.start()
    assert read_bounded(pipe, accepts_pipe=True) == b"ab"
    thread.join()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", ""),
        ("none", "no such file or folder"),
        ("a" * 5000, "file name too long"),
        ("a\0", "no such file"),
    ],
)
def test_a_path_that_is_typed_is_there_or_has_a_reason(name: str, reason: str, tmp_path: Path) -> None:
    assert why_missing(tmp_path / name).startswith(reason)
    assert bool(why_missing(tmp_path / name)) == bool(reason)
