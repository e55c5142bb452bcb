"""Policy documents into compiled statements: the only reader of documents.

A document need not be one that AWS would store: real dumps hold surprises. What is not understood makes its
statement undecided; never an exception, and never a guess.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, Final, TypeVar

from msgspec import Struct

from sts_tui.iam.conditions import Condition, compile_condition, undecidable
from sts_tui.iam.conditions.operator import Scope
from sts_tui.iam.decision import PolicyType
from sts_tui.iam.match import Actions, BeyondAction, Principals, Resources, ResourceTest, Statement
from sts_tui.iam.patterns import (
    ARN_SEGMENTS,
    Matcher,
    Tokens,
    Wildcard,
    arn_matcher,
    arn_segments,
    glob,
    glob_of,
    literal_head,
    starts_with,
    tokens_of,
)
from sts_tui.iam.principals import PrincipalElement
from sts_tui.iam.request import Request
from sts_tui.iam.settings import EvaluationSettings
from sts_tui.iam.variables import MalformedVariableError, Template, is_plain, substituted, template_of

_Part = TypeVar("_Part")
_CURRENT_VERSION: Final = "2012-10-17"


class PrincipalRule(Enum):
    """Whether a policy type has Principal elements."""

    FORBIDDEN = "forbidden"
    """Identity, boundary and session policies and SCPs: the principal is whom the policy is attached to."""
    REQUIRED = "required"
    EVERYONE_BY_DEFAULT = "everyone by default"
    """An RCP can only say `*`; an endpoint policy without Principal is read the same way."""


PRINCIPAL_RULES: Final[Mapping[PolicyType, PrincipalRule]] = {
    PolicyType.IDENTITY: PrincipalRule.FORBIDDEN,
    PolicyType.BOUNDARY: PrincipalRule.FORBIDDEN,
    PolicyType.SESSION: PrincipalRule.FORBIDDEN,
    PolicyType.SCP: PrincipalRule.FORBIDDEN,
    PolicyType.RESOURCE: PrincipalRule.REQUIRED,
    PolicyType.TRUST: PrincipalRule.REQUIRED,
    PolicyType.RCP: PrincipalRule.EVERYONE_BY_DEFAULT,
    PolicyType.ENDPOINT: PrincipalRule.EVERYONE_BY_DEFAULT,
}


class Origin(Struct, frozen=True):
    """What every statement of a document has in common."""

    policy: str
    owner: str
    arn: str
    rule: PrincipalRule
    settings: EvaluationSettings


class _RefusedError(ValueError):
    """A part of a statement that AWS would not store."""


def compile_document(document: Mapping[str, Any], origin: Origin) -> tuple[Statement, ...]:
    """Every statement of a document, in order; none is left out."""
    written = document.get("Statement", ())
    has_variables = document.get("Version") == _CURRENT_VERSION
    return tuple(
        _Reader(each, has_variables, origin).statement(index) for index, each in enumerate(_listed(written))
    )


def _listed(value: Any) -> Sequence[Any]:
    """A scalar stands for a list of one."""
    return value if isinstance(value, list | tuple) else (value,)


@lru_cache(maxsize=64)
def _scope(has_variables: bool, is_deny: bool, settings: EvaluationSettings) -> Scope:
    """Shared by all statements that have it in common."""
    return Scope(has_variables, is_deny, settings)


class _Reader:
    """Reads one statement and collects what AWS would refuse."""

    __slots__ = ("_doubts", "_origin", "_scope", "_written")

    def __init__(self, written: Any, has_variables: bool, origin: Origin) -> None:
        self._doubts: list[str] = []
        self._written: Mapping[str, Any] = written if isinstance(written, Mapping) else {}
        self._origin = origin
        effect = self._written.get("Effect")
        self._scope = _scope(has_variables, effect == "Deny", origin.settings)
        if effect not in ("Allow", "Deny"):
            self._doubts.append("Effect is neither Allow nor Deny")

    def statement(self, index: int) -> Statement:
        sid = self._written.get("Sid")
        return Statement(
            policy=self._origin.policy,
            owner=self._origin.owner,
            arn=self._origin.arn,
            index=index,
            sid=sid if isinstance(sid, str) and sid else None,
            actions=self._read(self._actions) or _EVERY_ACTION,
            scope=self._scope,
            beyond_action=self.beyond_action,
        )

    def beyond_action(self) -> BeyondAction:
        resources, principals = self._read(self._resources), self._read(self._principals)
        conditions = tuple(self._conditions())
        delegates = self._origin.settings.account_condition_delegates
        is_limited = delegates and any(map(_limits_to_account, conditions))
        return BeyondAction(resources, principals, conditions, "; ".join(self._doubts), is_limited)

    def _read(self, part: Callable[[], _Part]) -> _Part | None:
        """A part, or None with a doubt noted, so that what is around it still counts."""
        try:
            return part()
        except (_RefusedError, MalformedVariableError) as fault:
            self._doubts.append(str(fault))
            return None

    def _one_of(self, element: str) -> tuple[Any, bool] | None:
        """The value of an element or of its Not-form, and which of them it is."""
        given, negated = self._written.get(element), self._written.get(f"Not{element}")
        if given is not None and negated is not None:
            raise _RefusedError(f"both {element} and Not{element} are given")
        if given is None and negated is None:
            return None
        return (given, False) if negated is None else (negated, True)

    def _actions(self) -> Actions:
        found = self._one_of("Action")
        if found is None:
            raise _RefusedError("neither Action nor NotAction is given")
        written = _texts("Action", found[0])
        return Actions(written, found[1], _any_action(tuple(text.lower() for text in written)))

    def _resources(self) -> Resources | None:
        found = self._one_of("Resource")
        if found is None:
            if self._origin.rule is PrincipalRule.FORBIDDEN:
                raise _RefusedError("neither Resource nor NotResource is given")
            return None  # the policy of a resource is about that resource
        written, negated = _texts("Resource", found[0]), found[1]
        if "*" in written and not negated:
            return Resources(written, negated, None)
        return _compiled_resources(written, negated, self._scope)

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
        needs_account = self._origin.settings.not_principal_needs_account
        return Principals(found[0], found[1], element, needs_account, self._scope.is_deny)

    def _conditions(self) -> Iterator[Condition]:
        block = self._written.get("Condition", {})
        if not isinstance(block, Mapping):
            self._doubts.append("Condition is an object of operators")
            return
        for operator, keys in block.items():
            if not isinstance(keys, Mapping):
                self._doubts.append(f"{operator} is an object of condition keys")
                continue
            for key, values in keys.items():
                yield self._condition(operator, key, values)

    def _condition(self, operator: str, key: str, values: Any) -> Condition:
        wanted = tuple(_operand(value) for value in _listed(values))
        texts = tuple(text for text in wanted if text is not None)
        if len(texts) < len(wanted):
            return undecidable(operator, key, texts, f"{key} has a value that is no text, number or boolean")
        try:
            return compile_condition(operator, key, texts, self._scope)
        except MalformedVariableError as fault:
            return undecidable(operator, key, texts, str(fault))


def _texts(element: str, value: Any) -> tuple[str, ...]:
    texts = tuple(_listed(value))
    if not texts or not all(isinstance(text, str) for text in texts):
        raise _RefusedError(f"{element} is a string or a list of strings")
    return texts


def _operand(value: Any) -> str | None:
    """A value of a condition as text: numbers and booleans may stand without quotes."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
    return None


