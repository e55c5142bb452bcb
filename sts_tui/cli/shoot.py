"""How does `sts-tui shoot` take pictures? It plays a tour in the explorer without a terminal."""

from __future__ import annotations

import argparse
from pathlib import Path

from sts_tui.cli import inputs
from sts_tui.cli.console import UserError
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.explorer import explorer_options


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Write the pictures; 1 when a step failed. Raises UserError."""
    path, pictures = Path(options.tour), Path(options.out)
    tour = inputs.read(path)
    try:
        pictures.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{pictures}: {error.strerror}") from None
    return entry_points.shoot(tour, path.parent, explorer_options(options, [], tour=path), pictures)
