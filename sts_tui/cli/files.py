"""Which of the files on a command line are tours?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def split_files(names: Sequence[str]) -> tuple[list[Path], list[Path]]:
    """(account files, tours): a tour is a file named `*.tour`."""
    paths = [Path(name) for name in names]
    return [path for path in paths if path.suffix != ".tour"], [
        path for path in paths if path.suffix == ".tour"
    ]
