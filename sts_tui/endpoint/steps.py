"""How do scripts control a served simulation? `POST /_sts-tui/step`: lines of the tour grammar.

The header `X-Sts-Tui-Token` has to contain the token of this start. The response is the output of `run
--json`: one JSON object per line. The acting identity is kept from one request to the next.
"""

from __future__ import annotations

import hmac
import json
from pathlib import Path
from typing import Final

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.playing.step_object import step_object
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.grammar import parse_commands
from sts_tui.wire.messages import HttpRequest, HttpResponse

PATH: Final = "/_sts-tui/step"
_NAME: Final = "step"
_LONGEST: Final = 256 * 1024


class Steps:
    """Performs steps that scripts send."""

    def __init__(self, simulation: Simulation, token: str, *, is_readonly: bool = False) -> None:
        self._player = Player(simulation, Path(), readonly=is_readonly)
        self._token = token

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The response: status 400 for lines that are not steps, 422 if a step failed, else 200."""
        if request.method != "POST":
            return _text(405, "POST lines of the tour grammar")
        if not hmac.compare_digest(request.header("x-sts-tui-token").encode(), self._token.encode()):
            return _text(403, "X-Sts-Tui-Token: the step_token of the ready file")
        if len(request.body) > _LONGEST:
            return _text(413, "too many steps at once")
        lines = request.body.decode("utf-8", "replace").splitlines()
        try:
            tour = parse_commands(
                [line for line in lines if line.strip() and not line.startswith("#")], _NAME
            )
        except TourError as error:
            return _text(400, "\n".join(map(str, error.diagnostics)))
        played = list(play(tour, self._player))
        failed = any(one.result.outcome is StepOutcome.FAILED for one in played)
        body = "".join(json.dumps(step_object(tour.name, one), ensure_ascii=False) + "\n" for one in played)
        headers = {"Content-Type": "application/x-ndjson"}
        return HttpResponse(status=422 if failed else 200, headers=headers, body=body.encode())


def _text(status: int, text: str) -> HttpResponse:
    return HttpResponse(status=status, headers={"Content-Type": "text/plain"}, body=f"{text}\n".encode())
