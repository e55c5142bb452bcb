"""An application assumes a role with the context of a user of IAM Identity Center.

https://docs.aws.amazon.com/singlesignon/latest/userguide/trustedidentitypropagation-identity-enhanced-iam-role-sessions.html
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from sts_tui.iam import Outcome
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.sign_ins import context_assertion, portal_user
from tests.accounts.entities import role, user
from tests.accounts.landing_zone import ANN, BEN, MODEL, PROD
from tests.accounts.policies import allow, policy, trust

CENTER = "arn:aws:iam::aws:contextProvider/IdentityCenter"
APP = f"arn:aws:iam::{PROD}:user/app"
LISTED = policy(allow("*"))
BOTH = ("sts:AssumeRole", "sts:SetContext")
ONLY_CENTER = {
    "ForAllValues:ArnEquals": {"sts:RequestContextProviders": CENTER},
    "Null": {"sts:RequestContextProviders": "false"},
}


def opened(*actions: str, **condition: Any) -> Simulation:
    """`app` may assume Reports; the trust policy allows these actions to it."""
    model = deepcopy(MODEL)
    account = next(one for one in model["Accounts"] if one["AccountId"] == PROD)
    trusting = policy(trust(APP, "sts:AssumeRole"), trust(APP, *actions, **condition))
    account.setdefault("RoleDetailList", []).append(role("Reports", trusting, ("p", LISTED)))
    account.setdefault("UserDetailList", []).append(user("app", ("p", LISTED)))
    return Simulation.open(model)


def assumed(sim: Simulation, who: str = ANN, provider: str = CENTER, assertion: str = "") -> Any:
    given = assertion or context_assertion(portal_user(who, sim.world), sim.world)
    params = {
        "RoleArn": f"arn:aws:iam::{PROD}:role/Reports",
        "RoleSessionName": "reports",
        "ProvidedContexts": [{"ProviderArn": provider, "ContextAssertion": given}],
    }
    return sim.call("sts:AssumeRole", params, caller=APP)["Credentials"]


def asked(sim: Simulation, action: str, caller: Any) -> Outcome:
    [decision] = sim.request([(action, "*")], caller=caller, each=True)
    return decision.outcome


def test_the_session_says_who_the_user_is_in_keys_that_no_caller_sets() -> None:
    sim = opened(*BOTH)
    credentials = assumed(sim)
    asked(sim, "s3:GetDataAccess", credentials)
    event = next(one for one in reversed(sim.events) if isinstance(one, RequestAnswered))
    part = sim.context(event)
    assert part is not None
    (instance,) = sim.world.in_force.identity_center_instances
    assert part.values["identitystore:UserId"] == portal_user(ANN, sim.world).user_id
    store = part.values["identitystore:IdentityStoreArn"]
    assert store == sim.world.in_force.identity_store_arn(instance)
    assert not any(key.startswith("sts:RequestContext") for key in part.values)


def test_the_policy_that_sts_attaches_denies_what_it_does_not_list() -> None:
    """https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSIAMIdentityCenterAllowListForIdentityContext.html"""
    sim = opened(*BOTH)
    credentials = assumed(sim)
    assert asked(sim, "s3:GetDataAccess", credentials) is Outcome.ALLOWED
    assert asked(sim, "s3:GetObject", credentials) is Outcome.EXPLICIT_DENY
    assert asked(sim, "sts:AssumeRole", credentials) is Outcome.EXPLICIT_DENY
    assert sim.call("sts:GetCallerIdentity", {}, caller=credentials)["Arn"].endswith(
        ":assumed-role/Reports/reports"
    )
    plain = sim.call(
        "sts:AssumeRole",
        {"RoleArn": f"arn:aws:iam::{PROD}:role/Reports", "RoleSessionName": "plain"},
        caller=APP,
    )
    assert asked(sim, "s3:GetObject", plain["Credentials"]) is Outcome.ALLOWED


@pytest.mark.parametrize(
    ("actions", "condition", "is_allowed"),
    [
        (("sts:AssumeRole",), {}, False),
        (BOTH, {}, True),
        (BOTH, {"Condition": ONLY_CENTER}, True),
        (BOTH, {"Condition": {"StringEquals": {"sts:RequestContext/identitystore:UserId": "x"}}}, False),
        (BOTH, {"Condition": {"ArnLike": {"identitycenter:InstanceArn": "arn:aws:sso:::instance/*"}}}, True),
        (
            BOTH,
            {"Condition": {"ArnLike": {"identitycenter:ApplicationArn": "arn:aws:sso::*:application/*"}}},
            False,
        ),
    ],
)
def test_the_trust_policy_decides_on_setting_the_context(
    actions: tuple[str, ...], condition: dict[str, Any], is_allowed: bool
) -> None:
    """https://docs.aws.amazon.com/singlesignon/latest/userguide/condition-context-keys-sts-idc.html"""
    sim = opened(*actions, **condition)
    if is_allowed:
        assert assumed(sim)
        return
    with pytest.raises(AwsError) as denied:
        assumed(sim)
    assert (denied.value.code, denied.value.status) == ("AccessDenied", 403)
    assert "sts:SetContext" in denied.value.message


def test_the_application_is_not_known_so_that_a_condition_on_it_is_undecided() -> None:
    sim = opened(
        *BOTH, Condition={"ArnLike": {"identitycenter:ApplicationArn": "arn:aws:sso::*:application/*"}}
    )
    with pytest.raises(AwsError) as denied:
        assumed(sim)
    assert denied.value.decision is not None
    assert denied.value.decision.outcome is Outcome.UNDECIDED


@pytest.mark.parametrize(
    "given",
    [
        {"provider": "arn:aws:iam::aws:contextProvider/Other"},
        {"assertion": "forged.assertion"},
    ],
)
def test_what_identity_center_did_not_issue_is_refused(given: dict[str, str]) -> None:
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""
    with pytest.raises(AwsError) as refused:
        assumed(opened(*BOTH), **given)
    assert (refused.value.code, refused.value.status) == ("InvalidContextAssertion", 400)


def test_an_assertion_expires_and_ends_with_its_user() -> None:
    sim = opened(*BOTH)
    late = context_assertion(portal_user(ANN, sim.world), sim.world)
    sim.advance(seconds=3600)
    with pytest.raises(AwsError, match="could not be validated"):
        assumed(sim, assertion=late)
    assert assumed(sim, BEN)
