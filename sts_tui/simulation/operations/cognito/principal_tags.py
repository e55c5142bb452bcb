"""Which claims of a login become principal tags of the session?

The map of the login provider says so; the role's trust policy must allow sts:TagSession. A claim that the
token lacks sets no tag.
https://docs.aws.amazon.com/cognito/latest/developerguide/attributes-for-access-control.html
https://docs.aws.amazon.com/cognito/latest/developerguide/provider-mappings.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sts_tui.account.identity_pools import IdentityPool
from sts_tui.simulation.operations.cognito.logins import Login

_DEFAULTS: Final[Mapping[str, str]] = {"client": "aud", "username": "sub"}


def principal_tags(pool: IdentityPool, logins: Sequence[Login]) -> dict[str, str]:
    """Tag key → value; of two logins with the same tag the first counts."""
    found: dict[str, str] = {}
    for login in logins:
        for key, claim in _map_of(pool, login).items():
            value = login.claims.get(claim)
            if isinstance(value, bool):
                value = "true" if value else "false"
            if isinstance(value, str | int | float):
                found.setdefault(key, str(value))
    return found


def _map_of(pool: IdentityPool, login: Login) -> dict[str, str]:
    arns = [
        one for one in pool.open_id_connect_provider_arns if one.endswith(f":oidc-provider/{login.provider}")
    ]
    for name in (login.provider, *arns):
        said = pool.principal_tags.get(name)
        if not isinstance(said, Mapping):
            continue
        if said.get("UseDefaults"):
            return dict(_DEFAULTS)
        tags = said.get("PrincipalTags")
        return {str(key): str(claim) for key, claim in tags.items()} if isinstance(tags, Mapping) else {}
    return {}
