"""Whose credentials leaked? An access key id, a session, a role, a user or a person, found in the world.

A person is known by a source identity, or by the subject of a SAML or OIDC sign-in: one person may hold
sessions of several roles. A holder is described by the issued credentials: long-term keys, and live
sessions with everything that was chained from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role, User
from sts_tui.account.role_durations import HIGHEST_MAXIMUM
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.identities import IdentityKind, UnknownIdentityError, account_id, resolve
from sts_tui.simulation.pasted_who import RoleSessionName, role_session_named, without_wrapping
from sts_tui.simulation.reach.visitors.pool_sessions import PoolSession, pool_session
from sts_tui.simulation.workloads.long_term_keys import long_term_key
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import access_keys
from sts_tui.sts.session import Session

_SUBJECT_KEYS: Final = ("saml:sub", "saml:namequalifier", ":sub")
"""Suffixes of the condition keys with the subject of a SAML or OIDC sign-in."""


_ASSUMED_NAME: Final = "leaked"
"""The session name used for a role without a session."""


class HolderKind(Enum):
    KEY = "access key"
    SESSION = "session"
    ROLE = "role"
    USER = "user"
    PERSON = "person"


class Holder(Struct, frozen=True, kw_only=True):
    """Credentials that may have leaked."""

    kind: HolderKind
    who: str
    """The identity argument as given."""
    label: str
    account: str
    keys: tuple[str, ...] = ()
    """Long-term access key ids that leaked, active or not."""
    sessions: tuple[str, ...] = ()
    """Access key ids of the live sessions."""
    issuers: tuple[str, ...] = ()
    """ARNs of the roles, users and root users whose permissions these credentials have."""
    user: str = ""
    """ARN of the IAM user; empty for roles and people."""
    source_identity: str = ""
    session_name: str = ""
    """The session name, if the argument names a session that the files do not have: a new session of the role
    is evaluated with this name.
    """
    of_pool: PoolSession | None = None
    """How a role without a live session is evaluated if identity pools issue credentials for it; else
    empty.
    """

    @property
    def credentials(self) -> tuple[str, ...]:
        """Every access key id, long-term keys first."""
        return (*self.keys, *self.sessions)

    def roles(self, world: World) -> tuple[Role, ...]:
        """The roles among the issuers that still exist."""
        found = (world.configuration.roles.get(arn) for arn in self.issuers)
        return tuple(role for role in found if role is not None)

    @property
    def has_no_session(self) -> bool:
        """Whether it is a role without a session: the desk evaluates what a new session could do."""
        return self.kind is HolderKind.ROLE and not self.sessions

    @property
    def has_no_credentials(self) -> bool:
        """Whether it is a user with neither access keys nor a session. No request can be signed then, but
        nothing is denied: a new key or sign-in would have the user's permissions.
        """
        return self.kind is HolderKind.USER and not self.credentials

    @property
    def how_asked(self) -> str:
        """Which credentials were evaluated, if not the holder's own; else empty."""
        if self.has_no_session:
            how = self.of_pool.note if self.of_pool is not None else "as a new one"
            if self.session_name:
                return f"the files have no session {self.session_name}; asked {how} of that name"
            return f"no live session; asked {how}"
        return "neither access keys nor a session: nothing was evaluated" if self.has_no_credentials else ""

    def live(self, world: World) -> tuple[Session, ...]:
        """Its sessions that have not expired."""
        held = (world.sessions.get(key) for key in self.sessions)
        return tuple(one for one in held if one is not None and one.expires_at > world.now)


def find_holder(who: str, world: World, account: str | None = None) -> Holder:
    """The holder that WHO names: a role's name means all sessions of the role, a workload's name the session
    that signs its requests. WHO may be pasted from a finding or a log: see `pasted_who`. A session of a known
    role that the files do not have is evaluated as a new one with that name. `account`: the id or name of the
    account to search first. Raises UnknownIdentityError, which lists candidates.
    """
    if who in world.sessions:
        return _of_sessions(HolderKind.SESSION, who, [world.sessions[who]], world)
    if role := _role(who, world, account):
        return _of_role(who, role, world)
    if held := [world.sessions[key] for key in _held_by(who, world) if key in world.sessions]:
        return _of_sessions(HolderKind.SESSION, who, held[-1:], world)
    if key := _long_term_key_of(who, world):
        return _of_identity(key, world, account)
    if people := [one for one in _live(world) if who and who in (one.source_identity, *_subjects(one))]:
        return _of_sessions(HolderKind.PERSON, who, people, world)
    try:
        return _of_identity(who, world, account)
    except UnknownIdentityError:
        named = role_session_named(who, world)
        if named is not None:
            return _of_absent_session(who, named, world)
        if (bare := without_wrapping(who)) != who:
            return find_holder(bare, world, account)
        raise


def with_a_session(holder: Holder, world: World) -> tuple[Holder, World]:
    """For a role without a live session: the holder of a new session, and the copy of the world with it;
    other holders are returned unchanged. The session is one second old, so that a revocation made now covers
    it.
    """
    roles = holder.roles(world) if holder.has_no_session else ()
    if not roles:
        return holder, world
    limited = holder.of_pool.session if holder.of_pool is not None else None
    session = limited or assumed_session(roles[0], holder.session_name or _ASSUMED_NAME, world)
    session = replace(session, issued_at=world.now - timedelta(seconds=1))
    sessions = world.sessions.updated({session.access_key_id: session})
    return replace(holder, sessions=(session.access_key_id,)), replace(world, sessions=sessions)


