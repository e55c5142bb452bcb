"""What does `sts-tui export` print? The model, after the edits of a tour, as a file or as differences."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sts_tui.account.diagnostics.printable import one_line
from sts_tui.account.writing.difference import diff
from sts_tui.account.writing.export import export
from sts_tui.cli import inputs
from sts_tui.cli.console import narrate, save_private
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.simulation.model_now import model_now
from sts_tui.tours.reading.preamble import Opening


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print or write the model; with `--diff`, the differences in another one. Raises UserError."""
    simulation = inputs.simulation_of(options.files, options.tour, options.seed, options.start)
    model = model_now(simulation)
    if options.diff is not None:
        other = inputs.open_simulation(Opening(files=(Path(options.diff),)))
        lines = diff(model, other.model)
        text = "".join(f"{one_line(line)}\n" for line in lines)
        narrate(f"{len(lines)} lines differ" if lines else "no difference")
    else:
        text = export(model)
    if options.out is not None:
        save_private(Path(options.out), text)
    else:
        sys.stdout.write(text)
    return 0
