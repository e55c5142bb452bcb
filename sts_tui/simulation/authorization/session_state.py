"""Which state is a session in? Computed from the session and the world, never stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Final
from weakref import WeakKeyDictionary

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role, User
from sts_tui.account.json_value import Json
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.iam import Outcome, PolicyDocument, PolicySet, Request, evaluate
from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.bounded_cache import ByIdentity
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import issuer_exists
from sts_tui.sts.revoke import POLICY_NAME, condition_blocks
from sts_tui.sts.session import Session

EXPIRING_WITHIN: Final = timedelta(minutes=5)
EXPIRING_FRACTION: Final = 10
"""A session with less than this fraction of its lifetime left is expiring."""


class SessionState(Enum):
    """The states that screens and `expect session` of tours name. The first that applies of expired,
    orphaned, revoked, cut, partly, revoking, expiring, active. `expiring` and `revoking` count as active.
    """

    ACTIVE = "active"
    EXPIRING = "expiring"
    """Less than a tenth of its lifetime or less than five minutes left."""
    REVOKING = "revoking"
    """A dated Deny that covers it was written but is not yet in force."""
    PARTLY = "partly"
    """Some of the requests that were once allowed are denied now: see `session_access`."""
    CUT = "cut"
    """Every request that was once allowed is denied now, by something other than a dated Deny."""
    REVOKED = "revoked"
    """A dated Deny on its issue time, in a role's or user's policy, denies it everything."""
    ORPHANED = "orphaned"
    """The role or user that it was issued for is deleted."""
    EXPIRED = "expired"

    @property
    def counts_as_active(self) -> bool:
        return self in (SessionState.ACTIVE, SessionState.EXPIRING, SessionState.REVOKING)

    @property
    def still_works(self) -> bool:
        """Whether at least some of its requests are allowed."""
        return self.counts_as_active or self is SessionState.PARTLY


def state_of(session: Session, world: World) -> SessionState:
    """The first that applies of expired, orphaned, revoked, revoking, expiring, active.

    Whether a policy denies everything to a session that is neither expired, orphaned nor revoked depends on
    the requests that it makes: see `views.session_standing`.
    """
    now = world.now
    if now >= session.expires_at:
        return SessionState.EXPIRED
    if not issuer_exists(session, world.in_force):
        return SessionState.ORPHANED
    if is_denied_by_date(session, world.in_force):
        return SessionState.REVOKED
    if world.pending and is_denied_by_date(session, world.configuration):
        return SessionState.REVOKING
    left = session.expires_at - now
    if left < EXPIRING_WITHIN or left < (session.expires_at - session.issued_at) / EXPIRING_FRACTION:
        return SessionState.EXPIRING
    return SessionState.ACTIVE


def is_denied_by_date(session: Session, configuration: Configuration) -> bool:
    """Whether a dated Deny in a policy of its role or user denies it everything."""
    denies = dated_denies(session.issuer_arn, configuration)
    return bool(denies) and _denies(denies, iso(session.dated_at))


def sessions_denied(subject: str, configuration: Configuration, world: World) -> tuple[Session, ...]:
    """The live sessions of a role or user that a dated Deny of this configuration covers."""
    return tuple(
        session
        for session in world.sessions.values()
        if session.issuer_arn == subject
        and session.expires_at > world.now
        and issuer_exists(session, configuration)
        and is_denied_by_date(session, configuration)
    )


def dated_denies(subject: str, configuration: Configuration) -> tuple[PolicyDocument, ...]:
    """The dated Denies in the policies of a role or user (its groups' included), one document each: a Deny of
    action `*` on resource `*` whose conditions all concern `aws:TokenIssueTime`.
    """
    known = _DENIES.get(configuration)
    if known is None:
        known = {}
        _DENIES.put(configuration, known)
    if subject not in known:
        known[subject] = _find_dated_denies(subject, configuration)
    return known[subject]


_DENIES: Final[ByIdentity[Configuration, dict[str, tuple[PolicyDocument, ...]]]] = ByIdentity(4)
"""Cached dated Denies by subject: for the configuration as written, the one in force, and those before the
last edit.
"""


def _find_dated_denies(subject: str, configuration: Configuration) -> tuple[PolicyDocument, ...]:
    found = (
        _dated_part(document.written)
        for document in identity_documents(subject, configuration)
        if document.written is not None
    )
    return tuple(part for part in found if part is not None)


def cutoff_of(subject: str, configuration: Configuration) -> datetime | None:
    """Sessions issued before this instant are denied; None if no dated Deny has a readable date."""
    instants = [
        instant
        for document in dated_denies(subject, configuration)
        for instant in _instants(document.document)
    ]
    return max(instants, default=None)


def principals_touched(subject: str, configuration: Configuration) -> tuple[str, ...]:
    """ARNs of the roles and users whose policies an edit of this entity changes: itself, the holders of a
    managed policy, the members of a group.
    """
    if subject in configuration.roles or subject in configuration.users:
        return (subject,)
    holders: tuple[Role | User, ...] = (*configuration.roles.values(), *configuration.users.values())
    if subject in configuration.policies:
        groups = {
            group.group_name
            for group in configuration.groups.values()
            if any(one.policy_arn == subject for one in group.attached_managed_policies)
        }
        return tuple(
            holder.arn
            for holder in holders
            if any(one.policy_arn == subject for one in holder.attached_managed_policies)
            or (isinstance(holder, User) and groups & set(holder.group_list))
        )
    if group := configuration.groups.get(subject):
        return tuple(user.arn for user in configuration.users.values() if group.group_name in user.group_list)
    return ()


def unique_id_of(subject: str, configuration: Configuration) -> str | None:
    """The unique id of the role or user with this ARN; None if there is none."""
    if role := configuration.roles.get(subject):
        return role.role_id
    user = configuration.users.get(subject)
    return user.user_id if user else None


_DATED: Final[WeakKeyDictionary[WrittenPolicy, PolicyDocument | None]] = WeakKeyDictionary()


def _dated_part(written: WrittenPolicy) -> PolicyDocument | None:
    """The document with only its dated Denies; None if it has none."""
    if written not in _DATED:
        statements = written.document.get("Statement", [])
        listed = statements if isinstance(statements, list) else [statements]
        dated = [one for one in listed if isinstance(one, Mapping) and _is_dated_deny(one)]
        part = PolicyDocument({**written.document, "Statement": dated}, POLICY_NAME) if dated else None
        _DATED[written] = part
    return _DATED[written]


def _is_dated_deny(statement: Mapping[str, Json]) -> bool:
    return (
        statement.get("Effect") == "Deny"
        and _covers_all(statement.get("Action"), ("*", "*:*"))
        and _covers_all(statement.get("Resource"), ("*",))
        and _is_about_issue_time(statement.get("Condition"))
    )


def _covers_all(written: object, wildcards: tuple[str, ...]) -> bool:
    return any(one in wildcards for one in (written if isinstance(written, list) else [written]))


def _is_about_issue_time(condition: object) -> bool:
    if not isinstance(condition, Mapping) or not condition:
        return False
    keys = [key for block in condition.values() if isinstance(block, Mapping) for key in block]
    return bool(keys) and all(key.lower() == "aws:tokenissuetime" for key in keys)


@lru_cache(maxsize=4096)
def _denies(documents: tuple[PolicyDocument, ...], issued: str) -> bool:
    """Whether the documents deny a session issued then. The engine decides, so that date operators mean the
    same as in requests.
    """
    request = Request(
        principal="arn:aws:sts::000000000000:assumed-role/any/any",
        action="sts:any",
        resource="*",
        context={"aws:TokenIssueTime": issued},
    )
    return evaluate(request, PolicySet(identity=list(documents))).outcome is Outcome.EXPLICIT_DENY


def _instants(document: Mapping[str, object]) -> list[datetime]:
    found: list[datetime] = []
    for block in condition_blocks(document):
        for values in block.values():
            found += _parsed(values if isinstance(values, list) else [values])
    return found


def _parsed(values: list[object]) -> list[datetime]:
    instants = []
    for value in values:
        try:
            instants.append(datetime.fromisoformat(str(value).replace("Z", "+00:00")))
        except ValueError:
            continue  # an epoch or a policy variable: still compared by the engine, only not shown as a date
    return [instant for instant in instants if instant.tzinfo is not None]
