"""What are a Cognito identity pool and an identity in it?

A pool gives the users of an app credentials of a role: one role for guests, another for users who sign in at
a login provider, or a role that their token determines. The fields are the members of the API, so that the
outputs of `aws cognito-identity describe-identity-pool` and `get-identity-pool-roles` can be used directly.
https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_DescribeIdentityPool.html
https://docs.aws.amazon.com/cognito/latest/developerguide/identity-pools.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from msgspec import field
from msgspec.structs import replace

from sts_tui.account.entity import Entity
from sts_tui.account.json_value import JsonObject
from sts_tui.account.regions import DEFAULT_REGION

ISSUER: Final = "cognito-identity.amazonaws.com"
"""The name by which roles trust identity pools, and the prefix of their condition keys, in the partition
`aws`. Identity pools of other partitions are not simulated."""
ISSUERS_ELSEWHERE: Final = (
    "cognito-identity-us-gov.amazonaws.com",
    "cognito-identity.us-gov-east-1.amazonaws.com",
    "cognito-identity.cn-north-1.amazonaws.com.cn",
)
"""In GovCloud and in China. https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html"""
_OTHER_PARTITIONS: Final = ("us-gov-", "cn-", "eusc-", "us-iso")
AUTHENTICATED: Final = "authenticated"
UNAUTHENTICATED: Final = "unauthenticated"


class UserPoolClient(Entity, frozen=True, kw_only=True):
    """An app client of a Cognito user pool, as a login provider."""

    provider_name: str
    """`cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI`"""
    client_id: str = ""
    server_side_token_check: bool = False


class IdentityPool(Entity, frozen=True, kw_only=True):
    """An identity pool: who can get an identity in it, and which roles the identities get."""

    identity_pool_id: str = ""
    """`us-east-1:` and a UUID. Derived if the file does not give it."""
    identity_pool_name: str = ""
    account_id: str = ""
    allow_unauthenticated_identities: bool = False
    allow_classic_flow: bool | None = None
    """Whether the classic flow (GetOpenIdToken) is enabled; None: not specified."""
    supported_login_providers: Mapping[str, str] = field(default_factory=dict)
    """Host of the provider (Amazon, Facebook, Google …) → id of the app there."""
    developer_provider_name: str = ""
    open_id_connect_provider_arns: tuple[str, ...] = ()
    cognito_identity_providers: tuple[UserPoolClient, ...] = ()
    saml_provider_arns: tuple[str, ...] = ()
    identity_pool_tags: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    """`authenticated` and `unauthenticated` → ARN of the role."""
    role_mappings: JsonObject = field(default_factory=dict)
    """Login provider → RoleMapping, with the member names of the API."""
    principal_tags: JsonObject = field(default_factory=dict)
    """Login provider → `PrincipalTags` (tag key to claim) or `UseDefaults`."""

    @property
    def arn(self) -> str:
        """Its ARN, for policies."""
        region = self.identity_pool_id.partition(":")[0]
        return f"arn:aws:cognito-identity:{region}:{self.account_id}:identitypool/{self.identity_pool_id}"

    @property
    def has_providers(self) -> bool:
        """Whether it has a login provider at which users can sign in."""
        return bool(
            self.supported_login_providers
            or self.developer_provider_name
            or self.open_id_connect_provider_arns
            or self.cognito_identity_providers
            or self.saml_provider_arns
        )


class PoolIdentity(Entity, frozen=True, kw_only=True):
    """One identity in a pool: a guest or a signed-in user. Account files have none; GetId creates them."""

    identity_id: str
    pool_id: str
    logins: Mapping[str, str] = field(default_factory=dict)
    """Login provider → the user's id there; empty for a guest."""
    label: str
    """A name for display: `photos/ana`, `photos/guest-5f3a`."""
    created_at: datetime
    modified_at: datetime
    is_disabled: bool = False
    """It was merged into another identity."""

    @property
    def is_authenticated(self) -> bool:
        return bool(self.logins)


def is_of_other_partition(pool_id: object) -> bool:
    """Whether a pool id belongs to another partition than `aws`, judging by the Region before the colon."""
    return isinstance(pool_id, str) and pool_id.startswith(_OTHER_PARTITIONS)


def complete(pool: IdentityPool, provider: str, accounts: Iterable[str]) -> IdentityPool:
    """The pool with the values that the file omits: id, name, and the account if there is only one.
    `provider`: the name of its entry under `IdentityProviders`.
    """
    name = pool.identity_pool_name or provider
    from hashlib import sha256

    digest = sha256(f"identity pool {provider}".encode()).hexdigest()
    derived = (
        f"{DEFAULT_REGION}:{digest[:8]}-{digest[8:12]}-4{digest[13:16]}-8{digest[17:20]}-{digest[20:32]}"
    )
    return replace(
        pool,
        identity_pool_id=pool.identity_pool_id or derived,
        identity_pool_name=name,
        account_id=pool.account_id or next(iter(accounts), ""),
    )
