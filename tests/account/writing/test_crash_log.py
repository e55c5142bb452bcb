"""An unexpected error is one line; its traceback is written down for its owner only."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.account.writing.crash_log import crash_log, internal_error


def broken() -> RuntimeError:
    try:
        raise RuntimeError("broken")
    except RuntimeError as error:
        return error


def test_the_traceback_is_written_down_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    log = crash_log(broken())
    assert log == tmp_path / "sts-tui" / "crash.log"
    assert "RuntimeError: broken" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600
    assert internal_error(broken()) == f"internal error (RuntimeError); details are in {log}"


def test_where_it_cannot_be_written_the_line_is_still_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert crash_log(broken()) is None
    assert internal_error(broken()) == "internal error (RuntimeError)"
