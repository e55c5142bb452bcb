"""Which role does ROLE (a name, `ACCOUNT/name` or an ARN) name?"""

from __future__ import annotations

from sts_tui.account.arn import account_of
from sts_tui.account.entities import Role
from sts_tui.simulation.identities import account_id
from sts_tui.simulation.world import World
from sts_tui.tours.reading.errors import StepError


def find_role(text: str, world: World, account: str) -> Role | None:
    """The role that ROLE names, None if there is none; raises StepError if the name is ambiguous."""
    roles = world.configuration.roles
    if text.startswith("arn:"):
        return roles.get(text)
    place, slash, name = text.partition("/")
    if slash:
        inside = account_id(place, world.configuration)
        if inside is None:
            raise StepError(
                f"there is no account {place!r}", "write a role as NAME, ACCOUNT/NAME or by its ARN"
            )
        return next((role for role in roles.values() if _is(role, name, inside)), None)
    named = [role for role in roles.values() if role.role_name == text]
    here = [role for role in named if account_of(role.arn) == account]
    if len(here or named) > 1:
        choices = ", ".join(f"{account_of(role.arn)}/{text}" for role in named)
        raise StepError(f"{text} is ambiguous: {choices}")
    return next(iter(here or named), None)


def _is(role: Role, name: str, account: str) -> bool:
    return role.role_name == name and account_of(role.arn) == account
