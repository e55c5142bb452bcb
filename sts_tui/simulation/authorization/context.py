"""Which condition keys does a request have, and where does each come from? Filled in as AWS does.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html

Keys are spelled as AWS spells them. Values are strings, or lists of strings for the keys that AWS defines as
multivalued. Keys that depend on the caller, on the resource and on the time are kept in separate parts, so
that for a repeated request only the last part is rebuilt.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Final, TypeAlias

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings, Tag
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.iam.caller import CallerKind
from sts_tui.iam.principals import service_names
from sts_tui.iam.request import PRINCIPAL_TYPES
from sts_tui.simulation.authorization.organization import organization_keys
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.session import Session, SessionKind


class Origin(Enum):
    """Where a context key comes from."""

    REQUEST = "request"
    SESSION = "session"
    PRINCIPAL = "principal"
    RESOURCE = "resource"
    CLOCK = "clock"
    ORGANIZATION = "organization"
    NETWORK = "network"
    OPERATION = "operation"
    """The operation's own parameters: `sts:ExternalId`, `aws:RequestTag/team` …"""


Value: TypeAlias = str | list[str]
Context: TypeAlias = dict[str, Json]
Origins: TypeAlias = dict[str, Origin]


class ContextPart(Struct, frozen=True):
    """Some keys with their origins. Parts are combined; a later part overrides an earlier one."""

    values: Context
    origins: Origins

    @classmethod
    def of(cls, origin: Origin, values: JsonObject) -> ContextPart:
        return cls(dict(values), dict.fromkeys(values, origin))

    def over(self, below: ContextPart) -> ContextPart:
        """The keys of `below`, overridden by these; names of condition keys are case-insensitive."""
        if not self.values:
            return below
        hidden = {key.lower() for key in self.values}
        kept = [key for key in below.values if key.lower() not in hidden]
        return ContextPart(
            {**{key: below.values[key] for key in kept}, **self.values},
            {**{key: below.origins[key] for key in kept}, **self.origins},
        )


def stacked(parts: Iterable[ContextPart]) -> ContextPart:
    """One part from many; later ones override earlier ones."""
    values: Context = {}
    origins: Origins = {}
    spelled: dict[str, str] = {}
    for part in parts:
        for key, value in part.values.items():
            lowered = key.lower()
            below = spelled.get(lowered)
            if below is not None:
                del values[below], origins[below]
            spelled[lowered] = key
            values[key] = value
            origins[key] = part.origins[key]
    return ContextPart(values, origins)


def caller_part(caller: CallerIdentity, configuration: Configuration, settings: Settings) -> ContextPart:
    """The keys that follow from the caller and its credentials; they change only with the configuration."""
    parts = [ContextPart.of(Origin.PRINCIPAL, _principal_keys(caller, configuration))]
    account = caller.caller.account or caller.account
    if account and caller.caller.kind is not CallerKind.FEDERATED:
        parts.append(
            ContextPart.of(Origin.ORGANIZATION, organization_keys("Principal", account, configuration))
        )
    if caller.session:
        parts.append(ContextPart.of(Origin.SESSION, _session_keys(caller.session, settings)))
    tags = _principal_tags(caller, configuration)
    inherited = {name.lower() for name, _ in (caller.session.tags if caller.session else ())}
    origins = {
        key: Origin.SESSION if key.partition("/")[2].lower() in inherited else Origin.PRINCIPAL
        for key in tags
    }
    return ContextPart(tags, origins).over(stacked(parts))


def carried_part(caller: CallerIdentity) -> ContextPart:
    """The keys that the credentials carry (`ec2:SourceInstanceArn`), which a request cannot override."""
    return ContextPart.of(Origin.SESSION, caller.session.context if caller.session else {})


def clock_keys(now: datetime, mfa_at: datetime | None) -> dict[str, str]:
    """The keys that depend on the time, in lower case as the engine compares them, by name."""
    time, epoch = _clock_texts(now)
    keys = {"aws:currenttime": time, "aws:epochtime": epoch}
    if mfa_at is not None:
        keys["aws:multifactorauthage"] = str(int((now - mfa_at).total_seconds()))
    return keys


@lru_cache(maxsize=64)
def _clock_texts(now: datetime) -> tuple[str, str]:
    """The values of the clock keys, cached because many requests are made at one instant."""
    return iso(now), str(int(now.timestamp()))


