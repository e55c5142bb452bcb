"""Which identity does a WHO argument name?

`operator`, `operator@ACCOUNT`, `anonymous`, `root@ACCOUNT`, `service:ec2.amazonaws.com`; a user's or
session's name or ARN; `ACCOUNT/name`; for sessions `name@Role`, split at the last `@` after the whole name
was tried; an access key id; a unique id (`AIDA…`, `AROA…:name`). ACCOUNT is an account's id or name. A role
is not a caller; its sessions are. Pasted text may include blanks, quotes or `AWS_ACCESS_KEY_ID=`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of, root_arn
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import User
from sts_tui.account.identifiers import ROLE_PREFIX, USER_PREFIX
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import access_keys, key_owner
from sts_tui.sts.identity import outside_identity
from sts_tui.sts.session import Session, SessionKind


class IdentityKind(Enum):
    OPERATOR = "operator"
    ANONYMOUS = "anonymous"
    ROOT = "root user"
    SERVICE = "AWS service"
    USER = "IAM user"
    SESSION = "session"
    OUTSIDE = "principal outside the files"
    """A principal of an account outside the files, whose account is assumed to allow its requests."""


class Identity(Struct, frozen=True, kw_only=True):
    """A caller. It has only the identity; permissions are looked up at every call."""

    kind: IdentityKind
    label: str
    """The display name: `alice`, `job@App`, `root@111122223333`, `operator`."""
    account: str | None = None
    arn: str | None = None
    access_key_id: str | None = None
    """For sessions the temporary key; for users the active long-term key, None if there is none."""

    @property
    def who(self) -> str:
        """A WHO that names only this identity."""
        match self.kind:
            case IdentityKind.OPERATOR:
                return f"operator@{self.account}" if self.account else "operator"
            case IdentityKind.SESSION:
                return self.access_key_id or self.label
            case IdentityKind.USER | IdentityKind.OUTSIDE:
                return self.arn or self.label
            case IdentityKind.ANONYMOUS | IdentityKind.ROOT | IdentityKind.SERVICE:
                return self.label


SUBJECT_PREFIXES = ("oidc:", "saml:")


def is_subject(who: str) -> bool:
    """Whether a WHO names a user who has to sign in at an identity provider first."""
    return who.startswith(SUBJECT_PREFIXES)


def name_in_tours(identity: Identity) -> str:
    """A WHO with the same meaning in a tour, in which access key ids differ."""
    return identity.label if identity.kind is IdentityKind.SESSION else identity.who


ANONYMOUS = Identity(kind=IdentityKind.ANONYMOUS, label="anonymous")
"""A caller without credentials."""


class UnknownIdentityError(LookupError):
    """No identity, or more than one, has this name. `candidates`: possible names."""

    def __init__(self, who: str, message: str, candidates: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.who = who
        self.message = message
        self.candidates = tuple(candidates)


def resolve(who: str, world: World, account: str | None = None) -> Identity:
    """The identity that a WHO names. `account`: the id or name of the account to search first if a name is
    ambiguous. Raises UnknownIdentityError, which lists the candidates.
    """
    preferred = account_id(account, world.configuration) if account else None
    for reading in (_keyword, _access_key, _by_arn, _by_unique_id):
        if identity := reading(who, world):
            return identity
    found = list(_named(who, world))
    if not found:
        from sts_tui.simulation.pasted_who import without_wrapping

        if (bare := without_wrapping(who)) and bare != who:
            return resolve(bare, world, account)
    if not found and "@" in who:
        found = list(_session_of_role(who, world))
    if len(found) > 1 and preferred:
        found = [identity for identity in found if identity.account == preferred] or found
    if len(found) == 1:
        return found[0]
    if found:
        names = _distinct_names(found, world)
        raise UnknownIdentityError(who, f"{who} is ambiguous: {', '.join(names)}", names)
    raise _unknown_identity(who, world)


def account_id(text: str, configuration: Configuration) -> str | None:
    """The id of the account with this id or name; None if there is none."""
    if text in configuration.accounts:
        return text
    return next((facts.account_id for facts in configuration.accounts.values() if facts.name == text), None)


def identity_of_session(session: Session) -> Identity:
    return Identity(
        kind=IdentityKind.SESSION,
        label=session.label,
        account=session.account,
        arn=session.arn,
        access_key_id=session.access_key_id,
    )


def identity_of_user(user: User) -> Identity:
    keys = access_keys(user)
    chosen = next((key for key, is_active in keys.items() if is_active), next(iter(keys), None))
    return Identity(
        kind=IdentityKind.USER,
        label=user.user_name,
        account=user.arn.split(":")[4],
        arn=user.arn,
        access_key_id=chosen,
    )


def root_identity(account: str, configuration: Configuration) -> Identity:
    arn = root_arn(account, configuration.partition_of(account))
    return Identity(kind=IdentityKind.ROOT, label=f"root@{account}", account=account, arn=arn)


def operator_identity(account: str | None = None) -> Identity:
    label = f"operator@{account}" if account else "operator"
    return Identity(kind=IdentityKind.OPERATOR, label=label, account=account)


def _keyword(who: str, world: World) -> Identity | None:
    head, _, tail = who.partition("@")
    match head:
        case "anonymous" if not tail:
            return ANONYMOUS
        case "operator" if not tail:
            return operator_identity()
        case "operator":
            return operator_identity(_account_named(tail, who, world))
        case "root" if tail and account_id(tail, world.configuration):
            return root_identity(_account_named(tail, who, world), world.configuration)
    if who.startswith("service:") and len(who) > len("service:"):
        return Identity(kind=IdentityKind.SERVICE, label=who, arn=who.removeprefix("service:"))
    return None


def _account_named(text: str, who: str, world: World) -> str:
    if found := account_id(text, world.configuration):
        return found
    accounts = [facts.name or facts.account_id for facts in world.configuration.accounts.values()]
    raise UnknownIdentityError(who, f"no account {text}; there are {', '.join(accounts)}", accounts)


def _access_key(who: str, world: World) -> Identity | None:
    if session := world.sessions.get(who):
        return identity_of_session(session)
    if owner := key_owner(who, world.configuration):
        return replace(identity_of_user(owner[0]), access_key_id=who)
    return None


def _by_arn(who: str, world: World) -> Identity | None:
    if not who.startswith("arn:"):
        return None
    if user := world.configuration.users.get(who):
        return identity_of_user(user)
    if who.endswith(":root") and who.split(":")[4] in world.configuration.accounts:
        return root_identity(who.split(":")[4], world.configuration)
    newest = next(_newest(session for session in world.sessions.values() if session.arn == who), None)
    return newest or _outside(who, world)


def _by_unique_id(who: str, world: World) -> Identity | None:
    """The identity with a unique id as in `aws:userid` and CloudTrail's `principalId`: `AIDA…`,
    `AROA…:name`.
    """
    if not who.startswith((USER_PREFIX, ROLE_PREFIX)):
        return None
    user = next((user for user in world.configuration.users.values() if user.user_id == who), None)
    if user is not None:
        return identity_of_user(user)
    return next(_newest(session for session in world.sessions.values() if session.user_id == who), None)


def _outside(arn: str, world: World) -> Identity | None:
    """A principal of an account that is not in the files."""
    found = outside_identity(arn)
    if found is None or found.account in world.configuration.accounts:
        return None
    return Identity(kind=IdentityKind.OUTSIDE, label=found.label, account=found.account, arn=arn)


def _named(who: str, world: World) -> Iterator[Identity]:
    """Users with this name, else sessions with this name or label: everywhere, then in `ACCOUNT/…`."""
    yield from _users_or_sessions(who, world, None)
    account, slash, name = who.partition("/")
    if slash and (found := account_id(account, world.configuration)):
        if found_here := list(_users_or_sessions(name, world, found)):
            yield from found_here
        elif "@" in name:
            yield from _session_of_role(name, world, found)


def _users_or_sessions(name: str, world: World, account: str | None) -> Iterator[Identity]:
    users = [
        identity_of_user(user)
        for user in world.configuration.users.values()
        if user.user_name == name and account in (None, account_of(user.arn))
    ]
    if users:  # a session of the same name can be named as name@Role
        yield from users
        return
    yield from _newest(
        session
        for session in world.sessions.values()
        if name in (session.name, session.label) and account in (None, session.account)
    )


def _session_of_role(who: str, world: World, account: str | None = None) -> Iterator[Identity]:
    name, _, role = who.rpartition("@")
    yield from _newest(
        session
        for session in world.sessions.values()
        if session.name == name
        and role in (session.role_name, _permission_set(session))
        and account in (None, session.account)
    )


def _permission_set(session: Session) -> str | None:
    """The name of the permission set whose role the session has; None for other roles."""
    if session.role_name is None or not session.role_name.startswith("AWSReservedSSO_"):
        return None
    return session.role_name.removeprefix("AWSReservedSSO_")[:-17]


def _newest(sessions: Iterator[Session]) -> Iterator[Identity]:
    """One identity per ARN and kind: of renewed sessions the newest. Scoped credentials have the name and ARN
    of the session that they are derived from; the name means that session. Each session of a pod has a
    different ARN, because it contains a UUID of EKS.
    """
    newest: dict[tuple[SessionKind, str], Session] = {}
    for session in sessions:
        proof = session.proof
        is_pods = proof is not None and proof.kind == "pod"
        who = f"{session.issuer_arn} {proof.through} {proof.subject}" if proof and is_pods else session.arn
        key = (session.kind, who)
        if not session.is_scoped or key not in newest or newest[key].is_scoped:
            newest[key] = session
    return map(identity_of_session, newest.values())


def _distinct_names(found: Sequence[Identity], world: World) -> list[str]:
    """The shortest names that distinguish the candidates."""
    for spell in (_label, _with_account):
        names = [spell(identity, world) for identity in found]
        if len(set(names)) == len(names):
            return names
    return [identity.who for identity in found]


def _label(identity: Identity, world: World) -> str:
    return identity.label


def _with_account(identity: Identity, world: World) -> str:
    facts = world.configuration.accounts.get(identity.account or "")
    return f"{(facts.name if facts else '') or identity.account}/{identity.label}"


def _unknown_identity(who: str, world: World) -> UnknownIdentityError:
    from sts_tui.simulation.pasted_who import absent_key, absent_session, is_access_key_id, role_session_named

    if is_access_key_id(who):
        return UnknownIdentityError(who, absent_key(who, world))
    if (named := role_session_named(who, world)) is not None:
        labels = dict.fromkeys(s.label for s in world.sessions.values() if s.issuer_arn == named.role.arn)
        return UnknownIdentityError(who, absent_session(named, world), tuple(labels))
    name = who.rsplit("/", 1)[-1]
    roles = [role for role in world.configuration.roles.values() if who in (role.role_name, role.arn)]
    if roles or any(role.role_name == name for role in world.configuration.roles.values()):
        sessions = [s.label for s in world.sessions.values() if s.role_name == name]
        having = (
            f"its sessions are: {', '.join(dict.fromkeys(sessions))}" if sessions else "it has no sessions"
        )
        message = f"{who} is a role, and a role is not a caller; {having}"
        return UnknownIdentityError(who, message, tuple(dict.fromkeys(sessions)))
    import difflib  # only for an error message

    known = [user.user_name for user in world.configuration.users.values()]
    known += [label for s in world.sessions.values() for label in (s.label, s.name)]
    near = difflib.get_close_matches(who, dict.fromkeys([*known, "operator", "anonymous"]), n=3)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    return UnknownIdentityError(who, f"no one is named {who}{hint}", near)
