"""Which call revokes active sessions, and which sessions would it deny?

Revoking is an ordinary `iam:PutRolePolicy` (for the sessions of a user, `iam:PutUserPolicy`) of a dated Deny;
nothing here changes the simulation. The preview evaluates the configuration as it would be afterwards.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import InlinePolicy, Role, User
from sts_tui.account.identity_center import ROLE_PATH
from sts_tui.account.json_value import Json, JsonObject
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorization.session_state import is_denied_by_date, sessions_denied, state_of
from sts_tui.simulation.containment.aftermath import (
    Affected,
    Entrants,
    affected_workloads,
    entrants,
    loop_of,
)
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.operations.equivalent_cli import cli_line
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.simulation.world import World
from sts_tui.sts.revoke import POLICY_NAME, revocation_policy
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_RATE_WINDOW = timedelta(minutes=1)
_CUTOFF = lazy_pattern(r'("aws:TokenIssueTime": ?")([0-9T:.Z-]+)(")')


class CannotRevokeError(Exception):
    """The sessions of this role or user cannot be revoked this way; the message says why and what to do
    instead.
    """


class RevocationPreview(Struct, frozen=True, kw_only=True):
    """What revoking now would do."""

    subject: str
    """ARN of the role or user."""
    action: str
    """`iam:PutRolePolicy` or `iam:PutUserPolicy`."""
    params: dict[str, Json]
    cutoff: datetime
    """Sessions issued before it are denied; sessions issued at or after it keep working."""
    in_force_at: datetime
    """When the Deny comes into force."""
    hit: tuple[Session, ...]
    """Live sessions that it denies."""
    already_revoked: tuple[Session, ...]
    requests_per_minute: int
    """How many requests the denied sessions made in the last minute."""
    surviving: tuple[Session, ...]
    """Live sessions of other roles that were chained from the denied ones and keep working."""
    after: Configuration
    """The configuration as the call would leave it."""
    affected: tuple[Affected, ...]
    """The workloads that use sessions it hits: when and through whom each comes back."""
    entrants: Entrants | None
    """Who could assume the role afterwards; None for a user."""
    loop: tuple[str, ...]
    """ARNs of the roles that form a loop with this one, including it; they must be revoked together."""


def revocation_call(subject: str, world: World) -> tuple[str, dict[str, Json]]:
    """(action, parameters) of the call that revokes the sessions of a role or user, given by its ARN.

    Raises CannotRevokeError.
    """
    if role := world.configuration.roles.get(subject):
        _refuse(role)
        return role_revocation(role.role_name, world)
    if user := world.configuration.users.get(subject):
        return "iam:PutUserPolicy", {"UserName": user.user_name, **_policy(world)}
    raise CannotRevokeError(f"there is no role or user {subject}")


def role_revocation(name: str, world: World) -> tuple[str, dict[str, Json]]:
    """The same for a role by its name, which need not exist: IAM refuses the call then."""
    return "iam:PutRolePolicy", {"RoleName": name, **_policy(world)}


def _policy(world: World) -> dict[str, Json]:
    return {"PolicyName": POLICY_NAME, "PolicyDocument": revocation_policy(_cutoff(world))}


def _cutoff(world: World) -> datetime:
    return world.now + timedelta(seconds=world.settings.revoke_padding_seconds)


def preview_revocation(sim: Simulation, subject: str, together_with: Sequence[str] = ()) -> RevocationPreview:
    """What revoking the sessions of this role or user now would do. `together_with`: ARNs of roles and users
    that are revoked at the same time, so that no workload comes back through them. Raises CannotRevokeError.
    """
    world = sim.world
    action, params = revocation_call(subject, world)
    after = world.configuration
    for each in dict.fromkeys((subject, *together_with)):
        after = _with_policy(after, each, revocation_policy(_cutoff(world)))
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
        after=after,
        affected=affected_workloads(sim, subject, after, hit),
        entrants=entrants(world, after, subject) if role else None,
        loop=loop_of(reach_of(sim), world, subject) if role else (),
    )


def real_account_command(preview: RevocationPreview, world: World) -> str:
    """The `aws` line that makes this revocation in a real account."""
    return with_real_cutoff(cli_line(preview.action, preview.params), world)


def with_real_cutoff(command: str, world: World) -> str:
    """An `aws` line for a real account: a cutoff in it is computed when the command runs, because simulated
    time means nothing there. GNU's `date` comes first, then that of macOS and BSD.
    """
    seconds, form = round(world.settings.revoke_padding_seconds), "+%Y-%m-%dT%H:%M:%SZ"
    later = f"date -u -d '+{seconds} seconds' {form} 2>/dev/null || date -u -v+{seconds}S {form}"
    # ends the quoted JSON, and begins it again
    return _CUTOFF.sub(lambda found: f"{found[1]}'\"$({later})\"'{found[3]}", command)


def _refuse(role: Role) -> None:
    if role.is_service_linked:
        raise CannotRevokeError(
            f"{role.role_name} is a service-linked role: IAM refuses to edit its policies, and SCPs and RCPs "
            "do not apply to it. Remove the resources that its service uses it for, then delete the role "
            "with aws iam delete-service-linked-role"
        )
    if role.path.startswith(ROLE_PATH):
        raise CannotRevokeError(
            f"{role.role_name} belongs to IAM Identity Center: IAM refuses to edit its policies. Deny the "
            "person in an SCP (Deny * with StringEquals identitystore:UserId; SCPs do not apply to the "
            "management account), or put that Deny into the inline policy of the permission set and "
            "provision it. Removing the assignment or disabling the user only stops new sessions"
        )


def _with_policy(configuration: Configuration, subject: str, document: JsonObject) -> Configuration:
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
    """Live sessions chained from the denied ones, over any number of hops, that are not denied themselves."""
    ancestors = {session.access_key_id for session in hit}
    gone = frozenset(ancestors)
    found = []
    for session in world.sessions.values():  # in the order of issue: parents first
        if session.parent in ancestors and session.access_key_id not in gone:
            ancestors.add(session.access_key_id)
            if state_of(session, world).counts_as_active:
                found.append(session)
    return tuple(found)
