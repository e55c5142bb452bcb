"""The running simulation: the one mutable thing, and the one way in.

It puts together what other modules answer: how a call goes (`calls`), what passing time brings (`advance`,
`workloads`), what can be undone (`undo`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from msgspec import to_builtins
from msgspec.structs import replace

from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.account.entities import AccountModel, IdentityProvider
from sts_tui.account.json_value import Json
from sts_tui.account.regions import DEFAULT_REGION
from sts_tui.account.values import LAST_INSTANT
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.calls.ask import (
    Ask,
    ClientLike,
    PairLike,
    ask_for,
    ask_for_several,
    check_context,
    client_call,
    journal_entry,
)
from sts_tui.simulation.calls.callers import CallerLike, named_caller
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.calls.not_modeled import refuse_unmodeled
from sts_tui.simulation.calls.pipeline import CallResult
from sts_tui.simulation.events import Event, RequestAnswered
from sts_tui.simulation.frozen_json import to_json
from sts_tui.simulation.identities import Identity, resolve
from sts_tui.simulation.opening.first_world import first_world, in_utc
from sts_tui.simulation.opening.model_files import Files, read_model
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.world import WorkloadState, World
from sts_tui.sts.authenticate import access_keys

_BATCH: Final = 10_000
"""Subscribers are notified of passing time after at most so many things, so that a month needs no memory."""

if TYPE_CHECKING:
    from sts_tui.account.configuration import Configuration
    from sts_tui.iam import Decision, PolicyType
    from sts_tui.iam.explaining.explain import Explanation
    from sts_tui.simulation.advance import ClockRunner
    from sts_tui.simulation.authorization.authorizer import Prepared
    from sts_tui.simulation.authorization.context import ContextPart
    from sts_tui.simulation.checkpoint.saved_history import Extent
    from sts_tui.simulation.checkpoint.saved_state import SavedState, SavedStretch
    from sts_tui.simulation.fixes.fixes import Fix
    from sts_tui.simulation.timetable import Attack, GameDay, Pars

Subscriber: TypeAlias = Callable[[tuple[Event, ...]], None]


class Simulation:
    """A model at work. Not thread-safe: one thread calls.

    Raises ValueError for a `start` beyond the years that simulated time covers.
    """

    def __init__(self, model: AccountModel, *, seed: int = 0, start: datetime | None = None) -> None:
        self.model = model
        self.seed = seed
        self.warnings: tuple[Diagnostic, ...] = ()
        self.recorder: Callable[[Mapping[str, object]], None] | None = None
        """Writes down what came from outside, before subscribers are notified: a journal's `record`."""
        self.opened = first_world(model, start)
        """The world as the files gave it."""
        self._store = StateStore(self.opened)
        self.commands = Commands(self._store, seed)
        """What carries out calls, undo and settings: for checkpoints."""
        self.events = self._store.log
        self.history = self.commands.history

    @classmethod
    def open(
        cls, files: Files, seed: int = 0, start: datetime | None = None, *, vocabulary: bool = False
    ) -> Simulation:
        """A path, several, or parsed JSON; a file shaped like `~/.aws/config` adds workloads (`aws_config`).

        Raises AccountFileError with every fault. `vocabulary`: `warnings` are all that `validate` gives.
        """
        loaded = read_model(files, vocabulary=vocabulary)
        simulation = cls(loaded.model, seed=seed, start=start)
        simulation.warnings = loaded.warnings
        return simulation

    @cached_property
    def _runner(self) -> ClockRunner:
        from sts_tui.simulation.advance import ClockRunner  # with workloads: where time passes

        return ClockRunner(self.commands)

    @property
    def world(self) -> World:
        """The frozen state as it is now."""
        return self._store.world

    @property
    def game_day(self) -> GameDay | None:
        """The last game day; None where there was none. Costs nothing to ask."""
        return self._store.standing.game_day

    @property
    def now(self) -> datetime:
        """Simulated time, UTC."""
        return self._store.now

    def call(
        self,
        action: str,
        params: Mapping[str, object] | None = None,
        caller: CallerLike = None,
        context: Mapping[str, object] | None = None,
        region: str | None = None,
        session_label: str | None = None,
        default_region: str = DEFAULT_REGION,
        client: ClientLike = None,
        joins: bool = False,
    ) -> dict[str, Any]:
        """The one way in: authenticate, authorize, perform, record, answer.

        `caller` is an access key id, a name as in tours (`alice`, `job@App`), the whole `Credentials` (secret
        and token are then checked too), an Identity, None (the operator) or ANONYMOUS. An action that is no
        known operation is a plain request for `params["Resource"]` (`params["Owner"]`: the account of a
        resource that nothing else places).
        `client`: what is known of a real client's request (see `ClientCall`). `joins`: one command with the
        call before it, so that one undo takes both back. `region` is the Region that the request is sent to;
        None: that of the resource's ARN, else `default_region`, where the caller's client works.
        Returns AWS's response shape. Raises AwsError as AWS would, ContextNotSettableError for context keys
        that follow from the identity, NotModelledError for operations that are not simulated: an action that
        is no operation and has other parameters than a plain request, UnknownIdentityError.
        """
        caller = named_caller(caller, self.world)
        refuse_unmodeled(action, params or {}, caller)
        ask = ask_for(action, params, caller, context, (region, default_region), session_label, client)
        own = {"params": ask.params, "session_label": session_label} | ({"joins": True} if joins else {})
        return self._call("call", replace(ask, joins=joins), **own).response

    def request(
        self,
        action: str | Sequence[PairLike],
        resource: str = "*",
        caller: CallerLike = None,
        context: Mapping[str, object] | None = None,
        region: str | None = None,
        owner: str | None = None,
        default_region: str = DEFAULT_REGION,
        each: bool = False,
        client: ClientLike = None,
    ) -> tuple[Decision, ...]:
        """Only authenticate, authorize and record, whether or not the action is an operation we perform.

        A sequence in place of `action` holds (action, resource), (action, resource, context) or (action,
        resource, context, unknown keys): one call, one event. Returns the decisions in order. Raises AwsError
        at the first denial, with `each` only where the caller is refused; ValueError for an empty sequence.
        """
        caller = named_caller(caller, self.world)
        regions = (region, default_region)
        params = {"Resource": resource} | ({"Owner": owner} if owner else {})
        if isinstance(action, str):
            ask = replace(ask_for(action, params, caller, context, regions, None), is_plain=True)
        else:
            ask = ask_for_several(action, owner, caller, context, regions, each)
        own: dict[str, Any] = {"resource": resource, "owner": owner}
        if ask.pairs:
            own |= {"action": [one.written() for one in ask.pairs], "each": each}
        result = self._call("request", replace(ask, client=client_call(client)), **own)
        result.response  # noqa: B018 (raises the denial)
        return result.decisions

    def preview(
        self,
        action: str,
        params: Mapping[str, object] | None = None,
        caller: CallerLike = None,
        context: Mapping[str, object] | None = None,
        region: str | None = None,
        session_label: str | None = None,
        only_authorize: bool = False,
        default_region: str = DEFAULT_REGION,
    ) -> dict[str, object]:
        """What `call` (or `request`) would answer or raise now; nothing changes and nothing is recorded.

        Raises AwsError, NotModelledError, UnknownIdentityError and ContextNotSettableError as they do.
        """
        if not only_authorize:
            caller = named_caller(caller, self.world)
        refuse_unmodeled(action, params or {}, caller)
        ask = ask_for(action, params, caller, context, (region, default_region), session_label)
        return self.commands.result_of(replace(ask, is_plain=only_authorize)).response

    def what_if(
        self,
        action: str,
        params: Mapping[str, object] | None = None,
        caller: CallerLike = None,
        context: Mapping[str, object] | None = None,
        region: str | None = None,
        only_authorize: bool = False,
        without: Sequence[PolicyType] = (),
        default_region: str = DEFAULT_REGION,
    ) -> Explanation | None:
        """Why `call` (or `request`) would be allowed or denied now, every layer and statement; None where no
        policy would be asked. Nothing changes. `without` leaves whole layers out of the question. AssumeRole
        is explained by `sts:AssumeRole` where that is denied, whichever of its actions AWS reports.
        Raises NotModelledError, UnknownIdentityError and ContextNotSettableError as `call` does.
        """
        if not only_authorize:
            caller = named_caller(caller, self.world)
        refuse_unmodeled(action, params or {}, caller)
        ask = ask_for(action, params, caller, context, (region, default_region), None)
        question = self.commands.result_of(replace(ask, is_plain=only_authorize)).question
        if question is None:
            return None
        if action == "sts:AssumeRole" and not only_authorize:
            from sts_tui.simulation.authorization.chosen_request import explained_request

            question = explained_request(question, self.now)
        return prepare(question).explain(self.now, without)

    def resolve(self, who: str, account: str | None = None) -> Identity:
        """Whom a WHO means. Raises UnknownIdentityError, which lists the candidates."""
        return resolve(who, self.world, account)

    def access_key(self, user_arn: str) -> str:
        """The access key id of an IAM user's first long-term key; LookupError where there is none."""
        user = self.world.configuration.users.get(user_arn)
        if user is None:
            raise LookupError(f"no user {user_arn}")
        for key in access_keys(user):
            return key
        raise LookupError(f"{user_arn} has no access key")

    def advance(self, seconds: float) -> None:
        """Move the clock; everything due on the way happens. Raises ValueError for no number of seconds."""
        try:
            self.advance_to(self.now + timedelta(seconds=seconds))
        except OverflowError:
            raise ValueError(f"{seconds} s is longer than the calendar") from None

    def advance_to(self, instant: datetime, at_most: int | None = None) -> datetime:
        """Move the clock to an instant, or until `at_most` things have happened; returns the time reached.

        Time never runs backwards: an instant in the past changes nothing. The clock stops at the year 9000.
        """
        until, left = min(in_utc(instant), LAST_INSTANT), at_most
        while True:
            reached, happened = self._runner.advance_to(until, _BATCH if left is None else min(_BATCH, left))
            self._record({"kind": "time", "to": reached.isoformat()})
            self._store.tell()
            left = None if left is None else left - happened
            if reached >= until or (left is not None and left <= 0):
                return reached

    def next_due(self) -> tuple[datetime, str] | None:
        """When something happens next, and what, in words; None where nothing will."""
        return self.commands.next_due()

    def undo(self) -> str:
        """Undo the last command (see `history`); returns it. Raises NothingToUndoError."""
        command = self.commands.undo()
        self._record({"kind": "undo"})
        self._store.tell()
        return command

    def redo(self) -> str:
        """Redo the command that was undone last; returns it. Raises NothingToUndoError."""
        command = self.commands.redo()
        self._record({"kind": "redo"})
        self._store.tell()
        return command

    def set(self, name: str, value: Json) -> None:
        """Change a setting of the model (`revoke-padding`, `propagation`, or a name of section `Settings`).

        Raises UnknownSettingError, or ValueError for a value that does not fit.
        """
        from sts_tui.simulation.settings import changed_setting

        settings, field, kept = changed_setting(self.world.settings, name, value)
        self.commands.set(settings, field, kept)
        self._record({"kind": "set", "name": field, "value": kept})
        self._store.tell()

    def animate(self, is_on: bool = True) -> int:
        """Invent workloads from what the model holds, or stop those that were invented; how many act now."""
        from sts_tui.simulation.workloads.invention import animated

        named, providers = animated(self.world, self.seed, self.model.raw_dumps) if is_on else ({}, {})
        given = self.opened.workloads
        named = {name: one for name, one in named.items() if name not in given}
        self.commands.invent(named, {}, {**self.opened.identity_providers, **providers})
        self._record({"kind": "animate", "is_on": is_on})
        self._store.tell()
        return len(named)

    def pause_workload(self, name: str, is_paused: bool = True) -> None:
        """Let a workload make no requests, or let it go on. Raises LookupError where there is no such one."""
        if name not in self.world.workloads:
            raise LookupError(f"there is no workload {name}")
        self.commands.pause(name, is_paused)
        self._record({"kind": "pause", "workload": name, "is_paused": is_paused})
        self._store.tell()

    def leak(self, role_arn: str) -> str:
        """Give the newest session of a role to a thief, `thief`, then `thief-2`; returns the thief's name.

        Raises LookupError where the role or a session of it is missing.
        """
        from sts_tui.simulation.workloads.invention import thief_of_newest

        world, (thief, stolen) = self.world, thief_of_newest(role_arn, self.world)
        state = {thief.name: WorkloadState(stolen=stolen)}
        self.commands.invent({**world.invented, thief.name: thief}, state, world.identity_providers)
        self._record({"kind": "leak", "role_arn": role_arn})
        self._store.tell()
        return thief.name

    def add_identity_provider(self, provider: IdentityProvider) -> None:
        """Simulate an identity provider that no file has, or another state of one; it is not exported."""
        self.commands.add_identity_provider(provider)
        self._record({"kind": "provider", "provider": to_json(provider)})
        self._store.tell()

    def begin_game_day(self, seconds: float, pars: Pars) -> None:
        """A game day begins now and lasts so long. Raises ValueError as `Commands.begin_game_day` does."""
        self.commands.begin_game_day(seconds, pars)
        self._record({"kind": "game day", "seconds": seconds, "pars": to_builtins(pars)})
        self._store.tell()

    def plan_attack(self, attack: Attack) -> None:
        """One more line of the timetable. Raises ValueError without a game day under way, for an attack that
        begins in the past or after the end, and ContextNotSettableError as `call` does.
        """
        check_context(attack.context, attack.action)
        self.commands.plan(attack)
        self._record({"kind": "attack", "attack": to_json(attack)})
        self._store.tell()

    def look_at(self, keys: Iterable[str]) -> None:
        """The player of a game day looks at the incident of these credentials, by access key id: the time to
        detect ends where the attacker has one of them. Nothing happens without a game day.
        """
        if self.commands.look_at(looked := frozenset(keys)):
            self._record({"kind": "looked at", "keys": sorted(looked)})

    def explain(self, event: RequestAnswered, without: Sequence[PolicyType] = ()) -> Explanation | None:
        """The decision behind an event, made again with every layer and statement; None where no policy
        was asked (refused before, the operator, operations that need no permission).

        `without` leaves whole layers out: a what-if question, and the decision says so.
        """
        prepared = self._prepared(event)
        return None if prepared is None else prepared.explain(event.at, without)

    def writes_not_in_force(self, event: RequestAnswered) -> int:
        """How many writes made before a request were not yet in force for it (PropagationSeconds)."""
        edition = None if event.recall is None else int(event.recall.edition)
        return 0 if edition is None else max(0, self.history.written_before(event.at) - edition)

    def context(self, event: RequestAnswered) -> ContextPart | None:
        """The request context of an event, every key with where it came from; None where none was needed."""
        prepared = self._prepared(event)
        return None if prepared is None else prepared.context(event.at)

    def decision(self, event: RequestAnswered) -> Decision | None:
        """The decision behind an event, made again; None where no policy was asked."""
        prepared = self._prepared(event)
        return None if prepared is None else prepared.decide(event.at)

    def _prepared(self, event: RequestAnswered) -> Prepared | None:
        """The question behind an event, under the configuration that was in force then."""
        if event.recall is None:
            return None
        return prepare(event.recall.under(self.history.edition(event.recall.edition)))

    def configuration_at(self, instant: datetime, *, in_force: bool = True) -> Configuration:
        """The configuration that requests were evaluated against at a past instant; with `in_force=False` the
        one that reads saw, whether or not it had come into force. Of several writes at one instant the last
        counts. Raises UnknownPastError for an instant before the history begins.
        """
        at = in_utc(instant)
        return self.history.in_force_at(at) if in_force else self.history.written_at(at)

    def fixes(self, event: RequestAnswered) -> tuple[Fix, ...]:
        """What would let a denied request through, each tried on a fork (see `fixes`)."""
        from sts_tui.simulation.fixes.fixes import fixes  # imported on first use

        return fixes(event, self.world, self.seed)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """`callback(events)` after each change, events oldest first; returns how to end it."""
        return self._store.subscribe(callback)

    def checkpoint(self, after: int = 0, written: Extent | None = None) -> SavedState:
        """The whole running state as JSON (see `checkpoint`); the account files are not in it.

        A journal asks only for the part of the log that came `after` its last checkpoint, and for what the
        history gained since it was `written`.
        """
        from sts_tui.simulation.checkpoint.checkpoint import checkpoint_of  # only journals need it

        return checkpoint_of(self.commands, after, *(() if written is None else (written,)))

    def restore(self, state: SavedState, earlier: Iterable[SavedStretch] = ()) -> None:
        """Become what a checkpoint says; the simulation has to be opened from the same files. `earlier`: logs
        of the checkpoints before it.
        """
        from sts_tui.simulation.checkpoint.checkpoint import restore

        restore(self.commands, state, earlier)

    def _record(self, entry: Mapping[str, object]) -> None:
        if self.recorder is not None:
            self.recorder(entry)

    def _call(self, kind: str, ask: Ask, **own: object) -> CallResult:
        """Carry a call out, write it down, and only then notify anyone. A call that raises anything
        but AwsError has changed nothing, and is not written down.
        """
        result = self.commands.result_of(ask)
        try:
            self.commands.absorb(ask, result)
        finally:
            if self.recorder is not None:
                self.recorder(journal_entry(kind, ask, own))
            self._store.tell()
        return result
