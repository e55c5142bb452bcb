"""Files that cannot be read: one clear report each, never a traceback."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError, UnreadableFileError
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading.load import load, parse


def report(path: Path) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        load([path])
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.file == str(path)
    return f"{diagnostic.line}: {diagnostic.message}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "0: is empty"),
        (b" \n\t", "0: is empty"),
        (b"\xef\xbb\xbf", "0: is empty"),
        (b"{", "1: is cut off: the text ends in the middle of a value"),
        (b'{\n"Name": "acm', "2: is cut off: the text ends in the middle of a string"),
        (b'{"Name": "a",}', "1: is not JSON"),
        (b'{\n"Name" "a"}', "2: is not JSON: expecting ':' delimiter (column 8)"),
        (b"not json", "1: is not JSON"),
        (b'{"Name": "NaN",\n"x": NaN}', "2: is not JSON: NaN is not a JSON value"),
        (b'{"Name": ' + b"1" * 5000 + b"}", "0: is not JSON"),
        (b"[]", "1: an account file is one JSON object"),
        (b"[[[[{}]]]]", "1: an account file is one JSON object"),
        (b"null", "1: an account file is one JSON object"),
        (b'{"Name":\n"caf\xe9"}', "2: is not UTF-8: byte 0xe9"),
        (b"\x7fELF\x00\x01", "0: is a binary file"),
        (b"\xff\xfe{", "0: is not UTF-16"),
        (b"\x89PNG\r\n", "1: is not UTF-8"),
        (b"[" * 200_000, "0: is nested too deeply"),
        (b'{"a":' * 50_000, "0: is nested too deeply"),
        (b'{\n"Name": "\\ud800"}', "2: is not Unicode"),
    ],
)
def test_unreadable_content_is_reported_in_one_line(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    assert report(path).startswith(message)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ('{"Name": "a",\n}', "no comma before }"),
        ('{"Accounts": [{}, ]}', "no comma before ]"),
        ("{'Name': 'a'}", "write text in double quotes"),
        ('{ // mine\n"Name": "a"}', "JSON has no comments"),
        ("# mine\n{}", "JSON has no comments"),
        ('{"IsTruncated": true}\n{"IsTruncated": false} x', "the pages of a dump one after the other"),
        ("user details", "the AWS CLI writes JSON with --output json"),
        ('{"Name" "a"}', ""),
    ],
)
def test_the_probable_cause_is_suggested(text: str, hint: str) -> None:
    with pytest.raises(UnreadableFileError) as caught:
        parse([Source("mine.json", text)])
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.hint.endswith(hint)
    assert bool(diagnostic.hint) is bool(hint)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_a_device_that_never_ends_is_left_at_its_first_block() -> None:
    assert report(Path("/dev/zero")) == "0: is a binary file, not text"


def test_a_pipe_is_read_to_its_end_and_no_further_than_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def report_of_pipe(text: bytes) -> str:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        writer = threading.Thread(target=lambda: suppressed(path.write_bytes, text))
        writer.start()
        told = report(path)
        writer.join()
        path.unlink()
        return told

    assert report_of_pipe(b" " * 3_000_000 + b"[]") == (
        "1: an account file is one JSON object; this is a list or a single value"
    )
    monkeypatch.setattr("sts_tui.account.loading.sources.MAX_FILE_BYTES", 2_000_000)
    assert "larger than an account file can be" in report_of_pipe(b" " * 3_000_000)


def suppressed(write: Callable[[bytes], object], text: bytes) -> None:
    with suppress(BrokenPipeError):
        write(text)


def test_missing_file_and_directory_are_reported(tmp_path: Path) -> None:
    assert report(tmp_path / "none.json") == "0: no such file"
    assert report(tmp_path) == "0: is a folder without JSON or YAML files"
    assert "null" in report(Path("a\0b"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{}")
    path.chmod(0)
    assert report(path) == "0: permission denied"


def test_every_unreadable_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(UnreadableFileError) as caught:
        load([tmp_path / "none.json", tmp_path / "bad.json"])
    assert [Path(diagnostic.file).name for diagnostic in caught.value.diagnostics] == [
        "none.json",
        "bad.json",
    ]


def test_a_byte_order_mark_and_pairs_of_surrogates_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(b'\xef\xbb\xbf{\n"Name": "\\ud83d\\ude00", "Nmae": ""}')
    with pytest.raises(AccountFileError) as caught:
        load([path])
    assert [(diagnostic.line, diagnostic.path) for diagnostic in caught.value.diagnostics] == [(2, "Nmae")]


@pytest.mark.long
def test_a_hundred_megabytes_of_nesting_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "bomb.json"
    path.write_bytes(b"[" * 100_000_000)
    assert report(path).startswith("0: is nested too deeply")
