"""What does an explanation contain? Every layer, every statement, the first failed element, listed and actual
values.

Frozen structs with text without markup. `lines()` formats them; `to_json()` converts them for other tools.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.provenance import PolicyType, Provenance
from sts_tui.iam.request import Request

if TYPE_CHECKING:
    from sts_tui.iam.explaining.near_misses import NearMisses


class ElementStatus(Enum):
    """The result of comparing one element of a statement."""

    MATCHED = "matched"
    FAILED = "failed"
    UNDECIDED = "undecided"
    NOT_REACHED = "not reached"
    """An earlier element had already failed."""


class ValueExplanation(Struct, frozen=True):
    """One value of the request, and the value in the policy that matched it."""

    value: str
    held: bool | None
    """Whether the condition is true for the value; None: undecided."""
    matched_by: str | None = None


class ElementExplanation(Struct, frozen=True):
    """One element of a statement: `Action`, `NotResource`, `StringEquals aws:PrincipalTag/team`."""

    element: str
    status: ElementStatus
    wanted: tuple[str, ...]
    """The values that the policy lists."""
    actual: tuple[str, ...] | None
    """The values that the request has; None: the condition key is absent."""
    matched_by: str | None = None
    """The pattern that matched, if it differs from the value: one with wildcards, or a variable with its
    value.
    """
    values: tuple[ValueExplanation, ...] = ()
    """For a condition: each value of the request separately."""
    note: str = ""
    """A note for the reader: `key absent: StringEquals is false; with IfExists it would be true`."""

    def line(self) -> str:
        """The element on one line of text."""
        actual = "(absent)" if self.actual is None else ", ".join(self.actual)
        parts = [
            f"{self.element:<28} policy {', '.join(self.wanted) or '(none)'}",
            f"request {actual}",
            self.status.value,
        ]
        if self.status is ElementStatus.NOT_REACHED:
            return "   ".join(parts)
        if self.matched_by is not None:
            parts.append(f"by {self.matched_by}")
        if self.note:
            parts.append(self.note)
        return "   ".join(parts)

    def to_json(self) -> dict[str, Json]:
        """The element as JSON, with keys in camelCase. `actual` is null if the request has no value."""
        return {
            "element": self.element,
            "status": self.status.value,
            "wanted": list(self.wanted),
            "actual": None if self.actual is None else list(self.actual),
            "matchedBy": self.matched_by,
            "values": [
                {"value": each.value, "held": each.held, "matchedBy": each.matched_by} for each in self.values
            ],
            "note": self.note,
        }


class StatementExplanation(Struct, frozen=True, dict=True):
    """One statement compared with the request. Its elements are compared only when they are read, because a
    policy may have a thousand statements of which a screen shows three.
    """

    provenance: Provenance
    effect: str
    """`Allow` or `Deny`."""
    status: ElementStatus
    """MATCHED, FAILED or UNDECIDED."""
    compared: Callable[[], tuple[ElementExplanation, ...]]
    decided: bool
    """Whether it is among the statements that decided."""
    note: str

    @cached_property
    def elements(self) -> tuple[ElementExplanation, ...]:
        """Every element, in the order of comparison."""
        return self.compared()

    @property
    def failed(self) -> ElementExplanation | None:
        """The first element that failed."""
        return next((each for each in self.elements if each.status is ElementStatus.FAILED), None)

    def line(self) -> str:
        """The statement on one line of text, with the element that failed."""
        head = f"{self.provenance.label}  {self.effect}  {self.status.value}"
        if self.failed is not None:
            head += f" at {self.failed.element}"
        return f"{head}  {self.note}" if self.note else head

    def lines(self) -> Iterator[str]:
        yield self.line()
        for element in self.elements:
            yield f"  {element.line()}"

    def to_json(self) -> dict[str, Json]:
        """The statement as JSON, with keys in camelCase."""
        return {
            "policyType": self.provenance.policy_type.value,
            "policy": self.provenance.policy,
            "owner": self.provenance.owner,
            "sid": self.provenance.sid,
            "index": self.provenance.index,
            "label": self.provenance.label,
            "effect": self.effect,
            "status": self.status.value,
            "decided": self.decided,
            "failedElement": self.failed.element if self.failed is not None else None,
            "elements": [element.to_json() for element in self.elements],
            "note": self.note,
        }


class LayerVerdict(Enum):
    """The result of all policies of one type."""

    EXPLICIT_DENY = "explicit deny"
    UNDECIDED = "undecided"
    ALLOWS = "allow"
    NO_ALLOW = "no allow"
    NONE = "none"
    """There is no policy of this type."""
    UNKNOWN = "unknown"
    """It is unknown whether there is one: the files lack the organization of the account, or the resource."""
    NOT_CONSULTED = "not consulted"
    """Policies of this type do not apply to this caller or request."""


class LayerExplanation(Struct, frozen=True):
    """One policy type; SCPs and RCPs have one for each level of the organization."""

    policy_type: PolicyType
    verdict: LayerVerdict
    statements: Sequence[StatementExplanation]
    """All statements, in order. Each explanation is made when it is read."""
    level: int | None = None
    """For SCPs and RCPs: 0 is the organization's root, the last is the account."""
    nearest_miss: StatementExplanation | None = None
    """If an Allow was needed and none matched: the Allow that failed at the latest element."""
    note: str = ""
    counted: tuple[StatementExplanation, ...] = ()
    """The statements that matched, are undecided, or decided the request."""

    @property
    def name(self) -> str:
        """`service control policy, level 1`, counted from the root of the organization."""
        return (
            self.policy_type.value
            if self.level is None
            else f"{self.policy_type.value}, level {self.level + 1}"
        )

    def is_missing_in(self, decision: Decision) -> bool:
        """Whether the request was denied because this layer lacks an Allow."""
        return (
            decision.outcome is Outcome.IMPLICIT_DENY
            and self.policy_type is decision.settled_by
            and self.verdict is LayerVerdict.NO_ALLOW
        )

    @property
    def deciding(self) -> tuple[StatementExplanation, ...]:
        """Its statements that matched or are undecided."""
        return tuple(each for each in self.counted if each.status is not ElementStatus.FAILED)

    def lines(self) -> Iterator[str]:
        """The layer on one line, then its statements that decided (in a denying layer only the Denies), or
        the nearest miss.
        """
        yield f"{self.name:<34} {self.verdict.value:<14} {self.note}".rstrip()
        if self.verdict is LayerVerdict.NOT_CONSULTED:
            return
        denies = self.verdict is LayerVerdict.EXPLICIT_DENY
        decided = tuple(each for each in self.deciding if not denies or each.effect == "Deny")
        shown = decided or ((self.nearest_miss,) if self.nearest_miss is not None else ())
        for statement in shown:
            for line in statement.lines():
                yield f"  {line}"

    def to_json(self) -> dict[str, Json]:
        """The layer as JSON, with keys in camelCase. `level` is null if its type has no levels."""
        return {
            "policyType": self.policy_type.value,
            "level": self.level,
            "verdict": self.verdict.value,
            "note": self.note,
            "nearestMiss": self.nearest_miss.provenance.label if self.nearest_miss is not None else None,
            "statements": [statement.to_json() for statement in self.statements],
        }


