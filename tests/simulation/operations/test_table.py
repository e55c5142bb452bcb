"""The table of operations agrees with its modules, its request shapes, and what was promised."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from sts_tui.simulation.operations import OPERATIONS, shape_of
from sts_tui.simulation.operations.command_names import command_of, dashed
from sts_tui.simulation.operations.table import ISSUES, TABLE, WRITES
from sts_tui.sts.operation import Effect

PROMISED = """
    CreateRole DeleteRole GetRole ListRoles UpdateRole UpdateAssumeRolePolicy PutRolePolicy DeleteRolePolicy
    GetRolePolicy ListRolePolicies AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies
    PutRolePermissionsBoundary DeleteRolePermissionsBoundary TagRole UntagRole ListRoleTags
    CreateUser DeleteUser GetUser ListUsers UpdateUser PutUserPolicy DeleteUserPolicy GetUserPolicy
    ListUserPolicies AttachUserPolicy DetachUserPolicy ListAttachedUserPolicies PutUserPermissionsBoundary
    DeleteUserPermissionsBoundary TagUser UntagUser ListUserTags CreateAccessKey UpdateAccessKey
    DeleteAccessKey ListAccessKeys CreateGroup DeleteGroup GetGroup ListGroups AddUserToGroup
    RemoveUserFromGroup ListGroupsForUser PutGroupPolicy DeleteGroupPolicy GetGroupPolicy ListGroupPolicies
    AttachGroupPolicy DetachGroupPolicy ListAttachedGroupPolicies CreateInstanceProfile DeleteInstanceProfile
    GetInstanceProfile ListInstanceProfiles AddRoleToInstanceProfile RemoveRoleFromInstanceProfile
    CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider ListSAMLProviders CreateOpenIDConnectProvider
    DeleteOpenIDConnectProvider GetOpenIDConnectProvider ListOpenIDConnectProviders CreatePolicy DeletePolicy
    GetPolicy ListPolicies CreatePolicyVersion DeletePolicyVersion GetPolicyVersion ListPolicyVersions
    SetDefaultPolicyVersion ListEntitiesForPolicy GetAccountAuthorizationDetails SimulateCustomPolicy
    SimulatePrincipalPolicy
"""


def test_everything_promised_is_there() -> None:
    promised = [f"iam:{name}" for name in PROMISED.split()]
    promised += [f"s3:{verb}BucketPolicy" for verb in ("Put", "Get", "Delete")] + ["kms:PutKeyPolicy"]
    promised += [f"organizations:{verb}Policy" for verb in ("Create", "Attach", "Detach", "Delete")]
    assert [name for name in promised if name not in OPERATIONS] == []
    assert "sts:AssumeRole" in OPERATIONS


def test_every_row_of_the_table_has_its_function_and_its_shape() -> None:
    rows = [(service, module, name) for service, module, names in TABLE for name in names.split()]
    assert len(rows) == len(set(rows))
    for service, module, name in rows:
        performs = import_module(f"sts_tui.simulation.operations.{module}").PERFORMS
        assert callable(performs[name])
        assert shape_of(f"{service}:{name}").type == "structure"


def test_every_function_is_in_the_table() -> None:
    listed: dict[str, set[str]] = {}
    for _, module, names in TABLE:
        listed.setdefault(module, set()).update(names.split())
    for module, names in listed.items():
        assert set(import_module(f"sts_tui.simulation.operations.{module}").PERFORMS) == names


def test_reads_are_known_by_their_names() -> None:
    ours = [name for service, _, names in TABLE for name in (f"{service}:{one}" for one in names.split())]
    for name in ours:
        reads = name.partition(":")[2].startswith(
            ("Get", "List", "Simulate", "Describe", "Validate", "Check")
        )
        if name in ISSUES:
            assert OPERATIONS[name].effect is Effect.ISSUE
        elif name in WRITES:
            assert OPERATIONS[name].effect is Effect.WRITE
        else:
            assert (OPERATIONS[name].effect is Effect.READ) is reads


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AddClientIDToOpenIDConnectProvider", "add-client-id-to-open-id-connect-provider"),
        ("AssumeRoleWithSAML", "assume-role-with-saml"),
        ("ListMFADevices", "list-mfa-devices"),
        ("DeactivateMFADevice", "deactivate-mfa-device"),
        ("SAMLMetadataDocument", "saml-metadata-document"),
        ("ClientIDList", "client-id-list"),
        ("ResourceArns", "resource-arns"),
    ],
)
def test_names_are_those_of_the_aws_cli(name: str, expected: str) -> None:
    assert dashed(name) == expected


def test_bucket_policies_are_under_s3api() -> None:
    assert command_of("s3:PutBucketPolicy") == ("s3api", "put-bucket-policy")


def test_the_documentation_lists_every_operation_and_no_other() -> None:
    page = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    rows = [line.split("|")[2] for line in page.split("\n## ")[0].splitlines() if line.startswith("| ")][2:]
    documented = sorted(name.strip() for row in rows for name in row.split(","))
    assert documented == sorted(name for _, _, names in TABLE for name in names.split())
