"""The calls that Terraform's AWS provider makes for a role, a policy and an instance profile, in its order.

Reads come back as they were written, because the provider compares them with its state. Deleting a role asks
for its instance profiles first.
https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sts_tui.simulation import Simulation
from tests.accounts.every_part import PROD
from tests.accounts.policies import allow, policy, trusts
from tests.endpoint.served import served

TRUST = json.dumps(trusts({"Service": "ec2.amazonaws.com"}))
DOCUMENT = json.dumps(policy(allow("s3:GetObject", "arn:aws:s3:::data/*")))


@pytest.fixture
def iam(sim: Simulation) -> Iterator[Any]:
    with served(sim) as one:
        yield one.client("iam", "alice")


def test_a_run_begins_with_who_am_i_and_the_aliases_of_the_account(sim: Simulation) -> None:
    with served(sim) as one:
        for _ in range(3):
            assert one.client("sts", "alice").get_caller_identity()["Account"] == PROD
        assert one.client("iam", "alice").list_account_aliases()["AccountAliases"] == []


def test_a_role_is_created_read_and_destroyed(iam: Any) -> None:
    tags = [{"Key": "env", "Value": "test"}]
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=TRUST, MaxSessionDuration=7200, Tags=tags)
    role = iam.get_role(RoleName="web")["Role"]
    assert role["AssumeRolePolicyDocument"] == json.loads(TRUST)
    assert (role["MaxSessionDuration"], role["Tags"]) == (7200, tags)
    assert iam.list_role_policies(RoleName="web")["PolicyNames"] == []
    assert iam.list_attached_role_policies(RoleName="web")["AttachedPolicies"] == []
    iam.put_role_policy(RoleName="web", PolicyName="data", PolicyDocument=DOCUMENT)
    found = iam.get_role_policy(RoleName="web", PolicyName="data")
    assert found["PolicyDocument"] == json.loads(DOCUMENT)
    assert iam.list_instance_profiles_for_role(RoleName="web")["InstanceProfiles"] == []
    iam.delete_role_policy(RoleName="web", PolicyName="data")
    iam.delete_role(RoleName="web")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName="web")


def test_a_managed_policy_is_created_attached_versioned_and_destroyed(iam: Any) -> None:
    arn = iam.create_policy(PolicyName="data", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    written = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    assert written == json.loads(DOCUMENT)
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=TRUST)
    iam.attach_role_policy(RoleName="web", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="web")["AttachedPolicies"]
    assert [one["PolicyArn"] for one in attached] == [arn]
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=DOCUMENT, SetAsDefault=True)
    assert len(iam.list_policy_versions(PolicyArn=arn)["Versions"]) == 2
    iam.detach_role_policy(RoleName="web", PolicyArn=arn)
    iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)
    iam.delete_role(RoleName="web")


def test_an_instance_profile_is_polled_until_it_is_there_and_leaves_before_its_role(iam: Any) -> None:
    iam.create_role(RoleName="web", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="web")
    iam.get_waiter("instance_profile_exists").wait(InstanceProfileName="web")
    iam.add_role_to_instance_profile(InstanceProfileName="web", RoleName="web")
    profile = iam.get_instance_profile(InstanceProfileName="web")["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["web"]
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_role(RoleName="web")
    listed = iam.list_instance_profiles_for_role(RoleName="web")["InstanceProfiles"]
    for one in listed:
        iam.remove_role_from_instance_profile(InstanceProfileName=one["InstanceProfileName"], RoleName="web")
    iam.delete_role(RoleName="web")
    iam.delete_instance_profile(InstanceProfileName="web")
