"""What would a change have prevented? The same trail with a revocation, a policy or an SCP inserted at a
point in time.

Every request is evaluated with the model and with the changed model. A call counts as prevented if AWS and
the model allow it and the changed model denies it, or if its session, or one earlier in its chain, would not
have been issued. What a caller would have done instead is unknown: a workload gets new credentials after a
revocation only if it requested them in the trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, get_args

from msgspec import Struct, field

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.authenticate import access_keys
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.trail.callers import Callers
from sts_tui.trail.evaluation import ALLOWED, DENIED, NOT_EVALUATED, UNKNOWN, Evaluator, Verdict
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.recorded_changes import RecordedChanges
from sts_tui.trail.signer import Signer, signer_of

_NOT_ISSUED: Final = "its session would not have been issued"
_KEY_OFF: Final = "its access key would have been inactive or deleted"


_IDLE: Final = (
    *get_args(steps.Narration), *get_args(steps.ScreenStep), *get_args(steps.Wait), *get_args(steps.Expect),
    *(steps.Incident, steps.ShowScore),
)  # fmt: skip
"""Steps that do not change a model."""
_CHANGES: Final = "revoke ROLE, cut WHO … and aws … do"


class ChangeError(ValueError):
    """A step failed. The text says which one, and why."""


class Change(Struct, frozen=True):
    """A step at a point in time."""

    at: datetime
    step: steps.Step


def change(at: datetime, text: str) -> Change:
    """The tour step in `text`, at a point in time. Raises ChangeError for a step that does not change a
    model, and for text that is not a step.
    """
    try:
        step = parse_step(text)
    except StepError as error:
        raise ChangeError(str(error)) from None
    if isinstance(step, _IDLE):
        raise ChangeError(f"this step changes nothing in the model; {_CHANGES}")
    return Change(at, step)


class CallKind(Struct):
    """Prevented calls of one kind."""

    caller: str
    key: str
    action: str
    resource: str
    """The resource of the first call."""
    reason: str
    is_suspect: bool
    first: datetime
    last: datetime
    count: int = 0


class WhatIf(Struct):
    """The effect of a change. Counts are of calls that AWS allowed, from the first change on."""

    calls: int = 0
    prevented: int = 0
    suspect_calls: int = 0
    suspect_prevented: int = 0
    undecided: int = 0
    """Calls for which the effect is unknown: the model disagrees with AWS, or information is missing."""
    newly_allowed: int = 0
    """Calls that AWS denied and the changed model allows."""
    kinds: list[CallKind] = field(default_factory=list)
    """The prevented calls, by kind."""
    has_suspects: bool = False
    is_after_trail: bool = False
    """Whether the trail ends before the first change."""
    unmatched_suspects: tuple[str, ...] = ()
    """Suspects that do not occur in the trail."""


class Suspects:
    """Decides which calls belong to the incident: by key, session, user, role, source identity or address.

    Sessions that a suspect obtained are suspect too.
    """

    def __init__(self, words: Sequence[str], callers: Callers) -> None:
        self.words = frozenset(words)
        self._callers = callers
        self._keys: dict[str, bool] = {}
        self._met: set[str] = set()
        self._noted: set[tuple[str, str]] = set()

    @property
    def unmatched(self) -> tuple[str, ...]:
        """The suspects that did not occur in any event passed to `note`, sorted."""
        return tuple(sorted(self.words - self._met))

    def note(self, event: RecordedEvent) -> None:
        """Record which suspects occur in an event of the trail, before or after the first change."""
        if self._met >= self.words or (seen := (event.identity, event.address)) in self._noted:
            return
        self._noted.add(seen)
        signer = signer_of(event.identity)
        chain = self._callers.sessions.chain(signer.key) if signer.key else ()
        self._met |= self.words & {event.address, *chain, *_names(signer)}

    def __bool__(self) -> bool:
        return bool(self.words)

    def has(self, event: RecordedEvent) -> bool:
        if not self.words:
            return False
        if event.address in self.words:
            return True
        signer = signer_of(event.identity)
        if not signer.key:
            return not self.words.isdisjoint(_names(signer))
        found = self._keys.get(signer.key)
        if found is None:
            chain = self._callers.sessions.chain(signer.key)
            by_key = not self.words.isdisjoint(chain)
            found = self._keys[signer.key] = by_key or not self.words.isdisjoint(_names(signer))
        return found


def _names(signer: Signer) -> set[str]:
    issuer = signer.issuer_arn or signer.arn
    named = {signer.key, signer.arn, signer.label, signer.principal_id, signer.source_identity, issuer}
    return (named | {issuer.rpartition("/")[2], signer.user_name}) - {""}


class Otherwise:
    """Compares the trail with the changed model. Pass every event to `add`, with the verdict of the original
    model.
    """

    def __init__(
        self, simulation: Simulation, changes: Sequence[Change], callers: Callers, suspects: Suspects,
        recorded: RecordedChanges | None = None,
    ) -> None:  # fmt: skip
        """`simulation` is at a time before trail and changes. `recorded` applies the trail's changes."""
        self.result = WhatIf(has_suspects=bool(suspects))
        self._callers, self._suspects = callers, suspects
        self._changes = sorted(changes, key=lambda one: one.at)
        self.simulation, self._recorded = simulation, recorded
        self._player = Player(simulation)
        self._base: Configuration = simulation.world.in_force
        self._evaluator: Evaluator | None = None
        self._gone: set[str] = set()
        self._kinds: dict[tuple[str, ...], CallKind] = {}

    def add(self, event: RecordedEvent, verdict: Verdict) -> None:
        """Add the next event. Raises ChangeError for a step that fails."""
        self._suspects.note(event)
        self._judge(event, verdict)
        if self._recorded is not None:
            self._recorded.follow(event)

    def _judge(self, event: RecordedEvent, verdict: Verdict) -> None:
        at = event.at
        while self._changes and self._changes[0].at <= at:
            self._carry_out(self._changes.pop(0))
        if self._evaluator is None:
            return
        self.simulation.advance_to(at)
        self._follow()
        recorded = event.verdict
        if recorded == "failed":
            return
        is_suspect = self._suspects.has(event)
        if recorded == "denied":
            if verdict.verdict == DENIED and self._evaluator.verdict(event).verdict == ALLOWED:
                self.result.newly_allowed += event.count
            return
        self.result.calls += event.count
        self.result.suspect_calls += event.count if is_suspect else 0
        reason = self._why_prevented(event, verdict)
        if reason is None:
            self.result.undecided += event.count
        elif reason:
            self._prevented(event, verdict, reason, is_suspect, at)

    def finished(self) -> WhatIf:
        """Execute the steps after the last event and return the result. Raises ChangeError for a step that
        fails.
        """
        self.result.is_after_trail = self._evaluator is None
        for change in self._changes:
            self._carry_out(change)
        self._changes = []
        self.result.unmatched_suspects = self._suspects.unmatched
        self.result.kinds = sorted(
            self._kinds.values(), key=lambda one: (not one.is_suspect, one.first, one.caller, one.action)
        )
        return self.result

    def _carry_out(self, change: Change) -> None:
        self.simulation.advance_to(change.at)
        self._adopt(change.at)
        done = self._player.perform(change.step)
        if done.outcome is StepOutcome.FAILED or done.error is not None:
            raise ChangeError(f"at {change.at:%Y-%m-%dT%H:%M:%SZ}: {done.error_text or done.message}")
        self._follow()

    def _follow(self) -> None:
        """Use the configuration that is currently in effect for evaluations."""
        in_force = self.simulation.world.in_force
        if self._evaluator is None or self._evaluator.configuration is not in_force:
            self._callers = Callers(self._callers.sessions, in_force)
            self._evaluator = Evaluator(self._callers, in_force, self.simulation.world.settings)

    def _adopt(self, at: datetime) -> None:
        """Add the sessions of the trail to the simulation, so that a step can name them."""
        live = {}
        for key, event in self._callers.sessions.issued():
            if event.epoch > at.timestamp():
                break
            known = self._callers.sessions.by_key(key)
            session = self._callers.session_of(known) if known else None
            if session is not None and session.expires_at > at:
                live[key] = session
        self.simulation.commands.adopt(live.values())

    def _why_prevented(self, event: RecordedEvent, verdict: Verdict) -> str | None:
        """Why the call would have been prevented; empty if it would not; None if that is unknown."""
        assert self._evaluator is not None
        signer = signer_of(event.identity)
        if signer.key in self._gone or self._is_issued_late(signer, event):
            return _NOT_ISSUED
        if self._is_key_off(signer):
            return _KEY_OFF
        if verdict.verdict == NOT_EVALUATED:
            return ""
        if verdict.verdict != ALLOWED:
            return None
        changed = self._evaluator.verdict(event)
        if changed.verdict == DENIED:
            return changed.reason
        return None if changed.verdict == UNKNOWN else ""

    def _is_issued_late(self, signer: Signer, event: RecordedEvent) -> bool:
        """Whether the key was issued by a prevented call that is sorted after this event, but in the same
        second: within a second, the order of events is unknown.
        """
        issuing = self._callers.sessions.issuing_event(signer.key)
        if issuing is None or issuing.epoch != event.epoch or issuing.event_id <= event.event_id:
            return False
        assert self._evaluator is not None
        return self._evaluator.verdict(issuing).verdict == DENIED

    def _is_key_off(self, signer: Signer) -> bool:
        if not signer.key.startswith("AKIA"):
            return False
        configuration = self.simulation.world.in_force
        before, after = self._base.users.get(signer.arn), configuration.users.get(signer.arn)
        if before is None:
            return False
        was_on = access_keys(before).get(signer.key, False)
        return after is None or (was_on and not access_keys(after).get(signer.key, False))

    def _prevented(
        self, event: RecordedEvent, verdict: Verdict, reason: str, is_suspect: bool, at: datetime
    ) -> None:
        self.result.prevented += event.count
        self.result.suspect_prevented += event.count if is_suspect else 0
        if event.issued_key:
            self._gone.add(event.issued_key)
        signer = signer_of(event.identity)
        action = verdict.action or event.operation
        key = (signer.key, signer.label, action, reason, str(is_suspect))
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = CallKind(
                caller=signer.label, key=signer.key, action=action, resource=verdict.resource or "*",
                reason=reason, is_suspect=is_suspect, first=at, last=at,
            )  # fmt: skip
        found.count += event.count
        found.last = at
