"""https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html"""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.sts_calls import MAIN, OTHER, Desk, role_arn

DISABLED = (
    "STS is not activated in this region for account:{}. Your account administrator can activate STS in this "
    "region using the IAM Console."
)

ISSUING = [
    ("AssumeRole", {"RoleArn": role_arn("App"), "RoleSessionName": "ab"}),
    ("GetSessionToken", {}),
    ("GetFederationToken", {"Name": "fred"}),
]


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


def test_token_of_the_global_endpoint_does_not_work_in_opt_in_regions(desk: Desk) -> None:
    response = desk.call("AssumeRole", region="aws-global", RoleArn=role_arn("App"), RoleSessionName="ab")
    key = desk.key(response)
    assert "Arn" in desk.call("GetCallerIdentity", by=key, region="eu-west-1")
    assert desk.refusal("GetCallerIdentity", by=key, region="af-south-1").code == "InvalidClientTokenId"


@pytest.mark.parametrize("by", ["alice", f"root@{MAIN}"])
@pytest.mark.parametrize("operation", ["AssumeRoot", "GetWebIdentityToken"])
def test_global_endpoint_lacks_some_operations_whoever_calls(desk: Desk, operation: str, by: str) -> None:
    refused = desk.refusal(operation, by=by, region="aws-global")
    assert (refused.code, refused.status) == ("InvalidAction", 400)
    assert refused.message == f"Could not find operation {operation} for version 2011-06-15"


def test_global_endpoint_is_in_virginia_for_policies(desk: Desk) -> None:
    condition = {"StringEquals": {"aws:RequestedRegion": "us-east-1"}}
    statement = {"Effect": "Deny", "Action": "sts:*", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": statement}
    given = {"UserName": "alice", "PolicyName": "elsewhere", "PolicyDocument": document}
    desk.sim.call("iam:PutUserPolicy", given)
    role = {"RoleArn": role_arn("App"), "RoleSessionName": "ab"}
    assert desk.denied("AssumeRole", region="aws-global", **role)
    assert "Credentials" in desk.call("AssumeRole", region="eu-west-1", **role)
