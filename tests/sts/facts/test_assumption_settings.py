"""What each setting for an uncertain fact changes, in files and in calls."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.loading.load import from_json
from tests.accounts.organization import MODEL, Desk
from tests.accounts.policies import MAIN, OTHER, policy, role_arn

STAR: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}],
}
STAR_REFUSED = 'AssumeRolepolicy contained an invalid principal: "STAR":"*".'


def scp(number: int, size: int = 100) -> dict[str, Any]:
    """A service control policy whose text is about that long."""
    padding = "x" * max(0, size - 120)
    statement = {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": f"arn:aws:s3:::{padding}*"}
    return {"Name": f"policy-{number}", "Document": policy(statement)}


def model(*scps: dict[str, Any], **settings: Any) -> dict[str, Any]:
    whole = deepcopy(MODEL)
    whole["Settings"] = settings
    if scps:
        account = {"AccountId": OTHER, "ServiceControlPolicies": list(scps)}
        whole["Organization"]["Root"]["Accounts"] = [MAIN, account]
    return whole


def faults(whole: dict[str, Any]) -> list[str]:
    """The messages of all diagnostics of a file: quotas are warnings there."""
    try:
        found = from_json(whole).warnings
    except AccountFileError as error:
        found = error.diagnostics
    return [one.message for one in found]


@pytest.mark.parametrize(("quotas", "most"), [("2026", 10), ("2025", 5)])
def test_number_of_service_control_policies_in_one_place(quotas: str, most: int) -> None:
    exactly = [scp(number) for number in range(most)]
    assert faults(model(*exactly, ServiceControlPolicyQuotas=quotas)) == []
    assert faults(model(*exactly, scp(99), ServiceControlPolicyQuotas=quotas))


@pytest.mark.parametrize(("quotas", "size"), [("2026", 10_000), ("2025", 5_000)])
def test_size_of_service_control_policies(quotas: str, size: int) -> None:
    assert faults(model(scp(1, size), ServiceControlPolicyQuotas=quotas)) == []
    (message,) = faults(model(scp(1, size + 400), ServiceControlPolicyQuotas=quotas))
    assert message.startswith("You have exceeded the maximum policy size.")


@pytest.mark.parametrize(("quotas", "allowed"), [("2026", True), ("2025", False)])
def test_organizations_enforces_the_quotas_of_the_year(quotas: str, allowed: bool) -> None:
    desk = Desk(model=model(*[scp(number) for number in range(5)], ServiceControlPolicyQuotas=quotas))
    given = {"Name": "more", "Description": "", "Type": "SERVICE_CONTROL_POLICY"}
    small = {**given, "Content": scp(1)["Document"]}
    made = desk.sim.call("organizations:CreatePolicy", small)
    attach = {"PolicyId": made["Policy"]["PolicySummary"]["Id"], "TargetId": OTHER}
    large = {**given, "Name": "large", "Content": scp(1, 6_000)["Document"]}
    if allowed:
        desk.sim.call("organizations:AttachPolicy", attach)
        desk.sim.call("organizations:CreatePolicy", large)
    else:
        assert desk.refusal("organizations:AttachPolicy", by=None, **attach).status == 400
        assert desk.refusal("organizations:CreatePolicy", by=None, **large).status == 400


def test_scalar_principal_is_refused_in_files_and_in_calls() -> None:
    whole = model()
    whole["Accounts"][0]["RoleDetailList"][0]["AssumeRolePolicyDocument"] = STAR
    assert [message for message in faults(whole) if STAR_REFUSED in message]
    refused = Desk().refusal("iam:UpdateAssumeRolePolicy", RoleName="Plain", PolicyDocument=STAR)
    assert (refused.code, refused.status, refused.message) == ("MalformedPolicyDocument", 400, STAR_REFUSED)


def test_scalar_principal_is_accepted_where_the_setting_says_so() -> None:
    whole = model(ScalarPrincipalInTrustPolicies=True)
    named = next(one for one in whole["Accounts"][0]["RoleDetailList"] if one["RoleName"] == "Named")
    named["AssumeRolePolicyDocument"] = STAR
    desk = Desk(model=whole)
    assert "Credentials" in desk.assume("Named")
    desk.call("iam:UpdateAssumeRolePolicy", RoleName="Plain", PolicyDocument=STAR)
    assert "Credentials" in desk.assume("Plain", by="narrow")


def with_deny(desk: Desk, operator: str, key: str, value: str) -> None:
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {operator: {key: value}}}
    given = {"UserName": "alice", "PolicyName": "no", "PolicyDocument": policy(statement)}
    desk.sim.call("iam:PutUserPolicy", given)


@pytest.mark.parametrize(("setting", "denied"), [(False, False), (True, True)])
@pytest.mark.parametrize("key", ["aws:PrincipalTag/team", "AWS:principaltag/Team"])
def test_case_of_tag_values_is_a_setting(setting: bool, denied: bool, key: str) -> None:
    desk = Desk(settings={"TagValuesIgnoreCase": setting})
    desk.sim.call("iam:TagUser", {"UserName": "alice", "Tags": [{"Key": "team", "Value": "Web"}]})
    with_deny(desk, "StringEquals", key, "web")
    assert desk.may("s3:GetObject", by="alice") is not denied


def test_case_of_other_values_counts_whatever_the_setting_says() -> None:
    desk = Desk(settings={"TagValuesIgnoreCase": True})
    with_deny(desk, "StringEquals", "aws:username", "ALICE")
    assert desk.may("s3:GetObject", by="alice")


@pytest.mark.parametrize(("setting", "denied"), [(True, True), (False, False)])
def test_whether_bool_reads_variables_is_a_setting(setting: bool, denied: bool) -> None:
    desk = Desk(settings={"VariablesInBool": setting})
    with_deny(desk, "Bool", "aws:SecureTransport", "${aws:SecureTransport}")
    assert desk.may("s3:GetObject", by="alice") is not denied


@pytest.mark.parametrize("value", ["2024", 2026, None])
def test_year_that_is_not_a_choice_is_an_error(value: Any) -> None:
    assert bool(faults(model(ServiceControlPolicyQuotas=value))) is (value is not None)


def test_settings_change_while_the_simulation_runs(desk: Desk) -> None:
    with_deny(desk, "Bool", "aws:SecureTransport", "${aws:SecureTransport}")
    assert not desk.may("s3:GetObject", by="alice")
    desk.sim.set("VariablesInBool", "false")
    assert desk.may("s3:GetObject", by="alice")
    desk.sim.set("service-control-policy-quotas", "2025")
    assert desk.sim.world.settings.service_control_policy_quotas == "2025"
    assert "Credentials" in desk.assume(role_arn("App"))
