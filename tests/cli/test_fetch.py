"""The script of `sts-tui fetch` runs with a stand-in for the AWS CLI, and what it writes is a model."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sts_tui.account.entities import AccountModel
from sts_tui.account.loading.load import load
from sts_tui.simulation import Simulation
from sts_tui.simulation.reach.unknown_facts import unknown_facts
from tests.account.foreign.test_workload_identity_outputs import (
    ANCHOR,
    ANCHORS,
    ASSOCIATION,
    PROFILE,
    SUMMARY,
)
from tests.account.writing.test_from_your_account_page import ANSWERS, FUNCTION, KEY, QUEUE, SECRET, TOPIC
from tests.accounts.every_part import DEV, PROD, dump
from tests.accounts.policies import allow, policy, trusts
from tests.cli.conftest import Printed
from tests.support.stand_in_aws import CliCall, RefusedError, stand_in_aws

pytestmark = pytest.mark.skipif(shutil.which("sh") is None, reason="the script needs sh")

OPTIONS_WITH_ANSWERS = (
    "--filter", "--target-id", "--parent-id", "--policy-id", "--organizational-unit-id", "--group-id",
    "--account-id", "--permission-set-arn", "--user-name", "--identity-provider-name",
)  # fmt: skip
OTHER_DUMP = {
    "RoleDetailList": [
        {
            "RoleName": "Reader",
            "Arn": f"arn:aws:iam::{DEV}:role/Reader",
            "AssumeRolePolicyDocument": trusts(),
        }
    ]
}
CENTER = "arn:aws:sso:::instance/ssoins-7223b2d5a1f0c4e9"
SET = "arn:aws:sso:::permissionSet/ssoins-7223b2d5a1f0c4e9/ps-1234567890abcdef"
PLAIN_SET = SET.replace("ps-1", "ps-2")
STORE, GROUP, EVE, FAY = "d-1234567890", "g-1", "u-1", "u-2"
CENTER_ANSWERS: dict[str, Any] = {
    "list-instances": {"Instances": [{"InstanceArn": CENTER, "IdentityStoreId": STORE, "Status": "ACTIVE"}]},
    "describe-instance-access-control-attribute-configuration": {
        "InstanceAccessControlAttributeConfiguration": {
            "AccessControlAttributes": [{"Key": "team", "Value": {"Source": ["${path:title}"]}}]
        },
        "Status": "ENABLED",
    },
    f"{PROD} list-users": ANSWERS["list-users"],
    "identitystore list-users": {
        "Users": [
            {"UserName": name, "UserId": identifier, "IdentityStoreId": STORE}
            for name, identifier in (("eve", EVE), ("fay", FAY))
        ]
    },
    "identitystore list-groups": {
        "Groups": [{"GroupId": GROUP, "DisplayName": "admins", "IdentityStoreId": STORE}]
    },
    "list-group-memberships": {
        "GroupMemberships": [
            {"IdentityStoreId": STORE, "MembershipId": "m-1", "GroupId": GROUP, "MemberId": {"UserId": EVE}}
        ]
    },
    "list-permission-sets": {"PermissionSets": [SET, PLAIN_SET]},
    "describe-permission-set": {
        SET: {"PermissionSet": {"Name": "Admin", "PermissionSetArn": SET, "SessionDuration": "PT2H"}},
        PLAIN_SET: {"PermissionSet": {"Name": "Plain", "PermissionSetArn": PLAIN_SET}},
    },
    "get-inline-policy-for-permission-set": {
        SET: {"InlinePolicy": json.dumps(policy(allow("s3:*")))},
        PLAIN_SET: {"InlinePolicy": ""},
    },
    "list-managed-policies-in-permission-set": {
        SET: {
            "AttachedManagedPolicies": [
                {"Name": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
            ]
        },
        PLAIN_SET: {"AttachedManagedPolicies": []},
    },
    "list-customer-managed-policy-references-in-permission-set": {"CustomerManagedPolicyReferences": []},
    "get-permissions-boundary-for-permission-set": {
        SET: {"PermissionsBoundary": {"ManagedPolicyArn": "arn:aws:iam::aws:policy/PowerUserAccess"}},
        PLAIN_SET: "ResourceNotFoundException",
    },
    "list-accounts-for-provisioned-permission-set": {
        SET: {"AccountIds": [PROD]},
        PLAIN_SET: {"AccountIds": []},
    },
    "list-account-assignments": {
        "AccountAssignments": [
            {"AccountId": PROD, "PermissionSetArn": SET, "PrincipalType": "GROUP", "PrincipalId": GROUP}
        ]
    },
    "get-login-profile": "NoSuchEntity",
}
WORKLOAD_ANSWERS: dict[str, Any] = {
    f"{PROD} list-trust-anchors": ANCHORS,
    f"{PROD} list-profiles": {"profiles": [PROFILE["profile"]]},
    f"{PROD} list-crls": {
        "crls": [
            {
                "crlArn": ANCHOR.replace("trust-anchor/0a", "crl/2a"),
                "crlId": "2a1b2c3d-1111-2222-3333-444455556666",
                "name": "revoked",
                "crlData": "LS0t",
                "trustAnchorArn": ANCHOR,
                "enabled": True,
            }
        ]
    },
    f"{PROD} list-clusters": {"clusters": ["prod"]},
    "list-pod-identity-associations": {"associations": [SUMMARY]},
    "describe-pod-identity-association": ASSOCIATION,
    **{f"{DEV} {name}": {} for name in ("list-trust-anchors", "list-profiles", "list-crls", "list-clusters")},
}
POOL, USER_POOL = "eu-west-1:0a1b2c3d-1111-4222-8333-444455556666", "cognito-idp.eu-west-1.amazonaws.com/p"
POOL_ANSWERS: dict[str, Any] = {
    f"{PROD} list-identity-pools": {
        "IdentityPools": [{"IdentityPoolId": POOL, "IdentityPoolName": "photos"}]
    },
    f"{DEV} list-identity-pools": {"IdentityPools": []},
    "describe-identity-pool": {
        "IdentityPoolId": POOL,
        "IdentityPoolName": "photos",
        "AllowUnauthenticatedIdentities": True,
        "SupportedLoginProviders": {"graph.facebook.com": "4711"},
        "CognitoIdentityProviders": [{"ProviderName": USER_POOL, "ClientId": "7photos"}],
    },
    "get-identity-pool-roles": {
        "IdentityPoolId": POOL,
        "Roles": {"unauthenticated": f"arn:aws:iam::{PROD}:role/app/App"},
    },
    "get-principal-tag-attribute-map": {
        USER_POOL: {
            "IdentityPoolId": POOL,
            "IdentityProviderName": USER_POOL,
            "UseDefaults": False,
            "PrincipalTags": {"team": "custom:team"},
        },
        "graph.facebook.com": "ResourceNotFoundException",
    },
}
SCRIPT_ANSWERS: dict[str, Any] = {
    **ANSWERS,
    f"{PROD} get-caller-identity": {"Account": PROD, "Arn": f"arn:aws:iam::{PROD}:user/ana"},
    f"{DEV} get-caller-identity": {"Account": DEV, "Arn": f"arn:aws:sts::{DEV}:assumed-role/A/x"},
    f"{PROD} get-account-authorization-details": dump(),
    f"{DEV} get-account-authorization-details": OTHER_DUMP,
    f"{DEV} list-roles": {"Roles": []},
    f"{DEV} list-users": {"Users": []},
    f"{DEV} list-buckets": {"Buckets": []},
    f"{DEV} list-saml-providers": {"SAMLProviderList": []},
    f"{DEV} list-open-id-connect-providers": {"OpenIDConnectProviderList": []},
    **{f"{DEV} {name}": {} for name in ("list-keys", "list-queues", "list-topics", "list-secrets")},
    f"{DEV} list-functions": {},
    f"{DEV} describe-vpc-endpoints": {},
    "list-instance-profiles": {"InstanceProfiles": []},
    "assume-role": {"Credentials": {"AccessKeyId": "ASIAOTHER", "SecretAccessKey": "s", "SessionToken": "t"}},
    "describe-organizational-unit": {"OrganizationalUnit": {"Name": "Work loads"}},
    **CENTER_ANSWERS,
    **WORKLOAD_ANSWERS,
    **POOL_ANSWERS,
}


def answered(call: CliCall, refused: str) -> str:
    """The canned answer. Raises RefusedError with AWS's message for those in `refused`."""
    service, command = call.words[:2]
    if service == "configure":
        return "eu-west-1"
    owner = DEV if call.access_key_id == "ASIAOTHER" else PROD
    answer = SCRIPT_ANSWERS.get(f"{service} {command}")
    answer = answer or SCRIPT_ANSWERS.get(f"{owner} {command}", SCRIPT_ANSWERS.get(command))
    keys = [call.options[name] for name in OPTIONS_WITH_ANSWERS if name in call.options]
    if keys and isinstance(answer, dict):
        answer = next((answer[key] for key in keys if key in answer), answer.get("", answer))
    if answer is None or command in refused.split():
        raise RefusedError("An error occurred (AccessDenied) when calling it: no")
    if isinstance(answer, str):
        raise RefusedError(f"An error occurred ({answer}) when calling it: none")
    return call.shown(answer)


