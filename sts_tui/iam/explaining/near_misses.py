"""Which evaluated statements did not match, nearest first, and by how much did each fail?

They answer questions such as "I revoked the sessions; why do they still work?": the Deny did not match,
because its date condition failed by a second, or it tests a key that AWS does not have.

They are sorted by these criteria: the effect that would have changed the outcome (a Deny if the request was
allowed, otherwise an Allow); the element at which the comparison ended (a condition is nearer than a
principal, and a principal nearer than a resource); the number of other elements that fail; the difference of
dates or numbers; the order of evaluation. Statements for other actions are only counted, unless the action
was probably misspelled.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias, overload

from msgspec import Struct

from sts_tui.account import durations
from sts_tui.account.diagnostics.suggestions import nearest
from sts_tui.account.json_value import Json
from sts_tui.account.policies.condition_operators import OperatorFamily, SetOperator
from sts_tui.iam.conditions import NULL, Condition, read_operator
from sts_tui.iam.conditions.dates import instant
from sts_tui.iam.conditions.numbers import number
from sts_tui.iam.decision import Outcome
from sts_tui.iam.explaining.element_notes import condition_note, resource_note
from sts_tui.iam.explaining.layer_explanation import Compared, why_not_consulted
from sts_tui.iam.match import Element, Statement
from sts_tui.iam.principals import Closeness
from sts_tui.iam.provenance import PolicyType, Provenance
from sts_tui.iam.request import Request

_ACTION: Final = int(Element.ACTION)
_PRINCIPAL: Final = int(Element.PRINCIPAL)
_NO_GAP: Final = float("inf")


class NearMiss(Struct, frozen=True):
    """An evaluated statement that did not match."""

    provenance: Provenance
    effect: str
    """`Allow` or `Deny`."""
    element: str
    """The first element that failed: `Action`, `Resource`, `DateLessThan aws:TokenIssueTime`."""
    distance: str
    """By how much it failed: `aws:TokenIssueTime 09:00:36 is not before 09:00:35 (1 s too late)`."""

    def line(self) -> str:
        """The statement on one line of text."""
        return f"{self.provenance.label}  {self.effect}  {self.distance}"

    def to_json(self) -> dict[str, Json]:
        """The near miss as JSON, with keys in camelCase."""
        return {
            "label": self.provenance.label,
            "policyType": self.provenance.policy_type.value,
            "effect": self.effect,
            "failedElement": self.element,
            "distance": self.distance,
        }


class NearMisses(Struct, frozen=True):
    """The statements that did not match: those for the action, and the number of those for other actions."""

    listed: Sequence[NearMiss]
    other_actions: int

    def rest(self, shown: int) -> str:
        """What a list of the first `shown` omits: `4 more; 17 for other actions`; empty if nothing."""
        left = len(self.listed) - shown
        counts = (
            (left, f"{left} more"),
            (self.other_actions, f"{self.other_actions} for other actions"),
        )
        return "; ".join(text for count, text in counts if count > 0)


_Rank: TypeAlias = tuple[bool, int, int, float]
"""The sort criteria; the smallest rank is the nearest."""
_Missed: TypeAlias = tuple[Statement, int, PolicyType]
"""A statement, the result of `Statement.match`, and its policy type."""


class _Described(Sequence[NearMiss]):
    """Near misses whose texts are generated when they are read: a screen shows eight of a thousand."""

    def __init__(self, missed: Sequence[_Missed], request: Request) -> None:
        self._missed = missed
        self._request = request
        self._described: dict[int, NearMiss] = {}

    def __len__(self) -> int:
        return len(self._missed)

    @overload
    def __getitem__(self, index: int) -> NearMiss: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[NearMiss]: ...

    def __getitem__(self, index: int | slice) -> NearMiss | Sequence[NearMiss]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        if index not in self._described:
            self._described[index] = _described(*self._missed[index], self._request)
        return self._described[index]


def near_misses(compared: Compared, own_type: PolicyType) -> NearMisses:
    """Every statement that did not match, of the policies that apply to this caller and request.

    `own_type`: the type of the resource's policy, `TRUST` for a role.
    """
    found: defaultdict[_Rank, list[_Missed]] = defaultdict(list)
    others = 0
    is_allowed = compared.decision.outcome is Outcome.ALLOWED
    for layer, codes in compared.codes:
        if why_not_consulted(compared, layer.policy_type):
            continue
        shown = own_type if layer.policy_type is PolicyType.RESOURCE else layer.policy_type
        for statement, code in zip(layer.statements, codes, strict=True):
            if code < _ACTION:
                continue
            is_farther = statement.is_deny is not is_allowed
            rank: _Rank | None = (is_farther, -code, 0, _NO_GAP)
            if code == _ACTION or statement.conditions or (code < _PRINCIPAL and statement.principals):
                rank = _rank(is_farther, statement, code, compared.request)  # else no other element can fail
            if rank is None:
                others += 1
            else:
                found[rank].append((statement, code, shown))
    missed = [each for rank in sorted(found) for each in found[rank]]
    return NearMisses(_Described(missed, compared.request) if missed else (), others)


def _rank(is_farther: bool, statement: Statement, code: int, request: Request) -> _Rank | None:
    """How near one statement came to matching; None if it is for other actions."""
    if code == _ACTION:
        return (is_farther, -code, 0, 0.0) if _misspelled_action(statement, request) else None
    more = sum(1 for _ in _also_failing(statement, code, request))
    gap = _NO_GAP
    if code >= Element.CONDITION:  # dates and numbers are sorted by their difference
        _, gap = _condition_distance(statement, statement.conditions[code - Element.CONDITION], request)
    return is_farther, -min(code, int(Element.CONDITION)), more, gap


def _described(statement: Statement, code: int, policy_type: PolicyType, request: Request) -> NearMiss:
    """The near miss, with its distance in words."""
    more: list[str] = []
    if code == _ACTION:
        element, distance = "Action", _misspelled_action(statement, request)
    else:
        element, distance, _ = _failure(statement, code, request)
        more = list(_also_failing(statement, code, request))
    effect = "Deny" if statement.is_deny else "Allow"
    also = f"; {', '.join(more)} {'do' if len(more) > 1 else 'does'} not match either" if more else ""
    return NearMiss(statement.provenance(policy_type), effect, element, distance + also)


def _misspelled_action(statement: Statement, request: Request) -> str:
    """What is wrong with an action of the statement that was probably meant to be the requested one; else
    empty.
    """
    service = request.action_key.partition(":")[0]
    for written in statement.actions.written if not statement.actions.negated else ():
        if "*" in written or "?" in written or written.lower().partition(":")[0] != service:
            continue
        if nearest(written, (request.action,)):
            from sts_tui.account.policies.unknown_words import about_unknown_action  # reads AWS's lists

            if doubt := about_unknown_action(written):
                return f"Action {written}: {doubt}"
    return ""


def _failure(statement: Statement, code: int, request: Request) -> tuple[str, str, float]:
    """The first element that failed, and by how much: in words, and for dates and numbers as a number."""
    if code == Element.RESOURCE and statement.resources is not None:
        name = "NotResource" if statement.resources.negated else "Resource"
        note = resource_note(statement, statement.resources, request, failed=True)
        verb = "excludes" if statement.resources.negated else "does not match"
        text = f"{name} {_some(statement.resources.written)} {verb} {request.resource}"
        return name, f"{text} ({note})" if note else text, _NO_GAP
    if code == Element.PRINCIPAL and statement.principals is not None:
        name = "NotPrincipal" if statement.principals.negated else "Principal"
        verb = "excepts" if statement.principals.negated else "does not name"
        return name, f"{name} {verb} {request.principal or 'an anonymous caller'}", _NO_GAP
    condition = statement.conditions[code - Element.CONDITION]
    text, gap = _condition_distance(statement, condition, request)
    return f"{condition.operator} {condition.key}", text, gap


def _also_failing(statement: Statement, code: int, request: Request) -> Iterator[str]:
    """Elements after the first failure that would not match either."""
    principals = statement.principals if code < Element.PRINCIPAL else None
    if principals is not None and principals.names(request) is Closeness.NONE:
        yield "Principal"
    for position, condition in enumerate(statement.conditions, int(Element.CONDITION)):
        if position > code and condition.holds(request.values) is False:
            yield condition.key


def _condition_distance(statement: Statement, condition: Condition, request: Request) -> tuple[str, float]:
    value = request.values.get(condition.key.lower())
    if condition.operator == NULL:
        return f"{condition.key} is {'absent' if value is None else 'present'}", _NO_GAP
    if value is None:
        from sts_tui.account.policies.unknown_words import about_unknown_key

        if doubt := about_unknown_key(condition.key):
            return f"{condition.key}: {doubt}", 0
        return f"{condition.key} is not in the request", _NO_GAP
    if isinstance(value, str) and (ordered := _order_distance(condition, value)):
        return ordered
    note = condition_note(statement, condition, request)
    actual = value if isinstance(value, str) else _some(value)
    text = f"{condition.key} {actual} {_relation(condition)} {_some(condition.wanted)}"
    return (f"{text} ({note})" if note else text), _NO_GAP


def _relation(condition: Condition) -> str:
    """The relation between the request's value and the policy's, in words."""
    operator = read_operator(condition.operator).operator
    if operator is None:
        return f"fails {condition.operator}"
    negated, several = operator.row.negated, len(condition.wanted) > 1
    match operator.row.comparison:
        case "Like":
            return "matches" if negated else "does not match"
        case "Contains":
            return "is in" if negated else "is not in"
        case _ if several:
            return "is one of" if negated else "is none of"
        case _:
            return "is" if negated else "is not"


_TOO_LATE: Final = ("LessThan", "LessThanEquals")
_WORDS: Final = {
    (OperatorFamily.DATE, "LessThan"): "is not before",
    (OperatorFamily.DATE, "LessThanEquals"): "is after",
    (OperatorFamily.DATE, "GreaterThan"): "is not after",
    (OperatorFamily.DATE, "GreaterThanEquals"): "is before",
    (OperatorFamily.NUMERIC, "LessThan"): "is not less than",
    (OperatorFamily.NUMERIC, "LessThanEquals"): "is more than",
    (OperatorFamily.NUMERIC, "GreaterThan"): "is not more than",
    (OperatorFamily.NUMERIC, "GreaterThanEquals"): "is less than",
}


def _order_distance(condition: Condition, value: str) -> tuple[str, float] | None:
    """For dates and numbers: the nearest listed value and the difference."""
    name = read_operator(condition.operator)
    if name.operator is None or name.set_operator is not SetOperator.SINGLE:
        return None
    row = name.operator.row
    words = _WORDS.get((row.family, row.comparison))
    read = instant if row.family is OperatorFamily.DATE else number
    actual = read(value)
    wanted = [(parsed, text) for text in condition.wanted if (parsed := read(text)) is not None]
    if words is None or actual is None or not wanted:
        return None
    nearest_wanted, written = min(wanted, key=lambda each: abs(each[0] - actual))
    gap = abs(actual - nearest_wanted)
    is_date = row.family is OperatorFamily.DATE
    direction = (
        ("late" if is_date else "much") if row.comparison in _TOO_LATE else "early" if is_date else "little"
    )
    amount = f"{durations.rough(gap)} too {direction}" if is_date else f"{gap:g} too {direction}"
    how = f" ({amount})" if gap else " (they are equal)"
    shown = _without_the_day(value, written) if is_date else (value, written)
    return f"{condition.key} {shown[0]} {words} {shown[1]}{how}", float(gap)


def _without_the_day(one: str, other: str) -> tuple[str, str]:
    """Two times, without the date if they are on the same day."""
    day, separator, _ = one.partition("T")
    if separator and one.endswith("Z") and other.endswith("Z") and other.startswith(f"{day}T"):
        return one[len(day) + 1 : -1], other[len(day) + 1 : -1]
    return one, other


def _some(values: tuple[str, ...]) -> str:
    """At most two of several values, and the number of the others."""
    more = f" and {len(values) - 2} more" if len(values) > 2 else ""
    return ", ".join(values[:2]) + more or "(nothing)"
