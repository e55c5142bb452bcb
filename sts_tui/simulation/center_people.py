"""Which session would a user of IAM Identity Center get by signing in? For `as` and `can`.

A user acts as a session of the role of a permission set, `AWSReservedSSO_…`, with the user's name as session
name and the user's attributes as tags. The user's name is enough if the user has only one permission set in
one account.
https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import Role
from sts_tui.account.identity_center import CenterUser, PermissionSet
from sts_tui.account.permission_set_roles import role_of_set
from sts_tui.simulation.authorization.assumed_session import assumed_session
from sts_tui.simulation.identities import UnknownIdentityError
from sts_tui.simulation.operations.identity_center.portal import assigned, session_name, session_tags
from sts_tui.simulation.world import World
from sts_tui.sts.identity import CallerIdentity, session_identity


class Person(Struct, frozen=True):
    """A user with one permission set in one account."""

    user: CenterUser
    permission_set: PermissionSet
    account: str
    role: Role


def people(world: World) -> Iterator[Person]:
    """Every provisioned permission set and account of each enabled user."""
    configuration = world.in_force
    for user in configuration.directory_users.values():
        if user.user_status != "ENABLED":
            continue
        for account, set_ in assigned(user, configuration):
            role = role_of_set(set_, account, configuration)
            if role is not None:
                yield Person(user, set_, account, role)


def name_of(person: Person, world: World) -> str:
    """`prod/eve@Admin`: an identity argument (WHO) that is unambiguous."""
    facts = world.in_force.accounts.get(person.account)
    place = (facts.name if facts else "") or person.account
    return f"{place}/{person.user.user_name}@{person.permission_set.name}"


def person_named(who: str, world: World) -> Person | None:
    """The user and permission set that `eve`, `eve@Admin`, `prod/eve@Admin` or a user id names; None if no
    user of Identity Center has this name. Raises UnknownIdentityError if it is ambiguous.
    """
    wanted = who.lower()
    found = [each for each in people(world) if wanted in _names(each, world)]
    distinct = {(each.user.user_id, each.permission_set.permission_set_arn, each.account) for each in found}
    if len(distinct) > 1:
        names = list(dict.fromkeys(name_of(each, world) for each in found))
        raise UnknownIdentityError(who, f"{who} has several permission sets: {', '.join(names)}", names)
    return found[0] if found else None


def _names(person: Person, world: World) -> frozenset[str]:
    facts = world.in_force.accounts.get(person.account)
    places = [place for place in (person.account, facts.name if facts else "") if place]
    name = person.user.user_name.lower()
    mine = [name, f"{name}@{person.permission_set.name.lower()}", person.user.user_id.lower()]
    return frozenset((*mine, *(f"{place.lower()}/{each}" for place in places for each in mine)))


def person_caller(person: Person, world: World) -> CallerIdentity:
    """The session that the user would get now."""
    instance = next(iter(world.in_force.identity_center_instances.values()), None)
    session = assumed_session(person.role, session_name(person.user), world)
    tags = session_tags(person.user, instance).passed
    return session_identity(replace(session, operation="AssumeRoleWithSAML", tags=tags))
