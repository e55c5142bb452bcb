"""How IAM names the resource of a denied request."""

from __future__ import annotations

import pytest

from sts_tui.iam import PolicySet, Request, denied_message, evaluate

ACCOUNT = "arn:aws:iam::111122223333"


def sentence(action: str, resource: str) -> str:
    request = Request(principal=f"{ACCOUNT}:user/dev", action=action, resource=resource)
    return denied_message(request, evaluate(request, PolicySet(identity=[])))


@pytest.mark.parametrize(
    ("action", "resource", "named"),
    [
        ("iam:GetRole", f"{ACCOUNT}:role/team/Ops", "role Ops"),
        ("iam:AttachRolePolicy", f"{ACCOUNT}:role/Ops", "role Ops"),
        ("iam:UpdateAssumeRolePolicy", f"{ACCOUNT}:role/Ops", "role Ops"),
        ("iam:CreateAccessKey", f"{ACCOUNT}:user/ana", "user ana"),
        ("iam:DeactivateMFADevice", f"{ACCOUNT}:user/ana", "user ana"),
        ("iam:AddUserToGroup", f"{ACCOUNT}:group/dev", "group dev"),
        ("iam:GetInstanceProfile", f"{ACCOUNT}:instance-profile/web", "instance profile web"),
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/Audit", "policy arn:aws:iam::aws:policy/Audit"),
        ("iam:CreatePolicyVersion", f"{ACCOUNT}:policy/edge", f"policy {ACCOUNT}:policy/edge"),
        ("iam:CreatePolicy", f"{ACCOUNT}:policy/team/edge", "policy edge"),
        ("iam:CreateRole", f"{ACCOUNT}:role/New", f"{ACCOUNT}:role/New"),
        ("iam:CreateUser", f"{ACCOUNT}:user/new", f"{ACCOUNT}:user/new"),
        ("iam:CreateInstanceProfile", f"{ACCOUNT}:instance-profile/n", f"{ACCOUNT}:instance-profile/n"),
        ("iam:TagRole", f"{ACCOUNT}:role/New", f"{ACCOUNT}:role/New"),
        ("iam:PassRole", f"{ACCOUNT}:role/Ops", f"{ACCOUNT}:role/Ops"),
        ("iam:ListRoles", f"{ACCOUNT}:role/", f"{ACCOUNT}:role/"),
        ("iam:ListUsers", f"{ACCOUNT}:user/team/", f"{ACCOUNT}:user/team/"),
        ("iam:GetSAMLProvider", f"{ACCOUNT}:saml-provider/sso", f"{ACCOUNT}:saml-provider/sso"),
        ("iam:SimulatePrincipalPolicy", f"{ACCOUNT}:user/ana", f"{ACCOUNT}:user/ana"),
    ],
)  # fmt: skip
def test_denials_of_iam_name_what_the_operation_takes(action: str, resource: str, named: str) -> None:
    assert f"{action} on resource: {named} because no identity-based policy allows" in sentence(
        action, resource
    )


def test_other_services_name_the_arn() -> None:
    queue = "arn:aws:sqs:us-east-1:111122223333:jobs"
    assert f"on resource: {queue} because" in sentence("sqs:SendMessage", queue)
