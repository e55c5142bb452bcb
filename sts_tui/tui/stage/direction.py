"""What comes to the front after a step? The pane where something happened, and the statement that decided.

A step that looks (`say`, `note`) moves nothing; a scene clears the stage; `focus`, `press` and `type` are the
author's own direction and stay in effect.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

from msgspec import Struct

from sts_tui.simulation.events import (
    ConfigurationChanged,
    Event,
    RequestAnswered,
    SessionExpired,
    SessionsRevoked,
    SessionStarted,
    Verdict,
)
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.sts.revoke import POLICY_NAME
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.words import split_words
from sts_tui.tui.panes.policies import TRUST

E = TypeVar("E")


class Front(Struct, frozen=True):
    """What the stage shows next. Empty members: as it was."""

    pane: str = ""
    request: RequestAnswered | None = None
    """The request whose deciding statement is shown, or whose explanation."""
    session: str = ""
    """The access key id of the session whose time is shown in big digits."""
    subject: str = ""
    """ARN of the role or user that was changed."""
    policy: str = ""
    """The name of the policy that was written, where the call has one."""


def front_after(step: steps.Step, events: Iterable[Event], acting: Identity) -> Front | None:
    """What a step brings to the front; None where it changes nothing. `events`: what it logged."""
    match step:
        case steps.As():
            is_session = acting.kind is IdentityKind.SESSION and acting.access_key_id
            return Front(pane="sessions", session=acting.access_key_id or "") if is_session else None
        case steps.Request() | steps.Aws() | steps.Revoke() | steps.Cut():
            return _after_call(list(events))
        case steps.WaitFor() | steps.WaitUntil() | steps.WaitUntilExpires():
            return _after_wait(list(events))
        case steps.Undo() | steps.Redo():
            return Front(pane="policies")
        case steps.Focus(pane):
            return Front(pane=pane)
        case _:
            return None


def _after_call(events: list[Event]) -> Front | None:
    revoked = _last(events, SessionsRevoked)
    if revoked is not None:
        return Front(
            pane="policies",
            session=revoked.hit[-1] if revoked.hit else "",
            subject=revoked.subject,
            policy=POLICY_NAME,
        )
    changed = _last(events, ConfigurationChanged)
    if changed is not None:
        return Front(pane="policies", subject=changed.subject, policy=_policy_named_in(changed.command))
    started = _last(events, SessionStarted)
    if started is not None:
        return Front(pane="sessions", session=started.access_key_id)
    answered = _last(events, RequestAnswered)
    return _of_request(answered) if answered is not None else None


def _of_request(answered: RequestAnswered) -> Front:
    is_by_statement = answered.verdict in (Verdict.ALLOWED, Verdict.EXPLICIT_DENY)
    return Front(
        pane="requests" if is_by_statement else "explanation",
        request=answered,
        session=answered.access_key_id or "",
    )


def _after_wait(events: list[Event]) -> Front:
    """The newest denial that a statement made; else what ended; else what was requested."""
    requests = [event for event in events if isinstance(event, RequestAnswered)]
    denied = [event for event in requests if event.verdict is Verdict.EXPLICIT_DENY]
    if denied:
        return Front(pane="requests", request=denied[-1], session=denied[-1].access_key_id or "")
    expired = _last(events, SessionExpired)
    if expired is not None:
        return Front(pane="sessions", session=expired.access_key_id)
    return Front(pane="requests" if requests else "sessions")


def _policy_named_in(command: str) -> str:
    """The policy that an `aws iam` line writes."""
    if " update-assume-role-policy " in command:
        return TRUST
    words = split_words(command)
    named = next((after for flag, after in pairwise(words) if flag in ("--policy-name", "--policy-arn")), "")
    return named.rpartition("/")[2]


def _last(events: list[Event], kind: type[E]) -> E | None:
    return next((event for event in reversed(events) if isinstance(event, kind)), None)
