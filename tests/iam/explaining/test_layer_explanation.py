"""One layer of an explanation: its verdict, the statement that came nearest, and why it is not consulted."""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.iam import Caller, CallerKind, PolicySet, PolicyType, Request, explain
from sts_tui.iam.explaining.explanation import LayerExplanation, LayerVerdict
from tests.accounts.decisions import ACCOUNT, FEDERATED, FULL, OBJECT, ROOT, USER, role_session
from tests.accounts.policies import allow, deny, policy

FOR_ALL = policy(allow("*", Principal="*"))
EVERY_TYPE = PolicySet(
    identity=FULL, boundary=FULL, session=FULL, scps=[[FULL]], rcps=[[FOR_ALL]], endpoint=FOR_ALL,
    resource=FOR_ALL, scope_downs=[[FULL]],
)  # fmt: skip
ARNS = {
    CallerKind.SERVICE: "logs.amazonaws.com",
    CallerKind.FEDERATED: "accounts.google.com",
    CallerKind.ANONYMOUS: None,
    CallerKind.ROOT: ROOT,
    CallerKind.ROOT_SESSION: ROOT,
}
OWN = ("identity", "boundary", "session", "scope_down")


def layers(policies: PolicySet, caller: Caller | None = None) -> dict[PolicyType, LayerExplanation]:
    caller = caller or role_session()
    request = Request(
        caller=caller, action="s3:GetObject", resource=OBJECT, resource_account=ACCOUNT,
        unknown=("aws:PrincipalTag/*",),
    )  # fmt: skip
    return {each.policy_type: each for each in explain(request, policies).layers}


@pytest.mark.parametrize(
    ("kind", "types", "why"),
    [
        (CallerKind.USER, ("session", "scope_down"), "a user has no session policy"),
        (CallerKind.USER_SESSION, ("session",), "GetSessionToken takes no session policy"),
        (CallerKind.ROLE_SESSION, (), ""),
        (CallerKind.FEDERATED_USER, (), ""),
        (CallerKind.ROOT, OWN, "a root user has none"),
        (CallerKind.ROOT_SESSION, ("identity", "boundary"), "a root user has none"),
        (CallerKind.SERVICE, ("scp", *OWN), "does not apply to AWS services"),
        (CallerKind.FEDERATED, ("scp", *OWN), "the holder of a token or an assertion has none"),
        (CallerKind.ANONYMOUS, ("scp", *OWN), "an anonymous caller has none"),
    ],
)
def test_policies_that_do_not_bind_a_caller_say_why(
    kind: CallerKind, types: tuple[str, ...], why: str
) -> None:
    arn = ARNS.get(kind, FEDERATED if kind is CallerKind.FEDERATED_USER else USER)
    account = None if kind in (CallerKind.SERVICE, CallerKind.FEDERATED, CallerKind.ANONYMOUS) else ACCOUNT
    found = layers(EVERY_TYPE, Caller(kind=kind, arn=arn, account=account))
    notes = {
        policy_type.name.lower(): each.note
        for policy_type, each in found.items()
        if each.verdict is LayerVerdict.NOT_CONSULTED
    }
    assert notes == dict.fromkeys(types, why)


@pytest.mark.parametrize("key", ["aws:SourceVpc", "aws:SourceVpce", "aws:VpcSourceIp", "aws:SourceVpcArn"])
def test_the_policy_of_an_endpoint_that_no_file_has_is_unknown(key: str) -> None:
    """https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"""
    request = Request(caller=role_session(), action="s3:GetObject", resource=OBJECT, context={key: "x"})
    found = {each.policy_type: each for each in explain(request, PolicySet(identity=FULL)).layers}
    assert found[PolicyType.ENDPOINT].verdict is LayerVerdict.UNKNOWN
    assert layers(PolicySet(identity=FULL))[PolicyType.ENDPOINT].verdict is LayerVerdict.NONE


