"""Service-linked roles: created for a service, deleted through it, changed by nobody.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html
"""

from __future__ import annotations

import pytest

from tests.accounts.bench import Bench, bench, refusal
from tests.accounts.policies import arn, trusts

SERVICE = "autoscaling.amazonaws.com"
NAME = "AWSServiceRoleForAutoScaling"
POLICY = "AutoScalingServiceRolePolicy"
PATH = f"aws-service-role/{SERVICE}"


def with_role(suffix: str | None = None) -> Bench:
    aws = bench(RoleDetailList=[{"RoleName": "App", "AssumeRolePolicyDocument": trusts("*")}])
    more = {"CustomSuffix": suffix} if suffix else {}
    aws("iam:CreateServiceLinkedRole", AWSServiceName=SERVICE, **more)
    return aws


def test_the_role_has_the_services_name_path_trust_and_policy() -> None:
    aws = bench()
    made = aws("iam:CreateServiceLinkedRole", AWSServiceName=SERVICE, Description="mine")["Role"]
    assert (made["RoleName"], made["Path"], made["Arn"]) == (NAME, f"/{PATH}/", arn(f"role/{PATH}/{NAME}"))
    role = aws.configuration.roles[arn(f"role/{PATH}/{NAME}")]
    statement = role.assume_role_policy_document.document["Statement"]
    assert statement == [{"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"}]
    assert [one.policy_name for one in role.attached_managed_policies] == [POLICY]
    assert (role.description, role.max_session_duration) == ("mine", 3600)


def test_policies_see_the_name_of_the_service() -> None:
    aws = bench()
    aws("iam:CreateServiceLinkedRole", AWSServiceName=SERVICE)
    (asked,) = aws.asked
    assert (asked.resource, asked.context) == (arn(f"role/{PATH}/{NAME}"), {"iam:AWSServiceName": SERVICE})


def test_a_second_role_needs_a_suffix_and_a_service_that_takes_one() -> None:
    aws = with_role()
    code, status, message = refusal(aws, "iam:CreateServiceLinkedRole", AWSServiceName=SERVICE)
    assert (code, status) == ("InvalidInput", 400)
    assert message == (
        f"Service role name {NAME} has been taken in this account, please try a different suffix."
    )
    made = aws("iam:CreateServiceLinkedRole", AWSServiceName=SERVICE, CustomSuffix="two")["Role"]
    assert made["RoleName"] == f"{NAME}_two"
    given = {"AWSServiceName": "rds.amazonaws.com", "CustomSuffix": "two"}
    assert refusal(aws, "iam:CreateServiceLinkedRole", **given) == (
        "InvalidInput",
        400,
        "Custom suffix is not allowed for rds.amazonaws.com",
    )


def test_a_suffix_has_64_characters_at_most() -> None:
    aws = bench()
    given = {"AWSServiceName": SERVICE}
    aws("iam:CreateServiceLinkedRole", **given, CustomSuffix="x" * 35)
    assert refusal(aws, "iam:CreateServiceLinkedRole", **given, CustomSuffix="x" * 65)[0] == "ValidationError"


@pytest.mark.parametrize(
    ("service", "role"),
    [
        ("batch.amazonaws.com", "AWSServiceRoleForBatch"),
        ("spotfleet.amazonaws.com", "AWSServiceRoleForEC2SpotFleet"),
        ("appsync.amazonaws.com", "AWSServiceRoleForAppSync"),
    ],
)
def test_a_role_is_called_as_its_service_calls_it(service: str, role: str) -> None:
    made = bench()("iam:CreateServiceLinkedRole", AWSServiceName=service)["Role"]
    assert (made["RoleName"], made["Path"]) == (role, f"/aws-service-role/{service}/")


def test_what_is_no_service_has_no_role() -> None:
    assert refusal(bench(), "iam:CreateServiceLinkedRole", AWSServiceName="nonsense") == (
        "InvalidInput",
        400,
        "Invalid service name: nonsense",
    )
    code, _, message = refusal(bench(), "iam:CreateServiceLinkedRole", AWSServiceName="s3.amazonaws.com")
    assert (code, "not known" in message) == ("InvalidInput", True)


def test_only_the_service_changes_its_role() -> None:
    aws = with_role()
    for operation, params in (
        ("UpdateAssumeRolePolicy", {"PolicyDocument": '{"Version":"2012-10-17","Statement":[]}'}),
        ("DeleteRole", {}),
        ("DetachRolePolicy", {"PolicyArn": f"arn:aws:iam::aws:policy/aws-service-role/{POLICY}"}),
    ):  # fmt: skip
        code, status, message = refusal(aws, f"iam:{operation}", RoleName=NAME, **params)
        assert (code, status) == ("UnmodifiableEntity", 400)
        assert "only modifiable by AWS" in message


def test_the_role_is_deleted_through_the_service_and_the_task_reports_it() -> None:
    aws = with_role()
    assert refusal(aws, "iam:DeleteServiceLinkedRole", RoleName="App") == (
        "InvalidInput",
        400,
        "Role App is not a service-linked role.",
    )
    task = aws("iam:DeleteServiceLinkedRole", RoleName=NAME)["DeletionTaskId"]
    assert task.startswith(f"task/{PATH}/{NAME}/")
    assert arn(f"role/{PATH}/{NAME}") not in aws.configuration.roles
    assert aws("iam:GetServiceLinkedRoleDeletionStatus", DeletionTaskId=task) == {"Status": "SUCCEEDED"}
    assert refusal(aws, "iam:DeleteServiceLinkedRole", RoleName=NAME)[:2] == ("NoSuchEntity", 404)


def test_a_task_that_was_never_begun_is_not_found() -> None:
    aws = with_role()
    aws("iam:DeleteServiceLinkedRole", RoleName=NAME)
    made_up = f"task/{PATH}/{NAME}/01234567-89ab-cdef-0123-456789abcdef"
    assert refusal(aws, "iam:GetServiceLinkedRoleDeletionStatus", DeletionTaskId=made_up)[:2] == (
        "NoSuchEntity",
        404,
    )
    assert refusal(aws, "iam:GetServiceLinkedRoleDeletionStatus", DeletionTaskId="task")[0] == "InvalidInput"
