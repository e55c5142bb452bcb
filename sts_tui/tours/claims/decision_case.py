"""Claims that one policy evaluation shows: policies (given), a request (when), a decision (then)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from sts_tui.iam import Decision, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.tours.claims.claim import Claim, Heading
from sts_tui.tours.claims.documents import NamedDocument, named, numbered
from sts_tui.tours.claims.members import ClaimFileError, Members


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """`given`: what is left out does not apply. `scps` and `rcps` are levels, from the root down."""

    identity: tuple[NamedDocument, ...] = ()
    session: tuple[NamedDocument, ...] | None = None
    boundary: NamedDocument | None = None
    resource: NamedDocument | None = None
    scps: tuple[tuple[NamedDocument, ...], ...] = ()
    rcps: tuple[tuple[NamedDocument, ...], ...] = ()
    endpoint: NamedDocument | None = None

    @classmethod
    def read(cls, members: Members, resource_name: str) -> Self:
        session = members.optional("session", list)
        return cls(
            identity=numbered(members.take("identity", list, []), "identity policy"),
            session=None if session is None else numbered(session, "session policy"),
            boundary=_one(members, "boundary", "boundary"),
            resource=_one(members, "resource", resource_name),
            scps=tuple(numbered(level, "SCP") for level in members.take("scps", list, [])),
            rcps=tuple(numbered(level, "RCP") for level in members.take("rcps", list, [])),
            endpoint=_one(members, "endpoint", "endpoint policy"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`when`: the request. A principal of null is anonymous; `caller` is what its ARN does not tell."""

    principal: str | None
    action: str
    resource: str = "*"
    resource_account: str | None = None
    context: Mapping[str, str | list[str]]
    caller: Caller | None = None

    @classmethod
    def read(cls, members: Members) -> Self:
        principal: str | None = members.take("principal", (str, type(None)))
        caller = members.optional("caller", dict)
        return cls(
            principal=principal,
            action=members.take("action", str),
            resource=members.take("resource", str, "*"),
            resource_account=members.optional("resource_account", str),
            context=_context(members.take("context", dict, {}), members.where),
            caller=None if caller is None else _caller(caller, members.where),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """`then`: what is not written is not claimed."""

    outcome: Outcome
    claims_type: bool
    """Whether it says which policy type settles it."""
    settled_by: PolicyType | None
    statements: tuple[str, ...] | None
    """Labels of the statements that decided: `policy#Sid`, or `policy#1` where it has no Sid."""
    reason: str | None
    """A part of the reason, in AWS's words."""

    @classmethod
    def read(cls, members: Members) -> Self:
        claims_type = members.has("settled_by")
        return cls(
            outcome=members.one_of("outcome", Outcome),
            claims_type=claims_type,
            settled_by=members.one_of_or_null("settled_by", PolicyType),
            statements=members.texts("statements") if members.has("statements") else None,
            reason=members.optional("reason", str),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCase(Claim):
    """A claim that one call of `evaluate` shows."""

    given: Policies
    when: Asked
    then: Expected

    @classmethod
    def read(cls, members: Members, topic: str) -> Self:
        with Members(members.take("when", dict), f"{members.where}.when") as asked:
            when = Asked.read(asked)
        with Members(members.take("given", dict), f"{members.where}.given") as policies:
            given = Policies.read(policies, "trust policy" if _is_about_a_role(when) else "resource policy")
        with Members(members.take("then", dict), f"{members.where}.then") as expected:
            then = Expected.read(expected)
        return cls(heading=Heading.read(members, topic), given=given, when=when, then=then)

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
            caller=when.caller,
        )

    def policy_set(self) -> PolicySet:
        given = self.given
        return PolicySet(
            identity=[*given.identity],
            session=None if given.session is None else [*given.session],
            boundary=given.boundary,
            resource=given.resource,
            scps=[[*level] for level in given.scps],
            rcps=[[*level] for level in given.rcps],
            endpoint=given.endpoint,
        )


def _one(members: Members, layer: str, name: str) -> NamedDocument | None:
    written = members.take(layer, (dict, str), None)
    return None if written is None else named(written, name)


def _is_about_a_role(when: Asked) -> bool:
    return when.action.startswith("sts:") and ":role/" in when.resource


def _context(written: Mapping[str, Any], where: str) -> Mapping[str, str | list[str]]:
    for key, value in written.items():
        if not isinstance(value, str) and not (
            isinstance(value, list) and all(isinstance(item, str) for item in value)
        ):
            raise ClaimFileError(f"{where}.context[{key}]: a string or a list of strings, not {value!r}")
    return written


def _caller(written: object, where: str) -> Caller:
    with Members(written, f"{where}.caller") as members:
        return Caller(
            kind=members.one_of("kind", CallerKind),
            arn=members.optional("arn", str),
            account=members.optional("account", str),
            issuer_arn=members.optional("issuer_arn", str),
            unique_id=members.optional("unique_id", str),
            is_service_linked=members.take("is_service_linked", bool, False),
            has_mfa=members.take("has_mfa", bool, False),
        )


def _differences(expected: Expected, decision: Decision) -> Iterator[str]:
    labels = tuple(statement.label for statement in decision.statements)
    if decision.outcome is not expected.outcome:
        yield f"outcome: wanted {expected.outcome.value}, got {decision.outcome.value} ({decision.reason})"
    if expected.claims_type and decision.settled_by is not expected.settled_by:
        yield f"settled by: wanted {_word(expected.settled_by)}, got {_word(decision.settled_by)}"
    if expected.statements is not None and sorted(labels) != sorted(expected.statements):
        yield f"statements: wanted {', '.join(expected.statements)}, got {', '.join(labels)}"
    if expected.reason is not None and expected.reason not in decision.reason:
        yield f"reason: wanted {expected.reason!r}, got {decision.reason!r}"


def _word(policy_type: PolicyType | None) -> str:
    return policy_type.value if policy_type else "no policy"
