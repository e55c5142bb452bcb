"""Does one statement match one request, and if not, which element fails first?

All comparisons of statements use `Statement.match`, both for the verdict and for the explanation, so that
these cannot disagree.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Final, TypeAlias

from sts_tui.iam.patterns.partly_known import is_unknown
from sts_tui.iam.patterns.variables import Values, variables_in
from sts_tui.iam.principals import Closeness, PrincipalElement
from sts_tui.iam.provenance import PolicyType, Provenance, statement_label
from sts_tui.iam.request import Request
from sts_tui.start_up.named_tuple import NamedTuple

if TYPE_CHECKING:
    from sts_tui.iam.conditions import Condition
    from sts_tui.iam.conditions.operator import ContextTest, Scope

ResourceTest: TypeAlias = Callable[[Request], bool | None]
"""None means undecided: the value of a variable is unknown."""


class Element(IntEnum):
    """The elements in the order of comparison. Conditions follow, each with its own position.

    The result of `Statement.match` is one of these, or `CONDITION` plus the position of the condition.
    """

    UNDECIDED = -1
    """Everything that can be evaluated matches, but something cannot be evaluated."""
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
_NOT_AT_ALL: Final = Closeness.NONE


ALLOW_WITH_NOT_PRINCIPAL: Final = (
    "AWS does not support NotPrincipal with Allow (setting AllowWithNotPrincipal)"
)
CANONICAL_USERS: Final = "canonical users are not modeled"


class Actions(NamedTuple):
    """An Action or NotAction element. Patterns are in lower case, because action names are compared without
    case.
    """

    written: tuple[str, ...]
    negated: bool
    matches: Callable[[str], bool]
    """Whether any pattern covers an action (in lower case). For NotAction, the result is not negated."""


class Resources(NamedTuple):
    """A Resource or NotResource element."""

    written: tuple[str, ...]
    negated: bool
    test: ResourceTest | None
    """The test, negated for NotResource; None if every resource matches."""
    heads: tuple[str, ...] = ("",)
    """For each pattern, the literal beginning of every resource that it matches; empty if there is none."""
    by_text: Callable[[str], bool] | None = None
    """Like `test`, if the result depends only on the text of the resource; None if there are variables or no
    test.
    """


class Principals(NamedTuple):
    """A Principal or NotPrincipal element."""

    written: object
    negated: bool
    element: PrincipalElement
    scope: Scope

    @property
    def can_fail(self) -> bool:
        """Whether there are callers that it does not name. `*` names everyone."""
        return self.written != "*" or self.negated

    @property
    def doubt(self) -> str:
        """Why it may make a statement undecided; empty if it never does."""
        if self.negated and not self.scope.is_deny:
            return ALLOW_WITH_NOT_PRINCIPAL
        return CANONICAL_USERS if self.element.has_canonical_users else ""

    def names(self, request: Request) -> Closeness:
        """How closely it names the caller. A NotPrincipal names every caller that it does not except.

        A Deny excepts a caller only if each of its identities is listed, and never a caller with a
        permissions boundary. AWS does not support NotPrincipal with Allow, so an Allow is interpreted
        cautiously: it grants nothing to a caller with any listed identity; for other callers the setting
        decides.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        if not self.negated:
            return self.element.names(request.caller)
        settings = self.scope.settings
        if not self.scope.is_deny:
            listed = self.element.names(request.caller)
            if listed is not Closeness.NONE:
                return Closeness.UNDECIDED if listed is Closeness.UNDECIDED else Closeness.NONE
            allows = settings.allow_with_not_principal == "all-but-listed"
            return Closeness.EVERYONE if allows else Closeness.UNDECIDED
        if request.has_boundary:
            return Closeness.EVERYONE
        needs_account = settings.not_principal_needs_account
        excepted = self.element.excepts(request.caller, needs_account=needs_account)
        return Closeness.NONE if excepted else Closeness.EVERYONE


Comparison: TypeAlias = Callable[[Request], int]
"""Like `Statement.match`, for a request whose action is known to be covered."""


def _matches_everything(_request: Request) -> int:
    return MATCHED


def _compared(
    resources: Resources | None,
    names: Callable[[Request], Closeness] | None,
    conditions: tuple[ContextTest, ...],
    if_all_match: int,
) -> Comparison:
    """Combine the elements after the action into one comparison. None: the element cannot fail."""
    resource = resources.test if resources is not None else None
    if resource is None and names is None:
        if not conditions and if_all_match == MATCHED:
            return _matches_everything
        return _compared_conditions(conditions, if_all_match)
    if resource is not None and names is None and not conditions and if_all_match == MATCHED:
        by_text = resources.by_text if resources is not None else None
        return _compared_resource(resource) if by_text is None else _compared_text(by_text)
    rest = _compared_conditions(conditions, if_all_match)

    def all_elements(request: Request) -> int:
        undecided = False
        if resource is not None and not (covers := resource(request)):
            if covers is not None:
                return _RESOURCE
            undecided = True
        if names is not None and (closeness := names(request)) <= _NOT_AT_ALL:
            if closeness is _NOT_AT_ALL:
                return _PRINCIPAL
            undecided = True
        found = rest(request)
        return UNDECIDED if undecided and found == MATCHED else found

    return all_elements


def _compared_text(by_text: Callable[[str], bool]) -> Comparison:
    """The most common statements: only resources to compare, without variables."""
    return lambda request: MATCHED if by_text(request.resource) else _RESOURCE


