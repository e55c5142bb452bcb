"""https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.accounts.organization import MODEL, SSO_ARN, Desk
from tests.accounts.policies import MAIN, OTHER, role_arn

DISABLED = (
    "STS is not activated in this region for account:{}. Your account administrator can activate STS in this "
    "region using the IAM Console."
)
INVALID = "The security token included in the request is invalid."

ISSUING = [
    ("AssumeRole", {"RoleArn": role_arn("App"), "RoleSessionName": "ab"}),
    ("GetSessionToken", {}),
    ("GetFederationToken", {"Name": "fred"}),
]
ASSUME_ROOT = {
    "TargetPrincipal": OTHER,
    "TaskPolicyArn": {"arn": "arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials"},
}


def regions(**status: str) -> list[dict[str, str]]:
    """As `aws account list-regions` prints them; `af_south_1="ENABLED"`."""
    return [
        {"RegionName": name.replace("_", "-"), "RegionOptStatus": value} for name, value in status.items()
    ]


def desk_with(*, main: dict[str, Any] | None = None, other: dict[str, Any] | None = None) -> Desk:
    """The two accounts with more members of their own."""
    model = deepcopy(MODEL)
    model["Accounts"][0] |= main or {}
    model["Accounts"][1] |= other or {}
    return Desk(model=model)


def code_of(desk: Desk, action: str, *, by: Any, region: str) -> tuple[str, int]:
    refused = desk.refusal(action, by=by, region=region)
    return refused.code, refused.status


# opt-in Regions of a model that says nothing of its accounts


@pytest.mark.parametrize(("operation", "given"), ISSUING)
def test_opt_in_region_issues_nothing_until_it_is_enabled(
    desk: Desk, operation: str, given: dict[str, Any]
) -> None:
    refused = desk.refusal(operation, region="af-south-1", **given)
    assert (refused.code, refused.status) == ("RegionDisabledException", 403)
    assert refused.message == DISABLED.format(MAIN)
    assert "Credentials" in Desk(settings={"OptInRegions": ["af-south-1"]}).call(
        operation, region="af-south-1", **given
    )


def test_account_of_the_role_counts(desk: Desk) -> None:
    refused = desk.refusal(
        "AssumeRole", region="me-south-1", RoleArn=role_arn("Cross", OTHER), RoleSessionName="ab"
    )
    assert refused.message == DISABLED.format(OTHER)


def test_session_of_another_region_works_there(desk: Desk) -> None:
    key = desk.key(desk.assume("App"))
    assert "Arn" in desk.call("GetCallerIdentity", by=key, region="af-south-1")


# accounts that say which Regions they enabled


@pytest.mark.parametrize("status", ["ENABLED", "ENABLED_BY_DEFAULT"])
@pytest.mark.parametrize(("operation", "given"), ISSUING)
def test_region_that_the_account_enabled_issues(status: str, operation: str, given: dict[str, Any]) -> None:
    desk = desk_with(main={"Regions": regions(af_south_1=status)})
    assert "Credentials" in desk.call(operation, region="af-south-1", **given)


@pytest.mark.parametrize("status", ["DISABLED", "ENABLING", "DISABLING"])
def test_region_that_the_account_has_not_enabled_refuses_its_credentials(status: str) -> None:
    desk = desk_with(main={"Regions": regions(af_south_1=status)})
    session = desk.key(desk.assume("App"))
    for who in ("alice", session, f"root@{MAIN}"):
        refused = desk.refusal("GetCallerIdentity", by=who, region="af-south-1")
        assert (refused.code, refused.status, refused.message) == ("InvalidClientTokenId", 403, INVALID)
    assert code_of(desk, "s3:GetObject", by="alice", region="af-south-1") == ("InvalidAccessKeyId", 403)
    assert "Arn" in desk.call("GetCallerIdentity", by="alice", region="eu-west-1")


def test_operator_is_known_everywhere() -> None:
    desk = desk_with(main={"Regions": regions(af_south_1="DISABLED")})
    assert "Arn" in desk.call("GetCallerIdentity", by=None, region="af-south-1")


def test_both_accounts_have_to_enable_the_region() -> None:
    cross = {"region": "af-south-1", "RoleArn": role_arn("Cross", OTHER), "RoleSessionName": "ab"}
    on, off = {"Regions": regions(af_south_1="ENABLED")}, {"Regions": regions(af_south_1="DISABLED")}
    assert "Credentials" in desk_with(main=on, other=on).call("AssumeRole", **cross)
    assert desk_with(main=off, other=on).refusal("AssumeRole", **cross).code == "InvalidClientTokenId"
    refused = desk_with(main=on, other=off).refusal("AssumeRole", **cross)
    assert (refused.code, refused.message) == ("RegionDisabledException", DISABLED.format(OTHER))


def test_regions_of_the_account_override_the_setting() -> None:
    model = deepcopy(MODEL)
    model["Accounts"][1]["Regions"] = regions(af_south_1="DISABLED")
    desk = Desk(model=model, settings={"OptInRegions": ["af-south-1"]})
    refused = desk.refusal(
        "AssumeRole", region="af-south-1", RoleArn=role_arn("Cross", OTHER), RoleSessionName="ab"
    )
    assert refused.code == "RegionDisabledException"


def test_unknown_region_is_opt_in_if_the_account_says_so() -> None:
    desk = desk_with(main={"Regions": regions(xx_north_9="ENABLED")})
    key = desk.key(desk.call("GetSessionToken", region="aws-global"))
    assert code_of(desk, "GetCallerIdentity", by=key, region="xx-north-9") == ("InvalidClientTokenId", 403)


# endpoints that an account deactivated


@pytest.mark.parametrize(
    ("operation", "given"), [*ISSUING, ("GetDelegatedAccessToken", {"TradeInToken": "t"})]
)
def test_deactivated_endpoint_issues_nothing(operation: str, given: dict[str, Any]) -> None:
    desk = desk_with(main={"DeactivatedSTSEndpoints": ["eu-west-3"]})
    refused = desk.refusal(operation, region="eu-west-3", **given)
    assert (refused.code, refused.status) == ("RegionDisabledException", 403)
    assert refused.message == DISABLED.format(MAIN)
    assert "Arn" in desk.call("GetCallerIdentity", region="eu-west-3")


def test_only_the_account_of_the_credentials_has_to_have_an_active_endpoint() -> None:
    cross = {"region": "eu-west-3", "RoleArn": role_arn("Cross", OTHER), "RoleSessionName": "ab"}
    closed = {"DeactivatedSTSEndpoints": ["eu-west-3"]}
    assert "Credentials" in desk_with(main=closed).call("AssumeRole", **cross)
    assert desk_with(other=closed).refusal("AssumeRole", **cross).message == DISABLED.format(OTHER)


def test_root_sessions_ask_the_member_accounts_endpoint() -> None:
    closed = desk_with(other={"DeactivatedSTSEndpoints": ["eu-west-3"]})
    refused = closed.refusal("AssumeRoot", region="eu-west-3", **ASSUME_ROOT)
    assert (refused.code, refused.message) == ("RegionDisabledException", DISABLED.format(OTHER))
    assert "Credentials" in closed.call("AssumeRoot", region="eu-west-1", **ASSUME_ROOT)


def test_web_identity_tokens_of_aws_are_no_credentials_and_issued_all_the_same() -> None:
    desk = desk_with(main={"DeactivatedSTSEndpoints": ["eu-west-3"]})
    given: dict[str, Any] = {"Audience": ["sts.example.com"], "SigningAlgorithm": "RS256"}
    assert "WebIdentityToken" in desk.call("GetWebIdentityToken", region="eu-west-3", **given)


# the global endpoint and the versions of its tokens


def test_token_of_the_global_endpoint_does_not_work_in_opt_in_regions(desk: Desk) -> None:
    response = desk.call("AssumeRole", region="aws-global", RoleArn=role_arn("App"), RoleSessionName="ab")
    key = desk.key(response)
    assert "Arn" in desk.call("GetCallerIdentity", by=key, region="eu-west-1")
    assert code_of(desk, "GetCallerIdentity", by=key, region="af-south-1") == ("InvalidClientTokenId", 403)
    assert code_of(desk, "s3:GetObject", by=key, region="af-south-1") == ("InvalidToken", 400)


@pytest.mark.parametrize(("operation", "given"), ISSUING)
def test_account_can_prefer_version_2_tokens(desk: Desk, operation: str, given: dict[str, Any]) -> None:
    before = desk.call(operation, region="aws-global", **given)
    desk.call("iam:SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token")
    after = desk.call(operation, region="aws-global", **given)
    assert "Arn" in desk.call("GetCallerIdentity", by=desk.key(after), region="af-south-1")
    assert desk.session(before).is_version_1_token
    assert not desk.session(after).is_version_1_token
    assert before["SessionTokenSize"] < after["SessionTokenSize"]
    assert code_of(desk, "GetCallerIdentity", by=desk.key(before), region="af-south-1")[0] == (
        "InvalidClientTokenId"
    )


def test_preference_of_the_roles_account_counts_not_the_callers() -> None:
    cross = {"region": "aws-global", "RoleArn": role_arn("Cross", OTHER), "RoleSessionName": "ab"}
    version_2 = {"GlobalEndpointTokenVersion": "v2Token"}
    mine, theirs = desk_with(main=version_2), desk_with(other=version_2)
    assert mine.session(mine.call("AssumeRole", **cross)).is_version_1_token
    assert not theirs.session(theirs.call("AssumeRole", **cross)).is_version_1_token


def test_regional_endpoints_issue_version_2_whatever_the_account_prefers(desk: Desk) -> None:
    desk.call("iam:SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v1Token")
    assert not desk.session(desk.assume("App")).is_version_1_token


def test_preference_needs_permission_and_one_of_two_values(desk: Desk) -> None:
    refused = desk.refusal(
        "iam:SetSecurityTokenServicePreferences", by="bob", GlobalEndpointTokenVersion="v2Token"
    )
    assert (refused.code, refused.status) == ("AccessDenied", 403)
    message = desk.invalid("iam:SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v3Token")
    assert "at 'globalEndpointTokenVersion' failed to satisfy constraint: Member must satisfy enum" in message


def test_summary_of_the_account_tells_the_version(desk: Desk) -> None:
    assert desk.call("iam:GetAccountSummary")["SummaryMap"]["GlobalEndpointTokenVersion"] == 1
    desk.call("iam:SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token")
    summary = desk.call("iam:GetAccountSummary")["SummaryMap"]
    assert summary["GlobalEndpointTokenVersion"] == 2
    assert (summary["Users"], summary["Providers"], summary["MFADevicesInUse"]) == (4, 2, 1)


def test_preference_can_be_undone(desk: Desk) -> None:
    desk.call("iam:SetSecurityTokenServicePreferences", GlobalEndpointTokenVersion="v2Token")
    desk.sim.undo()
    assert desk.call("iam:GetAccountSummary")["SummaryMap"]["GlobalEndpointTokenVersion"] == 1


@pytest.mark.parametrize(
    ("operation", "given"),
    [
        ("AssumeRoleWithSAML", {"PrincipalArn": SSO_ARN, "SAMLAssertion": "aaaa"}),
        ("AssumeRoleWithWebIdentity", {"RoleSessionName": "ab", "WebIdentityToken": "a.b.c"}),
    ],
)
def test_region_is_asked_before_anyone_looks_at_a_token(operation: str, given: dict[str, Any]) -> None:
    desk = desk_with(main={"DeactivatedSTSEndpoints": ["eu-west-3"]})
    whole = {"by": "anonymous", "RoleArn": role_arn("Staff"), **given}
    assert desk.refusal(operation, region="eu-west-3", **whole).code == "RegionDisabledException"
    assert desk.refusal(operation, region="eu-west-1", **whole).code == "InvalidIdentityToken"


@pytest.mark.parametrize("by", ["alice", f"root@{MAIN}"])
@pytest.mark.parametrize("operation", ["AssumeRoot", "GetWebIdentityToken"])
def test_global_endpoint_lacks_some_operations_for_every_caller(desk: Desk, operation: str, by: str) -> None:
    refused = desk.refusal(operation, by=by, region="aws-global")
    assert (refused.code, refused.status) == ("InvalidAction", 400)
    assert refused.message == f"Could not find operation {operation} for version 2011-06-15"


@pytest.mark.parametrize("operation", ["AssumeRoles", "GetSessionTokens", "", "*"])
def test_operation_that_sts_has_not_is_an_invalid_action(desk: Desk, operation: str) -> None:
    refused = desk.refusal(f"sts:{operation}")
    assert (refused.code, refused.status) == ("InvalidAction", 400)
    assert refused.message == f"Could not find operation {operation} for version 2011-06-15"


@pytest.mark.parametrize("permission", ["sts:TagSession", "sts:SetSourceIdentity", "STS:assumerole"])
def test_permissions_of_sts_can_be_asked_for_by_themselves(desk: Desk, permission: str) -> None:
    assert desk.may(permission, role_arn("App"), by="alice")


def test_global_endpoint_is_in_virginia_for_policies(desk: Desk) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    statement = {"Effect": "Deny", "Action": "sts:*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": statement}
    given = {"UserName": "alice", "PolicyName": "elsewhere", "PolicyDocument": document}
    desk.sim.call("iam:PutUserPolicy", given)
    role = {"RoleArn": role_arn("App"), "RoleSessionName": "ab"}
    assert desk.denied("AssumeRole", region="aws-global", **role)
    assert "Credentials" in desk.call("AssumeRole", region="eu-west-1", **role)


def test_only_the_status_of_the_region_itself_counts() -> None:
    """The file lists other Regions before and after it."""
    listed = regions(af_south_1="DISABLED", eu_south_1="ENABLED", me_south_1="DISABLED")
    desk = desk_with(main={"Regions": listed})
    asked = {"RoleArn": role_arn("App"), "RoleSessionName": "ab"}
    assert "Credentials" in desk.call("AssumeRole", region="eu-south-1", **asked)
    for region in ("af-south-1", "me-south-1"):
        assert desk.refusal("AssumeRole", region=region, **asked).code


def test_scoped_credentials_have_a_version_2_token_whatever_their_parent_has(desk: Desk) -> None:
    parent = desk.call("AssumeRole", region="aws-global", RoleArn=role_arn("App"), RoleSessionName="ab")
    assert desk.session(parent).is_version_1_token
    scoped = desk.call("GetScopedCredentials", by=desk.key(parent), DurationSeconds=900)
    assert not desk.session(scoped).is_version_1_token


def test_a_version_1_token_works_where_the_region_is_enabled_by_default() -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html"""
    listed = regions(eu_west_1="ENABLED_BY_DEFAULT", af_south_1="ENABLED")
    desk = desk_with(main={"Regions": listed})
    key = desk.key(desk.call("GetSessionToken", region="aws-global"))
    assert "Arn" in desk.call("GetCallerIdentity", by=key, region="eu-west-1")
    assert desk.refusal("GetCallerIdentity", by=key, region="af-south-1").code