class Machine:
    """A machine with a stand-in for the AWS CLI."""

    def __init__(self, folder: Path, script: str) -> None:
        self.folder = folder
        self.asked: list[str] = []
        """Service and command of each call of the last script."""
        self.refused = ""
        (folder / "fetch.sh").write_text(script)

    def answer(self, call: CliCall) -> str:
        self.asked.append(" ".join(call.words[:2]))
        return answered(call, self.refused)

    def fetch(self, refused: str = "", **environment: str) -> tuple[int, str]:
        """The exit status and the output; AWS refuses the commands in `refused`."""
        self.asked.clear()
        self.refused = refused
        done = subprocess.run(
            ["sh", "fetch.sh", "out"],
            capture_output=True,
            text=True,
            cwd=self.folder,
            env={"PATH": f"{self.folder}/bin:{os.environ['PATH']}", **environment},
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=120,
        )
        return done.returncode, done.stderr

    @property
    def model(self) -> AccountModel:
        return load([self.folder / "out"]).model


@pytest.fixture
def machine(tmp_path: Path, sts_tui: Callable[..., Printed]) -> Iterator[Machine]:
    made = Machine(tmp_path, sts_tui("fetch").out)
    with stand_in_aws(tmp_path / "bin", made.answer):
        yield made


def test_one_account_is_collected_and_opens(machine: Machine) -> None:
    code, said = machine.fetch()
    assert code == 0, said
    assert "complete: sts-tui out" in said
    (account,) = machine.model.accounts
    assert account.role_detail_list[0].max_session_duration == 7200
    assert account.open_id_connect_providers[0].client_id_list == ("sts.amazonaws.com",)
    assert account.user_detail_list[0].mfa_devices
    assert {resource.arn: resource.policy is not None for resource in account.resources} == {
        "arn:aws:s3:::data": True,
        KEY: True,
        QUEUE: False,
        TOPIC: True,
        SECRET: True,
        f"{FUNCTION}:eu": True,
        f"arn:aws:ec2:eu-west-1:{PROD}:vpc-endpoint/vpce-1": True,
    }


