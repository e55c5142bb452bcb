"""Service and resource control policies: created, attached, detached, deleted."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.sts.identity import CallerIdentity
from tests.accounts.bench import ACCOUNT, Bench, bench, bench_of, refusal
from tests.accounts.policies import allows, denies

MANAGEMENT = "999988887777"
DENY = denies("s3:DeleteBucket")
RCP = {"Version": "2012-10-17", "Statement": [{**denies("s3:*")["Statement"][0], "Principal": "*"}]}


def organization() -> Bench:
    unit = {"Name": "Work", "Id": "ou-abcd-12345678", "Accounts": [ACCOUNT]}
    root = {"Name": "Root", "Id": "r-abcd", "Accounts": [MANAGEMENT], "OrganizationalUnits": [unit]}
    tree = {"Id": "o-exampleorgid", "ManagementAccountId": MANAGEMENT, "Root": root}
    found = bench_of({"Organization": tree, "Accounts": [{"AccountId": ACCOUNT}, {"AccountId": MANAGEMENT}]})
    caller = Caller(kind=CallerKind.USER, account=MANAGEMENT, arn=f"arn:aws:iam::{MANAGEMENT}:user/admin")
    found.caller = CallerIdentity(caller=caller, label="admin", account=MANAGEMENT)
    return found


def created(
    aws: Bench, name: str = "guard", kind: str = "SERVICE_CONTROL_POLICY", content: Any = DENY
) -> dict[str, Any]:
    made = aws(
        "organizations:CreatePolicy", Name=name, Description="why", Type=kind, Content=json.dumps(content)
    )
    policy_made = made["Policy"]
    assert isinstance(policy_made, dict)
    return policy_made


def scps_at(aws: Bench, level: int) -> list[str]:
    return [one.name for one in levels_of(ACCOUNT, aws.configuration)[level].service_control_policies]


def test_created_policy_applies_nowhere_until_it_is_attached() -> None:
    aws = organization()
    made = created(aws)
    summary = made["PolicySummary"]
    assert json.loads(made["Content"]) == DENY
    assert summary["Id"].startswith("p-")
    assert summary["Arn"] == (
        f"arn:aws:organizations::{MANAGEMENT}:policy/o-exampleorgid/service_control_policy/{summary['Id']}"
    )
    assert (summary["Name"], summary["Type"], summary["AwsManaged"]) == (
        "guard",
        "SERVICE_CONTROL_POLICY",
        False,
    )
    assert scps_at(aws, 1) == ["FullAWSAccess"]
    aws("organizations:AttachPolicy", PolicyId=summary["Id"], TargetId="ou-abcd-12345678")
    assert [one.resource for one in aws.asked] == [
        summary["Arn"],
        f"arn:aws:organizations::{MANAGEMENT}:ou/o-exampleorgid/ou-abcd-12345678",
    ]
    assert aws.asked[0].context == {"organizations:PolicyType": "SERVICE_CONTROL_POLICY"}
    assert scps_at(aws, 1) == ["FullAWSAccess", "guard"]


@pytest.mark.parametrize(("target", "level"), [("r-abcd", 0), ("ou-abcd-12345678", 1), (ACCOUNT, 2)])
def test_policy_comes_and_goes_at_every_kind_of_target(target: str, level: int) -> None:
    aws = organization()
    identifier = created(aws)["PolicySummary"]["Id"]
    aws("organizations:AttachPolicy", PolicyId=identifier, TargetId=target)
    assert scps_at(aws, level) == ["FullAWSAccess", "guard"]
    assert refusal(aws, "organizations:AttachPolicy", PolicyId=identifier, TargetId=target) == (
        "DuplicatePolicyAttachmentException",
        400,
        "The selected policy is already attached to the specified target.",
    )
    assert refusal(aws, "organizations:DeletePolicy", PolicyId=identifier)[0] == "PolicyInUseException"
    aws("organizations:DetachPolicy", PolicyId=identifier, TargetId=target)
    assert scps_at(aws, level) == ["FullAWSAccess"]
    assert refusal(aws, "organizations:DetachPolicy", PolicyId=identifier, TargetId=target)[0] == (
        "PolicyNotAttachedException"
    )
    aws("organizations:DeletePolicy", PolicyId=identifier)
    assert refusal(aws, "organizations:DeletePolicy", PolicyId=identifier) == (
        "PolicyNotFoundException",
        400,
        "We can't find a policy with the PolicyId that you specified.",
    )


def test_full_aws_access_can_be_replaced_but_a_target_keeps_one_scp() -> None:
    aws = organization()
    full = {"PolicyId": "p-FullAWSAccess", "TargetId": ACCOUNT}
    assert refusal(aws, "organizations:DetachPolicy", **full)[0] == "ConstraintViolationException"
    identifier = created(aws, content=allows("s3:*"))["PolicySummary"]["Id"]
    aws("organizations:AttachPolicy", PolicyId=identifier, TargetId=ACCOUNT)
    aws("organizations:DetachPolicy", **full)
    assert scps_at(aws, 2) == ["guard"]


def test_resource_control_policies_are_lists_of_their_own() -> None:
    aws = organization()
    identifier = created(aws, "data", "RESOURCE_CONTROL_POLICY", RCP)["PolicySummary"]["Id"]
    aws("organizations:AttachPolicy", PolicyId=identifier, TargetId="r-abcd")
    assert [one.name for one in levels_of(ACCOUNT, aws.configuration)[0].resource_control_policies] == [
        "data"
    ]
    aws("organizations:DetachPolicy", PolicyId=identifier, TargetId="r-abcd")
    assert levels_of(ACCOUNT, aws.configuration)[0].resource_control_policies == ()


@pytest.mark.parametrize(("kind", "more", "content"), [("SERVICE", 9, DENY), ("RESOURCE", 4, RCP)])
def test_attachments_are_limited(kind: str, more: int, content: dict[str, Any]) -> None:
    """Ten SCPs with FullAWSAccess, five RCPs with RCPFullAWSAccess."""
    aws = organization()
    made = [created(aws, f"p{number}", f"{kind}_CONTROL_POLICY", content) for number in range(more + 1)]
    for one in made[:more]:
        aws("organizations:AttachPolicy", PolicyId=one["PolicySummary"]["Id"], TargetId="r-abcd")
    last = made[more]["PolicySummary"]["Id"]
    assert refusal(aws, "organizations:AttachPolicy", PolicyId=last, TargetId="r-abcd") == (
        "ConstraintViolationException",
        400,
        "You attempted to exceed the number of policies of a certain type that can be attached to an "
        "entity at one time.",
    )


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Name": "guard"}, "DuplicatePolicyException"),
        ({"Content": "{"}, "MalformedPolicyDocumentException"),
        ({"Content": json.dumps(RCP)}, "MalformedPolicyDocumentException"),
        ({"Type": "RESOURCE_CONTROL_POLICY"}, "MalformedPolicyDocumentException"),
        ({"Type": "TAG_POLICY"}, "PolicyTypeNotAvailableForOrganizationException"),
        (
            {"Content": json.dumps(allows(resource="arn:aws:s3:::" + "x" * 10_240))},
            "ConstraintViolationException",
        ),
    ],
)
def test_policies_that_cannot_be_are_refused(params: dict[str, Any], code: str) -> None:
    aws = organization()
    created(aws)
    given = {
        "Name": "new",
        "Description": "",
        "Type": "SERVICE_CONTROL_POLICY",
        "Content": json.dumps(DENY),
        **params,
    }
    assert refusal(aws, "organizations:CreatePolicy", **given)[:2] == (code, 400)


def test_only_the_management_account_edits_policies() -> None:
    aws = organization()
    aws.acting(account=ACCOUNT)
    given = {"Name": "new", "Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": json.dumps(DENY)}
    assert refusal(aws, "organizations:CreatePolicy", **given) == (
        "AccessDeniedException",
        400,
        "You don't have permissions to access this resource.",
    )
    assert refusal(bench(), "organizations:CreatePolicy", **given)[0] == "AWSOrganizationsNotInUseException"


def test_missing_target_is_refused() -> None:
    aws = organization()
    identifier = created(aws)["PolicySummary"]["Id"]
    assert refusal(aws, "organizations:AttachPolicy", PolicyId=identifier, TargetId="000000000000") == (
        "TargetNotFoundException",
        400,
        "We can't find a root, OU, account, or policy with the TargetId that you specified.",
    )
