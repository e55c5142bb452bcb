"""Who signed a recorded request? From `userIdentity`, for each of its types.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from msgspec import Struct

from sts_tui.trail.reading.containers import parsed_object
from sts_tui.trail.reading.row_text import canonical, value_of_row
from sts_tui.trail.recorded import NO_OBJECT

_EXPIRATIONS: Final = ("%b %d, %Y, %I:%M:%S %p", "%b %d, %Y %I:%M:%S %p")
"""The format of times in STS responses: `Apr 16, 2024, 3:33:20 PM`, also without the second comma."""


class Signer(Struct, frozen=True, kw_only=True):
    """`userIdentity` of an event. Missing members are empty."""

    kind: str
    """`IAMUser`, `AssumedRole`, `Root`, `FederatedUser`, `AWSService`, `AWSAccount`, `SAMLUser` …"""
    arn: str = ""
    account: str = ""
    principal_id: str = ""
    """`AROA…:name`, `AIDA…` or `ACCOUNT:name`; for federation `provider:…`."""
    key: str = ""
    user_name: str = ""
    provider: str = ""
    issuer_arn: str = ""
    """The ARN of the role with its path, or of the user who created a federated session."""
    issuer_id: str = ""
    issued_at: datetime | None = None
    has_mfa: bool = False
    source_identity: str = ""
    federated: Mapping[str, Any] = NO_OBJECT
    """Condition keys of the session from its token: `webIdFederationData`."""
    role_delivery: str = ""
    """The version of the instance metadata service that delivered the credentials: `1.0` or `2.0`."""
    sign_in_session: str = ""
    """The ARN of the sign-in session from which `aws login` got the credentials."""
    invoked_by: str = ""
    """The service that made the request on behalf of this identity, or the service itself."""

    @property
    def session_name(self) -> str:
        return self.principal_id.partition(":")[2] or self.arn.rpartition("/")[2]

    @property
    def label(self) -> str:
        """The label for display: `job@App`, `alice`, `service:ec2.amazonaws.com`."""
        if self.kind == "AssumedRole":
            return f"{self.session_name}@{self.issuer_arn.rpartition('/')[2] or self.arn.split('/')[1:2]}"
        if self.kind == "AWSService":
            return f"service:{self.invoked_by}"
        if self.kind == "Root":
            return f"root@{self.account}"
        name = self.user_name or self.arn.rpartition("/")[2]
        if self.kind == "FederatedUser":
            return f"federated-user/{self.session_name}"
        return name or self.principal_id or self.account or self.kind


@lru_cache(maxsize=65_536)
def signer_of(identity: str) -> Signer:
    """The signer in the text of `userIdentity`, which is JSON or a row of Athena."""
    written = parsed_object(identity) if not identity.startswith("{type=") else value_of_row(identity)
    given: Mapping[str, Any] = written if isinstance(written, Mapping) else NO_OBJECT
    if not given.keys().isdisjoint(("accountid", "principalid", "invokedby")):
        given = canonical(given)
    context = _object(given, "sessionContext")
    issuer, attributes = _object(context, "sessionIssuer"), _object(context, "attributes")
    return Signer(
        kind=_text(given, "type") or "Unknown",
        arn=_arn(given),
        account=_text(given, "accountId"),
        principal_id=_text(given, "principalId"),
        key=_text(given, "accessKeyId"),
        user_name=_text(given, "userName"),
        provider=_text(given, "identityProvider"),
        issuer_arn=_arn(issuer),
        issuer_id=_text(issuer, "principalId"),
        issued_at=instant_of(_text(attributes, "creationDate")),
        has_mfa=_text(attributes, "mfaAuthenticated").lower() == "true",
        source_identity=_text(context, "sourceIdentity"),
        federated=_federated(_object(context, "webIdFederationData")),
        role_delivery=_text(context, "ec2RoleDelivery"),
        sign_in_session=_text(context, "signInSessionArn"),
        invoked_by=_text(given, "invokedBy"),
    )


def instant_of(text: str) -> datetime | None:
    """Parse a time of an event: ISO 8601, or the format of recorded STS responses."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        pass
    for form in _EXPIRATIONS:
        with suppress(ValueError):
            return datetime.strptime(text.replace("\u202f", " "), form).replace(tzinfo=UTC)
    return None


def _federated(data: Mapping[str, Any]) -> Mapping[str, Any]:
    provider = _text(data, "federatedProvider")
    return {**_object(data, "attributes"), "aws:FederatedProvider": provider} if provider else NO_OBJECT


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    inner = value.get(name)
    return inner if isinstance(inner, Mapping) else NO_OBJECT


def _arn(value: Mapping[str, Any]) -> str:
    """The ARN; empty if the member is not a complete ARN."""
    text = _text(value, "arn")
    return text if text.startswith("arn:") and text.count(":") >= 5 else ""


def _text(value: Mapping[str, Any], name: str) -> str:
    inner = value.get(name)
    if isinstance(inner, bool):
        return str(inner).lower()
    return inner if isinstance(inner, str) else "" if inner is None else str(inner)
