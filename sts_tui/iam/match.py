"""One statement against one request: does it match, and if not, which element was the first to fail.

`Statement.match` is the only way in which a statement is ever compared; the quick verdict and the explanation
both use its answer, so that they cannot disagree.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final, NamedTuple, TypeAlias

from sts_tui.iam.conditions import Answer, Condition
from sts_tui.iam.conditions.operator import ContextTest, Scope
from sts_tui.iam.decision import PolicyType, Provenance
from sts_tui.iam.principals import Closeness, PrincipalElement
from sts_tui.iam.request import Request

ResourceTest: TypeAlias = Callable[[Request], Answer]


class Element(IntEnum):
    """The elements in the order in which they are compared; conditions follow, each with its own position.

    What `Statement.match` answers is one of these or `CONDITION` plus the position of the condition.
    """

    UNDECIDED = -1
    """Everything that is understood matches, and something is not."""
    MATCHED = 0
    ACTION = 1
    RESOURCE = 2
    PRINCIPAL = 3
    CONDITION = 4


MATCHED: Final = int(Element.MATCHED)
UNDECIDED: Final = int(Element.UNDECIDED)
_ACTION: Final = int(Element.ACTION)
_RESOURCE: Final = int(Element.RESOURCE)
_PRINCIPAL: Final = int(Element.PRINCIPAL)
_CONDITION: Final = int(Element.CONDITION)


class Actions(NamedTuple):
    """An Action or NotAction element. Patterns are in lower case: action names are compared without case."""

    written: tuple[str, ...]
    negated: bool
    matches: Callable[[str], bool]
    """Any pattern against an action in lower case; NotAction is not yet applied."""


class Resources(NamedTuple):
    """A Resource or NotResource element."""

    written: tuple[str, ...]
    negated: bool
    test: ResourceTest | None
    """The negation of NotResource included; None: every resource."""
    heads: tuple[str, ...] = ("",)
    """What every matching resource begins with, one for each pattern; empty where nothing can be told."""


class Principals(NamedTuple):
    """A Principal or NotPrincipal element. `spares` is what a NotPrincipal asks: whom does it take out."""

    written: Any
    negated: bool
    element: PrincipalElement
    needs_account: bool

    def names(self, request: Request) -> Closeness:
        """How closely it names the caller; a NotPrincipal names everyone whom it does not spare."""
        if not self.negated:
            return self.element.names(request.caller)
        spared = self.element.spares(request.caller, needs_account=self.needs_account)
        return Closeness.NONE if spared else Closeness.EVERYONE


class Statement:
    """One statement, compiled. Frozen by convention."""

    __slots__ = (
        "actions",
        "conditions",
        "delegates_everyone",
        "doubt",
        "index",
        "is_deny",
        "owner",
        "policy",
        "principals",
        "resources",
        "scope",
        "sid",
        "_resource_test",
        "_tests",
    )

    def __init__(
        self,
        *,
        policy: str,
        owner: str,
        index: int,
        sid: str | None,
        is_deny: bool,
        actions: Actions,
        resources: Resources | None,
        principals: Principals | None,
        conditions: tuple[Condition, ...],
        scope: Scope,
        doubt: str = "",
        delegates_everyone: bool = False,
    ) -> None:
        self.policy, self.owner, self.index, self.sid = policy, owner, index, sid
        self.is_deny = is_deny
        self.actions, self.resources, self.principals, self.conditions = (
            actions,
            resources,
            principals,
            conditions,
        )
        self.scope = scope
        self.doubt = doubt
        """Why it can never be decided: a structure that AWS would refuse. Empty where it can."""
        self.delegates_everyone = delegates_everyone
        """An Allow for everyone that a condition limits to an account: it delegates to that account."""
        self._resource_test = resources.test if resources is not None else None
        self._tests: tuple[ContextTest, ...] = tuple(condition.holds for condition in conditions)

    def covers_action(self, action: str) -> bool:
        """Whether Action or NotAction covers an action, given in lower case."""
        return self.actions.matches(action) is not self.actions.negated

    def match(self, request: Request) -> int:
        """MATCHED, UNDECIDED, or the position of the first element that failed."""
        return self.match_beyond_action(request) if self.covers_action(request.action_key) else _ACTION

    def match_beyond_action(self, request: Request) -> int:
        """The same for a request whose action is known to be covered."""
        test = self._resource_test
        undecided = False
        if test is not None and not (found := test(request)):
            if found is not None:
                return _RESOURCE
            undecided = True
        if self.principals is not None and (closeness := self.principals.names(request)) <= Closeness.NONE:
            if closeness is Closeness.NONE:
                return _PRINCIPAL
            undecided = True
        values = request.values
        position = _CONDITION
        for holds in self._tests:
            if not (answer := holds(values)):
                if answer is not None:
                    return position
                undecided = True
            position += 1
        return UNDECIDED if undecided or self.doubt else MATCHED

    def closeness(self, request: Request) -> Closeness:
        """How closely a matching Allow names its caller."""
        if self.principals is None:
            return Closeness.EVERYONE
        closeness = self.principals.names(request)
        if closeness is Closeness.EVERYONE and self.delegates_everyone:
            return Closeness.ACCOUNT
        return closeness

    def why_undecided(self) -> str:
        """What in it is not understood."""
        doubts = [self.doubt, *(condition.doubt for condition in self.conditions)]
        return "; ".join(filter(None, doubts)) or "it holds a value that AWS cannot read, or a canonical user"

    def provenance(self, policy_type: PolicyType) -> Provenance:
        """Where it was written; `policy_type` is that of the layer it stands in."""
        return Provenance(policy_type, self.policy, self.index, self.sid, self.owner)

    def __repr__(self) -> str:
        return f"<Statement {self.owner}/{self.policy}#{self.sid or self.index + 1}>"