def _limits_to_account(condition: Condition) -> bool:
    """Whether an Allow for everyone is limited by it to callers of some account."""
    return condition.key.lower() == "aws:principalaccount" and condition.operator in (
        "StringEquals",
        "StringEqualsIgnoreCase",
        "StringLike",
    )


# --- actions ---


_EVERYTHING: Final = re.compile(r"\*+(:\*+)?")


def _every_action(_action: str) -> bool:
    return True


def _no_action(_action: str) -> bool:
    return False


_EVERY_ACTION: Final = Actions(("*",), False, _every_action)


@lru_cache(maxsize=8192)
def _any_action(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """A test whether one of the patterns, in lower case, covers an action; equal lists share one."""
    literals = frozenset(pattern for pattern in patterns if "*" not in pattern and "?" not in pattern)
    matchers = tuple(_action_matcher(pattern) for pattern in patterns if pattern not in literals)
    if _every_action in matchers:
        return _every_action
    if not matchers:
        return literals.__contains__
    if len(matchers) == 1 and not literals:
        return matchers[0]

    def covers(action: str) -> bool:
        return action in literals or any(matches(action) for matches in matchers)

    return covers


def _action_matcher(pattern: str) -> Matcher:
    """`*`, `*:*`, or `service:` and a name with wildcards; the service's prefix itself has none.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    if _EVERYTHING.fullmatch(pattern):
        return _every_action
    prefix, colon, _name = pattern.partition(":")
    if not colon or "*" in prefix or "?" in prefix:
        return _no_action
    return glob(pattern)


def matching_action(actions: Actions, action: str) -> str | None:
    """The pattern, as written, that covers an action given in lower case; for explanations."""
    return next((text for text in actions.written if _any_action((text.lower(),))(action)), None)


# --- resources ---


def _compiled_resources(written: tuple[str, ...], negated: bool, scope: Scope) -> Resources:
    literals, matchers, variable, heads = [], [], [], []
    for text in written:
        head, star, tail = text.partition("*")
        if not tail and head.count(":") >= ARN_SEGMENTS - 1 and "?" not in head and "$" not in head:
            heads.append(head)  # by far the most: a whole ARN, or one with a single `*` at its end
            if star:
                matchers.append(starts_with(head))
            else:
                literals.append(text)
            continue
        template = _resource_template(text, scope)
        heads.append(literal_head(template))
        if is_plain(template):
            matchers.append(_resource_matcher(template, scope.settings.resource_wildcards_cross_colons))
        else:
            variable.append(template)
    matches = _any_of(literals, matchers)
    if variable:
        return Resources(
            written, negated, _with_variables(matches, tuple(variable), negated, scope), tuple(heads)
        )
    return Resources(
        written, negated, _without_variables(matches, negated), ("",) if negated else tuple(heads)
    )


def _any_of(literals: list[str], matchers: list[Matcher]) -> Matcher:
    """A test whether a resource is one of some literals, or matches one of some patterns."""
    if len(literals) == 1 and not matchers:
        return literals[0].__eq__
    if len(matchers) == 1 and not literals:
        return matchers[0]
    known, wild = frozenset(literals), tuple(matchers)
    if not wild:
        return known.__contains__

    def matches(resource: str) -> bool:
        if resource in known:
            return True
        for matcher in wild:  # noqa: SIM110 - any() with a generator takes three times as long, on the hottest path
            if matcher(resource):
                return True
        return False

    return matches


def matching_resource(resources: Resources, scope: Scope, request: Request) -> str | None:
    """The pattern, as written, that matches the resource of a request; for explanations."""
    for text in resources.written:
        test = _compiled_resources((text,), False, scope).test
        if test is not None and test(request):
            return text
    return None


def _resource_template(text: str, scope: Scope) -> Template:
    """A pattern, its variables read only after the fifth colon, where AWS allows them."""
    if not scope.has_variables or "${" not in text:
        return tokens_of(text)
    *head, resource = text.split(":", 5)
    if len(head) < 5:
        return tokens_of(text)
    before = tokens_of(":".join(head) + ":")
    return _joined((*before, *template_of(resource, wildcards=True)))


def _joined(template: Template) -> Template:
    """Neighbouring literals made one, so that a pattern begins with the longest literal that it can."""
    joined: list[Any] = []
    for part in template:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


@lru_cache(maxsize=8192)
def _resource_matcher(tokens: Tokens, wide: bool) -> Matcher:
    """One pattern. An incomplete ARN is completed with `*`; the service's segment has no wildcards.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if wide or tokens == (Wildcard.RUN,):
        return glob_of(tokens)
    segments = arn_segments(tokens)
    if len(segments) > 2 and any(isinstance(token, Wildcard) for token in segments[2]):
        return _no_action
    if 2 < len(segments) < 6:
        tokens = _joined(
            tokens + tuple(part for _ in range(6 - len(segments)) for part in (":", Wildcard.RUN))
        )  # type: ignore[assignment]  # no Variable in these
    return arn_matcher(tokens) or glob_of(tokens)


def _without_variables(matches: Matcher, negated: bool) -> ResourceTest:
    if negated:
        return lambda request: not matches(request.resource)
    return lambda request: matches(request.resource)


def _with_variables(
    matches: Matcher, templates: tuple[Template, ...], negated: bool, scope: Scope
) -> ResourceTest:
    settings = scope.settings

    def test(request: Request) -> bool:
        resource = request.resource
        if matches(resource):
            return not negated
        for template in templates:
            tokens = substituted(
                template, request.values, wildcards_in_values=settings.wildcards_in_variable_values
            )
            if tokens is None:  # a variable without a value: the entry matches no resource
                if negated and not settings.not_resource_with_missing_variable_matches:
                    return False
            elif _resource_matcher(_joined(tokens), settings.resource_wildcards_cross_colons)(resource):
                return not negated
        return negated

    return test
