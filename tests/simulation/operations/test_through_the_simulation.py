"""Operations through the one way in: authorized for the acting identity, in force for what they change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sts_tui.account.configuration import model_of
from sts_tui.account.writing.export import as_json
from sts_tui.simulation import Simulation
from sts_tui.sts.errors import AwsError
from tests.accounts.bench import ACCOUNT
from tests.accounts.entities import inline, user
from tests.accounts.policies import allow, allows, arn, denies, policy, trusts

MANAGEMENT = "999988887777"
BUCKET = "arn:aws:s3:::data"


def simulation(*statements: dict[str, Any], **account: Any) -> tuple[Simulation, str]:
    """A simulation with the user `admin`, who has these statements, and her access key id."""
    root = {"Name": "Root", "Accounts": [MANAGEMENT, ACCOUNT]}
    file = {
        "StartTime": "2026-01-15T10:00:00Z",
        "Organization": {"Id": "o-exampleorgid", "ManagementAccountId": MANAGEMENT, "Root": root},
        "Accounts": [
            {
                "AccountId": ACCOUNT,
                "UserDetailList": [user("admin", ("own", policy(*statements)))],
                "RoleDetailList": [
                    {
                        "RoleName": "App",
                        "AssumeRolePolicyDocument": trusts(arn("user/admin")),
                        "RolePolicyList": inline(("own", allows("s3:*"))),
                        "MaxSessionDuration": 3600,
                        "Tags": [{"Key": "team", "Value": "web"}],
                    }
                ],
                "Policies": [
                    {
                        "PolicyName": "edge",
                        "PolicyVersionList": [{"VersionId": "v1", "Document": allows()}],
                    }
                ],
                "Resources": [{"Arn": BUCKET}],
                "SAMLProviders": [{"Name": "sso"}],
                **account,
            },
            {"AccountId": MANAGEMENT},
        ],
        "IdentityProviders": [{"Name": "sso", "Type": "SAML", "Issuer": "https://sso.example/idp"}],
    }
    running = Simulation.open(file, seed=7)
    return running, running.access_key(arn("user/admin"))


def denied(running: Simulation, action: str, caller: Any, **params: Any) -> str:
    with pytest.raises(AwsError) as refused:
        running.call(action, params, caller=caller)
    assert (refused.value.code, refused.value.status) == ("AccessDenied", 403)
    return refused.value.message


def test_a_denial_names_caller_action_resource_and_reason() -> None:
    running, admin = simulation(allow("iam:Get*"))
    assert denied(running, "iam:DeleteRole", admin, RoleName="App") == (
        f"User: {arn('user/admin')} is not authorized to perform: iam:DeleteRole "
        "on resource: role App because no identity-based policy allows the iam:DeleteRole action"
    )


def test_attaching_can_be_limited_to_one_policy() -> None:
    only_edge = {"ArnEquals": {"iam:PolicyARN": arn("policy/edge")}}
    running, admin = simulation(allow("iam:AttachRolePolicy", Condition=only_edge))
    running.call("iam:AttachRolePolicy", {"RoleName": "App", "PolicyArn": arn("policy/edge")}, caller=admin)
    everything = "arn:aws:iam::aws:policy/AdministratorAccess"
    denied(running, "iam:AttachRolePolicy", admin, RoleName="App", PolicyArn=everything)


def test_creating_can_be_limited_to_roles_with_a_boundary() -> None:
    bounded = {"StringEquals": {"iam:PermissionsBoundary": arn("policy/edge")}}
    running, admin = simulation(allow(["iam:CreateRole", "iam:PutRolePolicy"], Condition=bounded))
    new = {"RoleName": "New", "AssumeRolePolicyDocument": trusts(ACCOUNT)}
    denied(running, "iam:CreateRole", admin, **new)
    running.call("iam:CreateRole", {**new, "PermissionsBoundary": arn("policy/edge")}, caller=admin)
    put = {"PolicyName": "p", "PolicyDocument": allows()}
    running.call("iam:PutRolePolicy", {"RoleName": "New", **put}, caller=admin)
    denied(running, "iam:PutRolePolicy", admin, RoleName="App", **put)


def test_tags_of_the_role_and_of_the_request_reach_policies() -> None:
    own = {"StringEquals": {"aws:ResourceTag/team": "web", "iam:ResourceTag/team": "web"}}
    keys = {"ForAllValues:StringEquals": {"aws:TagKeys": ["cost"]}, **own}
    running, admin = simulation(allow("iam:UpdateRole", Condition=own), allow("iam:TagRole", Condition=keys))
    running.call("iam:UpdateRole", {"RoleName": "App", "Description": "mine"}, caller=admin)
    running.call("iam:TagRole", {"RoleName": "App", "Tags": [{"Key": "cost", "Value": "1"}]}, caller=admin)
    denied(running, "iam:TagRole", admin, RoleName="App", Tags=[{"Key": "team", "Value": "data"}])


def test_creating_with_tags_needs_permission_to_tag() -> None:
    running, admin = simulation(allow("iam:CreateRole"))
    new = {
        "RoleName": "New",
        "AssumeRolePolicyDocument": trusts(ACCOUNT),
        "Tags": [{"Key": "a", "Value": "b"}],
    }
    assert "iam:TagRole" in denied(running, "iam:CreateRole", admin, **new)


def test_an_edit_changes_what_running_sessions_may_do() -> None:
    running, admin = simulation(allow("iam:*"))
    given = running.call(
        "sts:AssumeRole", {"RoleArn": arn("role/App"), "RoleSessionName": "job"}, caller=admin
    )
    job = given["Credentials"]["AccessKeyId"]
    running.call("s3:GetObject", {"Resource": f"{BUCKET}/key"}, caller=job)
    running.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "own"}, caller=admin)
    denied(running, "s3:GetObject", job, Resource=f"{BUCKET}/key")
    running.undo()
    running.call("s3:GetObject", {"Resource": f"{BUCKET}/key"}, caller=job)


def test_a_recreated_role_is_not_the_one_that_was_trusted() -> None:
    running, admin = simulation(allow(["iam:*", "sts:*"]))
    running.call(
        "iam:CreateRole", {"RoleName": "Second", "AssumeRolePolicyDocument": trusts(arn("role/App"))}
    )
    assume_app = {"RoleArn": arn("role/App"), "RoleSessionName": "job"}
    assume_second = {"RoleArn": arn("role/Second"), "RoleSessionName": "job"}
    first = running.call("sts:AssumeRole", assume_app, caller=admin)["Credentials"]
    running.call("sts:AssumeRole", assume_second, caller=first)
    running.call("iam:DeleteRolePolicy", {"RoleName": "App", "PolicyName": "own"})
    running.call("iam:DeleteRole", {"RoleName": "App"})
    running.call("iam:CreateRole", {"RoleName": "App", "AssumeRolePolicyDocument": trusts(arn("user/admin"))})
    again = running.call("sts:AssumeRole", assume_app, caller=admin)["Credentials"]
    denied(running, "sts:AssumeRole", again, **assume_second)
    with pytest.raises(AwsError, match="InvalidClientTokenId"):
        running.call("sts:GetCallerIdentity", {}, caller=first)


def test_roots_way_out_of_a_bucket_policy_that_denies_everyone() -> None:
    running, admin = simulation(allow("s3:*"))
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [BUCKET, f"{BUCKET}/*"]}
    document = {"Version": "2012-10-17", "Statement": [statement]}
    running.call("s3:PutBucketPolicy", {"Bucket": "data", "Policy": document}, caller=admin)
    assert "explicit deny in a resource-based policy" in denied(
        running, "s3:GetBucketPolicy", admin, Bucket="data"
    )
    running.call("s3:DeleteBucketPolicy", {"Bucket": "data"}, caller=running.resolve(f"root@{ACCOUNT}"))
    running.call("s3:GetObject", {"Resource": f"{BUCKET}/key"}, caller=admin)


def test_an_attached_scp_stops_the_account_and_undo_gives_it_back() -> None:
    running, admin = simulation(allow("s3:*"))
    stop = {
        "Name": "stop",
        "Description": "",
        "Type": "SERVICE_CONTROL_POLICY",
        "Content": denies("s3:*"),
    }
    made = running.call("organizations:CreatePolicy", stop)["Policy"]["PolicySummary"]
    running.call("s3:GetObject", {"Resource": f"{BUCKET}/key"}, caller=admin)
    running.call("organizations:AttachPolicy", {"PolicyId": made["Id"], "TargetId": ACCOUNT})
    denied(running, "s3:GetObject", admin, Resource=f"{BUCKET}/key")
    running.undo()
    running.call("s3:GetObject", {"Resource": f"{BUCKET}/key"}, caller=admin)


def test_edits_survive_export_and_load() -> None:
    running, _ = simulation(allow("iam:*"))
    guard = {
        "Name": "idle",
        "Description": "",
        "Type": "SERVICE_CONTROL_POLICY",
        "Content": denies("s3:*"),
    }
    provider = arn("saml-provider/sso")
    running.call("organizations:CreatePolicy", guard)
    running.call("iam:TagSAMLProvider", {"SAMLProviderArn": provider, "Tags": [{"Key": "a", "Value": "b"}]})
    running.call("iam:CreateGroup", {"GroupName": "dev"})
    running.call("iam:AddUserToGroup", {"GroupName": "dev", "UserName": "admin"})
    running.call("iam:CreateAccessKey", {"UserName": "admin"})
    exported = as_json(model_of(running.world.configuration, running.model))
    again = Simulation.open(json.loads(json.dumps(exported)), seed=7)
    organization = again.world.configuration.organization
    assert organization is not None
    assert [one.name for one in organization.unattached_service_control_policies] == ["idle"]
    assert [one.key for one in again.world.configuration.saml_providers[provider].tags] == ["a"]
    assert again.call("iam:ListGroupsForUser", {"UserName": "admin"}) == running.call(
        "iam:ListGroupsForUser", {"UserName": "admin"}
    )
    assert again.call("iam:ListAccessKeys", {"UserName": "admin"}) == running.call(
        "iam:ListAccessKeys", {"UserName": "admin"}
    )
