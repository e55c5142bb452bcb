"""Which files on a command line are tours, and where is the built-in sample?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sts_tui.tours.reading.samples import sample_folder


def split_files(names: Sequence[str]) -> tuple[list[Path], list[Path]]:
    """(account files, tours): a tour is a file named `*.tour`."""
    paths = [Path(name) for name in names]
    return [path for path in paths if path.suffix != ".tour"], [
        path for path in paths if path.suffix == ".tour"
    ]


def sample_account() -> Path:
    """The account file that opens when none is given."""
    return sample_folder() / "acme.json"
