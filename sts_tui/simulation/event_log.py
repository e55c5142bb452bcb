"""What has happened? A log numbered from 1, append-only, limited by RequestLogSize."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.account.identifiers import TEMPORARY_KEY_PREFIX
from sts_tui.simulation.events import Event, RequestAnswered, SessionExpired, SessionsRevoked, Verdict
from sts_tui.simulation.log_index import LogIndex
from sts_tui.sts.operation import KeyUse

if TYPE_CHECKING:
    from sts_tui.simulation.allowed_requests import AllowedRequests


class Tally(Struct):
    """How many requests were made, and how many of them policies denied."""

    requests: int = 0
    denied: int = 0


class EventLog:
    """Iterable and sized; the oldest events are dropped when it is full, and numbering continues. Counts per
    access key are kept longer than the events and are dropped with the session (`forget`).
    """

    def __init__(self, size: int, next_number: int = 1) -> None:
        self._events: deque[Event] = deque(maxlen=size)
        self.next_number = next_number
        self.index = LogIndex()
        self.expired = 0
        """How many sessions have reached their expiration."""
        self.tallies: dict[str, Tally] = {}
        self.allowed: dict[str, AllowedRequests] = {}
        """The requests that each session was allowed, by access key id."""
        self.issued_under: dict[str, int] = {}
        """The edition of the configuration in force when a session was issued, by access key id."""
        self.newly_allowed = 0
        """How often a session was allowed a request that it had not made before."""
        self.denied_by_issuer: dict[str, int] = {}
        self.revocations: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
        """(when, cutoff) of the dated Denies that each role or user got and still has, by ARN."""
        self.gone: dict[str, datetime] = {}
        """When roles and users were deleted, by their unique ids."""

    def __iter__(self) -> Iterator[Event]:
        """A snapshot: a thread may iterate over it while the clock adds events."""
        return iter(tuple(self._events))

    def __reversed__(self) -> Iterator[Event]:
        return reversed(self._events)

    def __len__(self) -> int:
        return len(self._events)

    def __getitem__(self, index: int) -> Event:
        return self._events[index]

    def numbered(self, first: int, until: int) -> tuple[Event, ...]:
        """The kept events with numbers from `first` to before `until`, oldest first. It copies the
        references, which is cheaper than indexing in the middle of the log.
        """
        begin = max(first, self.first_number) - self.first_number
        end = until - self.first_number
        return tuple(self._events)[begin:end] if end > begin else ()

    @property
    def size(self) -> int:
        return self._events.maxlen or 0

    @property
    def last_number(self) -> int:
        """0 while nothing has happened."""
        return self.next_number - 1

    @property
    def first_number(self) -> int:
        """The number of the oldest kept event; `next_number` if the log is empty."""
        return self.next_number - len(self._events)

    def last_use(self, access_key_id: str) -> KeyUse | None:
        """The newest request signed with this key that AWS evaluated; None if the log has none."""
        return next((use for use in self.newest_first() if use.access_key_id == access_key_id), None)

    def newest_first(self) -> Iterator[KeyUse]:
        """Every request with an access key that AWS evaluated, allowed or denied."""
        for event in reversed(self._events):
            if (
                isinstance(event, RequestAnswered)
                and event.access_key_id is not None
                and event.verdict is not Verdict.REFUSED
            ):
                service, _, action = event.action.partition(":")
                yield KeyUse(
                    access_key_id=event.access_key_id,
                    at=event.at,
                    service=service.lower(),
                    action=action,
                    region=event.region,
                )

    def since(self, number: int) -> tuple[Event, ...]:
        """Events with a greater number, oldest first. Costs what it returns, not the size of the log."""
        wanted = self.next_number - 1 - number
        if wanted <= 0:
            return ()
        newest = list(islice(reversed(self._events), wanted))
        newest.reverse()
        return tuple(newest)

    def append(self, event: Event, *, is_use: bool = True) -> None:
        """The event's number must be `next_number`. If not `is_use`, the request is not counted as allowed to
        its session: the model did not allow it, so a later denial by the model is not a loss of access.
        """
        self._events.append(event)
        self.next_number += 1
        self.index.note(event)
        if self.next_number % max(1, self.size) == 0:
            self.index.drop_before(self.first_number)
        if type(event) is RequestAnswered:
            if event.access_key_id is not None:
                self._count(event.access_key_id, event.verdict)
                if is_use:
                    self._note_allowed(event)
        elif type(event) is SessionExpired:
            self.expired += 1

    def _note_allowed(self, event: RequestAnswered) -> None:
        """Record an allowed request of a session, which decides later whether the session is cut."""
        key = event.access_key_id
        if event.verdict is not Verdict.ALLOWED or event.recall is None or key is None:
            return
        if key.startswith(TEMPORARY_KEY_PREFIX):
            if key not in self.allowed:
                from sts_tui.simulation.allowed_requests import AllowedRequests

                self.allowed[key] = AllowedRequests()
            self.newly_allowed += self.allowed[key].note(event.recall, event.at)

    def _count(self, access_key_id: str, verdict: Verdict) -> None:
        tally = self.tallies.get(access_key_id)
        if tally is None:
            tally = self.tallies[access_key_id] = Tally()
        tally.requests += 1
        if verdict is not Verdict.ALLOWED and verdict.is_denial:
            tally.denied += 1

    def count_denial(self, issuer_arn: str) -> None:
        """Count a denied request of a session of this role or user."""
        self.denied_by_issuer[issuer_arn] = self.denied_by_issuer.get(issuer_arn, 0) + 1

    def note_revocation(self, subject: str, at: datetime, cutoff: datetime) -> None:
        """Record that a role or user got a dated Deny; it is kept longer than the event."""
        self.revocations[subject] = (*self.revocations.get(subject, ()), (at, cutoff))

    def note_remaining_deny(self, subject: str, cutoff: datetime | None) -> None:
        """Record that a role or user has only a dated Deny with this cutoff left, or none."""
        noted = self.revocations.pop(subject, ())
        left = tuple(one for one in noted if cutoff is not None and one[1] <= cutoff)
        if left:
            self.revocations[subject] = left

    def forget(self, access_key_ids: Iterable[str]) -> None:
        """Drop the counts of keys that are no longer shown."""
        for key in access_key_ids:
            self.tallies.pop(key, None)
            self.allowed.pop(key, None)
            self.issued_under.pop(key, None)
            self.index.forget(key)

    def up_to(self, instant: datetime) -> EventLog:
        """The log as it was at a past time: its events and counts. Counts are the present ones minus those of
        later events, so that they are right even if the log no longer has its beginning. Denials by issuer
        are the present ones, because events do not name issuers.
        """
        events = tuple(self._events)
        cut = bisect_right(events, instant, key=lambda event: event.at)
        then = EventLog(self.size, self.next_number - (len(events) - cut))
        then._events.extend(events[:cut])
        last = then.last_number
        then.expired = self.expired - self.index.expired_since(last)
        for key, tally in self.tallies.items():
            requests, denied = self.index.requests_since(key, last)
            if tally.requests > requests:
                then.tallies[key] = Tally(tally.requests - requests, tally.denied - denied)
        then.allowed = {key: one.up_to(instant) for key, one in self.allowed.items() if key in then.tallies}
        then.issued_under = dict(self.issued_under)
        then.denied_by_issuer = dict(self.denied_by_issuer)
        then.gone = {one: at for one, at in self.gone.items() if at <= instant}
        notable = self.index.notable(self.first_number, last)
        revoked = [one for one in notable if isinstance(one, SessionsRevoked)]
        noted = {(one.subject, one.at, one.cutoff) for one in revoked}
        noted |= {(one, *each) for one, found in self.revocations.items() for each in found}
        for subject, at, cutoff in sorted(noted):
            if at <= instant:
                then.note_revocation(subject, at, cutoff)
        return then

    def resized(self, size: int) -> None:
        """A log with at most this many events from now on."""
        self._events = deque(self._events, maxlen=size)

    def restore(self, events: Iterable[Event], next_number: int) -> None:
        """Take over the tail of a saved log."""
        self._events.clear()
        self.allowed.clear()
        for event in events:
            self._events.append(event)
            if type(event) is RequestAnswered:
                self._note_allowed(event)
        self.next_number = next_number
        self.index.rebuild(self._events)
