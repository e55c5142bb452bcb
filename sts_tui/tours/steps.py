"""The steps of a tour: one frozen dataclass each, one closed union.

A step holds its words as written: `${…}` is replaced, and values are converted, when it is performed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Account:
    """`account FILE…`"""

    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Set:
    """`set NAME VALUE`"""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Say:
    """`say TEXT…`: the rest of the line as it stands."""

    text: str


@dataclass(frozen=True, slots=True)
class As:
    """`as WHO`"""

    who: str


@dataclass(frozen=True, slots=True)
class Aws:
    """`aws SERVICE OPERATION --flag value…`; `words` are those after `aws`."""

    words: tuple[str, ...]
    may_fail: bool = False
    """Begins with `try`: a refusal does not fail the tour."""


@dataclass(frozen=True, slots=True)
class Request:
    """`request ACTION RESOURCE [key=value…]`"""

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()
    """In the order written; a repeated key makes a list."""
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class Revoke:
    """`revoke ROLE`"""

    role: str
    may_fail: bool = False


@dataclass(frozen=True, slots=True)
class WaitFor:
    """`wait DURATION`"""

    duration: str


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """`wait until TIME`"""

    instant: str


@dataclass(frozen=True, slots=True)
class WaitUntilExpires:
    """`wait until WHO expires`"""

    who: str


@dataclass(frozen=True, slots=True)
class ExpectOk:
    """`expect ok`"""


@dataclass(frozen=True, slots=True)
class ExpectError:
    """`expect error CODE [TEXT] [status N]`; None: not asked."""

    code: str
    text: str | None = None
    status: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectDecision:
    """`expect allowed [by TEXT]`, `expect denied [by TEXT]`"""

    allowed: bool
    by: str | None = None


@dataclass(frozen=True, slots=True)
class ExpectOutput:
    """`expect output JMESPATH VALUE`"""

    expression: str
    value: str


@dataclass(frozen=True, slots=True)
class ExpectSession:
    """`expect session WHO active|revoked|expired|orphaned`"""

    who: str
    state: str


@dataclass(frozen=True, slots=True)
class Undo:
    """`undo`"""


@dataclass(frozen=True, slots=True)
class Redo:
    """`redo`"""


@dataclass(frozen=True, slots=True)
class Press:
    """`press KEY…`, for the explorer."""

    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Type:
    """`type TEXT`, for the explorer."""

    text: str


@dataclass(frozen=True, slots=True)
class Shot:
    """`shot NAME`, for the explorer."""

    name: str


CallStep: TypeAlias = Aws | Request | Revoke
Wait: TypeAlias = WaitFor | WaitUntil | WaitUntilExpires
Expect: TypeAlias = ExpectOk | ExpectError | ExpectDecision | ExpectOutput | ExpectSession
ScreenStep: TypeAlias = Press | Type | Shot
Step: TypeAlias = Account | Set | Say | As | CallStep | Wait | Expect | Undo | Redo | ScreenStep


@dataclass(frozen=True, slots=True, kw_only=True)
class TourLine:
    """One step where it stands."""

    number: int
    """Counted from 1: the line where it begins, or the how-manieth `-c`."""
    text: str
    """As written, continuation lines joined."""
    step: Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A tour that has been read without a fault."""

    name: str
    """The file as it was given, or `-c`."""
    lines: tuple[TourLine, ...]
