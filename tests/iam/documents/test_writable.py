"""Documents that AWS would not store decide nothing; whatever decides could be written."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sts_tui.account.policies.policy_grammar import PolicyKind, check_policy, stored_policy_errors
from sts_tui.iam import EvaluationSettings, Outcome, PolicySet, PolicyType, Request, evaluate
from sts_tui.iam.documents.policy import PolicyDocument
from tests.accounts.decisions import ACCOUNT, FULL, OBJECT, USER, ask, decide, role_session
from tests.accounts.policies import allow, deny, policy
from tests.iam.random_policies import documents
from tests.support.examples import examples

Breaking = Callable[[dict[str, Any]], Any]
WHOLE_DOCUMENT: tuple[Breaking, ...] = (
    lambda document: document.update(statement=document.pop("Statement")),
    lambda document: document.update(Statements=document.pop("Statement")),
    lambda document: document.update(Statement=[]),
    lambda document: document.update(Statement=None),
    lambda document: document.update(Statement="Allow"),
    lambda document: document.update(Statement=["Allow"]),
    lambda document: document.update(Version="2012-10-18"),
    lambda document: document.update(Comment="why"),
)
ANY_STATEMENT: tuple[Breaking, ...] = (
    lambda statement: statement.update(Effect=statement["Effect"].lower()),
    lambda statement: statement.pop("Effect"),
    lambda statement: statement.update(Conditions={}),
    lambda statement: statement.update(Sid=7),
    lambda statement: statement.update(Condition={"StringResembles": {"aws:username": "ana"}}),
    lambda statement: statement.update(Condition={"ForAnyValue::StringEquals": {"aws:username": "ana"}}),
    lambda statement: statement.update(Condition={"StringEquals": {"aws:a:b:c": "ana"}}),
    lambda statement: statement.update(Condition=["StringEquals"]),
    lambda statement: _with_action(statement, "GetObject"),
    lambda statement: _with_action(statement, ""),
    lambda statement: _with_action(statement, "s3:Get:Object"),
    lambda statement: _with_action(statement, "s*:GetObject"),
    lambda statement: _with_action(statement, "s 3:GetObject"),
    lambda statement: _with_action(statement, []),
    lambda statement: statement.update(Action="s3:*", NotAction="sqs:*"),
)
WITH_RESOURCE: tuple[Breaking, ...] = (
    lambda statement: _with_resource(statement, "data/*"),
    lambda statement: _with_resource(statement, ""),
    lambda statement: _with_resource(statement, "arn:amazon:s3:::data"),
    lambda statement: _with_resource(statement, "arn:aws:s*:::data"),
    lambda statement: _with_resource(statement, []),
    lambda statement: statement.update(Resource="*", NotResource="*"),
)
WITH_PRINCIPAL: tuple[Breaking, ...] = (
    lambda statement: _with_principal(statement, {"AWS": "ana"}),
    lambda statement: _with_principal(statement, {"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}),
    lambda statement: _with_principal(statement, {"AWS": f"arn:aws:iam::{ACCOUNT}:group/admins"}),
    lambda statement: _with_principal(statement, {"aws": "*"}),
    lambda statement: _with_principal(statement, {"AWS": []}),
    lambda statement: _with_principal(statement, {"Service": "ec2"}),
    lambda statement: _with_principal(statement, {}),
)
IN_IAM = (PolicyType.IDENTITY, PolicyType.BOUNDARY)
WITHOUT_PRINCIPAL = (*IN_IAM, PolicyType.SESSION, PolicyType.SCOPE_DOWN, PolicyType.SCP)
KINDS = {
    PolicyType.IDENTITY: PolicyKind.IDENTITY,
    PolicyType.BOUNDARY: PolicyKind.BOUNDARY,
    PolicyType.SESSION: PolicyKind.SESSION,
    PolicyType.SCOPE_DOWN: PolicyKind.SESSION,
    PolicyType.RESOURCE: PolicyKind.RESOURCE,
    PolicyType.TRUST: PolicyKind.TRUST,
    PolicyType.SCP: PolicyKind.SCP,
    PolicyType.RCP: PolicyKind.RCP,
    PolicyType.ENDPOINT: PolicyKind.ENDPOINT,
}
RANDOM = settings(deadline=None, max_examples=examples(40), suppress_health_check=list(HealthCheck))


def _with_action(statement: dict[str, Any], action: Any) -> None:
    statement.pop("NotAction", None)
    statement["Action"] = action


def _with_resource(statement: dict[str, Any], resource: Any) -> None:
    statement.pop("NotResource", None)
    statement["Resource"] = resource


def _with_principal(statement: dict[str, Any], principal: Any) -> None:
    statement.pop("NotPrincipal", None)
    statement["Principal"] = principal


def ways_to_break(kind: PolicyType) -> tuple[Breaking, ...]:
    """What AWS refuses in a statement of this kind of policy."""
    if kind is PolicyType.TRUST:
        more: tuple[Breaking, ...] = (
            lambda statement: statement.update(Resource="*"),
            lambda statement: statement.update(NotPrincipal=statement.pop("Principal")),
            lambda statement: _with_action(statement, "s3:GetObject"),
            *WITH_PRINCIPAL,
        )
    elif kind is PolicyType.RCP:
        more = (
            lambda statement: statement.update(Principal={"AWS": USER}),
            lambda statement: statement.update(Effect="Allow"),
            lambda statement: statement.pop("Principal"),
            lambda statement: _with_action(statement, "*"),
            *WITH_RESOURCE,
        )
    elif kind in WITHOUT_PRINCIPAL:
        more = (
            lambda statement: statement.update(Principal="*"),
            lambda statement: [statement.pop("Resource", None), statement.pop("NotResource", None)],
            *WITH_RESOURCE,
        )
    else:
        more = (*WITH_RESOURCE, *WITH_PRINCIPAL)
    if kind not in IN_IAM and kind is not PolicyType.TRUST:
        more = (*more, lambda statement: _with_resource(statement, "arn:aws:s3"))
    return (*ANY_STATEMENT, *more)


def under(kind: PolicyType, document: dict[str, Any]) -> tuple[Request, PolicySet]:
    """A request for which the document is consulted, and policies that allow it everything else."""
    request = ask(caller=role_session())
    if kind is PolicyType.TRUST:
        role = f"arn:aws:iam::{ACCOUNT}:role/Target"
        return ask(caller=role_session(), action="sts:AssumeRole", resource=role), PolicySet(
            FULL, resource=document
        )
    given: dict[str, Any] = {"identity": FULL}
    match kind:
        case PolicyType.IDENTITY:
            given["identity"] = [FULL, document]
        case PolicyType.SCP:
            given["scps"] = [[FULL, document]]
        case PolicyType.RCP:
            given["rcps"] = [[document]]
        case PolicyType.SCOPE_DOWN:
            given["scope_downs"] = [document]
        case _:
            given[kind.name.lower()] = document
    return request, PolicySet(**given)


@pytest.mark.parametrize("kind", PolicyType)
@given(data=st.data())
@RANDOM
def test_whatever_evaluate_decides_could_be_written(kind: PolicyType, data: st.DataObject) -> None:
    document = data.draw(documents(kind))
    request, policies = under(kind, document)
    assert stored_policy_errors(document, KINDS[kind]) == ()
    decision = evaluate(request, policies)
    assert "is not a valid" not in decision.reason


@pytest.mark.parametrize("kind", PolicyType)
@given(data=st.data())
@RANDOM
def test_a_document_that_aws_would_not_store_decides_nothing(kind: PolicyType, data: st.DataObject) -> None:
    document = deepcopy(data.draw(documents(kind)))
    if data.draw(st.booleans()):
        data.draw(st.sampled_from(WHOLE_DOCUMENT))(document)
    else:
        written = document["Statement"]
        statements = written if isinstance(written, list) else [written]
        data.draw(st.sampled_from(ways_to_break(kind)))(data.draw(st.sampled_from(statements)))
    refused = check_policy(document, KINDS[kind])
    assert refused, document
    request, policies = under(kind, document)
    decision = evaluate(request, policies)
    assert decision.outcome is Outcome.UNDECIDED
    assert decision.settled_by is kind
    assert refused[0].message.removesuffix(".") in decision.reason
    assert decision == evaluate(request, policies)


def test_only_an_explicit_deny_elsewhere_is_certain_in_any_case() -> None:
    broken = {"statement": [deny()]}
    assert decide(identity=[broken, policy(deny())]).outcome is Outcome.EXPLICIT_DENY
    assert decide(identity=FULL, boundary=policy(deny()), scps=[[broken]]).outcome is Outcome.EXPLICIT_DENY
    assert decide(identity=[broken], boundary=policy(allow("sqs:*"))).outcome is Outcome.UNDECIDED


def test_a_document_without_statements_is_not_an_empty_policy() -> None:
    for document in ({}, {"Version": "2012-10-17"}, {"statement": [deny()]}, policy()):
        assert decide(identity=[FULL, document]).outcome is Outcome.UNDECIDED


def test_rules_of_writing_do_not_break_documents_that_are_in_force() -> None:
    without_version = {"Statement": allow("*")}
    assert decide(identity=without_version).outcome is Outcome.ALLOWED
    assert decide(identity=policy(allow("*", resource="arn:aws:s3"))).outcome is Outcome.ALLOWED


def test_scalar_principal_of_a_trust_policy_follows_the_setting() -> None:
    trust = policy({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    request = ask(action="sts:AssumeRole", resource=f"arn:aws:iam::{ACCOUNT}:role/x")
    accepted = EvaluationSettings(scalar_principal_in_trust_policies=True)
    assert evaluate(request, PolicySet(FULL, resource=trust)).outcome is Outcome.UNDECIDED
    assert evaluate(request, PolicySet(FULL, resource=trust, settings=accepted)).is_allowed


def test_aws_own_rcp_allows_although_customers_may_only_deny() -> None:
    assert decide(identity=FULL, rcps=[[policy(allow("*", Principal="*"))]]).outcome is Outcome.ALLOWED
    others = policy(allow("s3:*", OBJECT, Principal="*"))
    assert decide(identity=FULL, rcps=[[others]]).outcome is Outcome.UNDECIDED


def test_a_document_is_checked_once() -> None:
    document = PolicyDocument(policy(allow("GetObject")))
    first = document.broken_rule(PolicyType.IDENTITY)
    assert first is document.broken_rule(PolicyType.IDENTITY)
    assert "prefaced by a vendor" in first


@pytest.mark.parametrize(
    ("sets", "named"),
    [
        ({"identity": [PolicyDocument({"statement": []}, "Own", "ana")]}, "ana/Own is not a valid identity"),
        ({"identity": [("Own", {"statement": []})]}, "Own is not a valid identity-based policy: "),
        (
            {"identity": FULL, "boundary": ("Cap", {"statement": []})},
            "Cap is not a valid permissions boundary: ",
        ),
        (  # the first in the order of evaluation
            {"identity": [("Own", {"statement": []})], "scps": [[("Guard", {"statement": []})]]},
            "Guard is not a valid service control policy: ",
        ),
    ],
)  # fmt: skip
def test_the_reason_names_the_document_and_its_kind(sets: dict[str, Any], named: str) -> None:
    assert decide(**sets).note.startswith(f"undecided, {named}")


def test_of_a_document_that_aws_would_not_store_the_statements_that_match_are_shown() -> None:
    elsewhere = allow("sqs:*", Sid="Elsewhere")
    broken = {**policy(allow("s3:*", Sid="Match"), elsewhere), "Extra": 1}
    found = decide(identity=("Own", broken))
    assert found.outcome is Outcome.UNDECIDED
    assert [each.sid for each in found.statements] == ["Match"]
    nothing = decide(identity=("Own", {**policy(elsewhere), "Extra": 1}))
    assert nothing.statements == ()
