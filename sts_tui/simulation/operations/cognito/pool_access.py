"""Which pool does a call name, and may the caller administer it?

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitoidentity.html
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.identity_pools import IdentityPool, PoolIdentity
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.operations.cognito.refusals import not_found
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Call

SERVICE: Final = "cognito-identity.amazonaws.com"


def known_pool(call: Call, pool_id: str) -> IdentityPool:
    """The pool of that id, for any caller. Raises ResourceNotFoundException."""
    pool = call.configuration.identity_pools.get(pool_id)
    if pool is None:
        known = ", ".join(call.configuration.identity_pools) or "none"
        raise not_found("IdentityPool", pool_id, f"identity pools: {known}")
    return pool


def administered_pool(call: Call, pool_id: str, *, names_pool: bool = True) -> IdentityPool:
    """The pool of the caller's account that a signed call names, after authorizing the action: on the pool,
    or on `*` if the action has no resource. Raises the AwsError of a denial, and ResourceNotFoundException.
    """
    found = call.configuration.identity_pools.get(pool_id)
    account = found.account_id if found is not None and call.caller.is_operator else call.account
    arn = f"arn:aws:cognito-identity:{pool_id.partition(':')[0]}:{account}:identitypool/{pool_id}"
    authorize(call, arn if names_pool else "*")
    pool = known_pool(call, pool_id)
    if pool.account_id != account:
        raise not_found("IdentityPool", pool_id, f"it belongs to account {pool.account_id}")
    return pool


def authorize(call: Call, resource: str = "*") -> None:
    """Authorize the call's action on the resource. Raises the AwsError of the denial."""
    call.authorize(call.operation, resource, resource_account=call.account)


def pass_roles(call: Call, account: str, arns: Iterable[str]) -> None:
    """Authorize iam:PassRole for roles given to a pool of `account`. Raises the AwsError of a denial, or of a
    role of another account.
    https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
    """
    for arn in dict.fromkeys(arns):
        if account_of(arn) != account:
            raise AwsError("AccessDeniedException", "Cross-account pass role is not allowed.", 400)
        context = {"iam:PassedToService": SERVICE}
        try:
            call.authorize("iam:PassRole", arn, resource_account=account, context=context)
        except AwsError as denied:  # Cognito uses its own error code
            raise AwsError(
                "AccessDeniedException", denied.message, 400, decision=denied.decision, hint=denied.hint
            ) from None


def with_pool(configuration: Configuration, pool: IdentityPool) -> Configuration:
    """The configuration with this version of the pool."""
    table = PersistentMap.of(configuration.identity_pools).updated({pool.identity_pool_id: pool})
    return replace(configuration, identity_pools=table)


def with_identities(configuration: Configuration, *identities: PoolIdentity) -> Configuration:
    """The configuration with these versions of the identities."""
    changed = {one.identity_id: one for one in identities}
    table = PersistentMap.of(configuration.pool_identities).updated(changed)
    return replace(configuration, pool_identities=table)
