"""What have calls changed since the start, as a diff of account files?"""

from __future__ import annotations

import difflib

from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.text.styled_text import Line, Span, Style, line, one_line

CONTEXT = 3


def diff_lines(simulation: Simulation) -> list[tuple[Line, int]]:
    """A unified diff, or a sentence if nothing changed."""
    from sts_tui.account.configuration import configuration_of, model_of
    from sts_tui.account.writing.export import export

    before = export(model_of(configuration_of(simulation.model), simulation.model)).splitlines()
    after = export(model_of(simulation.world.configuration, simulation.model)).splitlines()
    rows = list(difflib.unified_diff(before, after, "at the start", "now", lineterm="", n=CONTEXT))
    if not rows:
        return [(line(("No call has changed the model.", "muted")), 0)]
    return [((Span(one_line(row) or " ", _style_of(row)),), 4) for row in rows]


def _style_of(row: str) -> Style:
    if row.startswith(("+++", "---", "@@")):
        return "muted"
    return "allow" if row.startswith("+") else "deny" if row.startswith("-") else "plain"
