"""Which sessions are in a trail? With their issuer, their caller and their properties.

Sessions are matched by the access key id in a response and in later calls, which is the only reliable way. A
session that was issued before the trail begins is known only from its calls, without its session policies and
tags.
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import Arn, account_of
from sts_tui.account.entities import BUILT_IN_HOSTS
from sts_tui.account.identifiers import TEMPORARY_KEY_PREFIX
from sts_tui.account.identity_pools import ISSUER, UNAUTHENTICATED
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.operations.cognito.guest_policies import GUEST_POLICIES, SESSION_NAME
from sts_tui.sts.facts.limits import DEFAULT_ROLE_SESSION, LONG_TERM_CALLER_MAXIMUM
from sts_tui.sts.session import Credentials, Session, SessionKind
from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.recorded import RecordedEvent
from sts_tui.trail.signer import Signer, instant_of, signer_of

_HOUR: Final = timedelta(seconds=DEFAULT_ROLE_SESSION)
_ISSUING: Final = "source = 'sts.amazonaws.com' AND issued_key <> ''"
"""An SQL condition for events that issued credentials."""
ISSUING_EVENTS: Final = _ISSUING
_KINDS: Final = {
    "GetFederationToken": SessionKind.FEDERATED_USER,
    "GetSessionToken": SessionKind.USER,
    "AssumeRoot": SessionKind.ROOT,
}
_CALLERS: Final = {"Root": SessionKind.ROOT, "FederatedUser": SessionKind.FEDERATED_USER}
_WITH_MFA: Final = (SessionKind.USER, SessionKind.ROOT)
_KEY: Final = re.compile(r"[a-z][a-z0-9-]*:[A-Za-z][\w/.-]*")
_NOT_IN_CALLS: Final = (
    *("aws:PrincipalTag/*", "aws:OriginIdentity/*", "aws:TransactionContext/*", "saml:*"),
    *(f"{host}:*" for host in BUILT_IN_HOSTS.values()),
    *("ec2:SourceInstanceArn", "lambda:SourceFunctionArn", "ssm:SourceInstanceArn"),
)
"""Condition keys that a session may have and that are not in its calls."""


class KnownSession(Struct, frozen=True, kw_only=True):
    """A session of the trail."""

    session: Session
    is_issued_here: bool
    """Whether the trail has the event that issued it."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """Condition keys whose values in its requests are unknown."""
        if not self.is_issued_here:
            return _NOT_IN_CALLS
        return ("saml:*",) if self.session.operation == "AssumeRoleWithSAML" else ()


class TrailSessions:
    """Every session of a trail, by access key id."""

    def __init__(self, issuing: Iterable[RecordedEvent]) -> None:
        """`issuing`: the events that issued credentials, in any order."""
        self._issuing: dict[str, RecordedEvent] = {}
        for event in issuing:
            is_copy = signer_of(event.identity).kind == "AWSAccount"  # it lacks the caller's name and key
            if not event.code and not (is_copy and event.issued_key in self._issuing):
                self._issuing[event.issued_key] = event
        self._known: dict[str, KnownSession] = {}
        self._called: set[str] = set()
        """Access key ids of sessions to which the condition keys in their calls were added."""

    def parent(self, key: str) -> str | None:
        """The access key id with which this one was requested; None if the trail does not have it."""
        event = self._issuing.get(key)
        return (signer_of(event.identity).key or None) if event else None

    def chain(self, key: str) -> list[str]:
        """The key, the key with which it was requested, and so on up to the first."""
        found = [key]
        while (parent := self.parent(found[-1])) is not None and parent not in found:
            found.append(parent)
        return found

    def issued(self) -> Iterator[tuple[str, RecordedEvent]]:
        """Access key ids and the events that issued them, ordered by time."""
        yield from sorted(self._issuing.items(), key=lambda one: (one[1].epoch, one[0]))

    def condition_keys(self) -> frozenset[str]:
        """Condition keys in the session policies of the trail, in lower case."""
        written = (event.request for event in self._issuing.values() if '"policy"' in event.request)
        return frozenset(key.lower() for text in written for key in _KEY.findall(text))

    def of(self, signer: Signer, at: datetime) -> KnownSession | None:
        """The session that signed a call; None for long-term credentials."""
        key = signer.key or (f"{signer.arn} {signer.issued_at}" if signer.issuer_arn else "")
        if not key or key.startswith("AKIA"):
            return None
        if key not in self._called:
            made = self.by_key(key) or _of_calls(signer, key, at)
            if made is None:
                return None
            self._known[key] = _with_carried(made, signer)
            self._called.add(key)
        return self._known[key]

    def issuing_event(self, key: str) -> RecordedEvent | None:
        """The event that issued a key."""
        return self._issuing.get(key)

    def by_key(self, key: str) -> KnownSession | None:
        """A session whose issuing event is in the trail. Condition keys from its calls are added by `of`."""
        if key in self._issuing and key not in self._known:
            made = self._issued_here(key)
            if made is not None:
                self._known[key] = made
        return self._known.get(key)

    def _issued_here(self, key: str) -> KnownSession | None:
        event = self._issuing.get(key)
        if event is None:
            return None
        signer, request = signer_of(event.identity), parsed_object(event.request)
        if event.name == "GetScopedCredentials":
            return self._scoped(key, event, signer, request)
        kind = _kind_of(event, signer)
        named = _named(kind, event, signer, request)
        if named is None or account_of(named[2]) is None:
            return None
        session = self._session(key, event, kind, named)
        return KnownSession(session=session, is_issued_here=True)

    def _session(
        self, key: str, event: RecordedEvent, kind: SessionKind, named: tuple[str, str, str]
    ) -> Session:
        """The session that an event issued. `named`: (its name, the ARN of its issuer, its ARN)."""
        signer, request = signer_of(event.identity), parsed_object(event.request)
        parent = self.by_key(signer.key) if signer.key and signer.key != key else None
        name, issuer, arn = named
        tags, transitive, inherited = _tags(request, parent)
        documents = _policies(request)
        arns = tuple(_policy_arns(request))
        has_mfa = bool(request.get("serialNumber"))
        return Session(
            name=name,
            kind=kind,
            operation=event.name,
            credentials=_credentials(key, event, request),
            account=account_of(arn) or "",
            arn=arn,
            user_id=_user_id(kind, event, signer, name),
            issuer_arn=issuer,
            issuer_id="",
            issued_at=event.at,
            expires_at=_expiry(event, request),
            parent=signer.key or None,
            parent_label=signer.label,
            is_chained=event.name == "AssumeRole" and signer.key.startswith(TEMPORARY_KEY_PREFIX),
            tags=tags,
            transitive_tag_keys=transitive,
            inherited_tag_keys=inherited,
            source_identity=_source_identity(request, signer, parent),
            session_policies=documents,
            session_policy_arns=arns,
            has_session_policy=bool(documents or arns),
            mfa_at=event.at if has_mfa and kind is SessionKind.USER else None,
        )

    def _scoped(
        self, key: str, event: RecordedEvent, signer: Signer, request: Mapping[str, Any]
    ) -> KnownSession | None:
        """A scoped session: like its calling session, with one more policy and the same issue time. None if
        the trail has nothing about the calling session.
        """
        found = self.of(signer, event.at) if signer.key != key else None
        if found is None:
            return None
        parent = found.session
        seconds = request.get("durationSeconds")
        expires = instant_of(event.expires) or (
            event.at + timedelta(seconds=seconds) if isinstance(seconds, int) else parent.expires_at
        )
        session = replace(
            parent,
            operation="GetScopedCredentials",
            credentials=replace(parent.credentials, access_key_id=key, expiration=expires),
            issued_at=event.at,
            expires_at=expires,
            token_issue_time=parent.dated_at,
            parent=parent.access_key_id,
            parent_label=parent.label,
            original_operation=parent.first_operation,
            original_parent=parent.first_parent,
            scope_down_policies=(*parent.scope_down_policies, *_policies(request)),
        )
        return KnownSession(session=session, is_issued_here=found.is_issued_here)


def _with_carried(known: KnownSession, signer: Signer) -> KnownSession:
    """The session with the condition keys in its calls."""
    carried = dict(signer.federated)
    if signer.role_delivery:
        carried["ec2:RoleDelivery"] = signer.role_delivery
    if signer.sign_in_session:
        carried["aws:SignInSessionArn"] = signer.sign_in_session
    session = replace(known.session, context={**known.session.context, **carried})
    if signer.has_mfa and session.mfa_at is None and session.kind in _WITH_MFA:
        session = replace(session, mfa_at=session.issued_at)  # its calls have these values
    if _is_guest(session):
        session = replace(
            session,
            session_policies=GUEST_POLICIES.documents,
            session_policy_arns=GUEST_POLICIES.arns,
            has_session_policy=True,
        )
    return KnownSession(session=session, is_issued_here=known.is_issued_here)


def _is_guest(session: Session) -> bool:
    """Whether the session is that of a guest of a Cognito identity pool from the enhanced flow, which limits
    guests. `amr` is recorded as a list or as text.
    """
    methods = session.context.get(f"{ISSUER}:amr")
    return session.name == SESSION_NAME and f'"{UNAUTHENTICATED}"' in json.dumps(methods).replace("\\", "")


def _kind_of(event: RecordedEvent, signer: Signer) -> SessionKind:
    if event.name == "GetSessionToken" and signer.kind == "Root":
        return SessionKind.ROOT
    return _KINDS.get(event.name, SessionKind.ROLE)


def _named(
    kind: SessionKind, event: RecordedEvent, signer: Signer, request: Mapping[str, Any]
) -> tuple[str, str, str] | None:
    """(name, issuer's ARN, session's ARN); None if the event does not have them."""
    match kind:
        case SessionKind.ROLE:
            role = request.get("roleArn")
            name = request.get("roleSessionName") or event.issued_arn.rpartition("/")[2]
            if not isinstance(role, str) or not isinstance(name, str):
                return None
            try:
                parts = Arn.parse(role)
            except ValueError:
                return None
            of_role = f"arn:{parts.partition}:sts::{parts.account}:assumed-role/{parts.name}/{name}"
            return name, role, event.issued_arn or of_role
        case SessionKind.FEDERATED_USER:
            name = str(request.get("name") or event.issued_arn.rpartition("/")[2])
            return (
                name,
                signer.arn,
                event.issued_arn or f"{signer.arn.split(':user/')[0]}:federated-user/{name}",
            )
        case SessionKind.ROOT if event.name == "AssumeRoot":
            target = str(request.get("targetPrincipal") or "")
            arn = target if target.startswith("arn:") else f"arn:aws:iam::{target}:root"
            return "root", arn, arn
    return (signer.user_name or signer.label, signer.arn, signer.arn) if signer.arn else None


def _user_id(kind: SessionKind, event: RecordedEvent, signer: Signer, name: str) -> str:
    if kind is SessionKind.FEDERATED_USER:
        return f"{signer.account}:{name}"
    return signer.principal_id if kind is SessionKind.USER else f":{name}"


def _credentials(key: str, event: RecordedEvent, request: Mapping[str, Any]) -> Credentials:
    """The credentials. Secret and token are empty, because a trail does not have them."""
    return Credentials(
        access_key_id=key, secret_access_key="", session_token="", expiration=_expiry(event, request)
    )


def _expiry(event: RecordedEvent, request: Mapping[str, Any]) -> datetime:
    seconds = request.get("durationSeconds")
    given = _HOUR
    if isinstance(seconds, int) and 0 < seconds <= LONG_TERM_CALLER_MAXIMUM:
        given = timedelta(seconds=seconds)
    return instant_of(event.expires) or event.at + given


def _source_identity(request: Mapping[str, Any], signer: Signer, parent: KnownSession | None) -> str | None:
    given = request.get("sourceIdentity")
    if isinstance(given, str) and given:
        return given
    return (parent.session.source_identity if parent else None) or signer.source_identity or None


def _tags(
    request: Mapping[str, Any], parent: KnownSession | None
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...], tuple[str, ...]]:
    """(all tags, keys of transitive tags, keys of inherited tags)."""
    inherited: tuple[tuple[str, str], ...] = ()
    if parent is not None:
        kept = parent.session.transitive_tag_keys
        inherited = tuple(one for one in parent.session.tags if one[0] in kept)
    passed = tuple(tags_of(request))
    flagged = request.get("transitiveTagKeys")
    transitive = tuple(map(str, flagged)) if isinstance(flagged, list) else ()
    keys = tuple(key for key, _ in inherited)
    return inherited + passed, keys + transitive, keys


def tags_of(request: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The session tags of a request: `tags` is a list of pairs, `principalTags` a map."""
    listed = request.get("tags")
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("key"), str):
            yield one["key"], str(one.get("value") or "")
    named = request.get("principalTags")
    if isinstance(named, Mapping):
        yield from ((str(key), str(value)) for key, value in named.items())