CLOCK_SPELLINGS: Final = {
    "aws:currenttime": "aws:CurrentTime",
    "aws:epochtime": "aws:EpochTime",
    "aws:multifactorauthage": "aws:MultiFactorAuthAge",
}
CLOCK_KEYS: Final = tuple(CLOCK_SPELLINGS)
"""Every key that `clock_keys` sets."""


def clock_part(now: datetime, mfa_at: datetime | None) -> ContextPart:
    keys = clock_keys(now, mfa_at)
    return ContextPart.of(Origin.CLOCK, {CLOCK_SPELLINGS[key]: value for key, value in keys.items()})


def iso(instant: datetime) -> str:
    """`2026-01-15T10:00:00Z`, with milliseconds where there are any."""
    text = instant.isoformat(timespec="milliseconds" if instant.microsecond else "seconds")
    return text.replace("+00:00", "Z")


def _principal_keys(caller: CallerIdentity, configuration: Configuration) -> Context:
    kind = caller.caller.kind
    keys: Context = {"aws:PrincipalType": PRINCIPAL_TYPES[kind]}
    if kind is CallerKind.ANONYMOUS:
        return {**keys, "aws:PrincipalAccount": "anonymous", "aws:userid": "anonymous"}
    if kind is not CallerKind.FEDERATED:  # those requests are not signed
        keys["aws:PrincipalIsAWSService"] = "true" if kind is CallerKind.SERVICE else "false"
    account = caller.caller.account or caller.account
    if account:
        keys["aws:PrincipalAccount"] = account
    has_known_id = not caller.is_outside or kind not in (CallerKind.USER, CallerKind.ROLE_SESSION)
    if caller.user_id and has_known_id:
        keys["aws:userid"] = caller.user_id
    if kind is CallerKind.SERVICE:
        service = caller.caller.arn or ""
        names = list(service_names(service))
        return {**keys, "aws:PrincipalServiceName": service, "aws:PrincipalServiceNamesList": names}
    if kind is CallerKind.FEDERATED:  # no principal ARN exists before the token or assertion is accepted
        return {**keys, "aws:userid": caller.caller.arn or ""}
    if arn := _principal_arn(caller):
        keys["aws:PrincipalArn"] = arn
    if kind in (CallerKind.USER, CallerKind.USER_SESSION) and caller.user_arn:
        keys["aws:username"] = caller.user_arn.rpartition("/")[2]
    return keys


def _principal_arn(caller: CallerIdentity) -> str | None:
    """The role's ARN, with its path, for a role session; the caller's own for all others."""
    if caller.caller.kind is CallerKind.ROLE_SESSION:
        return caller.caller.issuer_arn
    return caller.arn or caller.caller.arn


def _session_keys(session: Session, settings: Settings) -> Context:
    keys: Context = {"aws:TokenIssueTime": iso(session.dated_at), **session.context}
    if session.source_identity:
        keys["aws:SourceIdentity"] = session.source_identity
    if session.first_operation == "AssumeRoot":
        keys.setdefault("aws:AssumedRoot", "true")
    if _carries_mfa(session):
        keys["aws:MultiFactorAuthPresent"] = "true" if mfa_instant(session, settings) else "false"
    return keys


def mfa_instant(session: Session | None, settings: Settings) -> datetime | None:
    """When the MFA code of the session was used; None if its requests carry no MFA."""
    if session is None:
        return None
    keeps = settings.role_sessions_keep_mfa or settings.get_session_token_mfa_reaches_roles
    return session.mfa_at if keeps or session.kind is not SessionKind.ROLE else None


def _carries_mfa(session: Session) -> bool:
    """GetSessionToken, AssumeRole and `aws login` say whether MFA was used; federation and AssumeRoot do
    not.
    """
    return session.first_operation in ("GetSessionToken", "AssumeRole", "CreateOAuth2Token")


def _principal_tags(caller: CallerIdentity, configuration: Configuration) -> Context:
    """Tags of the user or role, read live; session tags replace them whatever their case."""
    owner: tuple[Tag, ...] = ()
    arn = caller.caller.issuer_arn or caller.user_arn or ""
    if arn in configuration.roles:
        owner = configuration.roles[arn].tags
    elif arn in configuration.users:
        owner = configuration.users[arn].tags
    passed = caller.session.tags if caller.session else ()
    replaced = {name.lower() for name, _ in passed}
    tags: Context = {
        f"aws:PrincipalTag/{tag.key}": tag.value for tag in owner if tag.key.lower() not in replaced
    }
    return tags | {f"aws:PrincipalTag/{name}": value for name, value in passed}
