"""Identity pools: create, change, list, delete.

https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_CreateIdentityPool.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sts_tui.account.identity_pools import IdentityPool, UserPoolClient
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.operations.cognito.pool_access import administered_pool, authorize, with_pool
from sts_tui.simulation.operations.cognito.refusals import invalid_parameter
from sts_tui.simulation.operations.requests import is_true
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import cognito_identity as shapes


def create_identity_pool(call: Call[shapes.CreateIdentityPoolInput]) -> Answer[shapes.IdentityPool]:
    """A pool without roles. Its id has the Region of the call."""
    authorize(call)
    identifier = f"{call.region}:{call.ids.request_id()}"
    made = IdentityPool(identity_pool_id=identifier, account_id=call.account, **_said(call.params))
    return Answer(
        response=pool_shape(made), configuration=with_pool(call.configuration, made), subject=made.arn
    )


def update_identity_pool(call: Call[shapes.IdentityPool]) -> Answer[shapes.IdentityPool]:
    """Replace everything in the pool except its roles and tag maps: what the call leaves out is removed.
    Raises ResourceNotFoundException.
    """
    before = administered_pool(call, call.params["IdentityPoolId"])
    now = IdentityPool(
        identity_pool_id=before.identity_pool_id,
        account_id=before.account_id,
        roles=before.roles,
        role_mappings=before.role_mappings,
        principal_tags=before.principal_tags,
        extra=before.extra,
        **_said(call.params),
    )
    return Answer(response=pool_shape(now), configuration=with_pool(call.configuration, now), subject=now.arn)


def delete_identity_pool(call: Call[shapes.DeleteIdentityPoolInput]) -> Answer:
    """Delete the pool and its identities; credentials that it issued are valid until they expire. Raises
    ResourceNotFoundException.
    """
    pool = administered_pool(call, call.params["IdentityPoolId"])
    known, gone = call.configuration, pool.identity_pool_id
    pools = {name: one for name, one in known.identity_pools.items() if name != gone}
    identities = {name: one for name, one in known.pool_identities.items() if one.pool_id != gone}
    left = replace(known, identity_pools=PersistentMap(pools), pool_identities=PersistentMap(identities))
    return Answer(configuration=left, subject=pool.arn)


def describe_identity_pool(call: Call[shapes.DescribeIdentityPoolInput]) -> Answer[shapes.IdentityPool]:
    """Raises ResourceNotFoundException."""
    return Answer(response=pool_shape(administered_pool(call, call.params["IdentityPoolId"])))


def list_identity_pools(
    call: Call[shapes.ListIdentityPoolsInput],
) -> Answer[shapes.ListIdentityPoolsResponse]:
    """The pools of the account. Raises InvalidParameterException for a NextToken of another call."""
    authorize(call)
    pools = call.configuration.identity_pools.values()
    found = [one for one in pools if call.caller.is_operator or one.account_id == call.account]
    start, size = start_of(call.params.get("NextToken")), call.params["MaxResults"]
    response: shapes.ListIdentityPoolsResponse = {
        "IdentityPools": [
            {"IdentityPoolId": one.identity_pool_id, "IdentityPoolName": one.identity_pool_name}
            for one in found[start : start + size]
        ]
    }
    if start + size < len(found):
        response["NextToken"] = str(start + size)
    return Answer(response=response)


def pool_shape(pool: IdentityPool) -> shapes.IdentityPool:
    """The pool in AWS's shape, without empty members."""
    shape: shapes.IdentityPool = {
        "IdentityPoolId": pool.identity_pool_id,
        "IdentityPoolName": pool.identity_pool_name,
        "AllowUnauthenticatedIdentities": pool.allow_unauthenticated_identities,
    }
    if pool.allow_classic_flow is not None:
        shape["AllowClassicFlow"] = pool.allow_classic_flow
    if pool.supported_login_providers:
        shape["SupportedLoginProviders"] = pool.supported_login_providers
    if pool.developer_provider_name:
        shape["DeveloperProviderName"] = pool.developer_provider_name
    if pool.open_id_connect_provider_arns:
        shape["OpenIdConnectProviderARNs"] = list(pool.open_id_connect_provider_arns)
    if pool.saml_provider_arns:
        shape["SamlProviderARNs"] = list(pool.saml_provider_arns)
    if pool.cognito_identity_providers:
        shape["CognitoIdentityProviders"] = [
            {
                "ProviderName": one.provider_name,
                "ClientId": one.client_id,
                "ServerSideTokenCheck": one.server_side_token_check,
            }
            for one in pool.cognito_identity_providers
        ]
    if pool.identity_pool_tags:
        shape["IdentityPoolTags"] = pool.identity_pool_tags
    return shape


def start_of(token: str | None) -> int:
    """Where a page begins. Raises InvalidParameterException for a NextToken of another call."""
    if token and not token.isdecimal():
        raise invalid_parameter("Invalid NextToken.", "it is the token of the previous page")
    return int(token or 0)


def _said(params: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a pool that a call sets, by their names."""
    classic = params.get("AllowClassicFlow")
    return {
        "identity_pool_name": params["IdentityPoolName"],
        "allow_unauthenticated_identities": is_true(params["AllowUnauthenticatedIdentities"]),
        "allow_classic_flow": None if classic is None else is_true(classic),
        "supported_login_providers": dict(params.get("SupportedLoginProviders") or {}),
        "developer_provider_name": params.get("DeveloperProviderName") or "",
        "open_id_connect_provider_arns": tuple(params.get("OpenIdConnectProviderARNs") or ()),
        "saml_provider_arns": tuple(params.get("SamlProviderARNs") or ()),
        "cognito_identity_providers": tuple(
            UserPoolClient(
                provider_name=one.get("ProviderName", ""),
                client_id=one.get("ClientId", ""),
                server_side_token_check=is_true(one.get("ServerSideTokenCheck")),
            )
            for one in params.get("CognitoIdentityProviders") or ()
        ),
        "identity_pool_tags": dict(params.get("IdentityPoolTags") or {}),
    }


PERFORMS: dict[str, Perform] = {
    "CreateIdentityPool": create_identity_pool,
    "UpdateIdentityPool": update_identity_pool,
    "DeleteIdentityPool": delete_identity_pool,
    "DescribeIdentityPool": describe_identity_pool,
    "ListIdentityPools": list_identity_pools,
}
