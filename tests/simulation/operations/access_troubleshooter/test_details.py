"""The Access Troubleshooter: a denial has an id, and by it what was evaluated is found again.

https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied-authorization-id.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

import pytest

from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.authorization.authorization_ids import authorization_id, number_of
from sts_tui.simulation.denials.model_verdict import model_verdict
from sts_tui.simulation.denials.reading import read_denials
from tests.accounts.policies import allow, policy

MANAGEMENT, MAIN, OUTSIDE = "111111111111", "222222222222", "333333333333"
DENY_USERS: Final = {"Sid": "NoUsers", "Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}
READS: Final = "GetRequestAuthorizationDetails"
MODEL: Final[dict[str, Any]] = {
    "Settings": {"AuthorizationIds": True},
    "Organization": {
        "Id": "o-exampleorgid",
        "ManagementAccountId": MANAGEMENT,
        "Root": {
            "Name": "Root",
            "Accounts": [MANAGEMENT],
            "OrganizationalUnits": [
                {
                    "Name": "Work",
                    "Id": "ou-abcd-12345678",
                    "Accounts": [MAIN],
                    "ServiceControlPolicies": [
                        {"Name": "all", "Document": policy(allow("*"))},
                        {"Name": "guard", "Id": "p-guard12345", "Document": policy(DENY_USERS)},
                    ],
                }
            ],
        },
    },
    "Accounts": [
        {"AccountId": MANAGEMENT},
        {
            "AccountId": MAIN,
            "UserDetailList": [
                {
                    "UserName": "ann",
                    "UserPolicyList": [
                        {"PolicyName": "own", "PolicyDocument": policy(allow(["iam:Get*", "iam:CreateUser"]))}
                    ],
                },
                {"UserName": "ben"},
            ],
        },
        {"AccountId": OUTSIDE},
    ],
}


def opened(**settings: Any) -> Simulation:
    model = deepcopy(MODEL)
    model["Settings"] |= settings
    return Simulation.open(model, seed=5)


def denied(sim: Simulation, action: str = "iam:CreateUser", by: str = "ann") -> AwsError:
    with pytest.raises(AwsError) as caught:
        sim.call(action, {"UserName": "new"}, caller=by)
    return caught.value


def id_in(error: AwsError) -> str:
    return error.message.rpartition(" ")[2]


def details(sim: Simulation, identifier: str, by: str = "ann", **given: Any) -> dict[str, Any]:
    return sim.call(f"iam:{READS}", {"authorizationId": identifier}, caller=sim.resolve(by), **given)


def checks(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(one["checkType"], one["evaluatedEffect"]) for one in answer["evaluations"][0]["checks"]]


# ids


def test_denial_of_iam_ends_with_its_id_and_where_to_look() -> None:
    error = denied(opened())
    assert re.search(
        r"\. Go to https://us-east-1\.console\.aws\.amazon\.com/iam/home\?region=us-east-1"
        r"#/authorization-details/([0-9a-z]{25}) for complete details, or call the "
        r"GetRequestAuthorizationDetails API with the following authorization id: \1$",
        error.message,
    )


def test_other_services_and_list_instance_profiles_give_none() -> None:
    sim = opened()
    with pytest.raises(AwsError) as caught:
        sim.request("s3:GetObject", "arn:aws:s3:::data/x", caller="ann")
    assert "authorization id" not in caught.value.message
    with pytest.raises(AwsError) as caught:
        sim.call("iam:ListInstanceProfiles", {}, caller="ben")
    assert "authorization id" not in caught.value.message


def test_without_the_setting_texts_are_as_before_and_the_look_up_works() -> None:
    sim = opened(AuthorizationIds=False)
    error = denied(sim)
    assert "authorization id" not in error.message
    identifier = authorization_id(sim.seed, sim.events.last_number)
    assert details(sim, identifier)["evaluations"][0]["action"] == "iam:CreateUser"


def test_ids_belong_to_one_simulation() -> None:
    identifier = authorization_id(5, 7)
    assert number_of(identifier, 5) == 7
    assert number_of(identifier, 6) is None
    for text in ("", "x" * 25, "ä" * 25, identifier[:-1]):
        assert number_of(text, 5) is None


# answers


def test_explicit_deny_is_the_check_of_the_unit_that_has_the_policy() -> None:
    sim = opened()
    answer = details(sim, id_in(denied(sim)))
    assert answer["evaluations"][0]["evaluatedEffect"] == "EXPLICIT_DENY"
    assert checks(answer) == [
        ("SERVICE_CONTROL_POLICY", "ALLOW"),
        ("SERVICE_CONTROL_POLICY", "EXPLICIT_DENY"),
        ("SERVICE_CONTROL_POLICY", "ALLOW"),
        ("PRINCIPAL", "ALLOW"),
    ]
    guard = answer["evaluations"][0]["checks"][1]
    assert guard["targetArn"].endswith(":ou/o-exampleorgid/ou-abcd-12345678")
    matched = {
        one["sid"]: one["evaluatedEffect"]
        for each in guard["matchedPolicies"]
        for one in each["matchedStatements"]
    }
    assert matched == {"statement-1": "ALLOW", "NoUsers": "DENY"}, "a statement without a Sid gets one"


def test_implicit_deny_has_its_check_and_no_explicit_one() -> None:
    sim = opened()
    answer = details(sim, id_in(denied(sim, "iam:DeleteUser")))
    assert answer["evaluations"][0]["evaluatedEffect"] == "IMPLICIT_DENY"
    assert ("PRINCIPAL", "IMPLICIT_DENY") in checks(answer)
    assert "EXPLICIT_DENY" not in [effect for _, effect in checks(answer)]


def test_context_is_plain_json_and_policies_are_listed_whether_they_matched_or_not() -> None:
    sim = opened()
    answer = details(sim, id_in(denied(sim, "iam:DeleteUser")))
    context = answer["requestContext"]
    assert context["aws:PrincipalArn"] == f"arn:aws:iam::{MAIN}:user/ann"
    kinds = {(one["type"], one["inline"]) for one in answer["policies"]}
    assert ("IDENTITY_BASED_POLICY", True) in kinds
    assert ("SERVICE_CONTROL_POLICY", False) in kinds
    own = next(one for one in answer["policies"] if one["inline"])
    assert own["attachedTo"] == [{"arn": f"arn:aws:iam::{MAIN}:user/ann"}]


def test_policy_is_that_of_the_denial_and_not_of_today() -> None:
    sim = opened()
    identifier = id_in(denied(sim, "iam:DeleteUser"))
    sim.call(
        "iam:PutUserPolicy",
        {"UserName": "ann", "PolicyName": "own", "PolicyDocument": policy(allow("iam:*"))},
        caller=sim.resolve(f"operator@{MAIN}"),
    )
    own = next(one for one in details(sim, identifier)["policies"] if one["inline"])
    answer = sim.call(
        "iam:GetRequestAuthorizationPolicy",
        {"authorizationId": identifier, "policyUri": own["uri"]},
        caller="ann",
    )
    assert answer["policyDocument"]["Statement"] == policy(allow(["iam:Get*", "iam:CreateUser"]))["Statement"]
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        sim.call(
            "iam:GetRequestAuthorizationPolicy",
            {"authorizationId": identifier, "policyUri": "inline-policy/99"},
            caller="ann",
        )


# who, where, how long


def test_caller_needs_the_permission() -> None:
    sim = opened()
    identifier = id_in(denied(sim))
    with pytest.raises(AwsError) as caught:
        details(sim, identifier, by="ben")
    assert caught.value.decision is not None


def test_organization_may_look_and_strangers_may_not() -> None:
    sim = opened()
    identifier = id_in(denied(sim))
    details(sim, identifier, by=f"root@{MANAGEMENT}")
    with pytest.raises(AwsError) as caught:
        details(sim, identifier, by=f"root@{OUTSIDE}")
    assert (caught.value.code, caught.value.status) == ("AccessDeniedException", 403)


def test_ids_are_kept_for_a_day_in_the_region_of_the_denial() -> None:
    sim = opened()
    identifier = id_in(denied(sim))
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        details(sim, identifier, region="eu-west-1")
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        details(sim, authorization_id(sim.seed, 999))
    sim.advance(24 * 3600)
    details(sim, identifier)
    sim.advance(1)
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        details(sim, identifier)


# explained again


def test_answer_and_text_open_explained_and_what_if_leaves_a_layer_out() -> None:
    sim = opened()
    error = denied(sim)
    answer = details(sim, id_in(error))
    for text in (json.dumps(answer), error.message):
        (read,) = read_denials(text, lambda one: one)
        assert read.action == "iam:CreateUser"
        again = model_verdict(read, sim)
        assert (again.verdict, again.agrees) == ("denied", True), text[:60]
        from sts_tui.iam import PolicyType

        assert model_verdict(read, sim, without=[PolicyType.SCP]).verdict == "allowed"