MOST_NEAR_MISSES: Final = 8
"""How many statements that did not match an explanation lists. The others are only counted."""


class ExplanationText(Struct, frozen=True):
    """The output of `lines()` and `to_json()`, separate so that the explanation itself can be lazy."""

    request: Request
    decision: Decision
    layers: tuple[LayerExplanation, ...]
    sentence: str
    near_misses: NearMisses

    def lines(self) -> Iterator[str]:
        outcome = self.decision.outcome.value
        yield f"{outcome}: {self.decision.reason.removeprefix(f'{outcome}, ')}"
        yield f"  {self.request.principal or 'anonymous'}  {self.request.action}  {self.request.resource}"
        if self.sentence:
            yield f"  {self.sentence}"
        for layer in self.layers:
            for line in layer.lines():
                yield f"  {line}"
        yield from self._near_misses()
        yield "  context"
        for key, value in self.request.spelled_context.items():
            yield f"    {key} = {value if isinstance(value, str) else list(value)}"

    def _near_misses(self) -> Iterator[str]:
        found = self.near_misses
        if not found.listed:
            return
        yield "  evaluated, did not match (nearest first)"
        for miss in found.listed[:MOST_NEAR_MISSES]:
            yield f"    {miss.line()}"
        if rest := found.rest(MOST_NEAR_MISSES):
            yield f"    {rest}"

    def to_json(self) -> dict[str, Json]:
        """The explanation as JSON, with keys in camelCase."""
        settled_by = self.decision.settled_by
        return {
            "outcome": self.decision.outcome.value,
            "settledBy": settled_by.value if settled_by is not None else None,
            "reason": self.decision.reason,
            "message": self.sentence,
            "statements": [provenance.label for provenance in self.decision.statements],
            "leftOut": [each.value for each in self.decision.left_out],
            "principal": self.request.principal,
            "action": self.request.action,
            "resource": self.request.resource,
            "resourceAccount": self.request.resource_account,
            "context": {
                key: value if isinstance(value, str) else list(value)
                for key, value in self.request.spelled_context.items()
            },
            "layers": [layer.to_json() for layer in self.layers],
            "nearMisses": [miss.to_json() for miss in self.near_misses.listed],
        }

    def to_authorization_message(self) -> dict[str, object]:
        """The JSON of DecodeAuthorizationMessage: the statements that decided, the caller, and the condition
        keys.

        https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
        """
        values = self.request.spelled_context
        conditions = [
            {"key": key, "values": {"items": [{"value": each} for each in _several(value)]}}
            for key, value in values.items()
        ]
        return {
            "allowed": self.decision.is_allowed,
            "explicitDeny": self.decision.outcome is Outcome.EXPLICIT_DENY,
            "matchedStatements": {
                "items": [
                    {"statementId": each.sid or "", "effect": "DENY", "sourcePolicyId": each.policy}
                    for each in self.decision.statements
                    if self.decision.outcome is Outcome.EXPLICIT_DENY
                ]
            },
            "failures": {"items": []},
            "context": {
                "principal": {"id": values.get("aws:userid", ""), "arn": self.request.principal or ""},
                "action": self.request.action,
                "resource": self.request.resource,
                "conditions": {"items": conditions},
            },
        }


def _several(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
