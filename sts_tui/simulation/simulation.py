"""How is a model run? `Simulation` is the one mutable object and the entry point. It combines other modules:
how a call is made (`calls`), what happens as time passes (`advance`, `workloads`), what can be undone
(`undo`).
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
from sts_tui.simulation.identities import Identity, resolve
from sts_tui.simulation.opening.first_world import first_world, in_utc
from sts_tui.simulation.opening.model_files import Files, read_model
from sts_tui.simulation.state_store import StateStore
from sts_tui.simulation.world import WorkloadState, World
from sts_tui.sts.authenticate import access_keys

_BATCH: Final = 10_000
"""Subscribers are notified after at most this many events of passing time, so that a month needs little
memory.
"""

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
    """A running model. It is not thread-safe: only one thread may use it. Raises ValueError for a `start`
    outside the years that the simulation covers.
    """

    def __init__(self, model: AccountModel, *, seed: int = 0, start: datetime | None = None) -> None:
        self.model = model
        self.seed = seed
        self.warnings: tuple[Diagnostic, ...] = ()
        self.recorder: Callable[[Mapping[str, object]], None] | None = None
        """Records every command before subscribers are notified: a journal's `record`."""
        self.opened = first_world(model, start)
        """The world as the files gave it."""
        self._store = StateStore(self.opened)
        self.commands = Commands(self._store, seed)
        """Carries out calls, undo and settings; public for checkpoints."""
        self.events = self._store.log
        self.history = self.commands.history

    @classmethod
    def open(
        cls, files: Files, seed: int = 0, start: datetime | None = None, *, vocabulary: bool = False
    ) -> Simulation:
        """Open a path, several paths, or parsed JSON; a file like `~/.aws/config` adds workloads
        (`aws_config`). Raises AccountFileError with every error. `vocabulary`: `warnings` has all warnings of
        `validate`.
        """
        loaded = read_model(files, vocabulary=vocabulary)
        simulation = cls(loaded.model, seed=seed, start=start)
        simulation.warnings = loaded.warnings
        return simulation

    @cached_property
    def _runner(self) -> ClockRunner:
        from sts_tui.simulation.advance import ClockRunner  # imported on first use

        return ClockRunner(self.commands)

    @property
    def world(self) -> World:
        """The present state, frozen."""
        return self._store.world

    @property
    def game_day(self) -> GameDay | None:
        """The last game day; None if there was none. It is cheap to read."""
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
        """Make a call: authenticate, authorize, perform, record, answer.

        `caller` is an access key id, a name as in tours (`alice`, `job@App`), the whole `Credentials` (secret
        and token are then checked too), an Identity, None (the operator) or ANONYMOUS. An action that is not
        a known operation is a plain request for `params["Resource"]` (`params["Owner"]`: the account of a
        resource whose account is not known otherwise). `client`: what is known of a real client's request
        (see `ClientCall`). `joins`: the call is one command with the call before it, so that one undo reverts
        both. `region`: the Region that the request is sent to; None: that of the resource's ARN, else
        `default_region`, the Region of the caller's client. Returns AWS's response. Raises AwsError as AWS
        would, ContextNotSettableError for context keys that follow from the identity, NotModelledError for
        operations that are not simulated (an action that is not a known operation, with other parameters than
        a plain request), UnknownIdentityError.
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
        """Only authenticate, authorize and record, even if the action is a simulated operation. A sequence in
        place of `action` contains (action, resource), (action, resource, context) or (action, resource,
        context, unknown keys): one call, one event. Returns the decisions in order. Raises AwsError at the
        first denial, with `each` only if the caller is refused; ValueError for an empty sequence.
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
        """What `call` (or `request`) would return or raise now; nothing changes and nothing is recorded.

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
        """Why `call` (or `request`) would be allowed or denied now, every layer and statement; None if no
        policy would be evaluated. Nothing changes. `without`: layers to leave out. AssumeRole is explained by
        `sts:AssumeRole` if that is denied, even if AWS reports another of its actions. Raises
        NotModelledError, UnknownIdentityError and ContextNotSettableError as `call` does.
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
        """The identity that a WHO names. Raises UnknownIdentityError, which lists the candidates."""
        return resolve(who, self.world, account)

    def access_key(self, user_arn: str) -> str:
        """The access key id of an IAM user's first long-term key; raises LookupError if there is none."""
        user = self.world.configuration.users.get(user_arn)
        if user is None:
            raise LookupError(f"no user {user_arn}")
        for key in access_keys(user):
            return key
        raise LookupError(f"{user_arn} has no access key")

    def advance(self, seconds: float) -> None:
        """Move the clock; everything due until then happens. Raises ValueError for an invalid number of
        seconds.
        """
        try:
            self.advance_to(self.now + timedelta(seconds=seconds))
        except OverflowError:
            raise ValueError(f"{seconds} s is longer than the calendar") from None

    def advance_to(self, instant: datetime, at_most: int | None = None) -> datetime:
        """Move the clock to a time, or until `at_most` things have happened; return the time reached. Time
        never runs backwards: a time in the past changes nothing. The clock stops at the year 9000.
        """
        until, left = min(in_utc(instant), LAST_INSTANT), at_most
        while True:
            reached, happened = self._runner.advance_to(until, _BATCH if left is None else min(_BATCH, left))
            self._record({"kind": "time", "to": reached.isoformat()})
            self._store.notify()
            left = None if left is None else left - happened
            if reached >= until or (left is not None and left <= 0):
                return reached

    def next_due(self) -> tuple[datetime, str] | None:
        """(time, description) of what happens next; None if nothing will."""
        return self.commands.next_due()

    def undo(self) -> str:
        """Undo the last command (see `history`); return it. Raises NothingToUndoError."""
        command = self.commands.undo()
        self._record({"kind": "undo"})
        self._store.notify()
        return command

    def redo(self) -> str:
        """Redo the command that was undone last; return it. Raises NothingToUndoError."""
        command = self.commands.redo()
        self._record({"kind": "redo"})
        self._store.notify()
        return command

    def set(self, name: str, value: Json) -> None:
        """Change a setting of the model (`revoke-padding`, `propagation`, or a name of section `Settings`).

        Raises UnknownSettingError, or ValueError for a value that does not fit.
        """
        from sts_tui.simulation.settings import changed_setting

        settings, field, kept = changed_setting(self.world.settings, name, value)
        self.commands.set(settings, field, kept)
        self._record({"kind": "set", "name": field, "value": kept})
        self._store.notify()

    def animate(self, is_on: bool = True) -> int:
        """Invent workloads from the model, or stop the invented ones; return how many are active."""
        from sts_tui.simulation.workloads.invention import animated

        named, providers = animated(self.world, self.seed, self.model.raw_dumps) if is_on else ({}, {})
        given = self.opened.workloads
        named = {name: one for name, one in named.items() if name not in given}
        self.commands.invent(named, {}, {**self.opened.identity_providers, **providers})
        self._record({"kind": "animate", "is_on": is_on})
        self._store.notify()
        return len(named)

    def pause_workload(self, name: str, is_paused: bool = True) -> None:
        """Pause or resume a workload's requests. Raises LookupError if there is no such workload."""
        if name not in self.world.workloads:
            raise LookupError(f"there is no workload {name}")
        self.commands.pause(name, is_paused)
        self._record({"kind": "pause", "workload": name, "is_paused": is_paused})
        self._store.notify()

    def leak(self, role_arn: str) -> str:
        """Let a thief (`thief`, then `thief-2`) use the newest session of a role; return the thief's name.
        Raises LookupError if the role or a session of it is missing.
        """
        from sts_tui.simulation.workloads.invention import thief_of_newest

        world, (thief, stolen) = self.world, thief_of_newest(role_arn, self.world)
        state = {thief.name: WorkloadState(stolen=stolen)}
        self.commands.invent({**world.invented, thief.name: thief}, state, world.identity_providers)
        self._record({"kind": "leak", "role_arn": role_arn})
        self._store.notify()
        return thief.name

    def add_identity_provider(self, provider: IdentityProvider) -> None:
        """Simulate an identity provider that no file has, or replace one; it is not exported."""
        from sts_tui.simulation.frozen_json import to_json

        self.commands.add_identity_provider(provider)
        self._record({"kind": "provider", "provider": to_json(provider)})
        self._store.notify()

    def begin_game_day(self, seconds: float, pars: Pars) -> None:
        """Begin a game day of this duration now. Raises ValueError as `Commands.begin_game_day` does."""
        self.commands.begin_game_day(seconds, pars)
        self._record({"kind": "game day", "seconds": seconds, "pars": to_builtins(pars)})
        self._store.notify()

    def plan_attack(self, attack: Attack) -> None:
        """Add a line to the timetable. Raises ValueError without a game day under way, for an attack that
        begins in the past or after the end, and ContextNotSettableError as `call` does.
        """
        from sts_tui.simulation.frozen_json import to_json

        check_context(attack.context, attack.action)
        self.commands.plan(attack)
        self._record({"kind": "attack", "attack": to_json(attack)})
        self._store.notify()

    def look_at(self, keys: Iterable[str]) -> None:
        """Record that the player of a game day looks at the incident of these credentials, by access key id:
        the time to detect ends if the attacker has one of them. Without a game day nothing happens.
        """
        if self.commands.look_at(looked := frozenset(keys)):
            self._record({"kind": "looked at", "keys": sorted(looked)})

    def explain(self, event: RequestAnswered, without: Sequence[PolicyType] = ()) -> Explanation | None:
        """The decision on an event, repeated with every layer and statement; None if no policy was evaluated
        (a refused request, the operator, operations that need no permission). `without`: layers to leave out,
        as a what-if, which the decision notes.
        """
        prepared = self._prepared(event)
        return None if prepared is None else prepared.explain(event.at, without)

    def writes_not_in_force(self, event: RequestAnswered) -> int:
        """How many earlier writes were not yet in force for a request (PropagationSeconds)."""
        edition = None if event.recall is None else int(event.recall.edition)
        return 0 if edition is None else max(0, self.history.written_before(event.at) - edition)

    def context(self, event: RequestAnswered) -> ContextPart | None:
        """The request context of an event, with the origin of every key; None if none was needed."""
        prepared = self._prepared(event)
        return None if prepared is None else prepared.context(event.at)

    def decision(self, event: RequestAnswered) -> Decision | None:
        """The decision on an event, repeated; None if no policy was evaluated."""
        prepared = self._prepared(event)
        return None if prepared is None else prepared.decide(event.at)

    def _prepared(self, event: RequestAnswered) -> Prepared | None:
        """The question of an event, under the configuration that was in force then."""
        if event.recall is None:
            return None
        return prepare(event.recall.under(self.history.edition(event.recall.edition)))

    def configuration_at(self, instant: datetime, *, in_force: bool = True) -> Configuration:
        """The configuration that requests were evaluated against at a past time; with `in_force=False` the
        one that reads returned, in force or not. Of several writes at one time the last counts. Raises
        UnknownPastError for a time before the history begins.
        """
        at = in_utc(instant)
        return self.history.in_force_at(at) if in_force else self.history.written_at(at)

    def fixes(self, event: RequestAnswered) -> tuple[Fix, ...]:
        """Fixes that would allow a denied request, each tried in a copy (see `fixes`)."""
        from sts_tui.simulation.fixes.fixes import fixes  # imported on first use

        return fixes(event, self.world, self.seed)

    def subscribe(self, callback: Subscriber) -> Callable[[], None]:
        """Call `callback(events)` after each change, with the oldest event first; return a function that ends
        the subscription.
        """
        return self._store.subscribe(callback)

    def checkpoint(self, after: int = 0, written: Extent | None = None) -> SavedState:
        """The whole running state as JSON (see `checkpoint`); the account files are not in it.

        A journal needs only the events `after` the last one in its last checkpoint, and the history after the
        extent `written`.
        """
        from sts_tui.simulation.checkpoint.checkpoint import checkpoint_of  # only journals need it

        return checkpoint_of(self.commands, after, *(() if written is None else (written,)))

    def restore(self, state: SavedState, earlier: Iterable[SavedStretch] = ()) -> None:
        """Restore a checkpoint; the simulation has to be opened from the same files. `earlier`: the logs of
        the checkpoints before it.
        """
        from sts_tui.simulation.checkpoint.checkpoint import restore

        restore(self.commands, state, earlier)

    def _record(self, entry: Mapping[str, object]) -> None:
        if self.recorder is not None:
            self.recorder(entry)

    def _call(self, kind: str, ask: Ask, **own: object) -> CallResult:
        """Carry out a call, record it, and then notify subscribers. A call that raises anything but AwsError
        has changed nothing and is not recorded.
        """
        result = self.commands.result_of(ask)
        try:
            self.commands.apply_result(ask, result)
        finally:
            if self.recorder is not None:
                self.recorder(journal_entry(kind, ask, own))
            self._store.notify()
        return result
