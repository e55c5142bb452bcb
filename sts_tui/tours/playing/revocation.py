"""Which call does `revoke` make? That of the console's *Revoke active sessions*: `iam:PutRolePolicy`.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.account.json_value import Json
from sts_tui.simulation.containment.revocation import role_revocation
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.world import World
from sts_tui.tours.playing.roles import find_role
from sts_tui.tours.reading.errors import StepError


def revocation(role: str, acting: Identity, world: World) -> tuple[Identity, dict[str, Json]]:
    """(caller, parameters of PutRolePolicy by name). `role`: a name (searched first in the acting account),
    `ACCOUNT/name` or an ARN. Raises StepError for an ambiguous name, and for a role of another account, which
    IAM's API cannot edit. AWS refuses the call for a role that does not exist or that the caller may not
    edit.
    """
    found = find_role(role, world, acting.account or world.first_account)
    _, params = role_revocation(found.role_name if found else role.rsplit("/", 1)[-1], world)
    return _within_account(acting, found, world), params


def _within_account(acting: Identity, role: Role | None, world: World) -> Identity:
    """The caller; an operator without an account gets the account of the role."""
    account = account_of(role.arn) if role else None
    if account is None or account == (acting.account or world.first_account):
        return acting
    if acting.kind is IdentityKind.OPERATOR and acting.account is None:
        return operator_identity(account)
    raise StepError(
        f"{role.arn if role else ''} is in another account, where {acting.label} cannot edit it",
        f"act as an identity of account {account}, or as operator@{account}",
    )
