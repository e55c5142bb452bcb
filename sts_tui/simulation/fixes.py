"""Which AWS calls would let a denied request through, and whom else: tried in the model, not guessed.

`sts_tui.iam.suggest_fixes` asks less: which edits of documents would, whoever could make them. Here an edit
has to be a call that IAM takes (sizes, grammar and quotas included) and that reaches the request through
attachments, groups and other accounts; so each is carried out and everything is gathered anew.

Every fix is one or more real calls that were carried out on a fork of the world, followed by the same
request evaluated there; what does not turn the verdict is not offered. Beside each stands whom else it
would let through, because the smallest fix is seldom the only one that works.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.iam import Decision, Outcome, PolicyType
from sts_tui.iam.caller import CallerKind
from sts_tui.simulation.authorizer import Prepared, Question, prepare
from sts_tui.simulation.callers import Authenticator
from sts_tui.simulation.equivalent_cli import cli_line
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.identities import operator_identity
from sts_tui.simulation.pipeline import Ask, carry_out
from sts_tui.simulation.policies import (
    AttachedDocument,
    boundary_document,
    governing_resource,
    identity_documents,
    principal_of,
)
from sts_tui.simulation.session_state import state_of
from sts_tui.simulation.world import World
from sts_tui.sts.identity import session_identity

if TYPE_CHECKING:
    from sts_tui.iam.explanation import StatementExplanation
    from sts_tui.simulation.simulation import Simulation

_MOST_STEPS: Final = 4
"""Layers that may have to be edited one after another before a request passes."""


class Step(Struct, frozen=True, kw_only=True):
    """One call of a fix."""

    action: str
    params: Mapping[str, Any]
    what: str
    """`add s3:PutObject to App/work#1`, `remove App/AWSRevokeOlderSessions`."""

    @property
    def command(self) -> str:
        """The `aws …` line."""
        return cli_line(self.action, self.params)


class Fix(Struct, frozen=True, kw_only=True):
    """Calls that turn a denied request into an allowed one, as tried on a fork."""

    steps: tuple[Step, ...]
    decision: Decision
    """The request's decision after them."""
    also_allowed: tuple[str, ...]
    """Other live sessions whose same request was denied and would be allowed."""


def fixes(sim: Simulation, event: RequestAnswered) -> tuple[Fix, ...]:
    """What would let this request through as things stand now, the smallest change first; empty where the
    request is allowed by now, or where no edit of a policy would help.
    """
    if event.recall is None:
        return ()
    world, now = sim.world, as_things_stand(event.recall, sim.world)
    if _allowed(prepare(now).decide(world.now)):
        return ()
    found = []
    for first in _steps(prepare(now), world.now):
        if fix := _completed(now, first, world, sim.seed):
            found.append(fix)
    return tuple(found)


def as_things_stand(question: Question, world: World) -> Question:
    """The same question put now, once everything that was written is in force."""
    return replace(_as_of(question, world.configuration), settings=world.settings)


def _as_of(question: Question, configuration: Configuration) -> Question:
    """The same question under another configuration; a trust policy is the one that stands there."""
    role = configuration.roles.get(question.resource)
    if question.resource_policy is None or role is None:
        return replace(question, configuration=configuration)
    trust = role.assume_role_policy_document
    return replace(question, configuration=configuration, resource_policy=trust)


def _allowed(decision: Decision) -> bool:
    return decision.outcome is Outcome.ALLOWED


def _completed(question: Question, first: Step, world: World, seed: int) -> Fix | None:
    """A fix that begins with this step, with what further layers need; None where it leads nowhere."""
    fork, steps, step = replace(world, settings=_at_once(world)), [], first
    while True:
        edited = _edited(fork, step, question, seed)
        if edited is None:
            return None
        steps.append(step)
        fork = replace(fork, configuration=edited, in_force=edited)
        prepared = prepare(_as_of(question, edited))
        decision = prepared.decide(world.now)
        if _allowed(decision):
            others = _also_allowed(question, world, edited)
            return Fix(steps=tuple(steps), decision=decision, also_allowed=others)
        following = next(_steps(prepared, world.now), None)
        if following is None or len(steps) == _MOST_STEPS or following in steps:
            return None
        step = following


