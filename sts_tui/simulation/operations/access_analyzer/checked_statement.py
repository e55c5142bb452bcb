"""What is in a statement that ValidatePolicy checks? Its parts with their paths; it need not be valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.account.json_value import Json
from sts_tui.account.policies.condition_operators import OperatorFamily, OperatorName, parse_operator
from sts_tui.account.policies.policy_kind import PolicyKind

PRINCIPAL_ELEMENTS: Final = ("Principal", "NotPrincipal")


class ConditionTest(Struct, frozen=True):
    """One condition key under one operator. `values`: (path, value of any JSON type)."""

    operator: str
    name: OperatorName
    key: str
    values: tuple[tuple[Steps, Json], ...]
    steps: Steps

    @property
    def family(self) -> OperatorFamily | None:
        """The operator's family; None if AWS has no such operator."""
        return self.name.row.family if self.name.row is not None else None

    @property
    def is_negated(self) -> bool:
        """Whether the operator matches if no value does."""
        return self.name.row is not None and self.name.row.negated

    @property
    def is_like(self) -> bool:
        """Whether wildcards in its values count, as for StringLike and every ARN operator."""
        row = self.name.row
        return row is not None and row.comparison == "Like"

    def texts(self) -> Iterator[tuple[Steps, str]]:
        """Each value that is text, with its path."""
        return ((steps, value) for steps, value in self.values if isinstance(value, str))


class CheckedStatement(Struct, frozen=True):
    """One statement. `resource_type`: what the policy is attached to (`AWS::S3::Bucket`), if the call gives
    it; `is_current`: the version of the policy has variables.
    """

    elements: Mapping[str, Json]
    kind: PolicyKind
    steps: Steps
    resource_type: str = ""
    is_current: bool = True

    @property
    def is_allow(self) -> bool:
        """Whether its effect is Allow."""
        return self.elements.get("Effect") == "Allow"

    def at(self, element: str) -> Steps:
        """The path of an element."""
        return (*self.steps, element)

    def texts(self, element: str) -> tuple[tuple[Steps, str], ...]:
        """(path, text) of each text of an element, which holds one or several."""
        return tuple(texts(self.elements.get(element), self.at(element)))

    def names(self, element: str) -> tuple[str, ...]:
        """The texts of an element, without paths."""
        return tuple(text for _, text in self.texts(element))

    def principals(self, *elements: str) -> Iterator[tuple[Steps, str, str]]:
        """Path, key and name of each principal; without `elements` those of Principal and NotPrincipal."""
        for element in elements or PRINCIPAL_ELEMENTS:
            named = self.elements.get(element)
            for key, value in named.items() if isinstance(named, Mapping) else ():
                for steps, text in texts(value, (*self.at(element), key)):
                    yield steps, key, text

    def tests(self) -> Iterator[ConditionTest]:
        """Each key of the Condition block."""
        condition = self.elements.get("Condition")
        for operator, keys in condition.items() if isinstance(condition, Mapping) else ():
            for key, value in keys.items() if isinstance(keys, Mapping) else ():
                steps = (*self.at("Condition"), operator, key)
                values = (
                    tuple(((*steps, index), one) for index, one in enumerate(value))
                    if isinstance(value, list)
                    else ((steps, value),)
                )
                yield ConditionTest(operator, parse_operator(operator), key, values, steps)

    def condition_keys(self) -> frozenset[str]:
        """The names of its condition keys, in lower case."""
        return frozenset(test.key.lower() for test in self.tests())


def texts(value: Json, steps: Steps) -> Iterator[tuple[Steps, str]]:
    """(path, text) of each text of a value that holds one or several."""
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, list):
        for index, one in enumerate(value):
            if isinstance(one, str):
                yield (*steps, index), one


def has_wildcard(text: str) -> bool:
    """Whether a text has a wildcard or a policy variable."""
    return any(sign in text for sign in ("*", "?", "${"))
