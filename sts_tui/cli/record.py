"""How does `sts-tui record` write a tour? The explorer writes it when it closes."""

from __future__ import annotations

import argparse
from pathlib import Path

from sts_tui.cli.console import UserError
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.explorer import explorer_options


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Open the explorer; the tour is written when it closes. Raises UserError."""
    target = Path(options.out)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise UserError(f"{target} cannot be written: it is a folder, or its folder does not exist")
    files = [Path(name) for name in options.files]
    return entry_points.explore(explorer_options(options, files, record_to=target))
