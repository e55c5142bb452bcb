"""Service last accessed: reports from the request log, and which policies grant a service.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_GenerateServiceLastAccessedDetails.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import AwsError, Simulation
from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, policy, role_arn, trusts

SHARED = f"arn:aws:iam::{MAIN}:policy/Shared"
TEAM = f"arn:aws:iam::{MAIN}:group/team"
ANA, BEN = (f"arn:aws:iam::{MAIN}:user/{name}" for name in ("ana", "ben"))


@pytest.fixture
def sim() -> Simulation:
    attached = [{"PolicyName": "Shared", "PolicyArn": SHARED}]
    version = {
        "VersionId": "v1",
        "IsDefaultVersion": True,
        "Document": allows(["s3:GetObject", "s3:ListBucket"]),
    }
    account = {
        "AccountId": MAIN,
        "UserDetailList": [
            user("ana", ("own", allows(["sqs:SendMessage", "sts:AssumeRole"])), GroupList=["team"]),
            user("ben", GroupList=["team"]),
        ],
        "GroupDetailList": [
            {
                "GroupName": "team",
                "GroupPolicyList": [{"PolicyName": "logs", "PolicyDocument": allows("logs:Get*")}],
                "AttachedManagedPolicies": attached,
            }
        ],
        "RoleDetailList": [
            role("App", trusts(f"arn:aws:iam::{MAIN}:root"), AttachedManagedPolicies=attached),
            role(
                "Most", trusts(), ("all", policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}))
            ),
        ],
        "Policies": [{"PolicyName": "Shared", "Arn": SHARED, "PolicyVersionList": [version]}],
    }
    return Simulation.open({"StartTime": "2026-01-15T09:00:00Z", "Accounts": [account]})


def details(sim: Simulation, arn: str, **more: Any) -> dict[str, dict[str, Any]]:
    job = sim.call("iam:GenerateServiceLastAccessedDetails", {"Arn": arn, **more})["JobId"]
    answer = sim.call("iam:GetServiceLastAccessedDetails", {"JobId": job})
    assert (answer["JobStatus"], answer["IsTruncated"]) == ("COMPLETED", False)
    return {row["ServiceNamespace"]: row for row in answer["ServicesLastAccessed"]}


def refused(sim: Simulation, operation: str, params: dict[str, Any], **more: Any) -> tuple[str, int]:
    with pytest.raises(AwsError) as error:
        sim.call(operation, params, **more)
    return error.value.code, error.value.status


def get(sim: Simulation, who: str, action: str = "s3:GetObject") -> None:
    sim.request(
        action, "arn:aws:s3:::data/x" if "Object" in action else "arn:aws:s3:::data", caller=who, owner=MAIN
    )


def test_a_user_has_the_services_of_its_own_policies_and_of_its_groups(sim: Simulation) -> None:
    found = details(sim, ANA)
    assert list(found) == ["logs", "s3", "sqs", "sts"]
    assert found["s3"] == {
        "ServiceName": "Amazon S3",
        "ServiceNamespace": "s3",
        "TotalAuthenticatedEntities": 0,
    }


def test_the_last_request_counts_allowed_or_denied(sim: Simulation) -> None:
    get(sim, "ana")
    sim.advance(60)
    with pytest.raises(AwsError):
        get(sim, "ana", "s3:PutObject")
    row = details(sim, ANA)["s3"]
    assert row["LastAuthenticated"] == "2026-01-15T09:01:00Z"
    assert (row["LastAuthenticatedEntity"], row["LastAuthenticatedRegion"]) == (ANA, "us-east-1")
    assert row["TotalAuthenticatedEntities"] == 1


def test_a_session_counts_for_its_role(sim: Simulation) -> None:
    sim.call("sts:AssumeRole", {"RoleArn": role_arn("App"), "RoleSessionName": "job"}, caller="ana")
    get(sim, "job@App")
    assert details(sim, role_arn("App"))["s3"]["LastAuthenticatedEntity"] == role_arn("App")
    assert "LastAuthenticated" not in details(sim, ANA)["s3"]
    assert details(sim, ANA)["sts"]["LastAuthenticatedEntity"] == ANA


def test_a_policy_and_a_group_count_all_who_have_them(sim: Simulation) -> None:
    get(sim, "ana")
    sim.advance(5)
    get(sim, "ben")
    assert details(sim, SHARED)["s3"]["TotalAuthenticatedEntities"] == 2
    assert details(sim, TEAM)["s3"]["LastAuthenticatedEntity"] == BEN
    job = sim.call("iam:GenerateServiceLastAccessedDetails", {"Arn": SHARED})["JobId"]
    wanted = {"JobId": job, "ServiceNamespace": "s3"}
    rows = sim.call("iam:GetServiceLastAccessedDetailsWithEntities", wanted)["EntityDetailsList"]
    found = {row["EntityInfo"]["Name"]: row.get("LastAuthenticated") for row in rows}
    assert found == {"App": None, "ana": "2026-01-15T09:00:00Z", "ben": "2026-01-15T09:00:05Z"}


def test_at_action_level_the_used_actions_are_listed(sim: Simulation) -> None:
    get(sim, "ana")
    get(sim, "ana", "s3:ListBucket")
    row = details(sim, ANA, Granularity="ACTION_LEVEL")["s3"]
    assert [one["ActionName"] for one in row["TrackedActionsLastAccessed"]] == ["GetObject", "ListBucket"]
    assert "TrackedActionsLastAccessed" not in details(sim, ANA)["s3"]


def test_a_report_says_what_was_true_when_it_was_made(sim: Simulation) -> None:
    job = sim.call("iam:GenerateServiceLastAccessedDetails", {"Arn": ANA})["JobId"]
    get(sim, "ana")
    rows = sim.call("iam:GetServiceLastAccessedDetails", {"JobId": job})["ServicesLastAccessed"]
    assert not any("LastAuthenticated" in row for row in rows)


def test_not_action_grants_every_other_service(sim: Simulation) -> None:
    job = sim.call("iam:GenerateServiceLastAccessedDetails", {"Arn": role_arn("Most")})["JobId"]
    first = sim.call("iam:GetServiceLastAccessedDetails", {"JobId": job, "MaxItems": 1000})
    names = {row["ServiceNamespace"] for row in first["ServicesLastAccessed"]}
    assert "ec2" in names
    assert "iam" not in names
    page = sim.call("iam:GetServiceLastAccessedDetails", {"JobId": job})
    assert (len(page["ServicesLastAccessed"]), page["IsTruncated"]) == (100, True)


def test_which_policies_grant_a_service(sim: Simulation) -> None:
    wanted = {"Arn": ANA, "ServiceNamespaces": ["s3", "sqs", "logs", "ec2"]}
    answer = sim.call("iam:ListPoliciesGrantingServiceAccess", wanted)
    found = {row["ServiceNamespace"]: row["Policies"] for row in answer["PoliciesGrantingServiceAccess"]}
    assert found == {
        "s3": [{"PolicyName": "Shared", "PolicyType": "MANAGED", "PolicyArn": SHARED}],
        "sqs": [{"PolicyName": "own", "PolicyType": "INLINE", "EntityType": "USER", "EntityName": "ana"}],
        "logs": [{"PolicyName": "logs", "PolicyType": "INLINE", "EntityType": "GROUP", "EntityName": "team"}],
        "ec2": [],
    }


@pytest.mark.parametrize(
    ("operation", "params", "code"),
    [
        ("iam:GenerateServiceLastAccessedDetails", {"Arn": f"{ANA}x"}, ("NoSuchEntity", 404)),
        (
            "iam:GenerateServiceLastAccessedDetails",
            {"Arn": "arn:aws:s3:::data-of-mine"},
            ("InvalidInput", 400),
        ),
        ("iam:GenerateServiceLastAccessedDetails", {"Arn": "short"}, ("ValidationError", 400)),
        ("iam:GetServiceLastAccessedDetails", {"JobId": "0" * 36}, ("NoSuchEntity", 404)),
        ("iam:GetServiceLastAccessedDetails", {"JobId": "0" * 35}, ("ValidationError", 400)),
        (
            "iam:GetServiceLastAccessedDetailsWithEntities",
            {"JobId": "0" * 36, "ServiceNamespace": "s3"},
            ("NoSuchEntity", 404),
        ),
        (
            "iam:ListPoliciesGrantingServiceAccess",
            {"Arn": ANA, "ServiceNamespaces": []},
            ("ValidationError", 400),
        ),
    ],
)
def test_what_cannot_be_asked_is_refused(
    sim: Simulation, operation: str, params: dict[str, Any], code: tuple[str, int]
) -> None:
    assert refused(sim, operation, params) == code
    if code[0] != "ValidationError":
        assert refused(sim, operation, params, caller="ben") == ("AccessDenied", 403)