def _compared_resource(resource: ResourceTest) -> Comparison:
    """Only resources to compare, some with variables."""

    def only_resource(request: Request) -> int:
        covers = resource(request)
        return MATCHED if covers else _RESOURCE if covers is not None else UNDECIDED

    return only_resource


def _compared_conditions(conditions: tuple[ContextTest, ...], if_all_match: int) -> Comparison:
    """All conditions must be true. An undecided one counts only if no other fails."""

    def only_conditions(request: Request) -> int:
        values = request.values
        found = if_all_match
        position = _CONDITION
        for holds in conditions:
            if not (answer := holds(values)):
                if answer is not None:
                    return position
                found = UNDECIDED
            position += 1
        return found

    return only_conditions if conditions else lambda _request: if_all_match


class BeyondAction(NamedTuple):
    """The parts of a statement that are compared after its action matched."""

    resources: Resources | None
    principals: Principals | None
    conditions: tuple[Condition, ...]
    doubt: str
    """Why the statement can never be decided: AWS would refuse its structure. Empty if it can."""
    delegates_everyone: bool
    """Whether it is an Allow for everyone with a condition on the account, to which it delegates."""


_COMPILED_LATER: Final = frozenset(("match_beyond_action", *BeyondAction._fields))


class Statement:
    """One compiled statement. The action is compiled immediately, the rest on the first comparison, which
    most statements never reach.

    Must not be changed after creation.
    """

    __slots__ = (
        "_beyond_action",
        "_covers",
        "_is_not_action",
        "actions",
        "arn",
        "conditions",
        "delegates_everyone",
        "doubt",
        "index",
        "is_deny",
        "match_beyond_action",
        "owner",
        "policy",
        "principals",
        "resources",
        "scope",
        "sid",
    )

    resources: Resources | None
    principals: Principals | None
    conditions: tuple[Condition, ...]
    doubt: str
    delegates_everyone: bool
    match_beyond_action: Comparison
    """Like `match`, for a request whose action is known to be covered."""

    def __init__(
        self,
        *,
        policy: str,
        owner: str,
        arn: str,
        index: int,
        sid: str | None,
        actions: Actions,
        scope: Scope,
        beyond_action: Callable[[], BeyondAction],
    ) -> None:
        self.policy, self.owner, self.arn = policy, owner, arn
        self.index, self.sid = index, sid
        self.is_deny = scope.is_deny
        self.actions = actions
        self.scope = scope
        self._covers, self._is_not_action = actions.matches, actions.negated
        self._beyond_action = beyond_action

    def __getattr__(self, name: str) -> object:
        """Compile the elements after the action. Called only for attributes that are not set yet."""
        if name not in _COMPILED_LATER:
            raise AttributeError(f"a statement has no {name}")
        beyond = self._beyond_action()
        del self._beyond_action
        self.resources, self.principals, self.conditions, self.doubt, self.delegates_everyone = beyond
        self.match_beyond_action = _compared(
            beyond.resources,
            beyond.principals.names if beyond.principals is not None and beyond.principals.can_fail else None,
            tuple([condition.holds for condition in beyond.conditions]),
            UNDECIDED if beyond.doubt else MATCHED,
        )
        return getattr(self, name)

    def covers_action(self, action: str) -> bool:
        """Whether Action or NotAction covers an action (in lower case)."""
        return self._covers(action) is not self._is_not_action

    def match(self, request: Request) -> int:
        """MATCHED, UNDECIDED, or the position of the first element that failed."""
        if self._covers(request.action_key) is self._is_not_action:
            return _ACTION
        return self.match_beyond_action(request)

    @property
    def is_unconditional(self) -> bool:
        """Whether it matches every request for an action that it covers."""
        return self.match_beyond_action is _matches_everything

    def closeness(self, request: Request) -> Closeness:
        """How closely a matching Allow names the caller."""
        if self.principals is None:
            return Closeness.EVERYONE
        closeness = self.principals.names(request)
        if closeness is Closeness.EVERYONE and self.delegates_everyone:
            return Closeness.ACCOUNT
        return closeness

    def why_undecided(self, request: Request) -> str:
        """Why the statement is undecided: which part cannot be evaluated, or what is unknown about the
        request.
        """
        doubts = [self.doubt, *(condition.doubt for condition in self.conditions)]
        doubts += [
            f"{condition.malformed} is not a value that {condition.operator} compares"
            for condition in self.conditions
            if condition.malformed
        ]
        if self.principals is not None:
            doubts.append(self.principals.doubt)
        doubts += [f"{key} is unknown" for key in self._unknown_keys(request.values)]
        return "; ".join(filter(None, doubts)) or "a condition cannot be decided"

    def _unknown_keys(self, values: Values) -> list[str]:
        """The unknown keys that it compares or uses as policy variables, without duplicates."""
        keys = [condition.key for condition in self.conditions]
        texts = [text for condition in self.conditions for text in condition.wanted]
        texts += self.resources.written if self.resources is not None else ()
        keys += [each.key for text in texts for each in variables_in(text)]
        return [key for key in dict.fromkeys(keys) if is_unknown(key.lower(), values)]

    def provenance(self, policy_type: PolicyType) -> Provenance:
        """Where the statement was written. `policy_type`: the type of its layer."""
        return Provenance(policy_type, self.policy, self.index, self.sid, self.owner, self.arn)

    @property
    def label(self) -> str:
        """Its name in texts, as in `Provenance`."""
        return statement_label(self.owner, self.policy, self.sid, self.index)

    def __repr__(self) -> str:
        return f"<Statement {self.owner}/{self.policy}#{self.sid or self.index + 1}>"
