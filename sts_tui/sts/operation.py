"""What does the implementation of an API operation get, and what does it return?

The operations of STS are in this package, those of IAM and other services in `sts_tui.simulation.operations`.
Only the simulation calls them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Generic, Protocol, TypeAlias

from msgspec import Struct, field

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import IdentityProvider, Settings
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    from sts_tui.iam.decision import Decision
    from sts_tui.sts.ids import IdSource

    P_co = TypeVar("P_co", covariant=True, default=Mapping[str, Any])
    R_co = TypeVar("R_co", covariant=True, default=dict[str, Any])
else:
    from typing import TypeVar  # defaults of type variables are only for mypy

    P_co = TypeVar("P_co", covariant=True)
    R_co = TypeVar("R_co", covariant=True)


class Authorize(Protocol):
    """Evaluates whether the caller can perform `action`. Returns the Decision, or raises the AwsError of the
    denial.

    `context` adds the operation's condition keys (`sts:ExternalId`, `aws:RequestTag/team` …) to those that
    the simulation sets. `resource_policy` is the trust policy for `sts:AssumeRole*`; without it, the policy
    of the configured resource applies. `caller` replaces the caller (in federation, by the holder of the
    token). `unknown` are condition keys for which it is unknown whether the request has them.
    """

    def __call__(
        self,
        action: str,
        resource: str = "*",
        *,
        context: Mapping[str, Any] | None = None,
        resource_account: str | None = None,
        resource_policy: WrittenPolicy | None = None,
        caller: CallerIdentity | None = None,
        unknown: tuple[str, ...] = (),
    ) -> Decision: ...


class MfaVerification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The verification of one code of a device."""

    at: datetime
    step: int | None
    """The time step of the code, which is then used; None for a wrong code."""


def _forget_mfa(serial_number: str, verification: MfaVerification) -> None:
    """Used for calls that are not recorded."""


class KeyUse(Struct, frozen=True, kw_only=True):
    """One use of an access key."""

    access_key_id: str
    at: datetime
    service: str
    """The service prefix of the action: `s3`."""
    action: str
    """`GetObject`"""
    region: str


class KeyUses(Protocol):
    """The requests that were signed with access keys, as far back as the request log goes."""

    def last_use(self, access_key_id: str) -> KeyUse | None: ...

    def newest_first(self) -> Iterator[KeyUse]: ...


class _NoUses:
    def last_use(self, _access_key_id: str) -> KeyUse | None:
        return None

    def newest_first(self) -> Iterator[KeyUse]:
        return iter(())


NEVER_USED: Final[KeyUses] = _NoUses()


def _no_past(_identifier: str) -> object:
    """Used for calls without a request log."""
    return None


class Call(Struct, Generic[P_co], frozen=True, kw_only=True):
    """Everything that an operation can read. The parameters have passed the check of their shape.

    `Call[CreateRoleRequest]` gives the TypedDict of its parameters (`sts.api_shapes`,
    `simulation.operations.shapes`). In `Call` without it, parameters have any type.
    """

    operation: str
    """`sts:AssumeRole`"""
    params: P_co
    caller: CallerIdentity
    account: str
    """The account in which the call works: the caller's or, for the operator, the selected one."""
    configuration: Configuration
    sessions: Mapping[str, Session]
    settings: Settings
    identity_providers: Mapping[str, IdentityProvider]
    now: datetime
    region: str
    ids: IdSource
    authorize: Authorize
    mfa_verifications: Mapping[str, tuple[MfaVerification, ...]] = field(default_factory=dict)
    """Serial number of a device → codes verified before this call, newest last."""
    record_mfa: Callable[[str, MfaVerification], None] = _forget_mfa
    """Records the verification of a code, with the device's serial number. It counts even if the call is
    refused later."""
    session_label: str | None = None
    """`--as-session NAME`: the label of the session that this call issues."""
    seed: int = 0
    uses: KeyUses = NEVER_USED
    past_denial: Callable[[str], object] = _no_past
    """Returns the denied request with an authorization id, as a `PastDenial` of the simulation; None if there
    is none.
    """


def _no_members() -> Any:
    return {}


class Answer(Struct, Generic[R_co], frozen=True, kw_only=True):
    """The result of an operation. An empty field (None, or no members) means no change."""

    response: R_co = field(default_factory=_no_members)
    """AWS's response. Times have the form `2026-01-15T10:00:00Z`."""
    configuration: Configuration | None = None
    sessions: tuple[Session, ...] = ()
    """The issued sessions."""
    subject: str = ""
    """The ARN of the edited entity."""


Perform: TypeAlias = Callable[[Call[Any]], Answer[Any]]
"""The implementation of an operation. It raises AwsError if AWS refuses the call or a policy denies it, and
so may every function that gets the `Call`."""


class Effect(Enum):
    """The kind of an operation, on which undo, read-only mode and the command log depend."""

    READ = "read"
    WRITE = "write"
    """The operation edits the configuration."""
    ISSUE = "issue"
    """The operation issues credentials."""


class Operation(Struct, frozen=True, kw_only=True):
    """One operation: a row of the table of operations."""

    name: str
    """`iam:PutRolePolicy`"""
    effect: Effect
    perform: Perform
    is_signed: bool = True
    """False for AssumeRoleWithSAML and AssumeRoleWithWebIdentity, which need no credentials."""
