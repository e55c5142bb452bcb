"""What does a command change? The result of a call, an undo, a redo or a setting becomes the next world and
events.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import IdentityProvider, Settings, Workload
from sts_tui.account.json_value import Json
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.authorization.authorizer import GatheredPolicies, prepare
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.calls.callers import Authenticator
from sts_tui.simulation.calls.pipeline import CallResult, carry_out
from sts_tui.simulation.events import (
    CommandRedone,
    CommandUndone,
    ConfigurationChanged,
    Event,
    RequestAnswered,
    SessionsRevoked,
    SessionStarted,
    SettingChanged,
)
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.time.schedule import IN_WORDS, Kind, Schedule
from sts_tui.simulation.undo.history import Edit, History
from sts_tui.simulation.world import WorkloadState, World
from sts_tui.sts.operation import MfaVerification
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.authorization.authorization_ids import PastDenial
    from sts_tui.simulation.timetable import Attack, Pars

_MFA_VERIFICATIONS_KEPT = 32
"""How many verifications are kept per MFA device: more than are possible in the few minutes in which they
count.
"""


class Commands:
    """Carries out the calls of people and workloads, and keeps what can be undone."""

    def __init__(self, store: StateStore, seed: int) -> None:
        self.store = store
        self.seed = seed
        self.authenticator = Authenticator()
        self.gathered = GatheredPolicies()
        self.history = History(store.world.configuration, store.world.now)
        self.schedule = Schedule(store.world)

    def call(self, ask: Ask) -> dict[str, object]:
        """AWS's response; raises AwsError. Both are logged."""
        result = self.result_of(ask)
        self.apply_result(ask, result)
        return result.response

    def result_of(self, ask: Ask) -> CallResult:
        """The result of a call now; nothing changes. Raises TypeError for a caller of an unknown type."""
        return carry_out(
            ask,
            self.store.world,
            self.authenticator,
            self.seed,
            self.gathered,
            self.store.log,
            self.past_denial,
        )

    def past_denial(self, identifier: str) -> PastDenial | None:
        """The denied request with this authorization id; None if the log has none."""
        from sts_tui.simulation.authorization.authorization_ids import PastDenial, number_of

        number = number_of(identifier, self.seed)
        found = self.store.log.numbered(number, number + 1) if number else ()
        event = found[0] if found else None
        if not isinstance(event, RequestAnswered) or event.recall is None or not event.verdict.is_denial:
            return None
        question = event.recall.under(self.history.edition(event.recall.edition))
        return PastDenial(at=event.at, region=event.region, prepared=prepare(question))

    def undo(self) -> str:
        """Undo the last command and those that it joins. Return them. Raises NothingToUndoError."""
        undone = [self._undo()]
        while undone[-1].joins and self.history.done:
            undone.append(self._undo())
        return "; ".join(edit.command for edit in reversed(undone))

    def redo(self) -> str:
        """Redo the command that was undone last and those that join it. Return them. Raises
        NothingToUndoError.
        """
        done = [self._redo()]
        while self.history.undone and self.history.undone[-1].joins:
            done.append(self._redo())
        return "; ".join(edit.command for edit in done)

    def _undo(self) -> Edit:
        before = self.store.world
        world, edit = self.history.undo(before)
        self._replace(world)
        self._note_ends(edit.subject, before.configuration, world.configuration)
        self._append(CommandUndone, command=edit.command)
        return edit

    def _redo(self) -> Edit:
        before = self.store.world
        world, edit = self.history.redo(before)
        self._replace(world)
        self._note_ends(edit.subject, before.configuration, world.configuration)
        self._append(CommandRedone, command=edit.command)
        return edit

    def set(self, settings: Settings, name: str, value: Json) -> None:
        self.store.world = replace(self.store.world, settings=settings)
        if settings.request_log_size != self.store.log.size:
            self.store.log.resized(settings.request_log_size)
        self._append(SettingChanged, name=name, value=value)

    def invent(
        self,
        workloads: Mapping[str, Workload],
        states: Mapping[str, WorkloadState],
        providers: Mapping[str, IdentityProvider],
    ) -> None:
        """Let these invented workloads (by name) act from now on, in place of earlier invented ones.
        `states`: initial states of some of them, by name. `providers`: every simulated identity provider by
        name, those of the model and those at which invented users sign in.
        """
        world = self.store.world
        given = {name: one for name, one in world.workloads.items() if name not in world.invented}
        kept = {name: state for name, state in world.workload_states.items() if name in given}
        for name, workload in workloads.items():
            known = world.workload_states.get(name) if workload is world.invented.get(name) else None
            elapsed = (world.now - world.started_at).total_seconds()
            started = WorkloadState(ticks=int(elapsed // workload.every_seconds) + 1)
            kept[name] = known or replace(states.get(name, started), ticks=started.ticks)
        all_of_them = {**given, **workloads}
        states_now = PersistentMap(kept)
        self._replace(
            replace(
                world,
                workloads=all_of_them,
                invented=dict(workloads),
                workload_states=states_now,
                identity_providers=dict(providers),
            )
        )
        self._append(SettingChanged, name="animate", value=len(workloads))

    def add_identity_provider(self, provider: IdentityProvider) -> None:
        """Simulate one more identity provider, or replace one."""
        world = self.store.world
        providers = {**world.identity_providers, provider.name: provider}
        self._replace(replace(world, identity_providers=providers))

    def begin_game_day(self, seconds: float, pars: Pars) -> None:
        """Begin a game day. Raises ValueError if one is under way, for a duration that is not positive, and
        if workloads of the model use copied credentials: only the timetable makes the attacker's requests.
        """
        world = self.store.world
        thieves = [one.name for one in world.workloads.values() if one.identity.startswith("workload:")]
        if world.game_day is not None and world.game_day.failed is None:
            raise ValueError(f"a game day is under way until {world.game_day.ends_at:%H:%M:%S}")
        if thieves:
            raise ValueError(f"{', '.join(thieves)} uses copied credentials: write it as attacks instead")
        if not seconds > 0:
            raise ValueError("a game day takes some time")
        length = timedelta(seconds=seconds)
        failed = self.store.failed_requests()
        from sts_tui.simulation.timetable import GameDay

        game = GameDay(begins_at=world.now, ends_at=world.now + length, pars=pars, failed_before=failed)
        self._replace(replace(world, game_day=game))
        from sts_tui.account import durations  # imported on first use

        self._append(SettingChanged, name="game day", value=durations.short(length))

    def plan(self, attack: Attack) -> None:
        """Add an attack to the timetable. Raises ValueError without a game day under way, for an attack
        outside of it, and for credentials that no earlier attack takes or obtains.
        """
        world = self.store.world
        game = world.game_day
        if game is None or game.failed is not None:
            raise ValueError("no game day is under way")
        begins = game.begins_at + timedelta(seconds=attack.begins)
        if not world.now <= begins < game.ends_at:
            raise ValueError(
                f"the attack begins at {begins:%H:%M:%S}, after the game day ends ({game.ends_at:%H:%M:%S})"
            )
        from sts_tui.simulation.timetable import ANONYMOUS

        known = (ANONYMOUS, *dict.fromkeys(one.obtains for one in game.attacks))
        if not attack.is_theft and attack.who not in known:
            raise ValueError(f"the attacker has no credentials named {attack.who}, only {', '.join(known)}")
        self._replace(replace(world, game_day=game.with_attack(attack)))

    def adopt(self, sessions: Iterable[Session]) -> None:
        """Add sessions that were issued elsewhere, in a recorded trail. Nothing is logged."""
        world = self.store.world
        more = {one.access_key_id: one for one in sessions}
        self._replace(replace(world, sessions=world.sessions.updated(more)))

    def pause(self, workload: str, is_paused: bool) -> None:
        """Pause or resume a workload's requests."""
        others = {name for name in self.store.world.paused_workloads if name != workload}
        paused = tuple(sorted({*others, workload} if is_paused else others))
        self.store.world = replace(self.store.world, paused_workloads=paused)
        self._append(SettingChanged, name=f"workload {workload}", value="paused" if is_paused else "running")

    def look_at(self, keys: frozenset[str]) -> bool:
        """Record that the player of a game day looked at these access key ids; return whether that detected
        the attacker.
        """
        world = self.store.world
        after = world.game_day and world.game_day.looked_at(keys, world.now)
        has_detected = after is not world.game_day
        self.store.world = replace(world, game_day=after)
        return has_detected

    def next_due(self) -> tuple[datetime, str] | None:
        """See `Simulation.next_due`. It does not load the modules that carry out what is due."""
        world = self.store.standing
        due = self.schedule.peek(world)
        if due is None:
            return None
        session = world.sessions.get(due.name)
        return due.at, IN_WORDS[due.kind].format(session.label if session else due.name)

    def _replace(self, world: World) -> None:
        """Make another world the present one, and compute what is due in it."""
        self.store.world = world
        self.schedule = Schedule(world)

    def _append(self, kind: Callable[..., Event], **fields: object) -> None:
        log = self.store.log
        self.store.record(kind(number=log.next_number, at=self.store.now, **fields))

    def apply_result(self, ask: Ask, result: CallResult) -> None:
        """Apply a call's result to the world, the log and the commands that can be undone."""
        self.store.world = before = _with_mfa(self.store.world, result.mfa_verifications)
        self._add_authorization_id(result)
        self._answered(ask, result)
        if result.error is not None:
            return
        answer = result.answer
        sessions = answer.sessions
        if ask.workload is not None:
            sessions = tuple(replace(session, workload=ask.workload) for session in sessions)
        world = before
        if answer.configuration is not None:
            from sts_tui.simulation.time.propagation import written

            world = written(before, answer.configuration)
        self.store.world = replace(
            world,
            sessions=world.sessions.updated({one.access_key_id: one for one in sessions}),
            id_counter=result.id_counter,
        )
        for session in sessions:
            self.schedule.add(session.expires_at, Kind.EXPIRY, session.access_key_id)
            self.store.log.issued_under[session.access_key_id] = before.in_force.edition
            self._append(SessionStarted, access_key_id=session.access_key_id, label=session.label)
        self._edited(ask, result, before, sessions)

    def _add_authorization_id(self, result: CallResult) -> None:
        """The denial with its authorization id in the text, if AWS gives one."""
        error, asked = result.error, result.question
        if error is None or error.decision is None or asked is None:
            return
        if not self.store.world.settings.authorization_ids:
            return
        from sts_tui.simulation.authorization.authorization_ids import authorization_id, gives_id, with_id

        if gives_id(asked.action, asked.caller.caller.kind):
            identifier = authorization_id(self.seed, self.store.log.next_number)
            error.message = with_id(error.message, identifier, result.region)

    def _answered(self, ask: Ask, result: CallResult) -> None:
        self._append(
            RequestAnswered,
            caller=result.caller_label,
            access_key_id=result.access_key_id,
            action=result.action,
            resource=result.resource,
            verdict=result.verdict,
            code=result.code,
            decided_by=result.decided_by,
            message=result.message,
            region=result.region,
            workload=ask.workload,
            client=ask.client,
            asked=_failed_parameters(ask, result),
            recall=result.logged,
        )
        session = result.caller.session if result.caller else None
        if session is not None and result.verdict.is_denial:
            self.store.log.count_denial(session.issuer_arn)

    def _edited(self, ask: Ask, result: CallResult, before: World, sessions: tuple[Session, ...]) -> None:
        """Apply and log an edit, and keep the command so that it can be undone."""
        world, answer = self.store.world, result.answer
        has_edited = world.configuration is not before.configuration
        if not has_edited and (not sessions or ask.workload is not None):
            return
        from sts_tui.simulation.operations.equivalent_cli import cli_line  # imported on first use

        command, step = cli_line(ask.action, ask.params), None
        if has_edited:
            step = self.history.wrote(world)
            if world.pending:
                self.schedule.add(world.pending[-1].in_force_at, Kind.PROPAGATION, "")
            self._append(
                ConfigurationChanged,
                caller=result.caller_label,
                action=ask.action,
                subject=answer.subject,
                command=command,
            )
            for subject in self._note_ends(answer.subject, before.configuration, world.configuration):
                self._mark_revocation(result, subject)
            if world.game_day is not None and not ask.is_scripted and ask.workload is None:
                self.store.world = replace(world, game_day=world.game_day.responded(world.now))
        if ask.is_scripted:
            if has_edited:
                self.history.forget()
        elif ask.workload is None:
            subject = answer.subject if has_edited else ""
            joins = ask.joins and bool(self.history.done)
            edit = Edit(command=command, subject=subject, step=step, sessions=sessions, joins=joins)
            self.history.record(edit)

    def _mark_revocation(self, result: CallResult, subject: str) -> None:
        from sts_tui.simulation.authorization.session_state import cutoff_of, sessions_denied

        world = self.store.world
        hit = sessions_denied(subject, world.configuration, world)
        self._append(
            SessionsRevoked,
            caller=result.caller_label,
            subject=subject,
            cutoff=cutoff_of(subject, world.configuration),
            hit=tuple(session.access_key_id for session in hit),
        )

    def _note_ends(self, subject: str, before: Configuration, after: Configuration) -> list[str]:
        """Record when sessions were revoked or orphaned by the new configuration; return the roles and users
        that got a dated Deny.
        """
        from sts_tui.simulation.authorization.session_state import cutoff_of, principals_touched, unique_id_of

        log, now = self.store.log, self.store.now
        if (gone := unique_id_of(subject, before)) and gone != unique_id_of(subject, after):
            log.gone[gone] = now
        if back := unique_id_of(subject, after):
            log.gone.pop(back, None)
        revoked = []
        touched = (*principals_touched(subject, before), *principals_touched(subject, after))
        for holder in dict.fromkeys(touched):
            earlier, cutoff = cutoff_of(holder, before), cutoff_of(holder, after)
            if cutoff is not None and (earlier is None or cutoff > earlier):
                log.note_revocation(holder, now, cutoff)
                revoked.append(holder)
            elif earlier is not None and cutoff != earlier:
                log.note_remaining_deny(holder, cutoff)
        return revoked


def _failed_parameters(ask: Ask, result: CallResult) -> str:
    """The parameters of a failed operation, for the log."""
    if result.error is None or result.operation is None:
        return ""
    from sts_tui.simulation.calls.redaction import kept_parameters

    return kept_parameters(ask.params)


def _with_mfa(world: World, verified: tuple[tuple[str, MfaVerification], ...]) -> World:
    for serial, one in verified:
        known = (*world.mfa_verifications.get(serial, ()), one)[-_MFA_VERIFICATIONS_KEPT:]
        world = replace(world, mfa_verifications={**world.mfa_verifications, serial: known})
    return world
