"""How is a trail opened as the past of a simulation? Its requests become the log, its sessions those of the
simulation.

Each recorded request is one line of the log with AWS's verdict and its comparison with the model's. The
request is stored as usual, so that it can be explained with the configuration of its time. The clock is at
the last event, from which the simulation continues like any other.

Sessions that were issued before the trail have no recorded expiration. They are shown until the maximum
duration of their role or operation.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import AccountModel
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.role_durations import HIGHEST_MAXIMUM
from sts_tui.simulation.calls.ask import Ask
from sts_tui.simulation.denials.denial_text import denials_in
from sts_tui.simulation.events import (
    ClientCall,
    ConfigurationChanged,
    Event,
    RequestAnswered,
    SessionExpired,
    SessionStarted,
    Verdict,
)
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.operations.equivalent_cli import cli_line
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.facts.limits import LONG_TERM_CALLER_MAXIMUM, ROOT_CALLER_MAXIMUM
from sts_tui.sts.session import Session, SessionKind
from sts_tui.trail.evaluation import NOT_EVALUATED
from sts_tui.trail.evaluation import Verdict as ModelVerdict
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.recorded_changes import RecordedChanges, change_of
from sts_tui.trail.replay import AGREES, DISAGREES, Compared, Comparison, Replay, recorded_reason
from sts_tui.trail.replayed import Followed
from sts_tui.trail.signer import Signer, signer_of
from sts_tui.wire.client_name import client_name

MOST: Final = 250_000
"""How many requests the log of an opened trail has, the newest ones. Counts include all requests."""
_BEYOND: Final = 1.25
"""Estimated log lines per request, because the start and end of sessions are logged too."""
_LONGEST: Final = {
    SessionKind.USER: timedelta(seconds=LONG_TERM_CALLER_MAXIMUM),
    SessionKind.FEDERATED_USER: timedelta(seconds=LONG_TERM_CALLER_MAXIMUM),
    SessionKind.ROOT: timedelta(seconds=ROOT_CALLER_MAXIMUM),
}
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html"""
UNKNOWN_EXPIRATIONS: Final = (
    "sessions issued before the trail begins last as long as their role allows at most"
)


class OpenedTrail(Struct, kw_only=True, eq=False):
    """A trail, and the simulation of which it is the past."""

    trail: Trail
    model: AccountModel
    """The original model, with which what-if questions start."""
    is_model_before: bool
    simulation: Simulation
    replay: Replay
    left_out: int = 0
    """The number of requests that are older than those in the log."""


def opened(
    trail: Trail, model: AccountModel, *, is_model_before: bool = False, most: int = MOST
) -> OpenedTrail:
    """Open a simulation at the time of the last event. `is_model_before`: the model was taken before the
    trail, whose policy changes are applied to it. `most`: the maximum number of requests in the log.

    The workloads of the model make no requests, because the trail has the real ones.
    """
    rows = min(trail.total, most)
    size = max(model.settings.request_log_size, int(rows * _BEYOND) + 1_000)
    settings = replace(model.settings, request_log_size=size)
    quiet = replace(model, workloads=(), settings=settings)
    past = _Past(trail, quiet, is_model_before=is_model_before)
    for event in trail.events():
        past.add(event)
    replay = past.finished(trail.last)
    return OpenedTrail(
        trail=trail,
        model=model,
        is_model_before=is_model_before,
        simulation=past.simulation,
        replay=replay,
        left_out=max(0, past.requests - past.held()),
    )


class _LoggedChanges(RecordedChanges):
    """Applies recorded changes under the name of their recorded caller. They cannot be undone."""

    logged: LoggedLine

    def _make(self, event: RecordedEvent, action: str, params: dict[str, Any], operator: Identity) -> None:
        commands, line = self.simulation.commands, self.logged
        ask = Ask(action=action, params=params, caller=operator, region=event.region, is_scripted=True)
        result = commands.result_of(ask)
        if result.error is not None:
            raise result.error
        named = replace(
            result, caller_label=line.caller, access_key_id=line.access_key_id, action=line.action,
            resource=line.resource, decided_by=line.decided_by, logged=line.recall,
        )  # fmt: skip
        commands.apply_result(replace(ask, client=line.client), named)
        self._note_made(event, result.response)


