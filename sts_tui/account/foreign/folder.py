"""Which files of a folder belong to the model?

All JSON and YAML files, also in sub-folders, by name; hidden ones are left out. A folder that iam-collect has
written has a layout of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from sts_tui.account.diagnostics.source import Source
from sts_tui.account.foreign import iam_collect

SUFFIXES: Final = (".json", ".yaml", ".yml")


def files_of(folder: Path) -> Iterator[tuple[Path, Callable[[Source], Source]]]:
    """Each file, and how its text becomes the text of an account file."""
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
