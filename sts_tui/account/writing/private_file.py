"""Writing files that can hold a real account: nobody else may read them."""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: str | Path, text: str) -> None:
    """Write UTF-8 text to a file of mode 0600, whatever the umask and whatever mode it had.

    The whole text stands there or the old one does: it is written beside and then moved into place.
    Raises OSError.
    """
    target = Path(path)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.chmod(0o600)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