def test_service_linked_roles_are_exempt_from_the_policies_of_the_organization() -> None:
    found = layers(EVERY_TYPE, role_session(is_service_linked=True))
    exempt = {each.policy_type for each in found.values() if each.verdict is LayerVerdict.NOT_CONSULTED}
    assert exempt == {PolicyType.SCP, PolicyType.RCP}
    assert {found[each].note for each in exempt} == {"service-linked roles are exempt"}


MATCH, OTHER = allow("s3:*", Sid="Match"), allow("s3:*", "arn:aws:s3:::other/*", Sid="Other")
TAGGED = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
DOUBT = allow("s3:*", Sid="Doubt", **TAGGED)
NEAR = allow("s3:*", Sid="Near", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})


@pytest.mark.parametrize(
    ("statements", "verdict", "nearest"),
    [
        ([MATCH], LayerVerdict.ALLOWS, None),
        ([OTHER, MATCH], LayerVerdict.ALLOWS, None),
        ([DOUBT, MATCH], LayerVerdict.ALLOWS, None),
        ([OTHER], LayerVerdict.NO_ALLOW, "Other"),
        ([OTHER, NEAR], LayerVerdict.NO_ALLOW, "Near"),
        ([NEAR, OTHER], LayerVerdict.NO_ALLOW, "Near"),
        ([OTHER, allow("s3:*", "arn:aws:s3:::later", Sid="Later")], LayerVerdict.NO_ALLOW, "Other"),
        ([deny("s3:Put*"), OTHER], LayerVerdict.NO_ALLOW, "Other"),
        ([DOUBT, OTHER], LayerVerdict.UNDECIDED, None),
        ([MATCH, deny("s3:*", **TAGGED)], LayerVerdict.UNDECIDED, None),
        ([MATCH, deny("s3:*", **TAGGED), deny("s3:*")], LayerVerdict.EXPLICIT_DENY, None),
        ([deny("sqs:*")], LayerVerdict.NO_ALLOW, None),
    ],
)
def test_a_verdict_is_that_of_the_strongest_statement(
    statements: list[dict[str, Any]], verdict: LayerVerdict, nearest: str | None
) -> None:
    for kind in ("identity", "boundary"):
        given: dict[str, Any] = {"identity": FULL, kind: policy(*statements)}
        found = layers(PolicySet(**given))[PolicyType[kind.upper()]]
        assert found.verdict is verdict
        assert (found.nearest_miss.provenance.sid if found.nearest_miss else None) == nearest


def test_a_resource_control_policy_allows_what_it_does_not_deny() -> None:
    other = policy(deny("sqs:*", Principal="*"))
    assert layers(PolicySet(identity=FULL, rcps=[[other]]))[PolicyType.RCP].verdict is LayerVerdict.ALLOWS


def test_a_document_that_aws_would_not_store_is_named_with_the_rule() -> None:
    own = ("Own", {"statement": []})
    found = layers(PolicySet(identity=[FULL, own, ("Full", FULL)]))[PolicyType.IDENTITY]
    assert found.verdict is LayerVerdict.UNDECIDED
    assert found.note.startswith("Own is not valid: ")
    assert "Full" not in found.note


def test_statements_that_decided_are_marked() -> None:
    found = layers(PolicySet(identity=policy(OTHER, MATCH)))[PolicyType.IDENTITY].statements
    assert [each.decided for each in found] == [False, True]
    assert [each.effect for each in found] == ["Allow", "Allow"]
    assert [bool(each.note) for each in layers(PolicySet(identity=policy(DOUBT, OTHER)))[
        PolicyType.IDENTITY].statements] == [True, False]  # fmt: skip


def test_levels_of_the_organization_are_counted_from_one() -> None:
    request = Request(caller=role_session(), action="s3:GetObject", resource=OBJECT, resource_account=ACCOUNT)
    found = explain(request, PolicySet(identity=FULL, scps=[[FULL]] * 3)).layers
    assert [each.name for each in found if each.policy_type is PolicyType.SCP] == [
        f"service control policy, level {number}" for number in (1, 2, 3)
    ]
    assert "identity-based policy" in [each.name for each in found]
