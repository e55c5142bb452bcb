"""Which steps does a tour have? One frozen struct each, one closed union.

A step keeps its words as written; substitutions are replaced and values converted when it is performed.
"""

from __future__ import annotations

from typing import TypeAlias

from msgspec import Struct


class Account(Struct, frozen=True):
    """`account FILE…`"""

    files: tuple[str, ...]


class Set(Struct, frozen=True):
    """`set NAME VALUE`"""

    name: str
    value: str


class Say(Struct, frozen=True):
    """`say TEXT…`: the rest of the line, unchanged."""

    text: str


class Scene(Struct, frozen=True):
    """`scene NAME`: a part of a presentation begins; the rest of the line, unchanged."""

    name: str


class Note(Struct, frozen=True):
    """`note TEXT…`: shown only to the speaker; the rest of the line, unchanged."""

    text: str


class As(Struct, frozen=True):
    """`as WHO`"""

    who: str


class Aws(Struct, frozen=True):
    """`aws SERVICE OPERATION --flag value…`; `words` are those after `aws`."""

    words: tuple[str, ...]
    may_fail: bool = False
    """Whether it begins with `try`: a refusal or denial does not fail the tour."""


class Request(Struct, frozen=True):
    """`request ACTION RESOURCE [key=value…]`"""

    action: str
    resource: str
    context: tuple[tuple[str, str], ...] = ()
    """Request context in the order written; a repeated key makes a list."""
    may_fail: bool = False


class Revoke(Struct, frozen=True):
    """`revoke ROLE`"""

    role: str
    may_fail: bool = False


class SignIn(Struct, frozen=True):
    """`signin portal USER [SET [ACCOUNT]]`, `signin console WHO`, `signin cli WHO`,
    `signin app POOL [PROVIDER/USER] [as ROLE]`, `signin certificate PROVIDER/USER ROLE`,
    `signin pod CLUSTER/NAMESPACE/SERVICE-ACCOUNT[/POD]`
    """

    kind: str
    """`portal`, `console`, `cli`, `app`, `certificate` or `pod`"""
    who: str
    """For an app: `PROVIDER/USER`, empty for a guest."""
    permission_set: str = ""
    """For a certificate, and for an app that chooses the role, the name or ARN of the role."""
    account: str = ""
    may_fail: bool = False
    pool: str = ""


class SignOut(Struct, frozen=True):
    """`signout portal USER`, `signout console WHO`, `signout cli WHO`"""

    kind: str
    """`portal`, `console` or `cli`"""
    who: str
    may_fail: bool = False


class Incident(Struct, frozen=True):
    """`incident WHO`"""

    who: str


class Cut(Struct, frozen=True):
    """`cut WHO by ID[,ID…]`"""

    who: str
    ids: tuple[str, ...]
    may_fail: bool = False


class WaitFor(Struct, frozen=True):
    """`wait DURATION`"""

    duration: str


class WaitUntil(Struct, frozen=True):
    """`wait until TIME`"""

    instant: str


class WaitUntilExpires(Struct, frozen=True):
    """`wait until WHO expires`"""

    who: str


class ExpectOk(Struct, frozen=True):
    """`expect ok`"""


class ExpectError(Struct, frozen=True):
    """`expect error CODE [TEXT] [status N]`; None: not checked."""

    code: str
    text: str | None = None
    status: str | None = None


class ExpectDecision(Struct, frozen=True):
    """`expect allowed [by TEXT]`, `expect denied [by TEXT]`"""

    allowed: bool
    by: str | None = None


class ExpectOutput(Struct, frozen=True):
    """`expect output JMESPATH VALUE`"""

    expression: str
    value: str


class ExpectSession(Struct, frozen=True):
    """`expect session WHO active|partly|cut|revoked|expired|orphaned`"""

    who: str
    state: str


class ExpectIncident(Struct, frozen=True):
    """`expect incident JMESPATH VALUE`"""

    expression: str
    value: str


class Animate(Struct, frozen=True):
    """`animate`, `animate off`"""

    is_on: bool = True


class Leak(Struct, frozen=True):
    """`leak ROLE`"""

    role: str


class GameDay(Struct, frozen=True):
    """`gameday DURATION [detect=DURATION] [contain=DURATION] [through=N] [denied=N]`"""

    length: str
    pars: tuple[tuple[str, str], ...] = ()


class Attack(Struct, frozen=True, kw_only=True):
    """`attack at DURATION steals WHO as NAME`, `attack at DURATION as NAME aws|request …`,
    `attack every DURATION from DURATION [to DURATION] as NAME aws|request …`
    """

    text: str
    begins: str
    who: str
    name: str = ""
    """The name of the stolen credentials."""
    every: str = ""
    until: str = ""
    call: tuple[str, ...] = ()
    """The words of the `aws` or `request` step; empty: a theft."""


class ShowScore(Struct, frozen=True):
    """`score`"""


class ExpectScore(Struct, frozen=True):
    """`expect score JMESPATH VALUE`"""

    expression: str
    value: str


class PauseWorkload(Struct, frozen=True):
    """`pause WORKLOAD`, `resume WORKLOAD`"""

    workload: str
    is_paused: bool = True


class Undo(Struct, frozen=True):
    """`undo`"""


class Redo(Struct, frozen=True):
    """`redo`"""


class Press(Struct, frozen=True):
    """`press KEY…`, for the explorer."""

    keys: tuple[str, ...]


class Type(Struct, frozen=True):
    """`type TEXT`, for the explorer."""

    text: str


class Shot(Struct, frozen=True):
    """`shot NAME`, for the explorer."""

    name: str


class Focus(Struct, frozen=True):
    """`focus PANE`: show this pane in the explorer."""

    pane: str
    """A word of PANES."""


PANES = ("roles", "policies", "sessions", "requests", "explanation")
"""The panes of the explorer, by words of their titles; pane 1 first."""

CallStep: TypeAlias = Aws | Request | Revoke | Cut | SignIn | SignOut
Wait: TypeAlias = WaitFor | WaitUntil | WaitUntilExpires
Expect: TypeAlias = (
    ExpectOk | ExpectError | ExpectDecision | ExpectOutput | ExpectSession | ExpectIncident | ExpectScore
)
Narration: TypeAlias = Say | Scene
ScreenStep: TypeAlias = Press | Type | Shot | Note | Focus
Change: TypeAlias = Set | Undo | Redo | Animate | Leak | PauseWorkload | GameDay | Attack
Step: TypeAlias = (
    Account | Narration | As | CallStep | Incident | ShowScore | Wait | Expect | Change | ScreenStep
)


class TourLine(Struct, frozen=True, kw_only=True):
    """One step and its position."""

    number: int
    """The line where the step begins, or the number of its `-c`, counted from 1."""
    text: str
    """The text as written, with continuation lines joined."""
    step: Step


class Tour(Struct, frozen=True, kw_only=True):
    """A tour without errors in its grammar."""

    name: str
    """The file name as given, or `-c`."""
    lines: tuple[TourLine, ...]