def _policies(request: Mapping[str, Any]) -> tuple[WrittenPolicy, ...]:
    """The session policy, which AWS records as text."""
    text = request.get("policy")
    document = parsed_object(text) if isinstance(text, str) else text
    return (WrittenPolicy(dict(document)),) if isinstance(document, Mapping) and document else ()


def _policy_arns(request: Mapping[str, Any]) -> Iterator[str]:
    listed = request.get("policyArns")
    for one in listed if isinstance(listed, list) else ():
        arn = one.get("arn") if isinstance(one, Mapping) else one
        if isinstance(arn, str):
            yield arn


def _of_calls(signer: Signer, key: str, at: datetime) -> KnownSession | None:
    """A session that was not issued in the trail, as known from its calls."""
    kind = _CALLERS.get(signer.kind, SessionKind.ROLE if signer.kind == "AssumedRole" else SessionKind.USER)
    issuer = signer.issuer_arn or signer.arn
    if not issuer or not signer.arn or signer.kind not in ("AssumedRole", "IAMUser", "Root", "FederatedUser"):
        return None
    issued = signer.issued_at or at
    expires = issued + timedelta(seconds=LONG_TERM_CALLER_MAXIMUM)
    session = Session(
        name=signer.session_name if kind is not SessionKind.USER else signer.label,
        kind=kind,
        operation=_operation_of(kind, signer),
        credentials=Credentials(
            access_key_id=key, secret_access_key="", session_token="", expiration=expires
        ),
        account=signer.account or account_of(signer.arn) or "",
        arn=signer.arn,
        user_id=signer.principal_id,
        issuer_arn=issuer,
        issuer_id=signer.issuer_id,
        issued_at=issued,
        expires_at=expires,
        source_identity=signer.source_identity or None,
        mfa_at=issued if signer.has_mfa else None,
    )
    return KnownSession(session=session, is_issued_here=False)


def _operation_of(kind: SessionKind, signer: Signer) -> str:
    """The operation that issued a session, judging by its calls: those of a web identity session have its
    provider.
    """
    match kind:
        case SessionKind.ROLE:
            return "AssumeRoleWithWebIdentity" if signer.federated else "AssumeRole"
        case SessionKind.FEDERATED_USER:
            return "GetFederationToken"
    return "GetSessionToken"
