"""Who could make a call? AWS's verdicts for users and sessions, because the operator has none.

The operator bypasses IAM, so a form shows what AWS would answer to the identities of the account instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.iam.explaining.explanation import StatementExplanation
from sts_tui.simulation.authorization.session_state import state_of
from sts_tui.simulation.identities import Identity, identity_of_session, identity_of_user
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.sts.session import SessionKind
from sts_tui.tui.dialogs.pending_call import PendingCall
from sts_tui.tui.text.styled_text import Line, line, one_line

MOST_TRIED: Final = 24
"""Identities that are evaluated, so that a form answers within a frame in a large account."""
MOST_SHOWN: Final = 3
_REQUIREMENTS: Final[Mapping[str, str]] = {
    "aws:multifactorauthpresent": "MFA",
    "aws:multifactorauthage": "MFA",
    "sts:externalid": "an external ID",
    "sts:sourceidentity": "a source identity",
}
"""What a caller must add, by the condition key that fails."""
_USERNAME: Final = "${aws:username}"


class Answer(Struct, frozen=True, kw_only=True):
    """The verdict for one identity."""

    identity: Identity
    is_allowed: bool
    reason: str = ""
    """Why not; empty if allowed."""

    @property
    def as_line(self) -> Line:
        name = f"As {one_line(self.identity.label)}: "
        if self.is_allowed:
            return line(name, ("+ allowed", "allow"))
        return line(name, (one_line(self.reason), "deny"))


def who_could(simulation: Simulation, call: PendingCall, account: str | None) -> tuple[Answer, ...]:
    """Users of `account`, then other users, then active sessions; sorted by those that AWS would allow.

    At most `MOST_TRIED` identities are tried. Nothing is changed.
    """
    tried = islice(_candidates(simulation, account), MOST_TRIED)
    found = [answer_of(simulation, call, identity) for identity in tried]
    return tuple(sorted(found, key=lambda each: not each.is_allowed))


def answer_lines(answers: tuple[Answer, ...]) -> Iterator[Line]:
    """The first answers as lines, and how many of the others AWS would allow."""
    for each in answers[:MOST_SHOWN]:
        yield each.as_line
    rest = answers[MOST_SHOWN:]
    if rest:
        allowed = sum(each.is_allowed for each in rest)
        count = "none" if not allowed else str(allowed)
        yield line((f"of {len(rest)} other identities {count} would be allowed", "muted"))


def _candidates(simulation: Simulation, account: str | None) -> Iterator[Identity]:
    world = simulation.world
    users = world.configuration.users.values()
    near = (identity_of_user(user) for user in users if account_of(user.arn) == account)
    far = (identity_of_user(user) for user in users if account_of(user.arn) != account)
    sessions = (
        identity_of_session(session)
        for session in reversed(list(world.sessions.values()))
        if state_of(session, world).counts_as_active
    )
    return chain(near, far, sessions)


def answer_of(simulation: Simulation, call: PendingCall, identity: Identity) -> Answer:
    try:
        call.preview(simulation, identity)
    except AwsError as error:
        return Answer(identity=identity, is_allowed=False, reason=_reason(simulation, call, identity, error))
    return Answer(identity=identity, is_allowed=True)


def _reason(simulation: Simulation, call: PendingCall, identity: Identity, error: AwsError) -> str:
    """`denied, the role trust policy requires MFA`; else AWS's own words."""
    if error.decision is None:
        return f"refused, {error.hint or error.message}"
    explanation = call.explain(simulation, identity)
    if explanation is None:
        return f"denied, {error.decision.reason.removeprefix('because ')}"
    session = simulation.world.sessions.get(identity.access_key_id or "")
    is_role = session is not None and session.kind is SessionKind.ROLE
    has_no_mfa = is_role and not simulation.world.settings.role_sessions_keep_mfa
    for layer in explanation.layers:
        nearest = layer.nearest_miss if layer.is_missing_in(explanation.decision) else None
        wanted = _wanted(nearest, is_role_session=is_role, has_no_mfa=has_no_mfa) if nearest else ""
        if wanted:
            return f"denied, the {layer.name} requires {wanted}"
    return f"denied, {explanation.decision.reason.removeprefix('because ')}"


def _wanted(nearest: StatementExplanation, *, is_role_session: bool, has_no_mfa: bool) -> str:
    """What an Allow requires that the call lacks: what no role session has, else the first condition that
    fails. Empty where it fails by something else.
    """
    failed = nearest.failed.element.lower() if nearest.failed else ""
    words = next((words for key, words in _REQUIREMENTS.items() if key in failed), "")
    users_only = (each for each in nearest.elements if each.wanted and all(map(_is_of_user, each.wanted)))
    if words and is_role_session and any(users_only):
        return f"{_USERNAME}, which no role session has"
    return f"{words}, which no role session has" if words == "MFA" and has_no_mfa else words


def _is_of_user(wanted: str) -> bool:
    return _USERNAME in wanted
