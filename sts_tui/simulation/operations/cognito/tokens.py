"""OpenID Connect tokens of an identity pool: the basic flow, and the developer's own sign-in.

With such a token an app calls AssumeRoleWithWebIdentity itself, for any role whose trust policy admits it.
https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdToken.html
https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_GetOpenIdTokenForDeveloperIdentity.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from sts_tui.account.entities import DirectoryUser
from sts_tui.account.identity_pools import AUTHENTICATED, UNAUTHENTICATED, IdentityPool, PoolIdentity
from sts_tui.simulation.operations.cognito.identities import (
    holders_of,
    known_identity,
    linked,
    new_identity,
    proven,
)
from sts_tui.simulation.operations.cognito.logins import Login, verified_logins
from sts_tui.simulation.operations.cognito.pool_access import administered_pool, with_identities
from sts_tui.simulation.operations.cognito.principal_tags import principal_tags
from sts_tui.simulation.operations.cognito.refusals import (
    NO_CLASSIC_FLOW,
    NO_CLASSIC_MAPPINGS,
    NO_MATCH,
    conflict,
    invalid_parameter,
    not_authorized,
)
from sts_tui.sts.federation.web_identity_tokens import IDENTITY_POOLS
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import cognito_identity as shapes

LIFETIME: Final = 600
"""Seconds of a token of GetOpenIdToken."""
DEVELOPER_LIFETIME: Final = 900
"""The default for GetOpenIdTokenForDeveloperIdentity, in seconds."""


def get_open_id_token(call: Call[shapes.GetOpenIdTokenInput]) -> Answer[shapes.GetOpenIdTokenResponse]:
    """Not signed. Raises InvalidParameterException if the pool has no basic flow, and what `proven`
    raises.
    """
    proof = proven(call, call.params["IdentityId"], call.params.get("Logins") or {})
    pool, identity = proof.pool, proof.identity
    allowed = pool.allow_classic_flow
    if allowed is False or (allowed is None and not call.settings.classic_flow_by_default):
        raise invalid_parameter(NO_CLASSIC_FLOW)
    if pool.role_mappings:
        raise invalid_parameter(NO_CLASSIC_MAPPINGS)
    token = _issued(call, identity, methods_of(proof.logins), principal_tags(pool, proof.logins), LIFETIME)
    return Answer(
        response={"IdentityId": identity.identity_id, "Token": token},
        configuration=proof.configuration,
        subject=pool.arn,
    )


def get_open_id_token_for_developer_identity(
    call: Call[shapes.GetOpenIdTokenForDeveloperIdentityInput],
) -> Answer[shapes.GetOpenIdTokenForDeveloperIdentityResponse]:
    """Signed: a caller with this permission states who the user is. Raises InvalidParameterException,
    ResourceNotFoundException, NotAuthorizedException, ResourceConflictException.
    """
    params = call.params
    pool = administered_pool(call, params["IdentityPoolId"])
    developer = pool.developer_provider_name
    if not developer or developer not in params["Logins"]:
        hint = f"Logins must name {developer}" if developer else "the pool has no DeveloperProviderName"
        raise invalid_parameter("Please provide a valid developer provider name in Logins.", hint)
    user = params["Logins"][developer]
    others = {name: token for name, token in params["Logins"].items() if name != developer}
    logins = (
        Login(provider=developer, user_id=user, label=user),
        *verified_logins(call, pool, others),
    )
    identity = linked(call, pool, _identity(call, pool, logins), logins)
    seconds = int(params.get("TokenDuration") or DEVELOPER_LIFETIME)
    tags = {**principal_tags(pool, logins), **(params.get("PrincipalTags") or {})}
    token = _issued(call, identity, methods_of(logins), tags, seconds)
    return Answer(
        response={"IdentityId": identity.identity_id, "Token": token},
        configuration=with_identities(call.configuration, identity),
        subject=pool.arn,
    )


def methods_of(logins: Sequence[Login]) -> tuple[str, ...]:
    """The claim `amr`: how the user signed in."""
    if not logins:
        return (UNAUTHENTICATED,)
    return (AUTHENTICATED, *(method for login in logins for method in login.methods))


def _identity(call: Call, pool: IdentityPool, logins: Sequence[Login]) -> PoolIdentity:
    holders = holders_of(pool, logins, call.configuration)
    wanted = call.params.get("IdentityId")
    if len(holders) > 1:
        raise conflict("The logins belong to different identities.", "merging them is not simulated")
    if wanted is None:
        return holders[0] if holders else new_identity(call, pool)
    named = known_identity(call, wanted)
    if named.pool_id != pool.identity_pool_id or (holders and holders[0] is not named):
        raise not_authorized(NO_MATCH, "the login belongs to another identity")
    return named


def _issued(
    call: Call,
    identity: PoolIdentity,
    methods: Sequence[str],
    tags: Mapping[str, str],
    seconds: int,
) -> str:
    from sts_tui.identity_providers.oidc import issue_oidc  # signing loads cryptography

    user = DirectoryUser(
        name=identity.identity_id,
        claims={"aud": identity.pool_id, "amr": list(methods)},
        principal_tags=tags,
    )
    return issue_oidc(IDENTITY_POOLS, user, now=call.now, overrides={"exp": seconds, "nbf": ""})


PERFORMS: dict[str, Perform] = {
    "GetOpenIdToken": get_open_id_token,
    "GetOpenIdTokenForDeveloperIdentity": get_open_id_token_for_developer_identity,
}
