"""What does `sts-tui incident` print? Whose credentials leaked, and what each cut would change."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Final

from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, narrate, save_private
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.waiting import at_work
from sts_tui.simulation.containment.desk import incident
from sts_tui.simulation.containment.incident_json import incident_json
from sts_tui.simulation.containment.incident_report import report
from sts_tui.simulation.containment.incident_text import incident_lines
from sts_tui.simulation.identities import UnknownIdentityError

FIRST_MINUTE: Final = 60
"""Simulated seconds before the desk opens if no tour is played, so that workloads have started."""


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the desk; exit 0. Raises UserError for an unknown WHO."""
    inputs.refuse_file_as_who("incident", options.who)
    simulation = inputs.simulation_of(options.files, options.tour, options.seed, options.start)
    if options.tour is None:
        simulation.advance(FIRST_MINUTE)
    try:
        acting = simulation.resolve(options.acting) if options.acting else None
        with at_work("trying every cut in a copy"):
            desk = incident(simulation, options.who, acting, acting.account if acting else None)
    except UnknownIdentityError as error:
        raise UserError(error.message) from None
    if options.json:
        print(json.dumps(incident_json(desk), ensure_ascii=False))
    else:
        print("\n".join(incident_lines(desk, acting.label if acting else "")))
    if options.report:
        save_private(Path(options.report), report(desk, simulation))
        narrate(f"report written to {options.report}")
    return 0
