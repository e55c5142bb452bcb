"""Which single edits could change the decision on a denied request? `fixes` tries these candidates. Each is
one call. There are none for policies that no simulated call can edit: session policies are part of
credentials, and policies of VPC endpoints are edited in EC2 (`why_no_fix`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.entities import NamedPolicy
from sts_tui.account.json_value import Json
from sts_tui.iam import Outcome, PolicyType
from sts_tui.iam.caller import CallerKind
from sts_tui.iam.provenance import Provenance
from sts_tui.simulation.authorization.authorizer import Prepared, Question
from sts_tui.simulation.authorization.organization import FULL_AWS_ACCESS, Level, levels_of
from sts_tui.simulation.authorization.policies import (
    AttachedDocument,
    boundary_document,
    governing_resource,
    identity_documents,
    principal_of,
)
from sts_tui.simulation.operations.equivalent_cli import cli_line
from sts_tui.simulation.operations.organizations.organization_policies import (
    RCP,
    SCP,
    OrganizationPolicyType,
    policy_id,
)

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explanation import StatementExplanation


class Step(Struct, frozen=True, kw_only=True):
    """One call of a fix."""

    action: str
    params: Mapping[str, object]
    what: str
    """`add s3:PutObject to App/work#1`, `remove App/AWSRevokeOlderSessions`."""

    @property
    def command(self) -> str:
        """The `aws …` line."""
        return cli_line(self.action, self.params)


def steps(prepared: Prepared, now: datetime) -> Iterator[Step]:
    """Single edits that could change the denial, the smallest change first."""
    decision = prepared.decide(now)
    question = prepared.question
    if decision.outcome is Outcome.EXPLICIT_DENY:
        for statement in decision.statements:
            yield from _removals(question, statement)
        return
    match decision.settled_by:
        case PolicyType.IDENTITY:
            yield from _wider_statement(prepared, now)
            yield from _new_statement(question)
        case PolicyType.BOUNDARY:
            yield from _wider_boundary(question)
        case PolicyType.RESOURCE | PolicyType.TRUST:
            yield from _new_grant(question, decision.settled_by)
        case PolicyType.SCP:
            yield from _more_scps(question)
        case _:
            return  # `why_no_fix` says why


def _removals(question: Question, statement: Provenance) -> Iterator[Step]:
    """Edits that remove a denying statement: the whole policy if it is one of several of the caller or of the
    organization, else only the statement.
    """
    match statement.policy_type:
        case PolicyType.IDENTITY:
            for one in identity_documents(principal_of(question.caller), question.configuration):
                if (one.owner, one.name) == (statement.owner, statement.policy):
                    yield _without_policy(one, statement)
        case PolicyType.BOUNDARY:
            ceiling = boundary_document(principal_of(question.caller), question.configuration)
            if ceiling and ceiling.written:
                document = _without_statement(ceiling.written.document, statement)
                yield from _written(ceiling, document, f"take {statement.label} out of the boundary")
        case PolicyType.RESOURCE | PolicyType.TRUST:
            if present := _document_on_resource(question, statement.policy_type):
                document = _without_statement(present, statement)
                what = f"take {statement.label} out"
                yield from _written_on_resource(question, statement.policy_type, document, what)
        case PolicyType.SCP:
            yield from _detached(question, statement.policy, SCP)
        case PolicyType.RCP:
            yield from _detached(question, statement.policy, RCP)


def _without_policy(one: AttachedDocument, statement: Provenance) -> Step:
    kind, name = one.attached_at.split(" ", 1)
    params = {f"{kind.title()}Name": name}
    if one.kind == "inline":
        what = f"remove {statement.owner}/{statement.policy}"
        action, params["PolicyName"] = f"iam:Delete{kind.title()}Policy", one.name
    else:
        what = f"detach {one.name} from {one.attached_at}"
        action, params["PolicyArn"] = f"iam:Detach{kind.title()}Policy", one.arn or ""
    return Step(action=action, params=params, what=what)


def _without_statement(document: Mapping[str, object], statement: Provenance) -> dict[str, object]:
    rest = _listed(document.get("Statement", []))
    return {**document, "Statement": [*rest[: statement.index], *rest[statement.index + 1 :]]}


def _detached(question: Question, name: str, policy_type: OrganizationPolicyType) -> Iterator[Step]:
    """Detach the organization's policy from each root, unit or account above the caller that has it. If it is
    the only SCP there, FullAWSAccess is attached first, because the last SCP cannot be detached.
    """
    for level in _levels(question, policy_type):
        attached = policy_type.list.of_level(level)
        for policy in attached:
            if policy.name == name and policy_type is SCP and len(attached) == 1:
                yield _attached(FULL_AWS_ACCESS, level)
            elif policy.name == name:
                yield Step(
                    action="organizations:DetachPolicy",
                    params={"PolicyId": policy_id(policy, policy_type), "TargetId": level.id},
                    what=f"detach {name} from {level.name}",
                )


def _more_scps(question: Question) -> Iterator[Step]:
    """Attach FullAWSAccess to each level without it; trying shows which level lacks the Allow."""
    for level in _levels(question, SCP):
        if all(policy.name != FULL_AWS_ACCESS.name for policy in level.service_control_policies):
            yield _attached(FULL_AWS_ACCESS, level)


def _attached(policy: NamedPolicy, level: Level) -> Step:
    return Step(
        action="organizations:AttachPolicy",
        params={"PolicyId": policy_id(policy, SCP), "TargetId": level.id},
        what=f"attach {policy.name} to {level.name}",
    )


def _levels(question: Question, policy_type: OrganizationPolicyType) -> tuple[Level, ...]:
    """The levels of the caller's account; for RCPs, of the resource's account."""
    account = question.caller.caller.account
    if policy_type is RCP:
        entry = governing_resource(question.resource, question.configuration)
        account = question.resource_account or (entry.account if entry else account_of(question.resource))
    return levels_of(account or "", question.configuration)


def _wider_statement(prepared: Prepared, now: datetime) -> Iterator[Step]:
    """Extend the statement that nearly matched to cover this action or resource too."""
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
    document: Mapping[str, object], miss: StatementExplanation, element: str, added: str
) -> dict[str, object]:
    statements = list(_listed(document["Statement"]))
    statement = statements[miss.provenance.index]
    assert isinstance(statement, Mapping)  # the engine found the failing element in it
    statements[miss.provenance.index] = {
        **statement,
        element: [*_listed(statement.get(element, [])), added],
    }
    return {**document, "Statement": statements}


def _new_statement(question: Question) -> Iterator[Step]:
    """A new inline policy that allows exactly this request."""
    arn = principal_of(question.caller)
    name = "allow-" + question.action.replace(":", "-").replace("*", "any")
    document = _document(_statement(question))
    params: dict[str, object]
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


def _written(one: AttachedDocument, document: Mapping[str, object], what: str) -> Iterator[Step]:
    """The call that replaces a document in its policy; AWS managed policies cannot be edited."""
    if one.kind == "managed" and one.arn and account_of(one.arn) != "aws":
        params = {"PolicyArn": one.arn, "PolicyDocument": document, "SetAsDefault": True}
        yield Step(action="iam:CreatePolicyVersion", params=params, what=what)
    elif one.kind == "inline":
        kind, name = one.attached_at.split(" ", 1)
        params = {f"{kind.title()}Name": name, "PolicyName": one.name, "PolicyDocument": document}
        yield Step(action=f"iam:Put{kind.title()}Policy", params=params, what=what)


def _new_grant(question: Question, policy_type: PolicyType) -> Iterator[Step]:
    """A new statement in the resource's policy, or the role's trust policy, that names the caller."""
    grantee = principal_of(question.caller) or question.caller.arn
    kind = "Service" if question.caller.caller.kind is CallerKind.SERVICE else "AWS"
    if not grantee or question.caller.caller.kind is CallerKind.FEDERATED:
        return
    statement = {"Effect": "Allow", "Principal": {kind: grantee}, "Action": question.action}
    if policy_type is PolicyType.RESOURCE:
        statement["Resource"] = question.resource
    present = _document_on_resource(question, policy_type) or {"Version": "2012-10-17", "Statement": []}
    what = f"let {question.caller.label} in: {question.action}"
    yield from _written_on_resource(question, policy_type, _with_statement(present, statement), what)


def _document_on_resource(question: Question, policy_type: PolicyType) -> Mapping[str, Json] | None:
    if policy_type is PolicyType.TRUST:
        role = question.configuration.roles.get(question.resource)
        return role.assume_role_policy_document.document if role else None
    entry = governing_resource(question.resource, question.configuration)
    return entry.policy.document if entry and entry.policy else None


def _written_on_resource(
    question: Question, policy_type: PolicyType, document: Mapping[str, object], what: str
) -> Iterator[Step]:
    """The call that replaces a trust, bucket or key policy; for other resources no call is simulated."""
    entry = governing_resource(question.resource, question.configuration)
    role = question.configuration.roles.get(question.resource)
    if policy_type is PolicyType.TRUST and role:
        params: dict[str, object] = {"RoleName": role.role_name, "PolicyDocument": document}
        yield Step(action="iam:UpdateAssumeRolePolicy", params=params, what=what)
    elif entry and entry.arn.split(":")[2] == "s3":
        params = {"Bucket": entry.arn.rsplit(":", 1)[-1]}
        if document["Statement"]:
            yield Step(action="s3:PutBucketPolicy", params={**params, "Policy": document}, what=what)
        else:
            yield Step(action="s3:DeleteBucketPolicy", params=params, what=what)
    elif entry and entry.arn.split(":")[2] == "kms":
        params = {"KeyId": entry.arn, "PolicyName": "default", "Policy": document}
        yield Step(action="kms:PutKeyPolicy", params=params, what=what)


def _with_statement(document: Mapping[str, object], statement: Mapping[str, object]) -> dict[str, object]:
    return {**document, "Statement": [*_listed(document.get("Statement", [])), statement]}


def _statement(question: Question) -> dict[str, Json]:
    return {"Effect": "Allow", "Action": question.action, "Resource": question.resource}


def _document(statement: Mapping[str, object]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
