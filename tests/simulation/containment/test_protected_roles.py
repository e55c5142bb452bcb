"""Roles that IAM lets nobody edit: the desk refuses each edit with AWS's error and shows what works instead.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
"""

from __future__ import annotations

from typing import Any

import pytest

from sts_tui.simulation import Simulation
from sts_tui.simulation.containment import incident
from sts_tui.simulation.containment.desk import Incident
from tests.accounts.policies import MAIN, allows, trusts

MANAGEMENT = "999988887777"
SSO = "AWSReservedSSO_Admin_0123456789abcdef"
LINKED = "AWSServiceRoleForAutoScaling"
LINKED_ARN = f"arn:aws:iam::{MAIN}:role/aws-service-role/autoscaling.amazonaws.com/{LINKED}"
EDITS = ("detach:work", "edit:work", "deny-all", "boundary", "deny-userid", "trust-policy", "shorten-maximum")


def protected(name: str, path: str, trust: dict[str, Any]) -> dict[str, Any]:
    return {
        "RoleName": name,
        "Path": path,
        "AssumeRolePolicyDocument": trust,
        "RolePolicyList": [{"PolicyName": "work", "PolicyDocument": allows("s3:GetObject")}],
    }


def desk_of(name: str) -> Incident:
    service = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "autoscaling.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    simulation = Simulation.open(
        {
            "Name": "protected",
            "StartTime": "2026-01-15T09:00:00Z",
            "Organization": {
                "Id": "o-exampleorgid",
                "ManagementAccountId": MANAGEMENT,
                "Root": {"Name": "Root", "Accounts": [MANAGEMENT, MAIN]},
            },
            "Accounts": [
                {"AccountId": MANAGEMENT},
                {
                    "AccountId": MAIN,
                    "RoleDetailList": [
                        protected(
                            SSO, "/aws-reserved/sso.amazonaws.com/", trusts(f"arn:aws:iam::{MAIN}:root")
                        ),
                        protected(LINKED, "/aws-service-role/autoscaling.amazonaws.com/", service),
                    ],
                },
            ],
            "Workloads": [
                {
                    "Name": "scaler",
                    "Identity": "service:autoscaling.amazonaws.com",
                    "AssumeRoles": [{"RoleArn": LINKED_ARN, "RoleSessionName": "AutoScaling"}],
                    "Requests": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/x"}],
                    "EverySeconds": 10,
                }
            ],
        }
    )
    arn = f"arn:aws:iam::{MAIN}:role/aws-reserved/sso.amazonaws.com/{SSO}"
    issued = simulation.call(
        "sts:AssumeRole", {"RoleArn": arn, "RoleSessionName": "dana"}, caller=f"operator@{MAIN}"
    )
    key = issued["Credentials"]["AccessKeyId"]
    simulation.request("s3:GetObject", "arn:aws:s3:::data/x", caller=key)
    simulation.advance(30)
    return incident(simulation, name)


@pytest.mark.parametrize("name", [SSO, LINKED])
def test_every_edit_of_the_role_is_refused_with_the_error_of_iam(name: str) -> None:
    desk = desk_of(name)
    offered = {row.cut.id: row for row in desk.rows}
    for cut_id in [one for one in EDITS if one in offered]:
        assert offered[cut_id].trial.refused.startswith("UnmodifiableEntity"), cut_id
        assert not offered[cut_id].is_best
    assert len(offered.keys() & set(EDITS)) >= 6


def test_a_role_of_identity_center_is_cut_by_an_scp_on_its_account() -> None:
    desk = desk_of(SSO)
    scp = desk.row("scp")
    assert scp is not None
    assert scp.trial.ends_access
    assert scp.is_best
    revoke = desk.row("revoke-role")
    assert revoke is not None
    assert "identitystore:UserId" in revoke.why_not


def test_a_service_linked_role_is_cut_by_its_own_deletion_alone() -> None:
    """SCPs and RCPs do not apply to it; its service deletes it.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    desk = desk_of(LINKED)
    for cut_id in ("scp", "rcp"):
        row = desk.row(cut_id)
        assert row is not None
        assert not row.trial.is_cut
    assert [row.cut.steps[0].action for row in desk.best] == ["iam:DeleteServiceLinkedRole"]
