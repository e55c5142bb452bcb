"""How is a policy document compiled to statements? Only this module interprets documents for evaluation.

A part that cannot be interpreted makes its statement undecided. It never raises, and nothing is guessed.
`writable` checks whether the whole document can exist in AWS.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from msgspec import Struct

from sts_tui.account.policies.condition_operators import OperatorFamily, parse_operator
from sts_tui.account.policies.policy_grammar import STATEMENT_ELEMENTS
from sts_tui.iam.conditions import Condition, compile_condition, undecidable
from sts_tui.iam.conditions.operator import Scope
from sts_tui.iam.documents.actions import EVERY_ACTION, any_action
from sts_tui.iam.documents.principal_rule import PrincipalRule
from sts_tui.iam.documents.resources import RefusedResourceError, compiled_resources
from sts_tui.iam.match import Actions, BeyondAction, Principals, Resources, Statement
from sts_tui.iam.patterns.variables import MalformedVariableError
from sts_tui.iam.principals import PrincipalElement
from sts_tui.iam.settings import EvaluationSettings

_Part = TypeVar("_Part")
_CURRENT_VERSION: Final = "2012-10-17"
_VERSIONS: Final = ("2008-10-17", _CURRENT_VERSION, None)
_LISTS: Final = (list, tuple)
_OBJECTS: Final = (dict, Mapping)  # dict first: a check against an abstract class takes five times as long
_ELEMENTS: Final = frozenset(STATEMENT_ELEMENTS)
_NEGATED: Final = {element: f"Not{element}" for element in ("Action", "Resource", "Principal")}


class Origin(Struct, frozen=True):
    """What all statements of a document have in common."""

    policy: str
    owner: str
    arn: str
    rule: PrincipalRule
    settings: EvaluationSettings
    doubt: str
    """Why no statement of the document can be decided; empty if they can."""


class _RefusedError(ValueError):
    """A part of a statement that AWS would not store."""


def compile_document(document: Mapping[str, object], origin: Origin) -> tuple[Statement, ...]:
    """Compile every statement of a document, in order. None is left out."""
    written = document.get("Statement", ())
    version = document.get("Version")
    doubts = [origin.doubt] if origin.doubt else []
    if version not in _VERSIONS:
        doubts.append(f"there is no Version {version}")
    has_variables = version == _CURRENT_VERSION
    return tuple(
        [
            _Reader(each, has_variables, origin, doubts).statement(index)
            for index, each in enumerate(_listed(written))
        ]
    )


def _listed(value: object) -> Sequence[object]:
    """The value as a list. A scalar is equivalent to a list of one."""
    return value if isinstance(value, _LISTS) else (value,)


@lru_cache(maxsize=64)
def _scope(has_variables: bool, is_deny: bool, settings: EvaluationSettings) -> Scope:
    """The scope for conditions. Equal scopes are one object."""
    return Scope(has_variables, is_deny, settings)


class _Reader:
    """Compiles one statement, and collects the parts that cannot be interpreted."""

    __slots__ = ("_doubts", "_origin", "_scope", "_written")

    def __init__(self, written: object, has_variables: bool, origin: Origin, doubts: Sequence[str]) -> None:
        self._doubts = list(doubts)
        self._written: Mapping[str, object] = written if isinstance(written, _OBJECTS) else {}
        self._origin = origin
        effect = self._written.get("Effect")
        self._scope = _scope(has_variables, str(effect).lower() == "deny", origin.settings)
        if effect not in ("Allow", "Deny"):
            self._doubts.append("Effect is neither Allow nor Deny")
        if not self._written.keys() <= _ELEMENTS:
            unknown = next(str(name) for name in self._written if name not in _ELEMENTS)
            self._doubts.append(f"a statement has no element {unknown}")

    def statement(self, index: int) -> Statement:
        sid = self._written.get("Sid")
        return Statement(
            policy=self._origin.policy,
            owner=self._origin.owner,
            arn=self._origin.arn,
            index=index,
            sid=sid if isinstance(sid, str) and sid else None,
            actions=self._read(self._actions) or EVERY_ACTION,
            scope=self._scope,
            beyond_action=self.beyond_action,
        )

    def beyond_action(self) -> BeyondAction:
        resources, principals = self._read(self._resources), self._read(self._principals)
        conditions = tuple(self._conditions()) if "Condition" in self._written else ()
        delegates = self._origin.settings.account_condition_delegates
        is_limited = delegates and any(map(_limits_to_account, conditions))
        return BeyondAction(resources, principals, conditions, "; ".join(self._doubts), is_limited)

    def _read(self, part: Callable[[], _Part]) -> _Part | None:
        """A part of the statement. If it cannot be interpreted, None, and the doubt is recorded, so that the
        other parts still count.
        """
        try:
            return part()
        except (_RefusedError, RefusedResourceError, MalformedVariableError) as fault:
            self._doubts.append(str(fault))
            return None

    def _one_of(self, element: str) -> tuple[object, bool] | None:
        """The value of an element or of its `Not…` form, and whether it is the latter."""
        given, negated = self._written.get(element), self._written.get(_NEGATED[element])
        if given is not None and negated is not None:
            raise _RefusedError(f"both {element} and Not{element} are given")
        if given is None and negated is None:
            return None
        return (given, False) if negated is None else (negated, True)

    def _actions(self) -> Actions:
        found = self._one_of("Action")
        if found is None:
            raise _RefusedError("neither Action nor NotAction is given")
        return _actions_of(_texts("Action", found[0]), found[1])

    def _resources(self) -> Resources | None:
        found = self._one_of("Resource")
        if found is None:
            if self._origin.rule is PrincipalRule.FORBIDDEN:
                raise _RefusedError("neither Resource nor NotResource is given")
            return None  # a resource policy without Resource applies to its resource
        written, negated = _texts("Resource", found[0]), found[1]
        if "*" in written and not negated:
            return Resources(written, negated, None)
        return compiled_resources(written, negated, self._scope)

    def _principals(self) -> Principals | None:
        found = self._one_of("Principal")
        rule = self._origin.rule
        if found is None:
            if rule is PrincipalRule.REQUIRED:
                raise _RefusedError("neither Principal nor NotPrincipal is given")
            return None
        if rule is PrincipalRule.FORBIDDEN:
            raise _RefusedError("this type of policy has no Principal")
        try:
            element = PrincipalElement(found[0])
        except ValueError as fault:
            raise _RefusedError(str(fault)) from fault
        return Principals(found[0], found[1], element, self._scope)

    def _conditions(self) -> Iterator[Condition]:
        block = self._written["Condition"]
        if not isinstance(block, Mapping):
            self._doubts.append("Condition is an object of operators")
            return
        for operator, keys in block.items():
            if not isinstance(keys, Mapping):
                self._doubts.append(f"{operator} is an object of condition keys")
                continue
            for key, values in keys.items():
                yield self._condition(operator, key, values)

    def _condition(self, operator: str, key: str, values: object) -> Condition:
        wanted = tuple(_operand(value) for value in _listed(values))
        texts = tuple(text for text in wanted if text is not None)
        if len(texts) < len(wanted):
            return undecidable(operator, key, texts, f"{key} has a value that is not text, number or boolean")
        try:
            return compile_condition(operator, key, texts, self._scope)
        except MalformedVariableError as fault:
            return undecidable(operator, key, texts, str(fault))


@lru_cache(maxsize=8192)
def _actions_of(written: tuple[str, ...], negated: bool) -> Actions:
    """The compiled element. Equal elements are one object."""
    return Actions(written, negated, any_action(tuple(map(str.lower, written))))


def _texts(element: str, value: object) -> tuple[str, ...]:
    if type(value) is str:
        return (value,)
    values = _listed(value)
    texts = tuple(text for text in values if isinstance(text, str))
    if not texts or len(texts) < len(values):
        raise _RefusedError(f"{element} is a string or a list of strings")
    return texts


def _operand(value: object) -> str | None:
    """A value of a condition as text. Numbers and booleans may be without quotes."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
    return None


def _limits_to_account(condition: Condition) -> bool:
    """Whether the condition limits an Allow for everyone to the callers of certain accounts."""
    set_operator, row, if_exists = parse_operator(condition.operator)
    return (
        condition.key.lower() == "aws:principalaccount"
        and row is not None
        and row.family is OperatorFamily.STRING
        and not (row.negated or if_exists or set_operator.value)
    )
