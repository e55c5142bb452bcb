"""How does a model compare with a trail? Every recorded request is evaluated again, ordered by time.

Agreements are counted; disagreements are grouped with both reasons and the likely cause. Memory is
proportional to the number of sessions, kinds of disagreement and cached requests, not to the length of the
trail.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from msgspec import Struct, field

from sts_tui.simulation.bounded_cache import BoundedCache
from sts_tui.simulation.denials.denial_text import denials_in
from sts_tui.simulation.denials.model_verdict import is_for_reason
from sts_tui.trail.causes import POLICY_CALLS, Causes, changes_in
from sts_tui.trail.evaluation import ALLOWED, DENIED, NOT_EVALUATED, UNKNOWN, Evaluator, Verdict
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.recorded import RecordedEvent, instant
from sts_tui.trail.signer import signer_of

_REMEMBERED: Final = 20_000
_MOST_ADDRESSES: Final = 20
"""The maximum number of addresses that are listed for one key."""


class KeyUse(Struct):
    """How one access key was used."""

    key: str
    label: str
    issuer: str
    first: datetime
    last: datetime
    source_identity: str = ""
    parent: str = ""
    is_issued_here: bool = False
    calls: int = 0
    denied: int = 0
    addresses: dict[str, int] = field(default_factory=dict)
    """Address or service → number of calls, for the first 20."""


_NO_KEY: Final = KeyUse(key="", label="", issuer="", first=instant(0), last=instant(0))


class Disagreement(Struct):
    """Requests of one kind on which the model and AWS disagree."""

    caller: str
    action: str
    resource: str
    """The resource of the first request."""
    recorded: str
    recorded_reason: str
    model: str
    model_reason: str
    cause: str
    detail: str
    first: datetime
    last: datetime
    count: int = 0
    event_id: str = ""


class Replay(Struct):
    """The result of a replay. Counts are of events without duplicates."""

    first: datetime | None = None
    last: datetime | None = None
    events: int = 0
    duplicates: int = 0
    unusable: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)
    agreed_allowed: int = 0
    agreed_denied: int = 0
    other_reason: int = 0
    """Requests that both deny for different reasons. They are included in the disagreements."""
    disagreed: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    """Reason for an unknown verdict → count."""
    not_evaluated: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    """Error code → number of requests with an error other than a denial, which are not compared."""
    disagreements: list[Disagreement] = field(default_factory=list)
    keys: dict[str, KeyUse] = field(default_factory=dict)
    accounts: Counter[str] = field(default_factory=Counter)
    """Account of the trail → number of events."""
    followed: int = 0
    """How many recorded policy changes were applied to the model."""
    not_followed: dict[str, int] = field(default_factory=dict)
    """Operation and reason → number of recorded changes that could not be applied."""
    assumptions: list[str] = field(default_factory=list)

    @property
    def agreed(self) -> int:
        return self.agreed_allowed + self.agreed_denied

    @property
    def compared(self) -> int:
        return self.agreed + self.disagreed


class Compared(Struct, frozen=True):
    """The comparison of AWS's verdict on one event with the model's."""

    kind: str
    """One of the five words below."""
    cause: str = ""
    """For a disagreement: its likely cause, in words."""


AGREES, DISAGREES, CANNOT_SAY, FAILED, NOT_COMPARED = (
    Compared("agrees"),
    "disagrees",
    Compared("the model cannot say"),
    Compared("failed otherwise"),
    Compared("not evaluated"),
)


class Comparison:
    """Counts agreements and disagreements, event by event."""

    def __init__(self, trail: Trail, evaluator: Evaluator, *, follows: bool = False) -> None:
        changes = changes_in(trail.events(POLICY_CALLS))
        self.result = Replay(
            duplicates=trail.duplicates, unusable=trail.unusable, unreadable=dict(trail.unreadable)
        )
        self._sessions = evaluator.callers.sessions
        self._causes = Causes(changes, evaluator.configuration, follows=follows)
        self._kinds: dict[tuple[str, ...], Disagreement] = {}
        self._copies: set[str] = set()
        self._uses: BoundedCache[str, KeyUse] = BoundedCache(_REMEMBERED)
        """Text of `userIdentity` → use of the key."""

    def add(self, event: RecordedEvent, verdict: Verdict) -> Compared | None:
        """Count an event and return the comparison; None for the second copy of a cross-account request."""
        if event.shared and self._is_copy(event, verdict):
            return None
        result = self.result
        result.events += event.count
        at = event.at
        result.first = result.first or at
        result.last = at
        result.accounts[event.account or "unknown"] += event.count
        self._note_use(event, at)
        return self._compare(event, verdict, at)

    def _compare(self, event: RecordedEvent, verdict: Verdict, at: datetime) -> Compared:
        result, recorded = self.result, event.verdict
        if verdict.verdict == NOT_EVALUATED:
            result.not_evaluated[verdict.reason] += event.count
            return NOT_COMPARED
        if recorded == "failed":
            result.failed[event.code] += event.count
            return FAILED
        if verdict.verdict == UNKNOWN:
            result.unknown[verdict.note or verdict.reason] += event.count
            return CANNOT_SAY
        if recorded == verdict.verdict == ALLOWED:
            result.agreed_allowed += event.count
            return AGREES
        if recorded == verdict.verdict == DENIED and is_same_reason(event, verdict):
            result.agreed_denied += event.count
            return AGREES
        return Compared(DISAGREES, self._disagree(event, verdict, at))

    def finished(self) -> Replay:
        self.result.disagreements = sorted(
            self._kinds.values(), key=lambda one: (-one.count, one.first, one.caller, one.action)
        )
        return self.result

    def _is_copy(self, event: RecordedEvent, verdict: Verdict) -> bool:
        """Whether the event is the copy of a cross-account request that does not count. Both accounts record
        such a request; the copy with the caller's name counts.
        """
        if signer_of(event.identity).kind == "AWSAccount" and verdict.verdict == NOT_EVALUATED:
            return False
        if event.shared in self._copies:
            return True
        self._copies.add(event.shared)
        return False

    def _note_use(self, event: RecordedEvent, at: datetime) -> None:
        use = self._uses.get(event.identity)
        if use is None:
            use = self._use_of(event, at)
            self._uses.put(event.identity, use)
        if not use.key:
            return
        use.last = at
        use.calls += event.count
        use.denied += event.count if event.verdict == "denied" else 0
        if event.address in use.addresses or len(use.addresses) < _MOST_ADDRESSES:
            use.addresses[event.address] = use.addresses.get(event.address, 0) + event.count

    def _use_of(self, event: RecordedEvent, at: datetime) -> KeyUse:
        """The use of the key that signed an event. For unsigned events it has no key."""
        signer = signer_of(event.identity)
        if not signer.key or signer.key in self.result.keys:
            return self.result.keys.get(signer.key, _NO_KEY)
        known = self._sessions.by_key(signer.key)
        use = self.result.keys[signer.key] = KeyUse(
            key=signer.key,
            label=signer.label,
            issuer=signer.issuer_arn or signer.arn,
            first=at,
            last=at,
            parent=self._sessions.parent(signer.key) or "",
            source_identity=(known.session.source_identity if known else None) or signer.source_identity,
            is_issued_here=known is not None,
        )
        return use

    def _disagree(self, event: RecordedEvent, verdict: Verdict, at: datetime) -> str:
        """Record a disagreement. Returns the likely cause, in words."""
        result = self.result
        result.disagreed += event.count
        if event.verdict == verdict.verdict:
            result.other_reason += event.count
        cause, detail = self._causes.of(event, verdict)
        signer = signer_of(event.identity)
        aws_reason = recorded_reason(event)
        caller = signer.issuer_arn or signer.arn or signer.label
        key = (caller, verdict.action, event.verdict, aws_reason, verdict.verdict, verdict.reason, cause)
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = Disagreement(
                caller=caller,
                action=verdict.action,
                resource=verdict.resource,
                recorded=event.verdict,
                recorded_reason=aws_reason,
                model=verdict.verdict,
                model_reason=verdict.reason,
                cause=cause,
                detail=detail,
                first=at,
                last=at,
                event_id=event.event_id,
            )
        found.count += event.count
        found.last = at
        return f"{cause}: {detail}"


def recorded_reason(event: RecordedEvent) -> str:
    """AWS's reason for the denial; its error code if the message has none."""
    quoted = denials_in(event.message)
    return (quoted[0].reason if quoted else "") or event.code


def is_same_reason(event: RecordedEvent, verdict: Verdict) -> bool:
    """Whether the model's denial has AWS's reason. Also true if AWS gave none."""
    quoted = denials_in(event.message)
    reason = quoted[0].reason if quoted else ""
    return not reason or verdict.decision is None or is_for_reason(verdict.decision, reason)
