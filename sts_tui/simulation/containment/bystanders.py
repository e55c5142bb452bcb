"""Which live sessions other than the holder's lose access by a cut, and which are not affected?

A cut touches few entities, and there may be thousands of sessions. So the access of each session today is
computed once, and after a cut only those sessions are evaluated again that it could concern: sessions of a
role or user that it edited, or whose requests go to a resource or role that it edited. If a cut edits the
organization, or takes time to come into force, all sessions are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Role, User
from sts_tui.simulation.authorization.session_access import Access, SessionAccess
from sts_tui.simulation.authorization.session_state import SessionState, state_of
from sts_tui.simulation.containment.holder import Holder, descendants
from sts_tui.simulation.undo.change import change_between
from sts_tui.simulation.views.session_standing import standings
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_WITHOUT_EFFECT: Final = frozenset({"instance_profiles", "saml_providers", "oidc_providers"})
"""Tables that no request of a session is authorized against."""
_LOCAL: Final = frozenset({"roles", "users", "groups", "policies", "resources"})


class Touched(Struct, frozen=True, kw_only=True):
    """What a change could concern."""

    everyone: bool = False
    principals: frozenset[str] = frozenset()
    """ARNs of roles and users that were edited, or that an edited policy applies to."""
    resources: frozenset[str] = frozenset()
    """ARNs of resources and roles that were edited."""

    def concerns(self, principal: str, resources: Iterable[str]) -> bool:
        """Whether the change could affect requests of this principal for these resources."""
        if self.everyone or principal in self.principals:
            return True
        return bool(self.resources) and any(
            one in self.resources or one.partition("/")[0] in self.resources for one in resources
        )


def touched_by(before: Configuration, after: Configuration) -> Touched:
    """What differs between two configurations."""
    change = change_between(before, after)
    keys = {
        name: frozenset((*table.before.entities, *table.after.entities))
        for name, table in change.tables.items()
    }
    resources = keys.get("resources", frozenset())
    is_wide = any(name not in _LOCAL | _WITHOUT_EFFECT for name in keys)
    if change.organization is not None or is_wide or any(":vpc-endpoint/" in arn for arn in resources):
        return Touched(everyone=True)
    principals = keys.get("roles", frozenset()) | keys.get("users", frozenset())
    policies, groups = keys.get("policies", frozenset()), keys.get("groups", frozenset())
    if policies or groups:
        principals |= frozenset(_with_policies(policies, groups, before))
    return Touched(principals=principals, resources=resources | keys.get("roles", frozenset()))


def _with_policies(
    policies: frozenset[str], groups: frozenset[str], configuration: Configuration
) -> Iterator[str]:
    """Roles and users that one of these managed policies applies to; if groups changed, every user in a
    group.
    """
    for role in configuration.roles.values():
        if policies.intersection(_policies_of(role)):
            yield role.arn
    for user in configuration.users.values():
        if groups or user.group_list or policies.intersection(_policies_of(user)):
            yield user.arn


def _policies_of(holder: Role | User) -> Iterator[str]:
    yield from (attached.policy_arn for attached in holder.attached_managed_policies)
    if holder.permissions_boundary is not None:
        yield holder.permissions_boundary.permissions_boundary_arn


class Bystanders:
    """The live sessions that are neither the holder's nor chained from them."""

    def __init__(self, simulation: Simulation, holder: Holder) -> None:
        self._simulation = simulation
        self.world = simulation.world
        own = {
            *holder.credentials,
            *(one.access_key_id for one in descendants(holder.credentials, self.world)),
        }
        self.sessions: tuple[Session, ...] = tuple(
            session
            for session in self.world.sessions.values()
            if session.access_key_id not in own and session.expires_at > self.world.now
        )
        self._before, self._after = SessionAccess(), SessionAccess()
        """Each evaluates against one configuration at a time and caches its answers until that changes."""
        self._now: dict[str, Access] = {}
        self._resources: dict[str, frozenset[str]] = {}

    @property
    def evaluations(self) -> int:
        """How many requests were evaluated so far: the cost, which must not grow with the number of
        sessions.
        """
        return self._before.evaluations + self._after.evaluations

    def losses(self, after: World, touched: Touched) -> Mapping[str, str]:
        """What denies each session that loses something, by access key id."""
        found = {}
        for session in self.sessions:
            if lost := self.lost(session, after, touched):
                found[session.access_key_id] = lost
        return found

    def lost(self, session: Session, after: World, touched: Touched) -> str:
        """What denies a session something that it may do now; empty if it loses nothing."""
        has_time_passed = after.now != self.world.now
        if not has_time_passed and not self._concerns(touched, session):
            return ""
        if not state_of(session, self.world).still_works:
            return ""
        state = state_of(session, after)
        if state in (SessionState.REVOKED, SessionState.ORPHANED):
            return "revoked" if state is SessionState.REVOKED else "its issuer was deleted"
        now, then = self._access_now(session), self.access(session, after)
        return then.by if then.denied > now.denied else ""

    def access(self, session: Session, after: World) -> Access:
        """What a session may still do of what it was once allowed."""
        requests = tuple(standings(self._simulation).requests(session, self._simulation))
        return self._after.of(session, requests, after)

    def _access_now(self, session: Session) -> Access:
        found = self._now.get(session.access_key_id)
        if found is None:
            requests = tuple(standings(self._simulation).requests(session, self._simulation))
            found = self._now[session.access_key_id] = self._before.of(session, requests, self.world)
        return found

    def _concerns(self, touched: Touched, session: Session) -> bool:
        if touched.everyone or session.issuer_arn in touched.principals or session.session_policy_arns:
            return True
        if not touched.resources:
            return False
        asked = self._resources.get(session.access_key_id)
        if asked is None:
            requests = standings(self._simulation).requests(session, self._simulation)
            asked = frozenset(question.resource for _, question in requests)
            self._resources[session.access_key_id] = asked
        return touched.concerns(session.issuer_arn, asked)