class _Past:
    """Builds the log, event by event."""

    def __init__(self, trail: Trail, model: AccountModel, *, is_model_before: bool) -> None:
        self._followed = Followed(trail, model, is_followed=is_model_before, make_changes=_LoggedChanges)
        self.simulation = self._followed.simulation
        self._store = self.simulation.commands.store
        self._comparison = Comparison(trail, self._followed.evaluator, follows=is_model_before)
        self._sessions = {one.access_key_id: one for one in self._all_sessions(trail)}
        self._store.world = replace(self._store.world, sessions=PersistentMap(self._sessions))
        ends = sorted((one.expires_at, key) for key, one in self._sessions.items())
        self._ends: Iterator[tuple[datetime, str]] = iter(ends)
        self._next_end = next(self._ends, None)
        self._requests = 0

    @property
    def requests(self) -> int:
        """How many requests were added."""
        return self._requests

    def held(self) -> int:
        """How many requests are in the log."""
        return sum(type(one) is RequestAnswered for one in self._store.log)

    def add(self, event: RecordedEvent) -> None:
        at = event.at
        self._expire(at)
        evaluator = self._followed.evaluator_at(event)
        self._store.move_to(max(at, self._store.now))
        verdict = evaluator.verdict(event)
        compared = self._comparison.add(event, verdict)
        if compared is None:
            return
        line = _line(event, signer_of(event.identity), verdict, compared, evaluator.logged(event, verdict))
        self._requests += event.count
        changes = self._followed.changes
        assert isinstance(changes, _LoggedChanges)
        changes.logged = line
        if not self._followed.after(event):
            self._log(event, line, is_use=compared is AGREES)
        self._issued(event)

    def finished(self, last: datetime) -> Replay:
        """Move the clock to the last event, and schedule the expiry of sessions after it. Returns the
        comparison.
        """
        self._expire(last)
        self._store.move_to(max(last, self._store.now))
        self.simulation.commands.adopt(())  # the schedule is computed from the current world
        result = self._comparison.finished()
        result.followed = self._followed.changes.made
        result.not_followed = dict(self._followed.changes.left_out)
        return result

    def _log(self, event: RecordedEvent, line: LoggedLine, *, is_use: bool) -> None:
        log = self._store.log
        for _ in range(event.count):
            request = RequestAnswered(
                number=log.next_number, at=event.at, caller=line.caller, access_key_id=line.access_key_id,
                action=line.action, resource=line.resource, verdict=line.verdict, code=line.code,
                decided_by=line.decided_by, message=event.message, region=event.region, client=line.client,
                recorded=line.recorded, recall=line.recall,
            )  # fmt: skip
            log.append(request, is_use=is_use)
            session = self._sessions.get(line.access_key_id or "")
            if session is not None and line.verdict.is_denial:
                log.count_denial(session.issuer_arn)
        if line.verdict is Verdict.ALLOWED and (change := change_of(event)) is not None:
            self._append(
                ConfigurationChanged(
                    number=log.next_number, at=event.at, caller=line.caller, action=change[0],
                    subject=line.resource, command=cli_line(*change),
                )
            )  # fmt: skip

    def _issued(self, event: RecordedEvent) -> None:
        session = self._sessions.get(event.issued_key)
        if session is None or event.code:
            return
        log, key = self._store.log, session.access_key_id
        log.issued_under[key] = self._store.standing.in_force.edition
        self._append(
            SessionStarted(number=log.next_number, at=event.at, access_key_id=key, label=session.label)
        )

    def _expire(self, until: datetime) -> None:
        log = self._store.log
        while self._next_end is not None and self._next_end[0] <= until:
            at, key = self._next_end
            self._append(
                SessionExpired(
                    number=log.next_number, at=at, access_key_id=key, label=self._sessions[key].label
                )
            )
            self._next_end = next(self._ends, None)

    def _append(self, event: Event) -> None:
        self._store.log.append(event)

    def _all_sessions(self, trail: Trail) -> Iterator[Session]:
        """All sessions: those issued in the trail, and those known only from their calls."""
        callers = self._followed.evaluator.callers
        used = "SELECT identity, min(epoch), max(epoch) FROM event WHERE identity LIKE '%ASIA%' GROUP BY 1"
        last: dict[str, int] = {}
        first: dict[str, tuple[int, str]] = {}
        for identity, earliest, latest in trail.query(used):
            key = signer_of(identity).key
            last[key] = max(latest, last.get(key, latest))
            first[key] = min((earliest, identity), first.get(key, (earliest, identity)))
        for key, event in callers.sessions.issued():
            known = callers.sessions.by_key(key)
            if known is not None and (call := first.get(key)) is not None:
                known = callers.sessions.of(signer_of(call[1]), event.at)
            session = callers.session_of(known) if known else None
            if session is not None and event.account:
                yield session
        for key, (earliest, identity) in sorted(first.items()):
            at = datetime.fromtimestamp(earliest, self.simulation.now.tzinfo)
            known = callers.sessions.of(signer_of(identity), at)
            session = callers.session_of(known) if known is not None and not known.is_issued_here else None
            if session is not None:
                seen = datetime.fromtimestamp(last[key], at.tzinfo)
                yield replace(session, expires_at=self._longest(session, seen))

    def _longest(self, session: Session, seen: datetime) -> datetime:
        role = self.simulation.world.configuration.roles.get(session.issuer_arn)
        own = timedelta(seconds=role.max_session_seconds if role else HIGHEST_MAXIMUM)
        return max(session.issued_at + _LONGEST.get(session.kind, own), seen + timedelta(seconds=1))


