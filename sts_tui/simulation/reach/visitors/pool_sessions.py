"""Which session is evaluated for a role if identity pools issue credentials for it?

In the enhanced flow two session policies of Cognito limit guests; in the basic flow, and for users who sign
in, nothing does. A role that only guests get, and only in the enhanced flow, is evaluated as their session.
https://docs.aws.amazon.com/cognito/latest/developerguide/iam-roles.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from sts_tui.account.entities import Role
from sts_tui.account.identity_pools import ISSUER
from sts_tui.simulation.reach.assume_rights import listed, statements_of
from sts_tui.simulation.reach.visitors.app_users import BASIC_FLOW, Visit, pool_users, trusts_pools, visits_to
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session


class PoolSession(Struct, frozen=True, kw_only=True):
    """The session to evaluate for a role for which identity pools issue credentials."""

    note: str
    """Which flow and session policies are assumed."""
    session: Session | None
    """The limited session, if visitors get no other; None: a session without session policies."""


def pool_session(role: Role, world: World) -> PoolSession | None:
    """The session to evaluate; None for a role whose trust policy does not admit identities of Cognito."""
    if not trusts_pools(role, by_name=True):
        return None
    found = list(visits_to((role.arn,), world))
    limited = [visit for visit in found if visit.is_limited]
    pools = _names(limited)
    if limited and len(limited) == len(found) and _is_for_known_pools_alone(role, world):
        note = (
            f"as a guest of {pools} in the enhanced flow, with the session policies of Cognito: "
            f"no visitor gets the role in the {BASIC_FLOW}"
        )
        return PoolSession(note=note, session=limited[0].session)
    if limited or not found:
        guests = f"guests of {pools}" if pools else "guests"
        note = (
            f"for a session without session policies, as the {BASIC_FLOW} of an identity pool gives it; "
            f"in the enhanced flow Cognito limits {guests} further"
        )
        return PoolSession(note=note, session=None)
    flows = " and ".join(
        dict.fromkeys("basic (classic)" if _is_basic(each) else "enhanced" for each in found)
    )
    note = f"for a session without session policies, as {_names(found)} gives it in the {flows} flow"
    return PoolSession(note=note, session=None)


def _is_basic(visit: Visit) -> bool:
    return visit.chosen == BASIC_FLOW


def _names(visits: Sequence[Visit]) -> str:
    return ", ".join(dict.fromkeys(visit.pool.identity_pool_name for visit in visits))


def _is_for_known_pools_alone(role: Role, world: World) -> bool:
    """Whether every Allow of the trust policy admits only users of pools in the files."""
    known = {pool.identity_pool_name for pool in world.configuration.identity_pools.values()}
    for statement in statements_of(role.assume_role_policy_document.document):
        if statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        if not isinstance(principal, Mapping) or {*principal} != {"Federated"}:
            return False
        if {*listed(principal["Federated"])} != {ISSUER}:
            return False
        if any(users.pool not in known for users in pool_users(statement, role.arn, world)):
            return False
    return True
