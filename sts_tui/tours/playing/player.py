"""What does each step do? The player performs steps for `run`, `shoot` and the explorer's command bar."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final, assert_never

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.json_value import Json
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.values import LAST_INSTANT
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.identities import (
    Identity,
    IdentityKind,
    UnknownIdentityError,
    operator_identity,
)
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.undo.history import NothingToUndoError
from sts_tui.sts.errors import AwsError
from sts_tui.tours.playing import calls
from sts_tui.tours.playing.calls import Caller
from sts_tui.tours.playing.last_call import LastCall
from sts_tui.tours.playing.results import StepOutcome, StepResult
from sts_tui.tours.playing.subjects import has_to_sign_in, signed_in
from sts_tui.tours.reading import settings, steps
from sts_tui.tours.reading.errors import StepError, read_only
from sts_tui.tours.reading.substitutions import Substitution, substituted

MOST_REQUESTS: Final = 5_000_000
"""The maximum number of workload requests during one `wait`: some minutes of computing."""


class BegunWait(Struct, frozen=True):
    """A wait whose time may pass in parts."""

    written: steps.Wait
    step: steps.Wait
    """The same with its substitutions replaced."""
    began: datetime
    until: datetime


class Player:
    """Performs steps and keeps their shared state: acting identity, Region, and the result of the last
    call.
    """

    def __init__(self, simulation: Simulation, folder: Path = Path(), *, readonly: bool = False) -> None:
        """`folder` is what `file://` paths are relative to; `readonly` refuses every change."""
        self.simulation = simulation
        self.folder = folder
        self.readonly = readonly
        self.acting: Identity = operator_identity()
        self.region = DEFAULT_REGION
        self.last: LastCall | None = None
        self._begun: BegunWait | None = None
        self.last_incident: dict[str, Json] | None = None
        """The JSON of the last `incident`, for `expect incident`."""

    def perform(self, step: steps.Step) -> StepResult:
        """Perform a step. A mistake in the step gives a FAILED result, never an exception."""
        try:
            if self._begun is not None and self._begun.written is step:
                begun, self._begun = self._begun, None
                return self._waited(begun)
            return self._perform(self._with_values(step))
        except StepError as error:
            message = str(error)
        except UnknownIdentityError as error:
            message = error.message
        return replace(self._result(step, StepOutcome.FAILED, message), is_invalid=True)

    def resolve(self, who: str) -> Identity:
        """The identity that WHO names, in the acting account first. Raises UnknownIdentityError."""
        return self.simulation.resolve(who, account=self.acting.account)

    def _signed_in(self, who: str) -> Identity:
        """The new session of a user of an identity provider. Raises UnknownIdentityError and StepError."""
        if self.readonly:
            raise StepError("signing in would change the model, which is read-only")
        try:
            return signed_in(who, self.simulation)
        except AwsError as refusal:
            raise StepError(f"{who} cannot sign in: {refusal.code}: {refusal.message}") from None

    def _with_values(self, step: steps.Step) -> steps.Step:
        """The step with its substitutions replaced; narration, keys and typed text are kept as written."""
        if isinstance(step, steps.Narration | steps.ScreenStep):
            return step
        names = (name for name in step.__struct_fields__ if name != "text")
        return replace(step, **{name: self._valued(getattr(step, name)) for name in names})

    def _valued(self, value: Json) -> object:
        match value:
            case str():
                return substituted(value, self._value_of)
            case tuple():
                return tuple(self._valued(item) for item in value)
            case _:
                return value

    def _value_of(self, found: Substitution) -> str:
        from sts_tui.tours.playing.values import ValueSource  # imported on first use

        return ValueSource(self.simulation, self.acting.account).value(found, self.last)

    def _perform(self, step: steps.Step) -> StepResult:
        if isinstance(step, steps.CallStep):
            return self._call(step)
        if isinstance(step, steps.Expect):
            return self._expect(step)
        if isinstance(step, steps.Change):
            return self._passed(step, self._changed(step))
        if isinstance(step, steps.Wait):
            return self._wait(step)
        if isinstance(step, steps.Narration):
            return self._passed(step)
        if isinstance(step, steps.ScreenStep):
            return self._result(step, StepOutcome.SKIPPED)
        match step:
            case steps.As():
                return self._act_as(step)
            case steps.Incident() | steps.ShowScore():
                return self._shown(step)
            case steps.Account():
                raise StepError("account must precede the first action")
            case _:
                assert_never(step)

    def _act_as(self, step: steps.As) -> StepResult:
        is_away = has_to_sign_in(step.who, self.simulation, self.acting.account)
        self.acting = self._signed_in(step.who) if is_away else self.resolve(step.who)
        return self._passed(step, _described(self.acting))

    def _call(self, step: steps.CallStep) -> StepResult:
        caller = Caller(self.simulation, self.acting, self.region, self.folder, self.readonly)
        answered = calls.perform(step, caller)
        self.last = answered.last
        return replace(
            self._result(step, StepOutcome.PASSED, answered.message),
            output=answered.output,
            document=answered.last.document,
            error=answered.last.error,
            error_text=answered.error_text,
            event=answered.last.event,
            decision=answered.last.decision,
            warnings=answered.warnings,
        )

    def _shown(self, step: steps.Incident | steps.ShowScore) -> StepResult:
        return self._incident(step) if isinstance(step, steps.Incident) else self._score(step)

    def _incident(self, step: steps.Incident) -> StepResult:
        from sts_tui.tours.playing.incidents import look  # imported on first use

        looked = look(step.who, self.simulation, self.acting)
        self.last_incident = looked.document
        return replace(
            self._result(step, StepOutcome.PASSED, looked.message),
            output=looked.output,
            document=looked.document,
        )

    def _score(self, step: steps.ShowScore) -> StepResult:
        from sts_tui.tours.playing.games import score  # imported on first use

        found = score(self.simulation)
        return replace(
            self._result(step, StepOutcome.PASSED, found.message),
            output=found.output,
            document=found.document,
        )

    def _expect(self, step: steps.Expect) -> StepResult:
        from sts_tui.tours.playing import expectations  # imported on first use

        verdict = expectations.check(step, self.last, self)
        if verdict.holds:
            return self._passed(step, verdict.message)
        return replace(
            self._result(step, StepOutcome.FAILED, verdict.message), explanation=verdict.explanation
        )

    def _changed(self, step: steps.Change) -> str:
        match step:
            case steps.Set():
                return self._set(step.name, step.value)
            case steps.Animate():
                self._refuse_if_readonly()
                count = self.simulation.animate(step.is_on)
                acting = "workload makes" if count == 1 else "workloads make"
                return f"{count or 'No'} invented {acting} requests"
            case steps.Leak():
                return self._leak(step)
            case steps.GameDay() | steps.Attack():
                return self._game_day(step)
            case steps.PauseWorkload():
                return self._pause(step)
            case steps.Undo() | steps.Redo():
                return self._take_back(step)

    def _leak(self, step: steps.Leak) -> str:
        self._refuse_if_readonly()
        from sts_tui.tours.playing.roles import find_role

        role = find_role(step.role, self.simulation.world, self.acting.account or "")
        try:
            thief = self.simulation.leak(role.arn if role else step.role)
        except LookupError as error:
            raise StepError(str(error).strip("'")) from None
        return f"{thief} has the newest session of {step.role}"

    def _game_day(self, step: steps.GameDay | steps.Attack) -> str:
        from sts_tui.tours.playing import games  # imported on first use

        self._refuse_if_readonly()
        if isinstance(step, steps.GameDay):
            return games.begin(step, self.simulation)
        return games.plan(step, self.simulation, self.folder, self.region)

    def _pause(self, step: steps.PauseWorkload) -> str:
        self._refuse_if_readonly()
        try:
            self.simulation.pause_workload(step.workload, step.is_paused)
        except LookupError as error:
            known = ", ".join(self.simulation.world.workloads) or "none"
            raise StepError(str(error).strip("'"), f"workloads: {known}") from None
        return f"{step.workload} {'makes no requests' if step.is_paused else 'makes requests again'}"

    def _set(self, name: str, value: str) -> str:
        if name == "region":
            self.region = settings.parse_region(value)
        elif name not in settings.BEFORE_THE_FIRST_ACTION:
            self._refuse_if_readonly()
            written = settings.model_setting(self.simulation.world.settings, name, value)
            self.simulation.set(name, written)
        return ""

    def _wait(self, step: steps.Wait) -> StepResult:
        return self._waited(self._checked(step, step))

    def begin_wait(self, step: steps.Wait) -> datetime | None:
        """Begin a wait; return its end, or None if it is refused. The caller may let the time pass in parts
        before `perform`, with the same step, gives the result. A wait that has already begun continues.
        """
        if self._begun is None or self._begun.written is not step:
            try:
                valued = self._with_values(step)
                assert isinstance(valued, steps.Wait)
                self._begun = self._checked(step, valued)
            except (StepError, UnknownIdentityError):
                return None
        return self._begun.until

    def drop_wait(self) -> None:
        """Drop a wait that has begun."""
        self._begun = None

    def _checked(self, written: steps.Wait, step: steps.Wait) -> BegunWait:
        """A wait that begins now. Raises StepError and UnknownIdentityError if it is not possible."""
        before = self.simulation.now
        instant = self._instant(step)
        if instant < before:
            raise StepError(
                f"{iso(instant)} is in the past: it is {iso(before)}", "the clock never runs backwards"
            )
        _check_distance(before, instant, self.simulation)
        return BegunWait(written=written, step=step, began=before, until=instant)

    def _waited(self, wait: BegunWait) -> StepResult:
        """What is left of a wait passes."""
        self.simulation.advance_to(wait.until)
        from sts_tui.account import durations  # imported on first use

        passed = durations.short(wait.until - wait.began)
        return self._passed(wait.step, f"{iso(self.simulation.now)} (+{passed})")

    def requests_during(self, step: steps.Wait) -> float:
        """How many requests the workloads will make until a wait ends; 0 if it is refused."""
        begun = self._begun
        try:
            until = begun.until if begun is not None and begun.written is step else self._instant(step)
            return max(0.0, _requests(self.simulation.now, until, self.simulation))
        except (StepError, UnknownIdentityError):
            return 0

    def _instant(self, step: steps.Wait) -> datetime:
        now = self.simulation.now
        match step:
            case steps.WaitFor():
                from sts_tui.tours.reading.durations import parse_duration

                return now + parse_duration(step.duration)
            case steps.WaitUntil():
                from sts_tui.tours.reading.durations import parse_instant

                return parse_instant(step.instant, now)
            case steps.WaitUntilExpires():
                from sts_tui.tours.playing.sessions import session_of

                return session_of(step.who, self).expires_at

    def _take_back(self, step: steps.Undo | steps.Redo) -> str:
        self._refuse_if_readonly()
        try:
            return self.simulation.undo() if isinstance(step, steps.Undo) else self.simulation.redo()
        except NothingToUndoError as error:
            raise StepError(str(error)) from None

    def _refuse_if_readonly(self) -> None:
        if self.readonly:
            raise read_only()

    def _passed(self, step: steps.Step, message: str = "") -> StepResult:
        return self._result(step, StepOutcome.PASSED, message)

    def _result(self, step: steps.Step, outcome: StepOutcome, message: str = "") -> StepResult:
        return StepResult(
            step=step, outcome=outcome, at=self.simulation.now, acting=self.acting.label, message=message
        )


def _check_distance(now: datetime, instant: datetime, simulation: Simulation) -> None:
    """Raises StepError for a wait past the end of the calendar, or with more than MOST_REQUESTS requests."""
    if instant > LAST_INSTANT:
        raise StepError(f"{iso(instant)} is outside of simulated time", "the clock ends in the year 9000")
    requests = _requests(now, instant, simulation)
    if requests > MOST_REQUESTS:
        raise StepError(
            f"the workloads would make about {requests:,.0f} requests; one wait takes {MOST_REQUESTS:,}",
            "wait for a shorter time, or give the workloads a larger EverySeconds",
        )


def _requests(now: datetime, instant: datetime, simulation: Simulation) -> float:
    """How many requests the workloads make until then."""
    seconds = (instant - now).total_seconds()
    return sum(seconds / workload.every_seconds for workload in simulation.world.workloads.values())


def _described(acting: Identity) -> str:
    """The ARN of the acting identity, and the assumptions about it, as text."""
    arn = acting.arn or ""
    if acting.kind is not IdentityKind.OUTSIDE:
        return arn
    return f"{arn}: not in the files, so account {acting.account} is assumed to allow every request"
