"""The outputs of the AWS CLI's commands of identity pools complete a dump.

https://docs.aws.amazon.com/cli/latest/reference/cognito-identity/describe-identity-pool.html
https://docs.aws.amazon.com/cli/latest/reference/cognito-identity/get-identity-pool-roles.html
"""

from __future__ import annotations

import json
from typing import Any

from sts_tui.account.configuration import configuration_of
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.identity_pools import IdentityPool
from sts_tui.account.loading.load import parse
from tests.accounts.every_part import PROD, dump

POOL = "eu-west-1:0a1b2c3d-1111-4222-8333-444455556666"
DESCRIBED: dict[str, Any] = {
    "IdentityPoolId": POOL,
    "IdentityPoolName": "photos",
    "AllowUnauthenticatedIdentities": True,
    "SupportedLoginProviders": {"graph.facebook.com": "4711"},
    "IdentityPoolTags": {},
}
ROLES: dict[str, Any] = {
    "IdentityPoolId": POOL,
    "Roles": {"authenticated": f"arn:aws:iam::{PROD}:role/app/App"},
    "RoleMappings": {"graph.facebook.com": {"Type": "Token", "AmbiguousRoleResolution": "Deny"}},
}
TAGS = {"IdentityPoolId": POOL, "IdentityProviderName": "graph.facebook.com", "UseDefaults": True}


def pool(*outputs: dict[str, Any]) -> IdentityPool:
    sources = [Source(f"{n}.json", json.dumps(one)) for n, one in enumerate((dump(), *outputs))]
    (found,) = configuration_of(parse(sources).model).identity_pools.values()
    return found


def test_a_pool_and_its_roles_are_one() -> None:
    found = pool(DESCRIBED, ROLES, TAGS)
    assert (found.identity_pool_id, found.identity_pool_name, found.account_id) == (POOL, "photos", PROD)
    assert found.roles == ROLES["Roles"]
    assert found.role_mappings == ROLES["RoleMappings"]
    assert found.principal_tags == {"graph.facebook.com": {"UseDefaults": True}}


def test_a_role_that_the_dump_lacks_is_a_warning() -> None:
    other = {**ROLES, "Roles": {"unauthenticated": f"arn:aws:iam::{PROD}:role/Gone"}}
    sources = [Source(f"{n}.json", json.dumps(one)) for n, one in enumerate((dump(), DESCRIBED, other))]
    assert any("role/Gone" in one.message for one in parse(sources).warnings)
