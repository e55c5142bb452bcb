"""Which files of a folder are loaded?

All JSON and YAML files, including those in subfolders, sorted by name, except hidden ones. A folder written
by iam-collect is read by its own layout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sts_tui.account.diagnostics.source import Source
from sts_tui.account.foreign import iam_collect

SUFFIXES: Final = (".json", ".yaml", ".yml")


def files_of(folder: Path) -> Iterator[tuple[Path, Callable[[Source], Source]]]:
    """Each file, with the function that converts its text to that of an account file."""
    if partitions := iam_collect.partitions_of(folder):
        for partition in partitions:
            yield from iam_collect.files_of(partition)
        return
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in SUFFIXES and not hidden and path.is_file():
            yield path, _as_it_is


def _as_it_is(source: Source) -> Source:
    return source
