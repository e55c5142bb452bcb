"""What does one pass over a trail give? The comparison, and beside it what a change would have done."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sts_tui.account.configuration import configuration_of
from sts_tui.account.entities import AccountModel
from sts_tui.trail.callers import Callers
from sts_tui.trail.evaluation import Evaluator
from sts_tui.trail.otherwise import Change, Otherwise, Suspects, WhatIf
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.replay import Comparison, Replay
from sts_tui.trail.sessions import ISSUING_EVENTS, TrailSessions


class Replayed(Struct):
    """The comparison, and what the changes would have done; None without any."""

    replay: Replay
    what_if: WhatIf | None = None


def replayed(
    trail: Trail, model: AccountModel, changes: Sequence[Change] = (), suspects: Sequence[str] = ()
) -> Replayed:
    """Every event evaluated under the model, and under the changed one.

    Raises ChangeError for a step that fails.
    """
    configuration = configuration_of(model)
    callers = Callers(TrailSessions(trail.events(ISSUING_EVENTS)), configuration)
    evaluator = Evaluator(callers, configuration, model.settings)
    comparison = Comparison(trail, evaluator)
    otherwise = (
        Otherwise(model, changes, callers, Suspects(suspects, callers), trail.first) if changes else None
    )
    for event in trail.events():
        verdict = evaluator.verdict(event)
        if comparison.add(event, verdict) and otherwise is not None:
            otherwise.add(event, verdict)
    return Replayed(comparison.finished(), otherwise.finished() if otherwise else None)
