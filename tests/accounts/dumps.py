"""Outputs of get-account-authorization-details as people have them: nothing but what that command prints."""

from __future__ import annotations

from typing import Any

from tests.accounts.entities import role
from tests.accounts.policies import MAIN, allows, arn, policy, role_arn, trust

GITHUB = "token.actions.githubusercontent.com"


def dump_with_trusts() -> dict[str, Any]:
    """Roles `deploy`, which trusts GitHub, and `staff`, which trusts Okta; the providers are not listed."""
    github = {
        "StringLike": {f"{GITHUB}:sub": "repo:acme/*"},
        "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
    }
    okta = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
    deploy = trust(
        {"Federated": arn(f"oidc-provider/{GITHUB}")}, "sts:AssumeRoleWithWebIdentity", Condition=github
    )
    staff = trust({"Federated": arn("saml-provider/okta")}, "sts:AssumeRoleWithSAML", Condition=okta)
    return {
        "UserDetailList": [],
        "GroupDetailList": [],
        "Policies": [],
        "RoleDetailList": [
            role("deploy", policy(deploy), ("p", allows("s3:*")), Arn=role_arn("deploy", MAIN)),
            role("staff", policy(staff), ("p", allows("s3:List*")), Arn=role_arn("staff", MAIN)),
        ],
    }
