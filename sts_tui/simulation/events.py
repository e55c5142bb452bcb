"""What can happen? One type for each kind of event: frozen, numbered, never changed."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Final, TypeAlias

from msgspec import Struct

from sts_tui.account.json_value import Json, JsonObject
from sts_tui.iam.decision import Outcome


class Verdict(Enum):
    """How a request ended. REFUSED: AWS refused it before any policy (expired, unknown key, invalid
    parameter).
    """

    ALLOWED = "ALLOW"
    IMPLICIT_DENY = "DENY"
    EXPLICIT_DENY = "DENY!"
    UNDECIDED = "UNDECIDED"
    REFUSED = "REFUSED"

    @property
    def is_denial(self) -> bool:
        """Whether policies denied it, or could not be decided."""
        return self in _DENIALS

    @classmethod
    def of(cls, outcome: Outcome) -> Verdict:
        return _VERDICTS[outcome]


_DENIALS: Final = (Verdict.IMPLICIT_DENY, Verdict.EXPLICIT_DENY, Verdict.UNDECIDED)
_VERDICTS: Final = {
    Outcome.ALLOWED: Verdict.ALLOWED,
    Outcome.EXPLICIT_DENY: Verdict.EXPLICIT_DENY,
    Outcome.IMPLICIT_DENY: Verdict.IMPLICIT_DENY,
    Outcome.UNDECIDED: Verdict.UNDECIDED,
}


class ClientCall(Struct, frozen=True, omit_defaults=True):
    """What is known of a request that a real AWS client sent over HTTP."""

    client: str
    """From its User-Agent: `aws-cli/1.46.3`, `boto3/1.44.8`; empty if it sent none."""
    operation: str
    """The operation that it called: `s3:ListObjectsV2`, whose action is `s3:ListBucket`."""
    is_least_answer: bool = False
    """Whether the operation is only authorized, and answered with the smallest response that its shape
    allows.
    """
    is_resource_unknown: bool = False
    """Whether the resource's ARN could not be derived from the request, so that it was decided for `*`."""
    is_soft: bool = False
    """Whether the client gets a success response for any decision."""


class RequestAnswered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A request reached AWS and was answered. Everything needed to explain it later is in `recall`."""

    number: int
    at: datetime
    caller: str
    """The caller's label: `alice`, `job@App`, `operator`, `anonymous`."""
    access_key_id: str | None
    action: str
    resource: str
    verdict: Verdict
    code: str
    """`200`, or AWS's error code."""
    decided_by: str
    """`App/AWSRevokeOlderSessions#1`, or in words: `no identity-based policy allows …`."""
    message: str = ""
    """AWS's error message; empty when allowed."""
    region: str = "us-east-1"
    workload: str | None = None
    client: ClientCall | None = None
    """Set for requests of real AWS clients."""
    asked: str = ""
    """The parameters of a failed operation as JSON, without secrets. Those of a successful one are in the
    issued session or the edit's command.
    """
    recorded: str = ""
    """For a request of a CloudTrail trail: how the model's verdict compares with AWS's, in words."""
    recall: Any = None
    """Opaque to readers; `Simulation.explain(event)` repeats the decision from it on demand."""

    def __eq__(self, other: object) -> bool:
        """Whether all fields are equal except `recall`, which is not compared."""
        return isinstance(other, RequestAnswered) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def __repr__(self) -> str:
        names = (name for name in self.__struct_fields__ if name != "recall")
        return f"RequestAnswered({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    def _said(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__ if name != "recall")


class SessionStarted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Credentials were issued."""

    number: int
    at: datetime
    access_key_id: str
    label: str


class SessionExpired(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session reached its expiration."""

    number: int
    at: datetime
    access_key_id: str
    label: str


class ConfigurationChanged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An API call edited the configuration. `command`: the equivalent `aws …` line."""

    number: int
    at: datetime
    caller: str
    action: str
    subject: str
    """ARN of what was edited."""
    command: str


class SessionsRevoked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A role (or user) got a dated Deny; shown as a marker in the request log."""

    number: int
    at: datetime
    caller: str
    subject: str
    cutoff: datetime
    """Sessions issued before this time are denied; those issued at or after it keep working."""
    hit: tuple[str, ...]
    """Access key ids of the live sessions that it denies."""


class CommandUndone(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An edit was undone; the log keeps both lines."""

    number: int
    at: datetime
    command: str


class CommandRedone(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An undone edit was redone."""

    number: int
    at: datetime
    command: str


class SettingChanged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A setting of the model was changed."""

    number: int
    at: datetime
    name: str
    value: Json


class WorkloadChanged(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A workload began to fail, recovered, or stopped: `health` says which."""

    number: int
    at: datetime
    workload: str
    health: str
    reason: str = ""


Event: TypeAlias = (
    RequestAnswered
    | SessionStarted
    | SessionExpired
    | ConfigurationChanged
    | SessionsRevoked
    | CommandUndone
    | CommandRedone
    | SettingChanged
    | WorkloadChanged
)

Context: TypeAlias = JsonObject
