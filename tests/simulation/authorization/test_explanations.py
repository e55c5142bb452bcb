"""A logged request can be explained later, and a fix is one that was tried."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy

import pytest

from sts_tui.iam import Outcome, PolicyType
from sts_tui.simulation import ANONYMOUS, AwsError, Simulation
from sts_tui.simulation.containment.revocation import revocation_call
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.fixes.fixes import Fix
from sts_tui.simulation.fixes.why_no_fix import why_no_fix
from tests.accounts.policies import MAIN, allow, allows, deny, policy, role_arn
from tests.accounts.small import SMALL, alice, assume, open_small, worker

OBJECT = "arn:aws:s3:::data/x"
DATA = {"Resource": "arn:aws:s3:::data/in.csv"}


def denied(sim: Simulation, action: str, resource: str, caller: object) -> RequestAnswered:
    with pytest.raises(AwsError):
        sim.request(action, resource, caller=caller)  # type: ignore[arg-type]
    event = list(sim.events)[-1]
    assert isinstance(event, RequestAnswered)
    return event


def test_an_explanation_makes_the_same_decision_after_the_world_has_moved_on() -> None:
    sim = open_small(worker())
    event = denied(sim, "s3:PutObject", "arn:aws:s3:::data/out.csv", assume(sim))
    sim.call("iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "more", "PolicyDocument": allows("s3:*")})
    sim.advance(600)
    explanation = sim.explain(event)
    assert explanation is not None
    assert explanation.decision.outcome is Outcome.IMPLICIT_DENY
    assert explanation.sentence == event.message
    assert explanation.nearest_miss is not None
    assert explanation.nearest_miss.provenance.label == "App/work#1"


def test_every_logged_request_of_the_sample_explains_to_the_verdict_it_had() -> None:
    sim = Simulation.open("sample_accounts/acme.json", seed=7)
    sim.advance(60)
    explained = 0
    for event in sim.events:
        if isinstance(event, RequestAnswered) and (explanation := sim.explain(event)):
            assert Verdict.of(explanation.decision.outcome) is event.verdict
            explained += 1
    assert explained > 50


def test_a_call_that_was_not_made_can_be_explained_too() -> None:
    sim = open_small()
    before = (sim.world, sim.events.next_number)
    params = {"RoleArn": role_arn("Deep"), "RoleSessionName": "job"}
    why_not = sim.what_if("sts:AssumeRole", params, caller=alice(sim))
    assert why_not is not None
    assert why_not.decision.settled_by is PolicyType.TRUST
    would = sim.what_if(
        "iam:DeleteRole", {"Resource": role_arn("Deep")}, caller=alice(sim), only_authorize=True
    )
    assert would is not None
    assert would.decision.outcome is Outcome.ALLOWED
    assert sim.preview("iam:GetRole", {"Resource": "*"}, caller=alice(sim), only_authorize=True) == {}
    assert (sim.world, sim.events.next_number) == before


def test_what_reached_no_policy_has_no_explanation() -> None:
    sim = open_small()
    with pytest.raises(AwsError):
        sim.call("s3:GetObject", DATA, caller="ASIA000000000000EXAM")
    event = list(sim.events)[-1]
    assert isinstance(event, RequestAnswered)
    assert sim.explain(event) is None


def worked(sim: Simulation, event: RequestAnswered, fix: Fix) -> bool:
    """Whether the fix, made for real, lets the same request through."""
    for step in fix.steps:
        account = MAIN if step.action.startswith("iam") else "operator"
        sim.call(
            step.action, step.params, caller=sim.resolve(f"operator@{account}") if account == MAIN else None
        )
    try:
        sim.request(event.action, event.resource, caller=event.access_key_id)
    except AwsError:
        return False
    return True


def revoked(sim: Simulation) -> RequestAnswered:
    key = assume(sim)
    sim.call(*revocation_call(role_arn("App"), sim.world))
    return denied(sim, "s3:GetObject", "arn:aws:s3:::data/in.csv", key)


def capped(sim: Simulation) -> RequestAnswered:
    arn = f"arn:aws:iam::{MAIN}:policy/cap"
    sim.call("iam:CreatePolicy", {"PolicyName": "cap", "PolicyDocument": allows("sts:*")})
    sim.call("iam:PutRolePermissionsBoundary", {"RoleName": "App", "PermissionsBoundary": arn})
    return denied(sim, "s3:PutObject", OBJECT, assume(sim))


@pytest.mark.parametrize(
    ("make", "first"),
    [
        (lambda sim: denied(sim, "s3:PutObject", OBJECT, assume(sim)), "add s3:PutObject to App/work#1"),
        (revoked, "remove App/AWSRevokeOlderSessions"),
        (capped, "add s3:PutObject to App/work#1"),
        (
            lambda sim: denied(sim, "s3:GetObject", OBJECT, sim.resolve("main/bob")),
            "allow s3:GetObject in a new inline policy allow-s3-GetObject",
        ),
    ],
)  # fmt: skip
def test_every_fix_that_is_offered_works(make: Callable[[Simulation], RequestAnswered], first: str) -> None:
    sim = open_small()
    offered = sim.fixes(make(sim))
    assert offered[0].steps[0].what == first
    for fix in offered:
        again = open_small()
        event = make(again)
        assert worked(again, event, fix)


def test_a_fix_goes_through_every_layer_that_is_in_the_way() -> None:
    sim = open_small()
    fix = sim.fixes(capped(sim))[0]
    assert [step.action for step in fix.steps] == ["iam:PutRolePolicy", "iam:CreatePolicyVersion"]
    assert fix.steps[1].command.startswith("aws iam create-policy-version --policy-arn")


def test_a_fix_says_whom_else_it_lets_through() -> None:
    sim = open_small()
    assume(sim, name="other")
    event = denied(sim, "s3:PutObject", OBJECT, assume(sim))
    assert sim.fixes(event)[0].also_allowed == ("other@App",)


def test_trying_a_fix_changes_nothing() -> None:
    sim = open_small()
    event = denied(sim, "s3:PutObject", OBJECT, assume(sim))
    before = (sim.world, sim.events.next_number)
    assert sim.fixes(event)
    assert (sim.world, sim.events.next_number) == before


def test_what_is_allowed_by_now_needs_no_fix() -> None:
    sim = open_small()
    event = denied(sim, "s3:PutObject", OBJECT, assume(sim))
    sim.call("iam:PutRolePolicy", {"RoleName": "App", "PolicyName": "more", "PolicyDocument": allows("s3:*")})
    assert sim.fixes(event) == ()


def test_a_trust_policy_is_opened_for_the_caller_that_was_refused() -> None:
    sim = open_small()
    with pytest.raises(AwsError):
        sim.call("sts:AssumeRole", {"RoleArn": role_arn("Deep"), "RoleSessionName": "xx"}, caller=alice(sim))
    event = list(sim.events)[-1]
    assert isinstance(event, RequestAnswered)
    fix = sim.fixes(event)[0]
    assert fix.steps[0].action == "iam:UpdateAssumeRolePolicy"
    sim.call(fix.steps[0].action, fix.steps[0].params)
    assume(sim, "Deep")


def test_a_stranger_is_let_in_by_the_buckets_own_policy_where_that_is_what_lacks() -> None:
    sim = open_small()
    sim.call("iam:PutUserPolicy", {"UserName": "bob", "PolicyName": "p", "PolicyDocument": allows("s3:*")},
             caller=sim.resolve("operator@other"))  # fmt: skip
    event = denied(sim, "s3:GetObject", OBJECT, sim.resolve("other/bob"))
    fix = sim.fixes(event)[0]
    assert [step.action for step in fix.steps] == ["s3:PutBucketPolicy"]
    assert worked(sim, event, fix)


def test_no_fix_is_offered_where_no_edit_of_the_account_helps() -> None:
    sim = open_small()
    event = denied(sim, "s3:GetObject", OBJECT, ANONYMOUS)
    assert sim.fixes(event) == ()


def test_where_a_session_policy_decides_the_reason_why_no_edit_helps_is_given() -> None:
    sim = open_small()
    assert why_no_fix(denied(sim, "s3:GetObject", OBJECT, ANONYMOUS), sim.world) == ""
    assert why_no_fix(denied(sim, "s3:PutObject", OBJECT, assume(sim)), sim.world) == ""  # a fix is offered
    narrowed = assume(sim, name="narrow", Policy=json.dumps(allows("sts:*")))
    event = denied(sim, "s3:GetObject", OBJECT, narrowed)
    assert sim.fixes(event) == ()
    assert why_no_fix(event, sim.world).startswith("a session policy is part of the credentials")


def guarded(kind: str, *policies: dict[str, object]) -> Simulation:
    """The small house in an organization whose root has these SCPs or RCPs."""
    house = deepcopy(SMALL)
    root = {"Name": "Root", "Accounts": [MAIN, "444455556666"], kind: list(policies)}
    house["Organization"] = {"Id": "o-exampleorgid", "ManagementAccountId": "444455556666", "Root": root}
    return Simulation.open(house)


def guardrail(effect: str, action: str) -> dict[str, object]:
    statement = {"Effect": effect, "Action": action, "Resource": "*"}
    return {"Name": f"{effect}-{action}", "Document": {"Version": "2012-10-17", "Statement": [statement]}}


EVERYTHING = guardrail("Allow", "*") | {"Name": "FullAWSAccess"}


@pytest.mark.parametrize(
    ("policies", "steps"),
    [
        ([EVERYTHING, guardrail("Deny", "s3:*")], ["detach Deny-s3:* from Root"]),
        ([guardrail("Deny", "s3:*")], ["attach FullAWSAccess to Root", "detach Deny-s3:* from Root"]),
        ([guardrail("Allow", "sts:*")], ["attach FullAWSAccess to Root"]),
    ],
)
def test_where_an_scp_is_in_the_way_the_organizations_edit_is_offered(
    policies: list[dict[str, object]], steps: list[str]
) -> None:
    sim = guarded("ServiceControlPolicies", *policies)
    event = denied(sim, "s3:GetObject", OBJECT, sim.resolve("main/alice"))
    fix = sim.fixes(event)[0]
    assert [step.what for step in fix.steps][: len(steps)] == steps
    assert worked(sim, event, fix)


def test_an_rcp_that_denies_is_detached_where_it_is_attached() -> None:
    statement = {"Sid": "No", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    sim = guarded("ResourceControlPolicies", {"Name": "no-s3", "Document": document})
    event = denied(sim, "s3:GetObject", OBJECT, assume(sim))
    fix = sim.fixes(event)[0]
    assert [step.what for step in fix.steps] == ["detach no-s3 from Root"]
    assert fix.steps[0].command.startswith("aws organizations detach-policy --policy-id p-")
    assert worked(sim, event, fix)


ALL_BUT_S3 = policy(allow("*"), deny("s3:*", Sid="No"))


def with_denying_managed_policy(sim: Simulation) -> str:
    sim.call("iam:CreatePolicy", {"PolicyName": "no", "PolicyDocument": ALL_BUT_S3})
    sim.call("iam:AttachRolePolicy", {"RoleName": "App", "PolicyArn": f"arn:aws:iam::{MAIN}:policy/no"})
    return "detach no from role App"


def with_denying_boundary(sim: Simulation) -> str:
    sim.call("iam:CreatePolicy", {"PolicyName": "no", "PolicyDocument": ALL_BUT_S3})
    boundary = {"RoleName": "App", "PermissionsBoundary": f"arn:aws:iam::{MAIN}:policy/no"}
    sim.call("iam:PutRolePermissionsBoundary", boundary)
    return "take no#No out of the boundary"


def with_denying_bucket(sim: Simulation) -> str:
    statement = {
        "Sid": "No",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": "arn:aws:s3:::data/*",
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    sim.call("s3:PutBucketPolicy", {"Bucket": "data", "Policy": document})
    return "take data#No out"


@pytest.mark.parametrize("prepare", [with_denying_managed_policy, with_denying_boundary, with_denying_bucket])
def test_a_denying_statement_is_removed_from_any_policy(
    prepare: Callable[[Simulation], str],
) -> None:
    sim = open_small()
    what = prepare(sim)
    event = denied(sim, "s3:GetObject", OBJECT, assume(sim))
    fix = sim.fixes(event)[0]
    assert [step.what for step in fix.steps] == [what]
    assert worked(sim, event, fix)