def _at_once(world: World) -> Any:
    return replace(world.settings, propagation_seconds=0)


def _edited(fork: World, step: Step, question: Question, seed: int) -> Configuration | None:
    """The configuration after the call, made by the operator in the account that the edit is in."""
    account = _account_of_step(step, question)
    ask = Ask(action=step.action, params=step.params, caller=operator_identity(account))
    outcomes = carry_out(ask, fork, Authenticator(), seed)
    return None if outcomes.error else outcomes.answer.configuration


def _account_of_step(step: Step, question: Question) -> str | None:
    if step.action in ("s3:PutBucketPolicy", "kms:PutKeyPolicy", "iam:UpdateAssumeRolePolicy"):
        entry = governing_resource(question.resource, question.configuration)
        return entry.account if entry else account_of(question.resource)
    return question.caller.caller.account


def _steps(prepared: Prepared, now: datetime) -> Iterator[Step]:
    """Single edits that answer what decided against the request, the smallest change first."""
    decision = prepared.decide(now)
    if decision.outcome is Outcome.EXPLICIT_DENY:
        yield from _removals(prepared.question, decision)
        return
    match decision.settled_by:
        case PolicyType.IDENTITY:
            yield from _wider_statement(prepared, now)
            yield from _new_statement(prepared.question)
        case PolicyType.BOUNDARY:
            yield from _wider_boundary(prepared.question)
        case PolicyType.RESOURCE | PolicyType.TRUST:
            yield from _new_grant(prepared.question, decision.settled_by)
        case _:
            return  # `why_no_fix` says why


def _removals(question: Question, decision: Decision) -> Iterator[Step]:
    """Inline policies of the caller that deny: taking one away is the edit that is surely meant."""
    documents = list(identity_documents(principal_of(question.caller), question.configuration))
    for statement in decision.statements:
        for one in documents:
            if one.kind == "inline" and (one.owner, one.name) == (statement.owner, statement.policy):
                kind, name = one.attached_at.split(" ", 1)
                yield Step(
                    action=f"iam:Delete{kind.title()}Policy",
                    params={f"{kind.title()}Name": name, "PolicyName": one.name},
                    what=f"remove {statement.owner}/{statement.policy}",
                )


def _wider_statement(prepared: Prepared, now: datetime) -> Iterator[Step]:
    """The statement that came nearest, made to cover this action or resource too."""
    miss = prepared.explain(now).nearest_miss
    failed = miss.failed if miss else None
    if miss is None or failed is None or failed.element not in ("Action", "Resource"):
        return
    question = prepared.question
    added = question.action if failed.element == "Action" else question.resource
    for one in identity_documents(principal_of(question.caller), question.configuration):
        if (one.owner, one.name) == (miss.provenance.owner, miss.provenance.policy) and one.written:
            document = _with_entry(one.written.document, miss, failed.element, added)
            yield from _written(one, document, f"add {added} to {miss.provenance.label}")


def _with_entry(
    document: Mapping[str, Any], miss: StatementExplanation, element: str, added: str
) -> dict[str, Any]:
    edited: dict[str, Any] = deepcopy(dict(document))
    statements = _listed(edited["Statement"])
    statement = statements[miss.provenance.index]
    statement[element] = [*_listed(statement.get(element, [])), added]
    return {**edited, "Statement": statements}


def _new_statement(question: Question) -> Iterator[Step]:
    """An inline policy of its own that allows exactly this."""
    arn = principal_of(question.caller)
    name = "allow-" + question.action.replace(":", "-").replace("*", "any")
    document = _document(_statement(question))
    params: dict[str, Any]
    if role := question.configuration.roles.get(arn or ""):
        action, params = "iam:PutRolePolicy", {"RoleName": role.role_name}
    elif user := question.configuration.users.get(arn or ""):
        action, params = "iam:PutUserPolicy", {"UserName": user.user_name}
    else:
        return
    params |= {"PolicyName": name, "PolicyDocument": document}
    yield Step(action=action, params=params, what=f"allow {question.action} in a new inline policy {name}")


