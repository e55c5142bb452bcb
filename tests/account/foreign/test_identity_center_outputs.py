"""The outputs of the AWS CLI's list and describe commands of IAM Identity Center complete a dump.

https://docs.aws.amazon.com/cli/latest/reference/sso-admin/
https://docs.aws.amazon.com/cli/latest/reference/identitystore/
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading.load import Loaded, parse
from sts_tui.simulation.sign_ins import account_for, portal_sign_in, portal_user, role_of_portal
from sts_tui.simulation.simulation import Simulation
from tests.accounts.every_part import PROD, dump

STORE: Final = "d-1234567890"
INSTANCE: Final = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
SET: Final = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
USER: Final = "01234567-89ab-cdef-0123-456789abcdef"
GROUP: Final = "fedcba98-7654-3210-fedc-ba9876543210"
OUTPUTS: Final[tuple[dict[str, Any], ...]] = (
    {
        "Instances": [
            {
                "InstanceArn": INSTANCE,
                "IdentityStoreId": STORE,
                "OwnerAccountId": PROD,
                "CreatedDate": "2024-01-01T00:00:00+00:00",
                "Status": "ACTIVE",
            }
        ]
    },
    {
        "Users": [
            {
                "UserName": "ann",
                "UserId": USER,
                "Name": {"FamilyName": "A", "GivenName": "Ann"},
                "DisplayName": "Ann",
                "Emails": [{"Value": "ann@acme.example", "Type": "work", "Primary": True}],
                "IdentityStoreId": STORE,
                "UserStatus": "ENABLED",
                "CreatedAt": "2024-01-01T00:00:00+00:00",
            }
        ]
    },
    {"Groups": [{"GroupId": GROUP, "DisplayName": "devs", "IdentityStoreId": STORE}]},
    {
        "GroupMemberships": [
            {
                "IdentityStoreId": STORE,
                "MembershipId": "99999999-89ab-cdef-0123-456789abcdef",
                "GroupId": GROUP,
                "MemberId": {"UserId": USER},
            }
        ]
    },
    {
        "PermissionSet": {
            "Name": "Dev",
            "PermissionSetArn": SET,
            "CreatedDate": "2024-01-01T00:00:00.123000+00:00",
            "SessionDuration": "PT2H",
        }
    },
    {
        "AccountAssignments": [
            {"AccountId": PROD, "PermissionSetArn": SET, "PrincipalType": "GROUP", "PrincipalId": GROUP}
        ]
    },
)


def loaded(*files: Any) -> Loaded:
    texts = [json.dumps(file) for file in files]
    return parse([Source(f"{number}.json", text) for number, text in enumerate(texts)])


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda one: next(iter(one)))
def test_each_output_is_read_beside_the_others(output: dict[str, Any]) -> None:
    center = loaded(dump(), *OUTPUTS).model.identity_center
    assert center is not None
    found = {
        "Instances": center.instances,
        "Users": center.users,
        "Groups": center.groups,
        "GroupMemberships": center.group_memberships,
        "PermissionSet": center.permission_sets,
        "AccountAssignments": center.account_assignments,
    }
    assert len(found[next(iter(output))]) == 1


def test_users_of_iam_and_of_the_identity_store_are_different() -> None:
    iam_user = {"UserName": "ana", "Arn": f"arn:aws:iam::{PROD}:user/ana"}
    model = loaded({"Users": [iam_user]}).model
    assert model.identity_center is None
    assert [one.user_name for one in model.accounts[0].user_detail_list] == ["ana"]


def test_users_who_are_assigned_in_the_outputs_can_sign_in() -> None:
    sim = Simulation(loaded(dump(), *OUTPUTS).model)
    ann = portal_user("ann", sim.world)
    sim.call(*portal_sign_in(ann, sim.world))
    (portal,) = sim.world.configuration.sign_ins.values()
    account = account_for(ann, "Dev", "", sim.world)
    answer = sim.call(*role_of_portal(portal, account, "Dev"))
    session = sim.world.sessions[answer["roleCredentials"]["accessKeyId"]]
    assert (session.expires_at - session.issued_at).total_seconds() == 7200
    assert session.context["identitystore:UserId"] == USER
