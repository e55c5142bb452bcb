"""What is the result of one pass over a trail? The comparison with the model, and the effect of changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import AccountModel
from sts_tui.simulation.simulation import Simulation
from sts_tui.trail.callers import Callers
from sts_tui.trail.evaluation import Evaluator
from sts_tui.trail.otherwise import Change, Otherwise, Suspects, WhatIf
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.recorded_changes import RecordedChanges
from sts_tui.trail.replay import Comparison, Replay
from sts_tui.trail.sessions import ISSUING_EVENTS, TrailSessions
from sts_tui.trail.usage import Usage, UsageCollector


class Replayed(Struct):
    """The comparison, and the effect of changes; None without changes."""

    replay: Replay
    what_if: WhatIf | None = None
    usage: Usage | None = None


def replayed(
    trail: Trail,
    model: AccountModel,
    changes: Sequence[Change] = (),
    suspects: Sequence[str] = (),
    *,
    is_model_before: bool = False,
    usage_of: str = "",
) -> Replayed:
    """Evaluate every event with the model, and with the changed model. `is_model_before`: the model was taken
    before the trail, whose policy changes are applied to it.

    `usage_of` is the ARN of a role or user whose permissions are compared with what it used. Raises
    ChangeError for a step that fails, and LookupError if the model does not have `usage_of`.
    """
    model = replace(model, workloads=())
    followed = Followed(trail, model, is_followed=is_model_before)
    comparison = Comparison(trail, followed.evaluator, follows=is_model_before)
    otherwise = None
    if changes:
        callers = followed.evaluator.callers
        simulation = Simulation(model, start=min([trail.first, *(one.at for one in changes)]))
        recorded = RecordedChanges(simulation) if is_model_before else None
        otherwise = Otherwise(simulation, changes, callers, Suspects(suspects, callers), recorded)
    usage = UsageCollector(usage_of, followed.evaluator.configuration) if usage_of else None
    for event in trail.events():
        evaluator = followed.evaluator_at(event)
        verdict = evaluator.verdict(event)
        is_first = comparison.add(event, verdict) is not None
        if is_first and otherwise is not None:
            otherwise.add(event, verdict)
        if is_first and usage is not None:
            usage.add(event, verdict, evaluator)
        followed.after(event)
    comparison.result.followed = followed.changes.made
    comparison.result.not_followed = dict(followed.changes.left_out)
    return Replayed(
        replay=comparison.finished(),
        what_if=otherwise.finished() if otherwise else None,
        usage=usage.finished(followed.evaluator) if usage else None,
    )


class Followed:
    """The model during the trail: unchanged, or with the changes that the trail records."""

    def __init__(
        self,
        trail: Trail,
        model: AccountModel,
        *,
        is_followed: bool,
        make_changes: Callable[[Simulation], RecordedChanges] = RecordedChanges,
    ) -> None:
        self.simulation = Simulation(model, start=trail.first)
        self._is_followed = is_followed
        self.changes = make_changes(self.simulation)
        sessions = TrailSessions(trail.events(ISSUING_EVENTS))
        world = self.simulation.world
        self.evaluator = Evaluator(Callers(sessions, world.in_force), world.in_force, world.settings)

    def evaluator_at(self, event: RecordedEvent) -> Evaluator:
        """The evaluator for the time of an event."""
        if self._is_followed:
            self.simulation.advance_to(event.at)
            in_force = self.simulation.world.in_force
            if self.evaluator.configuration is not in_force:
                callers = Callers(self.evaluator.callers.sessions, in_force)
                self.evaluator = Evaluator(callers, in_force, self.simulation.world.settings)
        return self.evaluator

    def after(self, event: RecordedEvent) -> bool:
        """Apply an event to the model. Returns whether it was a change that was applied."""
        return self._is_followed and self.changes.follow(event)
