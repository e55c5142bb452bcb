"""Which claims does one policy evaluation show? Policies (given), a request (when), a decision (then)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import convert
from pydantic import Field, StrictBool

from sts_tui.account.format.file_format import FORMATS
from sts_tui.iam import Decision, EvaluationSettings, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.tours.claims.claim import Claim, Written
from sts_tui.tours.claims.documents import WrittenDocument, named, numbered


class Policies(Written):
    """`given`: policies that are left out do not apply. `scps` and `rcps` are levels, from the root down."""

    identity: tuple[WrittenDocument, ...] = ()
    session: tuple[WrittenDocument, ...] | None = None
    scope_downs: tuple[WrittenDocument, ...] = ()
    boundary: WrittenDocument | None = None
    resource: WrittenDocument | None = None
    scps: tuple[tuple[WrittenDocument, ...], ...] = ()
    rcps: tuple[tuple[WrittenDocument, ...], ...] = ()
    endpoint: WrittenDocument | None = None
    settings: Mapping[str, StrictBool | str] = Field(default_factory=dict)
    """Settings for open questions, as in `Settings` of an account file."""

    def evaluation_settings(self) -> EvaluationSettings:
        keys = FORMATS["Settings"].keys
        named = {keys[key].field: value for key, value in self.settings.items()}
        return convert(named, EvaluationSettings)


class WrittenCaller(Written):
    """Facts about the caller that the ARN of its principal does not contain."""

    kind: CallerKind
    arn: str | None = None
    account: str | None = None
    issuer_arn: str | None = None
    unique_id: str | None = None
    is_service_linked: StrictBool = False
    has_mfa: StrictBool = False


class Asked(Written):
    """`when`: the request. A principal of null is anonymous; `caller` has facts that its ARN does not
    contain.
    """

    principal: str | None
    action: str
    resource: str = "*"
    resource_account: str | None = None
    context: Mapping[str, str | list[str]] = Field(default_factory=dict)
    caller: WrittenCaller | None = None


class Expected(Written):
    """`then`: members that are left out are not claimed."""

    outcome: Outcome
    settled_by: PolicyType | None = None
    """Null claims that no policy type decides it."""
    statements: tuple[str, ...] | None = None
    """Labels of the deciding statements: `policy#Sid`, or `policy#1` without a Sid."""
    reason: str | None = None
    """A part of the reason, in AWS's words."""

    @property
    def claims_type(self) -> bool:
        """Whether it claims which policy type decides."""
        return "settled_by" in self.model_fields_set


class DecisionCase(Claim):
    """A claim that one call of `evaluate` shows."""

    given: Policies
    when: Asked
    then: Expected

    def check(self) -> str:
        return "\n".join(_differences(self.then, evaluate(self.request(), self.policy_set())))

    def request(self) -> Request:
        when = self.when
        return Request(
            principal=when.principal,
            action=when.action,
            resource=when.resource,
            resource_account=when.resource_account,
            context=when.context,
            caller=None if when.caller is None else Caller(**dict(when.caller)),
        )

    def policy_set(self) -> PolicySet:
        given = self.given
        return PolicySet(
            identity=numbered(given.identity, "identity policy"),
            session=None if given.session is None else numbered(given.session, "session policy"),
            scope_downs=[[document] for document in numbered(given.scope_downs, "scope-down policy")],
            boundary=_one(given.boundary, "boundary"),
            resource=_one(
                given.resource, "trust policy" if _is_about_a_role(self.when) else "resource policy"
            ),
            scps=[numbered(level, "SCP") for level in given.scps],
            rcps=[numbered(level, "RCP") for level in given.rcps],
            endpoint=_one(given.endpoint, "endpoint policy"),
            settings=given.evaluation_settings(),
        )


def _one(written: WrittenDocument | None, name: str) -> tuple[str, dict[str, Any]] | None:
    return None if written is None else named(written, name)


def _is_about_a_role(when: Asked) -> bool:
    return when.action.startswith("sts:") and ":role/" in when.resource


def _differences(expected: Expected, decision: Decision) -> Iterator[str]:
    labels = tuple(statement.label for statement in decision.statements)
    if decision.outcome is not expected.outcome:
        yield f"outcome: expected {expected.outcome.value}, got {decision.outcome.value} ({decision.reason})"
    if expected.claims_type and decision.settled_by is not expected.settled_by:
        yield f"settled by: expected {_word(expected.settled_by)}, got {_word(decision.settled_by)}"
    if expected.statements is not None and sorted(labels) != sorted(expected.statements):
        yield f"statements: expected {', '.join(expected.statements)}, got {', '.join(labels)}"
    if expected.reason is not None and expected.reason not in decision.reason:
        yield f"reason: expected {expected.reason!r}, got {decision.reason!r}"


def _word(policy_type: PolicyType | None) -> str:
    return policy_type.value if policy_type else "no policy"