def test_what_lets_certificates_pods_and_visitors_in_is_collected(machine: Machine) -> None:
    code, said = machine.fetch()
    assert code == 0, said
    (account,) = machine.model.accounts
    (anchor,), (profile,), (crl,) = account.trust_anchors, account.profiles, account.crls
    assert (anchor.arn, profile.name, crl.trust_anchor_arn) == (ANCHOR, "servers", ANCHOR)
    (association,) = account.pod_identity_associations
    assert (association.label, association.role_arn) == ("prod/shop/web", profile.role_arns[0])
    (pool,) = Simulation(machine.model).world.configuration.identity_pools.values()
    assert (pool.identity_pool_id, pool.account_id, pool.identity_pool_name) == (POOL, PROD, "photos")
    assert pool.roles == {"unauthenticated": f"arn:aws:iam::{PROD}:role/app/App"}
    assert pool.principal_tags[USER_POOL]["PrincipalTags"] == {"team": "custom:team"}
    assert pool.supported_login_providers == {"graph.facebook.com": "4711"}


def test_users_groups_and_permission_sets_of_identity_center_are_collected(machine: Machine) -> None:
    code, said = machine.fetch()
    assert code == 0, said
    center = machine.model.identity_center
    assert center is not None
    (instance,) = center.instances
    assert [each.key for each in instance.access_control_attributes] == ["team"]
    assert [each.user_name for each in center.users] == ["eve", "fay"]
    assert [(each.group_id, each.member_id.user_id) for each in center.group_memberships] == [(GROUP, EVE)]
    full, plain = center.permission_sets
    assert (full.name, full.session_duration) == ("Admin", "PT2H")
    assert full.inline_policy is not None
    assert full.attached_managed_policies
    assert full.permissions_boundary is not None
    assert (plain.inline_policy, plain.permissions_boundary) == (None, None)
    assert [each.principal_id for each in center.account_assignments] == [GROUP]