def _wider_boundary(question: Question) -> Iterator[Step]:
    ceiling = boundary_document(principal_of(question.caller), question.configuration)
    if ceiling is None or ceiling.written is None:
        return
    statements = [*_listed(ceiling.written.document.get("Statement", [])), _statement(question)]
    document = {**ceiling.written.document, "Statement": statements}
    yield from _written(ceiling, document, f"allow {question.action} in the boundary {ceiling.name}")


def _written(one: AttachedDocument, document: Mapping[str, Any], what: str) -> Iterator[Step]:
    """The call that writes a document anew where it stands; AWS managed policies cannot be edited."""
    if one.kind == "managed" and one.arn and account_of(one.arn) != "aws":
        params = {"PolicyArn": one.arn, "PolicyDocument": document, "SetAsDefault": True}
        yield Step(action="iam:CreatePolicyVersion", params=params, what=what)
    elif one.kind == "inline":
        kind, name = one.attached_at.split(" ", 1)
        params = {f"{kind.title()}Name": name, "PolicyName": one.name, "PolicyDocument": document}
        yield Step(action=f"iam:Put{kind.title()}Policy", params=params, what=what)


def _new_grant(question: Question, policy_type: PolicyType) -> Iterator[Step]:
    """A statement in the resource's own policy, or the role's trust policy, that names the caller."""
    grantee = principal_of(question.caller) or question.caller.arn
    kind = "Service" if question.caller.caller.kind is CallerKind.SERVICE else "AWS"
    if not grantee or question.caller.caller.kind is CallerKind.FEDERATED:
        return
    statement = {"Effect": "Allow", "Principal": {kind: grantee}, "Action": question.action}
    what = f"let {question.caller.label} in: {question.action}"
    if policy_type is PolicyType.TRUST:
        role = question.configuration.roles.get(question.resource)
        if role is None:
            return
        document = _with_statement(role.assume_role_policy_document.document, statement)
        params = {"RoleName": role.role_name, "PolicyDocument": document}
        yield Step(action="iam:UpdateAssumeRolePolicy", params=params, what=what)
        return
    entry = governing_resource(question.resource, question.configuration)
    if entry is None:
        return
    present = entry.policy.document if entry.policy else {"Version": "2012-10-17", "Statement": []}
    document = _with_statement(present, {**statement, "Resource": question.resource})
    if entry.arn.startswith("arn:aws:s3:::"):
        params = {"Bucket": entry.arn.rsplit(":", 1)[-1], "Policy": document}
        yield Step(action="s3:PutBucketPolicy", params=params, what=what)
    elif ":kms:" in entry.arn:
        params = {"KeyId": entry.arn, "PolicyName": "default", "Policy": document}
        yield Step(action="kms:PutKeyPolicy", params=params, what=what)


def _with_statement(document: Mapping[str, Any], statement: Mapping[str, Any]) -> dict[str, Any]:
    return {**document, "Statement": [*_listed(document.get("Statement", [])), statement]}


def _statement(question: Question) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": question.action, "Resource": question.resource}


def _document(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _also_allowed(question: Question, world: World, edited: Configuration) -> tuple[str, ...]:
    """Other live sessions whose same request is denied now and would pass then."""
    labels = []
    for session in world.sessions.values():
        if session is question.caller.session or not state_of(session, world).counts_as_active:
            continue
        asked = replace(question, caller=session_identity(session))
        before, after = prepare(asked), prepare(_as_of(asked, edited))
        if not _allowed(before.decide(world.now)) and _allowed(after.decide(world.now)):
            labels.append(session.label)
    return tuple(labels)
