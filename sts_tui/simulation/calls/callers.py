"""Who makes a call? Authenticates the `caller` of a front end: an identity, or AWS's refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, TypeAlias

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.simulation.identities import ANONYMOUS, Identity, IdentityKind, resolve
from sts_tui.simulation.world import World
from sts_tui.sts.authenticate import authenticate, invalid_token, key_owner
from sts_tui.sts.identity import (
    ANONYMOUS_IDENTITY,
    CallerIdentity,
    operator_identity,
    outside_identity,
    root_identity,
    service_identity,
    user_identity,
)
from sts_tui.sts.ids import SIMULATED, long_term_secret


class SignedCaller(Struct, frozen=True, kw_only=True):
    """Who signed an HTTP request. It has no secret and no token, because a journal stores it."""

    access_key_id: str
    token: str = "absent"
    """`right`, `wrong`, `malformed` or `absent`: how the session token compares with the key's."""
    is_signature_right: bool = True


CallerLike: TypeAlias = "str | Mapping[str, object] | Identity | SignedCaller | None"
"""An access key id or a name (`named_caller`), the whole `Credentials`, an identity, a signature, or None for
the operator."""

_ACCESS_KEY_ID: Final = lazy_pattern(r"(AKIA|ASIA)\w*", re.ASCII)
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids"""


_NAME: Final = lazy_pattern(r"[\w+=,.@/:-]+", re.ASCII)


def named_caller(caller: CallerLike, world: World) -> CallerLike:
    """The identity for a caller's name as in tours (`alice`, `job@App`); any other caller unchanged. Text in
    the form of an access key id counts as one, even if it is not known. Raises UnknownIdentityError.
    """
    if not isinstance(caller, str) or _ACCESS_KEY_ID.fullmatch(caller) or not _NAME.fullmatch(caller):
        return caller
    is_key = caller in world.sessions or key_owner(caller, world.configuration) is not None
    return caller if is_key else resolve(caller, world)


_LEAST_KNOWN: Final = 4_096
"""The minimum number of cached identities."""


class Authenticator:
    """Authenticates callers, and caches identities until the configuration or the settings change.

    A session's expiry is checked on every call and never cached. The cache has room for every session of the
    world: with less room, workloads that take turns would evict each other's identity, and since policies are
    cached per identity object, every request would gather its policies again.
    """

    def __init__(self) -> None:
        self._configuration: Configuration | None = None
        self._settings: Settings | None = None
        self._known: dict[str, CallerIdentity] = {}
        """Identities by access key id; of users who signed in with a password, by ARN."""

    def by_key(self, access_key_id: str, world: World, now: datetime, service: str) -> CallerIdentity:
        """The identity behind a bare access key id."""
        self._forget_if_changed(world)
        known = self._known.get(access_key_id)
        if known is not None and (known.session is None or self._is_valid(known, world, now)):
            return known
        found = authenticate(
            access_key_id,
            configuration=world.in_force,
            sessions=world.sessions,
            now=now,
            service=service,
            settings=world.settings,
        )
        if len(self._known) >= _LEAST_KNOWN + 2 * len(world.sessions):  # some are of forgotten sessions
            self._known.clear()
        self._known[access_key_id] = found
        return found

    def _forget_if_changed(self, world: World) -> None:
        """Empty the cache if the configuration or the settings changed, which decide the identity of a
        key.
        """
        if world.in_force is not self._configuration or world.settings is not self._settings:
            self._known.clear()
            self._configuration = world.in_force
            self._settings = world.settings

    def _is_valid(self, known: CallerIdentity, world: World, now: datetime) -> bool:
        session = known.session
        return (
            session is not None
            and now < session.expires_at
            and world.sessions.get(session.access_key_id) is session
        )

    def __call__(self, caller: CallerLike, world: World, now: datetime, service: str) -> CallerIdentity:
        """The identity of the caller. Raises AwsError in the wording of `service`."""
        match caller:
            case None:
                return operator_identity(world.first_account)
            case str():
                return self.by_key(caller, world, now, service)
            case Identity():
                return self._identity(caller, world, now, service)
            case SignedCaller():
                return self._signed(caller, world, now, service)
            case Mapping():
                return authenticate(
                    str(caller.get("AccessKeyId", "")),
                    configuration=world.in_force,
                    sessions=world.sessions,
                    now=now,
                    secret=_text(caller, "SecretAccessKey"),
                    token=_text(caller, "SessionToken"),
                    service=service,
                    settings=world.settings,
                )
            case _:
                raise TypeError(
                    f"caller={caller!r}: an access key id, Credentials, an Identity, None or ANONYMOUS"
                )

    def _signed(self, signed: SignedCaller, world: World, now: datetime, service: str) -> CallerIdentity:
        """The identity of a request signed over HTTP; its checks are in the order in which AWS refuses."""
        key = signed.access_key_id
        session = world.sessions.get(key)
        if signed.is_signature_right and signed.token == ("absent" if session is None else "right"):
            return self.by_key(key, world, now, service)
        token: str | None = {"absent": None, "malformed": "malformed"}.get(signed.token, SIMULATED)
        secret = "" if not signed.is_signature_right else long_term_secret(key)
        if session is not None:
            token = session.credentials.session_token if signed.token == "right" else token
            secret = session.credentials.secret_access_key if signed.is_signature_right else ""
        return authenticate(
            key,
            configuration=world.in_force,
            sessions=world.sessions,
            now=now,
            secret=secret,
            token=token,
            service=service,
            settings=world.settings,
        )

    def _identity(self, identity: Identity, world: World, now: datetime, service: str) -> CallerIdentity:
        match identity.kind:
            case IdentityKind.OPERATOR:
                return operator_identity(identity.account or world.first_account)
            case IdentityKind.ANONYMOUS:
                return ANONYMOUS_IDENTITY
            case IdentityKind.ROOT:
                account = identity.account or ""
                return root_identity(account, world.configuration.partition_of(account))
            case IdentityKind.SERVICE:
                return service_identity(identity.arn or "")
            case IdentityKind.SESSION:
                return self.by_key(identity.access_key_id or "", world, now, service)
            case IdentityKind.OUTSIDE:
                return _outside(identity, service)
            case IdentityKind.USER:
                return self._user(identity, world, now, service)

    def _user(self, identity: Identity, world: World, now: datetime, service: str) -> CallerIdentity:
        if identity.access_key_id:
            return self.by_key(identity.access_key_id, world, now, service)
        self._forget_if_changed(world)
        arn = identity.arn or ""
        known = self._known.get(arn)
        if known is None:
            user = world.in_force.users.get(arn)
            if user is None:
                raise invalid_token(service, f"{identity.label} is gone")
            known = self._known[arn] = user_identity(user)  # no access key: signed in with a password
        return known


def _text(credentials: Mapping[str, object], name: str) -> str | None:
    """One member of a caller's `Credentials`; None if the caller left it out."""
    value = credentials.get(name)
    return None if value is None else str(value)


