"""Which identity of a pool does a caller have, and how is that proven? A guest gives only the id. An identity
with logins needs a valid token of one of them; a further login is linked to it. A guest who signs in as
someone with an identity is merged into that one. AWS does not document which of two identities with logins is
kept: merging these is refused.
https://docs.aws.amazon.com/cognito/latest/developerguide/authentication-flow.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.identity_pools import IdentityPool, PoolIdentity
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.operations.cognito.logins import Login, verified_logins
from sts_tui.simulation.operations.cognito.pool_access import (
    administered_pool,
    authorize,
    known_pool,
    with_identities,
)
from sts_tui.simulation.operations.cognito.pools import start_of
from sts_tui.simulation.operations.cognito.refusals import (
    NO_GUESTS,
    NO_MATCH,
    conflict,
    forbidden,
    not_authorized,
    not_found,
)
from sts_tui.simulation.operations.requests import is_true
from sts_tui.sts.credentials import printed
from sts_tui.sts.operation import Answer, Call, Perform

if TYPE_CHECKING:
    from sts_tui.simulation.operations.shapes import cognito_identity as shapes


class Proven(Struct, frozen=True, kw_only=True):
    """An identity that the caller has proven to own, and what the call changed about it."""

    pool: IdentityPool
    identity: PoolIdentity
    logins: tuple[Login, ...]
    """The logins of this call; empty for a guest."""
    configuration: Configuration


def get_id(call: Call[shapes.GetIdInput]) -> Answer[shapes.GetIdResponse]:
    """The identity that has one of the logins, or a new one. Not signed: anyone can call it. Raises
    ResourceNotFoundException, NotAuthorizedException, ResourceConflictException.
    """
    pool = known_pool(call, call.params["IdentityPoolId"])
    given = call.params.get("Logins") or {}
    if not given and not pool.allow_unauthenticated_identities:
        raise not_authorized(NO_GUESTS, "pass Logins, or set AllowUnauthenticatedIdentities")
    logins = verified_logins(call, pool, given)
    holders = holders_of(pool, logins, call.configuration)
    if len(holders) > 1:
        raise _several(holders)
    identity = linked(call, pool, holders[0] if holders else new_identity(call, pool), logins)
    return Answer(
        response={"IdentityId": identity.identity_id},
        configuration=with_identities(call.configuration, identity),
        subject=pool.arn,
    )


def proven(call: Call, identity_id: str, given: Mapping[str, str]) -> Proven:
    """The identity, once the caller has proven to own it. `given`: the tokens by login provider.

    Raises ResourceNotFoundException, NotAuthorizedException, ResourceConflictException.
    """
    identity = known_identity(call, identity_id)
    pool = known_pool(call, identity.pool_id)
    if identity.is_disabled:
        raise forbidden(identity_id, "it was merged into another identity")
    logins = verified_logins(call, pool, given)
    if not logins:
        if identity.is_authenticated:
            raise forbidden(identity_id, f"it needs a token of {' or '.join(identity.logins)}")
        if not pool.allow_unauthenticated_identities:
            raise not_authorized(NO_GUESTS, "the pool no longer has guests")
        return Proven(pool=pool, identity=identity, logins=(), configuration=call.configuration)
    holders = holders_of(pool, logins, call.configuration)
    if identity.is_authenticated and identity not in holders:
        raise not_authorized(NO_MATCH, f"the identity has logins of {', '.join(identity.logins)}")
    if len(holders) > 1:
        raise _several(holders)
    changed = [linked(call, pool, holders[0] if holders else identity, logins)]
    if holders and holders[0] is not identity:
        changed.append(replace(identity, is_disabled=True, modified_at=call.now))
    return Proven(
        pool=pool,
        identity=changed[0],
        logins=logins,
        configuration=with_identities(call.configuration, *changed),
    )


def known_identity(call: Call, identity_id: str) -> PoolIdentity:
    """The identity of that id. Raises ResourceNotFoundException."""
    identity = call.configuration.pool_identities.get(identity_id)
    if identity is None:
        raise not_found("Identity", identity_id, "GetId creates identities")
    return identity


def holders_of(
    pool: IdentityPool, logins: Sequence[Login], configuration: Configuration
) -> list[PoolIdentity]:
    """The identities of the pool that have one of the logins."""
    wanted = {(login.provider, login.user_id) for login in logins}
    return [
        one
        for one in configuration.pool_identities.values()
        if one.pool_id == pool.identity_pool_id
        and not one.is_disabled
        and not wanted.isdisjoint(one.logins.items())
    ]


def new_identity(call: Call, pool: IdentityPool) -> PoolIdentity:
    """An identity without logins. Its id has the Region of the pool."""
    identifier = f"{pool.identity_pool_id.partition(':')[0]}:{call.ids.request_id()}"
    return PoolIdentity(
        identity_id=identifier,
        pool_id=pool.identity_pool_id,
        label=f"{pool.identity_pool_name}/guest-{identifier[-4:]}",
        created_at=call.now,
        modified_at=call.now,
    )


def linked(call: Call, pool: IdentityPool, identity: PoolIdentity, logins: Sequence[Login]) -> PoolIdentity:
    """The identity with these logins. Raises ResourceConflictException for a second user of a provider."""
    known = dict(identity.logins)
    for login in logins:
        if known.setdefault(login.provider, login.user_id) != login.user_id:
            raise conflict(
                f"Identity '{identity.identity_id}' is already linked to a login of {login.provider}.",
                "an identity has one login for each provider",
            )
    if known == identity.logins:
        return identity
    label = identity.label if identity.is_authenticated else f"{pool.identity_pool_name}/{logins[0].label}"
    return replace(identity, logins=known, label=label, modified_at=call.now)


def _several(holders: Sequence[PoolIdentity]) -> Exception:
    names = " and ".join(one.identity_id for one in holders)
    hint = "AWS merges the two; which one remains is not documented, so this is not simulated"
    return conflict(f"The logins belong to different identities: {names}.", hint)


def describe_identity(call: Call[shapes.DescribeIdentityInput]) -> Answer[shapes.IdentityDescription]:
    """Raises ResourceNotFoundException."""
    authorize(call)
    return Answer(response=_shape(_own_identity(call, call.params["IdentityId"])))


def list_identities(call: Call[shapes.ListIdentitiesInput]) -> Answer[shapes.ListIdentitiesResponse]:
    """Raises ResourceNotFoundException, InvalidParameterException."""
    params = call.params
    pool = administered_pool(call, params["IdentityPoolId"])
    hidden = is_true(params.get("HideDisabled"))
    found = [
        one
        for one in call.configuration.pool_identities.values()
        if one.pool_id == pool.identity_pool_id and not (hidden and one.is_disabled)
    ]
    start, size = start_of(params.get("NextToken")), params["MaxResults"]
    response: shapes.ListIdentitiesResponse = {
        "IdentityPoolId": pool.identity_pool_id,
        "Identities": [_shape(one) for one in found[start : start + size]],
    }
    if start + size < len(found):
        response["NextToken"] = str(start + size)
    return Answer(response=response)


def delete_identities(
    call: Call[shapes.DeleteIdentitiesInput],
) -> Answer[shapes.DeleteIdentitiesResponse]:
    """Identities of other accounts are not deleted. Issued credentials stay valid until they expire."""
    authorize(call)
    known, wanted = call.configuration.pool_identities, set(call.params["IdentityIdsToDelete"])
    pools = call.configuration.identity_pools
    mine = {
        name
        for name in wanted
        if (one := known.get(name)) is not None
        and (call.caller.is_operator or pools[one.pool_id].account_id == call.account)
    }
    left = PersistentMap((name, one) for name, one in known.items() if name not in mine)
    unprocessed: list[shapes.UnprocessedIdentityId] = [
        {"IdentityId": name, "ErrorCode": "AccessDenied"} for name in sorted(wanted - mine)
    ]
    return Answer(
        response={"UnprocessedIdentityIds": unprocessed},
        configuration=replace(call.configuration, pool_identities=left),
    )


def _own_identity(call: Call, identity_id: str) -> PoolIdentity:
    identity = known_identity(call, identity_id)
    pool = known_pool(call, identity.pool_id)
    if pool.account_id != call.account and not call.caller.is_operator:
        raise not_found("Identity", identity_id, f"its pool belongs to account {pool.account_id}")
    return identity


def _shape(identity: PoolIdentity) -> shapes.IdentityDescription:
    shape: shapes.IdentityDescription = {
        "IdentityId": identity.identity_id,
        "CreationDate": printed(identity.created_at),
        "LastModifiedDate": printed(identity.modified_at),
    }
    if identity.logins:
        shape["Logins"] = list(identity.logins)
    return shape


PERFORMS: dict[str, Perform] = {
    "GetId": get_id,
    "ListIdentities": list_identities,
    "DescribeIdentity": describe_identity,
    "DeleteIdentities": delete_identities,
}
