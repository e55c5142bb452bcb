"""How is a file written that can show a real account, so that no one else can read it?"""

from __future__ import annotations

import os
from pathlib import Path


def write_private(path: str | Path, text: str) -> None:
    """Write UTF-8 text to a file of mode 0600, whatever the umask and whatever mode it had.

    The file holds the whole text or the old one: the text is written beside it and moved into place. A link
    stays, and its target is replaced; a device or FIFO is written to. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file() and not target.is_dir():
        with open(target, "w", encoding="utf-8", newline="\n") as device:
            device.write(text)
        return
    beside = target.with_name(f".{target.name[:200]}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        beside.chmod(0o600)
        beside.replace(target)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