def _outside(identity: Identity, service: str) -> CallerIdentity:
    found = outside_identity(identity.arn or "")
    if found is None:
        raise invalid_token(service, f"{identity.arn} is not a principal")
    return found


def caller_json(caller: CallerLike) -> object:
    """A caller as a journal writes it: identities and signatures as JSON objects, other callers unchanged."""
    match caller:
        case Identity():
            written = {name: getattr(caller, name) for name in caller.__struct_fields__}
            return {"Identity": written | {"kind": caller.kind.value}}
        case SignedCaller():
            return {"Signed": {name: getattr(caller, name) for name in caller.__struct_fields__}}
    return caller


def caller_of_json(written: Any) -> CallerLike:
    """The caller that `caller_json` wrote."""
    match written:
        case {"Identity": given}:
            return Identity(**{**given, "kind": IdentityKind(given["kind"])})
        case {"Signed": given}:
            return SignedCaller(**given)
    caller: CallerLike = written
    return caller


def label_of(caller: CallerLike, world: World) -> tuple[str, str | None]:
    """(label, access key id) for the log, of a caller that could not be authenticated."""
    match caller:
        case None:
            return "operator", None
        case Identity():
            return caller.label, caller.access_key_id
        case Mapping():
            key = str(caller.get("AccessKeyId", ""))
        case SignedCaller():
            key = caller.access_key_id
        case str():
            key = caller
    session = world.sessions.get(key)
    return (session.label if session else key), key


__all__ = ["ANONYMOUS", "Authenticator", "CallerLike", "SignedCaller", "label_of"]
