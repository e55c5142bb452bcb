"""What is a Cognito identity pool, and what is an identity in one?

A pool gives the visitors of an app credentials of a role: guests of one role, people who sign in at a login
provider of another, or of one that their token decides. The members are those of the API, so that the
outputs of `aws cognito-identity describe-identity-pool` and `get-identity-pool-roles` read straight across.
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
"""The name by which roles trust identity pools, and the prefix of their condition keys. It is that of the
partition `aws`; pools of others are not simulated."""
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
    """An identity pool: who may have an identity in it, and which roles they get."""

    identity_pool_id: str = ""
    """`us-east-1:` and a UUID; empty in a file: derived."""
    identity_pool_name: str = ""
    account_id: str = ""
    allow_unauthenticated_identities: bool = False
    allow_classic_flow: bool | None = None
    """Whether GetOpenIdToken answers; None: not said."""
    supported_login_providers: Mapping[str, str] = field(default_factory=dict)
    """Host of Amazon, Facebook, Google …: the app's id there."""
    developer_provider_name: str = ""
    open_id_connect_provider_arns: tuple[str, ...] = ()
    cognito_identity_providers: tuple[UserPoolClient, ...] = ()
    saml_provider_arns: tuple[str, ...] = ()
    identity_pool_tags: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    """`authenticated` and `unauthenticated`: the ARN of the role."""
    role_mappings: JsonObject = field(default_factory=dict)
    """RoleMapping by login provider, in the members of the API."""
    principal_tags: JsonObject = field(default_factory=dict)
    """By login provider: `PrincipalTags` (tag key to claim) or `UseDefaults`."""

    @property
    def arn(self) -> str:
        """As policies name it."""
        region = self.identity_pool_id.partition(":")[0]
        return f"arn:aws:cognito-identity:{region}:{self.account_id}:identitypool/{self.identity_pool_id}"

    @property
    def has_providers(self) -> bool:
        """Whether anyone can sign in to it."""
        return bool(
            self.supported_login_providers
            or self.developer_provider_name
            or self.open_id_connect_provider_arns
            or self.cognito_identity_providers
            or self.saml_provider_arns
        )


class PoolIdentity(Entity, frozen=True, kw_only=True):
    """One visitor of an app. Account files have none: GetId makes them."""

    identity_id: str
    pool_id: str
    logins: Mapping[str, str] = field(default_factory=dict)
    """Login provider → the user's id there; empty for a guest."""
    label: str
    """Who it is, for display: `photos/ana`, `photos/guest-5f3a`."""
    created_at: datetime
    modified_at: datetime
    is_disabled: bool = False
    """It was merged into another identity."""

    @property
    def is_authenticated(self) -> bool:
        return bool(self.logins)


def is_of_other_partition(pool_id: object) -> bool:
    """Whether the id is that of a pool outside of the partition `aws`: its Region is before the colon."""
    return isinstance(pool_id, str) and pool_id.startswith(_OTHER_PARTITIONS)


def complete(pool: IdentityPool, provider: str, accounts: Iterable[str]) -> IdentityPool:
    """The pool with what its file leaves out: id, name, and account if there is one alone. `provider`: the
    name of its entry under `IdentityProviders`.
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