def last_expiry(holder: Holder, world: World) -> datetime:
    """When the last of the holder's credentials expires; for long-term keys, after the longest possible
    session.
    """
    ends = [one.expires_at for one in holder.live(world)]
    if holder.keys:
        ends.append(world.now + timedelta(seconds=HIGHEST_MAXIMUM))
    return max(ends, default=world.now)


def descendants(sessions: Iterable[str], world: World) -> tuple[Session, ...]:
    """Live sessions that were chained from these, over any number of hops, oldest first."""
    ancestors = set(sessions)
    found = []
    for session in world.sessions.values():  # in the order of issue: parents first
        if session.parent in ancestors and session.access_key_id not in ancestors:
            ancestors.add(session.access_key_id)
            if session.expires_at > world.now:
                found.append(session)
    return tuple(found)


def _of_identity(who: str, world: World, account: str | None) -> Holder:
    identity = resolve(who, world, account)
    if identity.kind is IdentityKind.SESSION and identity.access_key_id:
        return _of_sessions(HolderKind.SESSION, who, [world.sessions[identity.access_key_id]], world)
    user = world.configuration.users.get(identity.arn or "")
    if user is None:
        raise UnknownIdentityError(who, f"{who} ({identity.kind.value}) holds no credentials that can leak")
    keys = tuple(access_keys(user))
    if who in keys:
        return _of_user(HolderKind.KEY, who, user, (who,), world)
    return _of_user(HolderKind.USER, who, user, keys, world)


def _of_user(kind: HolderKind, who: str, user: User, keys: tuple[str, ...], world: World) -> Holder:
    own = [one for one in _live(world) if one.issuer_arn == user.arn and _is_from(one, keys, kind)]
    return Holder(
        kind=kind,
        who=who,
        label=user.user_name,
        account=account_of(user.arn) or "",
        keys=keys,
        sessions=tuple(one.access_key_id for one in own),
        issuers=(user.arn,),
        user=user.arn,
    )


def _is_from(session: Session, keys: tuple[str, ...], kind: HolderKind) -> bool:
    """Whether a session of a user counts as leaked with these keys; if the whole user leaked, every session
    does.
    """
    return kind is HolderKind.USER or session.first_parent in keys


def _of_role(who: str, role: Role, world: World) -> Holder:
    live = [one for one in _live(world) if one.issuer_arn == role.arn]
    return Holder(
        kind=HolderKind.ROLE,
        of_pool=None if live else pool_session(role, world),
        who=who,
        label=role.role_name,
        account=account_of(role.arn) or "",
        sessions=tuple(one.access_key_id for one in live),
        issuers=(role.arn,),
    )


def _of_absent_session(who: str, named: RoleSessionName, world: World) -> Holder:
    """The role, evaluated as a session with this name; without a session name, all sessions of the role."""
    holder = _of_role(who, named.role, world)
    if not named.session:
        return holder
    return replace(
        holder,
        session_name=named.session,
        sessions=(),
        of_pool=pool_session(named.role, world),
    )


def _of_sessions(kind: HolderKind, who: str, sessions: list[Session], world: World) -> Holder:
    first = sessions[0]
    identities = dict.fromkeys(one.source_identity or "" for one in sessions)
    issuers = tuple(dict.fromkeys(one.issuer_arn for one in sessions))
    return Holder(
        kind=kind,
        who=who,
        label=who if kind is HolderKind.PERSON else first.label,
        account=first.account,
        sessions=tuple(one.access_key_id for one in sessions),
        issuers=issuers,
        user=next((arn for arn in issuers if arn in world.configuration.users), ""),
        source_identity=next(iter(identities)) if len(identities) == 1 else "",
    )


def _role(who: str, world: World, account: str | None) -> Role | None:
    if who in world.configuration.roles:
        return world.configuration.roles[who]
    named, _, name = who.rpartition("/")
    found = [role for role in world.configuration.roles.values() if role.role_name == (name or who)]
    wanted = account_id(named or account or "", world.configuration)
    here = [role for role in found if account_of(role.arn) == wanted] if wanted else []
    if len(here or found) > 1:
        names = sorted(role.arn for role in found)
        raise UnknownIdentityError(who, f"{who} is ambiguous: {', '.join(names)}", names)
    return next(iter(here or found), None)


def _held_by(workload: str, world: World) -> tuple[str, ...]:
    """Access key ids of the sessions that a workload holds, hop by hop, or that it copied."""
    state = world.workload_states.get(workload)
    return () if state is None else (*state.keys, *((state.stolen,) if state.stolen else ()))


def _long_term_key_of(workload: str, world: World) -> str:
    """The long-term key that a workload signs with, its own or a copied one; empty if there is none."""
    state = world.workload_states.get(workload)
    if state is None or state.keys:
        return ""
    if state.stolen:
        return state.stolen
    return long_term_key(world.workloads[workload], state, world)


def _live(world: World) -> Iterator[Session]:
    return (session for session in world.sessions.values() if session.expires_at > world.now)


def _subjects(session: Session) -> Iterator[str]:
    for key, value in session.context.items():
        if key.lower().endswith(_SUBJECT_KEYS) and isinstance(value, str):
            yield value
