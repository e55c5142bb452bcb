"""How are large account files checked without delaying a key? By a process of its own.

In a thread of the explorer, reading a JSON text of many megabytes is one step of the interpreter, and no key
is answered during it. `python -m sts_tui.tui.start.warnings_process FILE…` prints the warnings as JSON. It
ends when its standard input does: with the explorer, however that ends.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from msgspec import DecodeError, json

from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic
from sts_tui.simulation.opening.model_files import read_model

_PACKAGE = Path(__file__).parents[3]
"""The folder of `sts_tui`: a file of the same name in the working directory is not imported."""


def warnings_of_process(files: Sequence[Path]) -> tuple[Diagnostic, ...]:
    """What `validate` warns about, found by another process; nothing where it finds errors or is ended."""
    path = os.pathsep.join(filter(None, (str(_PACKAGE), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-P", "-m", __name__, *map(str, files)]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:
        assert process.stdout is not None
        written = process.stdout.read()
    try:
        return json.decode(written, type=tuple[Diagnostic, ...])
    except DecodeError:
        return ()


def _end_with_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(1)


def main(words: Sequence[str]) -> None:
    """Prints the warnings about the files, at a lower priority than the explorer."""
    os.nice(10)
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        found = read_model([Path(word) for word in words], vocabulary=True).warnings
    except AccountFileError:
        found = ()
    sys.stdout.buffer.write(json.encode(found))
    sys.stdout.flush()
    os._exit(0)  # the thread that reads standard input would hold up an ordinary exit


if __name__ == "__main__":
    main(sys.argv[1:])