class LoggedLine(Struct, frozen=True, kw_only=True):
    """The values of the log line for a recorded request."""

    caller: str
    access_key_id: str | None
    action: str
    resource: str
    verdict: Verdict
    code: str
    decided_by: str
    recorded: str
    client: ClientCall
    recall: object


def _line(
    event: RecordedEvent, signer: Signer, verdict: ModelVerdict, compared: Compared, recall: object
) -> LoggedLine:
    words = _words(event, verdict, compared)
    return LoggedLine(
        caller=signer.label,
        access_key_id=signer.key or None,
        action=verdict.action or event.operation,
        resource=verdict.resource or "*",
        verdict=_aws_verdict(event),
        code=event.code or "200",
        decided_by=verdict.reason if compared is AGREES else words,
        recorded=words,
        client=ClientCall(client=_origin(event), operation=event.operation),
        recall=recall,
    )


def _origin(event: RecordedEvent) -> str:
    """`198.51.100.66, aws-cli/2.31.0`"""
    return ", ".join(one for one in (event.address, client_name(event.agent.strip("[]"))) if one)


def _words(event: RecordedEvent, verdict: ModelVerdict, compared: Compared) -> str:
    """The comparison of the verdicts in words, with both reasons."""
    aws = " ".join((event.verdict, recorded_reason(event))).strip()
    if compared is AGREES:
        return f"AWS: {aws}; the model agrees"
    if compared.kind == DISAGREES:
        return f"disagrees: AWS {aws}; model {verdict.verdict}: {verdict.reason}; {compared.cause}"
    if verdict.verdict == NOT_EVALUATED:
        return f"not evaluated: {verdict.reason}"
    if event.verdict == "failed":
        return "not compared: failed for another reason than policies"
    return f"the model cannot say: {verdict.note or verdict.reason}"


def _aws_verdict(event: RecordedEvent) -> Verdict:
    match event.verdict:
        case "allowed":
            return Verdict.ALLOWED
        case "failed":
            return Verdict.REFUSED
    quoted = denials_in(event.message)
    is_explicit = bool(quoted) and "explicit deny" in quoted[0].reason
    return Verdict.EXPLICIT_DENY if is_explicit else Verdict.IMPLICIT_DENY