def test_what_was_collected_of_users_is_no_longer_unknown(machine: Machine) -> None:
    def unknown() -> str:
        simulation = Simulation(machine.model)
        return " ".join(each.what for each in unknown_facts(simulation))

    machine.fetch(refused="list-access-keys list-mfa-devices get-login-profile")
    assert "an access key" in unknown().replace("the access key", "an access key")
    assert "MFA" in unknown()
    assert "password" in unknown()
    machine.fetch()
    assert "of account" not in unknown(), "AWS said that the user has no password"


def test_an_organization_is_collected_through_a_role_in_each_account(machine: Machine) -> None:
    code, said = machine.fetch(STS_TUI_ROLE="Audit")
    assert code == 0, said
    model = machine.model
    assert [account.account_id for account in model.accounts] == [PROD, DEV]
    assert model.organization is not None
    unit = model.organization.root.organizational_units[0]
    assert (unit.name, [account.account_id for account in unit.accounts]) == ("Work loads", [DEV])
    policies = model.organization.root.service_control_policies or ()
    assert [policy.name for policy in policies] == ["FullAWSAccess"]


def test_what_was_refused_is_reported_and_fetched_the_next_time(machine: Machine) -> None:
    code, said = machine.fetch(refused="list-mfa-devices get-key-policy")
    assert code == 1
    assert "AccessDenied" in said
    assert "mfa-" in said
    assert len(machine.model.accounts) == 1, "what could be collected opens"
    assert machine.fetch()[0] == 0
    again = machine.asked
    assert "iam list-mfa-devices" in again
    assert "iam get-account-authorization-details" not in again, "what is complete is kept"
    assert machine.model.accounts[0].user_detail_list[0].mfa_devices


def test_an_interrupted_file_is_fetched_again(machine: Machine) -> None:
    machine.fetch()
    part = machine.folder / "out" / PROD / "roles.json"
    part.rename(part.with_name("roles.json.part"))
    assert machine.fetch()[0] == 0
    assert "iam list-roles" in machine.asked
    assert part.exists()


def test_every_command_of_the_script_is_among_the_permissions_that_it_lists(
    sts_tui: Callable[..., Printed],
) -> None:
    script = sts_tui("fetch").out
    listed = set(re.findall(r"([a-z0-9-]+:[A-Z]\w+)", "".join(re.findall(r"#.*\n", script))))
    spelled = {"s3api:ListBuckets": "s3:ListAllMyBuckets", "s3api:GetBucketPolicy": "s3:GetBucketPolicy"}
    special = {"saml": "SAML", "mfa": "MFA"}
    used = set()
    script = script.replace("aws sso-admin ", "aws sso ")
    for service, command in re.findall(r"\baws ([a-z0-9-]+) ((?:get|list|describe|assume)-[a-z-]+)", script):
        words = [special.get(word, word.capitalize()) for word in command.split("-")]
        name = f"{service}:{''.join(words)}".replace("OpenIdConnect", "OpenIDConnect")
        used.add(spelled.get(name, name))
    assert used - {"sts:GetCallerIdentity"} == listed, "GetCallerIdentity needs no permission"
    verbs = {action.partition(":")[2] for action in listed}
    assert all(re.match("Get|List|Describe|AssumeRole$", verb) for verb in verbs), "it only reads"
