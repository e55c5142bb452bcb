"""*Revoke active sessions*: what it will hit and what it will not, and the call that does it.

Revoking is an ordinary `iam:PutRolePolicy` (for the sessions of a user, `iam:PutUserPolicy`) of a dated Deny;
nothing here changes the simulation. The preview asks the engine about the world as it would be.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.session_state import is_denied_by_date, sessions_denied, state_of
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.views.trust_in_words import trusted_in_words
from sts_tui.simulation.world import World
from sts_tui.sts.revoke import POLICY_NAME, revocation_policy
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_RATE_WINDOW = timedelta(minutes=1)


class CannotRevokeError(Exception):
    """This role or user cannot be revoked this way; the message says why and what to do instead."""


class RevocationPreview(Struct, frozen=True, kw_only=True):
    """What revoking now would do."""

    subject: str
    """ARN of the role or user."""
    action: str
    """`iam:PutRolePolicy` or `iam:PutUserPolicy`."""
    params: dict[str, Any]
    cutoff: datetime
    """Sessions issued before it are denied, those issued at or after it live."""
    in_force_at: datetime
    """When the Deny comes into force."""
    hit: tuple[Session, ...]
    """Live sessions that it denies."""
    already_revoked: tuple[Session, ...]
    requests_per_minute: int
    """Requests of the sessions it hits, in the last minute."""
    surviving: tuple[Session, ...]
    """Live sessions of other roles that were chained from the ones it hits: it does not reach them."""
    can_come_back: str
    """Whom the trust policy still lets in, in words; empty where nobody."""
    returning_workloads: tuple[str, ...]
    """Workloads that will renew into a fresh session by themselves."""


def revocation_call(subject: str, world: World) -> tuple[str, dict[str, Any]]:
    """Action and parameters of the call that revokes the sessions of a role or user, by the ARN.

    Raises CannotRevokeError.
    """
    if role := world.configuration.roles.get(subject):
        _refuse(role)
        return role_revocation(role.role_name, world)
    if user := world.configuration.users.get(subject):
        return "iam:PutUserPolicy", {"UserName": user.user_name, **_policy(world)}
    raise CannotRevokeError(f"there is no role or user {subject}")


def role_revocation(name: str, world: World) -> tuple[str, dict[str, Any]]:
    """The same for a role by its name, whether or not there is one: that is IAM's to say."""
    return "iam:PutRolePolicy", {"RoleName": name, **_policy(world)}


def _policy(world: World) -> dict[str, Any]:
    return {"PolicyName": POLICY_NAME, "PolicyDocument": revocation_policy(_cutoff(world))}


def _cutoff(world: World) -> datetime:
    return world.now + timedelta(seconds=world.settings.revoke_padding_seconds)


def preview_revocation(sim: Simulation, subject: str) -> RevocationPreview:
    """What revoking the sessions of this role or user now would do. Raises CannotRevokeError."""
    world = sim.world
    action, params = revocation_call(subject, world)
    after = _with_policy(world.configuration, subject, params["PolicyDocument"])
    denied = sessions_denied(subject, after, world)
    already = tuple(one for one in denied if is_denied_by_date(one, world.configuration))
    hit = tuple(one for one in denied if one not in already)
    role = world.configuration.roles.get(subject)
    delay = timedelta(seconds=world.settings.propagation_seconds)
    return RevocationPreview(
        subject=subject,
        action=action,
        params=params,
        cutoff=_cutoff(world),
        in_force_at=world.now + delay,
        hit=hit,
        already_revoked=already,
        requests_per_minute=_requests_in_the_last_minute(sim, hit),
        surviving=_descendants(hit, world),
        can_come_back=trusted_in_words(role.assume_role_policy_document.document) if role else "",
        returning_workloads=_renewing(subject, world),
    )


def _refuse(role: Role) -> None:
    if role.is_service_linked:
        raise CannotRevokeError(f"{role.role_name} is a service-linked role: its policies cannot be edited")
    if role.path.startswith("/aws-reserved/sso.amazonaws.com/"):
        raise CannotRevokeError(f"{role.role_name} belongs to IAM Identity Center: revoke its sessions there")


def _with_policy(configuration: Configuration, subject: str, document: dict[str, Any]) -> Configuration:
    """The configuration as the call would leave it."""
    policy = InlinePolicy(policy_name=POLICY_NAME, policy_document=WrittenPolicy(document))
    if role := configuration.roles.get(subject):
        edited = replace(role, role_policy_list=_overwritten(role.role_policy_list, policy))
        return replace(configuration, roles=PersistentMap.of(configuration.roles).updated({subject: edited}))
    user: User = configuration.users[subject]
    changed = replace(user, user_policy_list=_overwritten(user.user_policy_list, policy))
    return replace(configuration, users=PersistentMap.of(configuration.users).updated({subject: changed}))


def _overwritten(policies: tuple[InlinePolicy, ...], policy: InlinePolicy) -> tuple[InlinePolicy, ...]:
    return (*(one for one in policies if one.policy_name != policy.policy_name), policy)


def _requests_in_the_last_minute(sim: Simulation, hit: tuple[Session, ...]) -> int:
    keys = {session.access_key_id for session in hit}
    since, count = sim.now - _RATE_WINDOW, 0
    for event in reversed(sim.events):
        if event.at < since:
            break
        count += type(event) is RequestAnswered and event.access_key_id in keys
    return count


def _descendants(hit: tuple[Session, ...], world: World) -> tuple[Session, ...]:
    """Live sessions that came from the ones hit, over any number of hops, and are not hit themselves."""
    ancestors = {session.access_key_id for session in hit}
    gone = frozenset(ancestors)
    found = []
    for session in world.sessions.values():  # in the order of issue: parents first
        if session.parent in ancestors and session.access_key_id not in gone:
            ancestors.add(session.access_key_id)
            if state_of(session, world).counts_as_active:
                found.append(session)
    return tuple(found)


def _renewing(subject: str, world: World) -> tuple[str, ...]:
    """Workloads with this role in their chain that renew: SDKs do so before expiry, whatever was denied."""
    return tuple(
        name
        for name, workload in world.workloads.items()
        if workload.refresh == "sdk" and any(hop.role_arn == subject for hop in workload.assume_roles)
    )
