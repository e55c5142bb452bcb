"""How does a simulation advance to a given time? It carries out what is due, in the order of `time.schedule`,
whose docstring describes the model, the order and what must never happen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from msgspec.structs import replace

from sts_tui.account.entities import WorkloadRequest
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.iam import Outcome
from sts_tui.simulation.authorization.authorizer import PreparedRequests, Question
from sts_tui.simulation.authorization.denial_responses import log_texts
from sts_tui.simulation.authorization.example_resources import variables_of, with_values
from sts_tui.simulation.authorization.request_context import endpoint_region
from sts_tui.simulation.calls.callers import CallerLike, label_of
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.calls.pipeline import refuse_before_policies
from sts_tui.simulation.events import Event, RequestAnswered, SessionExpired, Verdict, WorkloadChanged
from sts_tui.simulation.time.propagation import came_into_force
from sts_tui.simulation.time.schedule import Due, Kind, tick_at
from sts_tui.simulation.workloads.workload import (
    NO_CREDENTIALS,
    Credentials,
    CredentialsUnavailableError,
    NothingToStealYetError,
    Places,
    Result,
    after,
)
from sts_tui.simulation.world import EXPIRED_SESSIONS_KEPT, WorkloadState
from sts_tui.sts.errors import AwsError

_LEAST_PREPARED: Final = 256


class ClockRunner:
    """Moves the clock from one due event to the next."""

    def __init__(self, commands: Commands) -> None:
        self.commands = commands
        self.store = commands.store
        requests = sum(len(one.requests) for one in self.store.standing.workloads.values())
        self._places = Places()
        self._requests = PreparedRequests(max(_LEAST_PREPARED, requests), self._refuse)

    def advance_to(self, instant: datetime, at_most: int) -> tuple[datetime, int]:
        """Carry out everything due up to and including `instant`, in order; return the time reached and how
        many things happened. It stops after `at_most` things, but always completes everything due at the same
        time, which the clock then shows.
        """
        happened = 0
        while (due := self.commands.schedule.peek(self.store.standing)) is not None and due.at <= instant:
            if happened >= at_most and due.at > self.store.now:
                return self.store.now, happened
            if due.at > self.store.now:
                self.store.move_to(due.at)
            self._happen(due)
            happened += 1
        if instant > self.store.now:
            self.store.move_to(instant)
        return self.store.now, happened

    def _happen(self, due: Due) -> None:
        self.commands.schedule.pop()
        match due.kind:
            case Kind.PROPAGATION:
                self.store.world = came_into_force(self.store.world, due.at)
                self.commands.history.entered_force(self.store.world)
            case Kind.EXPIRY:
                self._expire(due.name)
            case Kind.TICK:
                self._tick(due.name)
            case Kind.GAME_DAY:
                from sts_tui.simulation.attacker import make_attempt  # imported on first use

                make_attempt(due.name, self.commands)

    def _expire(self, access_key_id: str) -> None:
        session = self.store.standing.sessions[access_key_id]
        self._append(SessionExpired, access_key_id=access_key_id, label=session.label)
        self._drop_old_sessions()

    def _drop_old_sessions(self) -> None:
        """Drop old expired sessions, at every five hundredth expiry so that it costs little: the newest 500
        are kept.
        """
        if self.store.log.expired % EXPIRED_SESSIONS_KEPT:
            return
        world = self.store.world
        states = world.workload_states.values()
        held = {key for state in states for key in (*state.keys, state.stolen)}
        expired = [
            (session.expires_at, key)
            for key, session in world.sessions.items()
            if session.expires_at <= world.now and key not in held
        ]
        gone = [key for _, key in sorted(expired)[:-EXPIRED_SESSIONS_KEPT]]
        self.store.world = replace(world, sessions=world.sessions.without(gone))
        self.store.log.forget(gone)

    def _tick(self, name: str) -> None:
        """One workload prepares its credentials and makes its next request; a paused one does neither."""
        if name in self.store.standing.paused_workloads:
            state = self.store.state(name)
            self._await_next(name, replace(state, ticks=state.ticks + 1))
            return
        workload = self.store.standing.workloads[name]
        credentials = Credentials(
            workload=workload,
            state=self.store.state(name),
            store=self.store,
            call=self.commands.call,
            places=self._places,
        )
        turn, reached_aws = NO_CREDENTIALS, 0
        result: Result | None
        try:
            caller = credentials.ready()
            if workload.requests:
                turn, reached_aws = credentials.state.turn % len(workload.requests), 1
                result = self._request(workload.name, workload.requests[turn], caller)
            else:
                result = Result(succeeded=True)
        except CredentialsUnavailableError as unavailable:
            result = Result(succeeded=False, reason=unavailable.reason)
        except NothingToStealYetError:
            result = None
        before = credentials.state
        if result is None:
            state = replace(before, ticks=before.ticks + 1)
        else:
            state = after(before, turn, result, ticks=before.ticks + 1, turns=before.turn + reached_aws)
        self._await_next(name, state)
        if state.health is not before.health:
            self._append(WorkloadChanged, workload=name, health=state.health.value, reason=state.reason)

    def _await_next(self, name: str, state: WorkloadState) -> None:
        self.store.set_state(name, state)
        next_tick = tick_at(self.store.standing, name, state.ticks)
        self.commands.schedule.add(next_tick, Kind.TICK, name)

    def _request(self, workload: str, wanted: WorkloadRequest, caller: CallerLike) -> Result:
        """One request of a workload, handled like any plain request, with the constant part prepared once."""
        world, now = self.store.standing, self.store.now
        region = endpoint_region(wanted.resource, DEFAULT_REGION)
        try:
            who = self.commands.authenticator(caller, world, now, wanted.action.partition(":")[0])
            if "${" in wanted.resource:
                variables = variables_of(who, world.in_force, world.settings)
                wanted = replace(wanted, resource=with_values(wanted.resource, variables))
            prepared = self._requests.get(
                world.in_force, world.settings, who, wanted.action, wanted.resource, region, wanted.context
            )
        except AwsError as refusal:
            return self._refused(workload, wanted, caller, refusal, region)
        decision = prepared.decide(now)
        allowed = decision.outcome is Outcome.ALLOWED
        decided, code, message = log_texts(prepared, decision, now)
        log = self.store.log
        self.store.record(
            RequestAnswered(
                number=log.next_number,
                at=now,
                caller=who.label,
                access_key_id=who.access_key_id,
                action=wanted.action,
                resource=wanted.resource,
                verdict=Verdict.of(decision.outcome),
                code=code,
                decided_by=decided,
                message=message,
                region=region,
                workload=workload,
                recall=prepared.logged,
            )
        )
        if not allowed and who.session is not None:
            log.count_denial(who.session.issuer_arn)
        return Result(succeeded=allowed, reason="" if allowed else f"{code}: {decided}")

    def _refuse(self, one: Question) -> None:
        refuse_before_policies(one.action, one.resource, one.region, one.caller, self.store.standing)

    def _refused(
        self, workload: str, wanted: WorkloadRequest, caller: CallerLike, refusal: AwsError, region: str
    ) -> Result:
        label, key = label_of(caller, self.store.standing)
        decided = refusal.hint or refusal.message
        self._append(
            RequestAnswered,
            caller=label,
            access_key_id=key,
            action=wanted.action,
            resource=wanted.resource,
            verdict=Verdict.REFUSED,
            code=refusal.code,
            decided_by=decided,
            message=refusal.message,
            region=region,
            workload=workload,
        )
        return Result(succeeded=False, reason=f"{refusal.code}: {decided}")

    def _append(self, kind: Callable[..., Event], **fields: object) -> None:
        self.store.record(kind(number=self.store.log.next_number, at=self.store.now, **fields))
