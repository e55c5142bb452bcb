"""How is an unexpected error reported, and where is its traceback written?

The user sees one line. The traceback goes to a file in the state folder, without the values of local
variables.
"""

from __future__ import annotations

from pathlib import Path

from sts_tui.account.writing.private_file import write_private


def state_folder() -> Path:
    """The folder of journals and the crash log (XDG)."""
    from platformdirs import user_state_path

    return user_state_path("sts-tui")


def crash_log(error: BaseException) -> Path | None:
    """Write the traceback of an error to a file that only its owner can read. Returns the path; None if it
    cannot be written.
    """
    import traceback  # needed only after an error

    path = state_folder() / "crash.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(path, "".join(traceback.format_exception(error)))
    except OSError:
        return None
    return path


def internal_error(error: BaseException) -> str:
    """`internal error (KeyError); details are in …/crash.log`, after writing it there; one line."""
    log = crash_log(error)
    return f"internal error ({type(error).__name__})" + (f"; details are in {log}" if log else "")
