"""An explanation as lines: the verdict in a sentence, then every policy type in AWS's order."""

from __future__ import annotations

from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.bridge import Explained
from sts_tui.tui.event_text import short_resource, verdict_piece
from sts_tui.tui.pieces import Line, Piece, one_line


def explained(event: RequestAnswered, simulation: Simulation) -> Explained:
    """What is said about one request."""
    title = f"{event.caller}  {event.action}  {short_resource(event.resource)}"
    lines: list[tuple[Line, int]] = [
        ((verdict_piece(event.verdict), Piece(f"  {one_line(event.decided_by)}", "strong")), 4)
    ]
    return Explained(title, tuple(lines), ())
