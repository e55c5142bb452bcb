"""What does an API operation get, and what does it return?

STS's own operations are in this package, those of IAM and other services in
`sts_tui.simulation.operations`; the simulation is the only one that calls them.
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
    from typing import TypeVar  # defaults of type variables are for mypy only

    P_co = TypeVar("P_co", covariant=True)
    R_co = TypeVar("R_co", covariant=True)


class Authorize(Protocol):
    """Evaluates whether the caller can do `action`: returns the Decision, or raises the AwsError of the
    denial.

    `context` adds the operation's own condition keys (`sts:ExternalId`, `aws:RequestTag/team` …) to those
    that the simulation fills in. `resource_policy` is the trust policy on `sts:AssumeRole*`; without it
    the policy of the configured resource counts. `caller` replaces the caller (federation: the provider).
    `unknown` are condition keys of which it is not known whether the request has them.
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
    """One code that a device had verified."""

    at: datetime
    step: int | None
    """The time step of the code, which is spent; None for a wrong code."""


def _forget_mfa(serial_number: str, verification: MfaVerification) -> None:
    """For calls without a record."""


class KeyUse(Struct, frozen=True, kw_only=True):
    """One use of an access key."""

    access_key_id: str
    at: datetime
    service: str
    """`s3`, as in the names of actions."""
    action: str
    """`GetObject`"""
    region: str


class KeyUses(Protocol):
    """The requests that were signed with access keys, as far as the request log goes back."""

    def last_use(self, access_key_id: str) -> KeyUse | None: ...

    def newest_first(self) -> Iterator[KeyUse]: ...


class _NoUses:
    def last_use(self, _access_key_id: str) -> KeyUse | None:
        return None

    def newest_first(self) -> Iterator[KeyUse]:
        return iter(())


NEVER_USED: Final[KeyUses] = _NoUses()


def _no_past(_identifier: str) -> object:
    """For calls without a log."""
    return None


class Call(Struct, Generic[P_co], frozen=True, kw_only=True):
    """Everything an operation may look at. Parameters have passed the shape check.

    `Call[CreateRoleRequest]` names the TypedDict of its parameters (`sts.api_shapes`,
    `simulation.operations.shapes`); a bare `Call` has any.
    """

    operation: str
    """`sts:AssumeRole`"""
    params: P_co
    caller: CallerIdentity
    account: str
    """The account the call works in: the caller's; for the operator the one it works in."""
    configuration: Configuration
    sessions: Mapping[str, Session]
    settings: Settings
    identity_providers: Mapping[str, IdentityProvider]
    now: datetime
    region: str
    ids: IdSource
    authorize: Authorize
    mfa_verifications: Mapping[str, tuple[MfaVerification, ...]] = field(default_factory=dict)
    """Codes verified before this call, by device serial number, newest last."""
    record_mfa: Callable[[str, MfaVerification], None] = _forget_mfa
    """Records a code that this call had verified, with the device's serial number: it counts even if the call
    is refused later."""
    session_label: str | None = None
    """`--as-session NAME`: the label of the session that this call issues."""
    seed: int = 0
    uses: KeyUses = NEVER_USED
    past_denial: Callable[[str], object] = _no_past
    """The denied request with an authorization id: a `PastDenial` of the simulation; None: there is none."""


def _no_members() -> Any:
    return {}


class Answer(Struct, Generic[R_co], frozen=True, kw_only=True):
    """What an operation did. What it leaves None or empty is unchanged."""

    response: R_co = field(default_factory=_no_members)
    """AWS's response; instants as `2026-01-15T10:00:00Z`."""
    configuration: Configuration | None = None
    sessions: tuple[Session, ...] = ()
    """Sessions issued."""
    subject: str = ""
    """ARN of what was edited."""


Perform: TypeAlias = Callable[[Call[Any]], Answer[Any]]
"""What carries an operation out, whatever its parameters and answer are. It raises AwsError where AWS refuses
the call or a policy denies it, and so may every function that is given the `Call`."""


class Effect(Enum):
    """What kind of operation it is: decides about undo, read-only mode and the command log."""

    READ = "read"
    WRITE = "write"
    """Edits the configuration."""
    ISSUE = "issue"
    """Issues credentials."""


class Operation(Struct, frozen=True, kw_only=True):
    """A row of the table of operations."""

    name: str
    """`iam:PutRolePolicy`"""
    effect: Effect
    perform: Perform
    is_signed: bool = True
    """False for AssumeRoleWithSAML and AssumeRoleWithWebIdentity, which need no credentials."""
