"""Which entities do leaked credentials depend on, so that a write to one is part of the response?

The roles and users whose permissions they have, the account and its parents in the organization, and the
source of the credentials: the sign-in, the identity provider or pool, the trust anchor and profile of a
certificate, the association of a pod, the person and the permission set of Identity Center. A policy of
another entity (an SCP, a bucket policy) counts if its text names one of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from sts_tui.account.identity_pools import ISSUER
from sts_tui.simulation.authorization.organization import levels_of
from sts_tui.simulation.containment.holder import Holder
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session

_SET_ROLE: Final = "AWSReservedSSO_"
_SUFFIX: Final = 17
"""`_` and sixteen digits after the name of a permission set."""
_SHORTEST: Final = 10
"""The minimum length of a text that is searched in commands, because account ids and role names occur in
many.
"""


class Dependencies(Struct, frozen=True):
    """The names of everything that credentials depend on."""

    names: frozenset[str]
    """Whole ARNs and ids, or the last part of one."""
    mentioned: frozenset[str]
    """What a command that concerns them may name: ARNs and unique ids."""

    def concern(self, subject: str, command: str) -> bool:
        """Whether a write to `subject`, by this `aws …` line, concerns the credentials."""
        if subject in self.names or subject.rpartition("/")[2] in self.names:
            return True
        return any(name in command for name in self.mentioned)


def dependencies(holder: Holder, world: World) -> Dependencies:
    """The dependencies of a holder's credentials, expired ones included."""
    sessions = [one for key in holder.sessions if (one := world.sessions.get(key)) is not None]
    found = {name for session in sessions for name in _of_session(session, world)}
    levels = {level.id for level in levels_of(holder.account, world.configuration)}
    roles = {arn.rpartition("/")[2] for arn in holder.issuers}
    names = found | {*holder.issuers, *roles, holder.account, *levels}
    mentioned = {one for one in (*found, *holder.issuers, *holder.keys) if len(one) >= _SHORTEST}
    return Dependencies(frozenset(names - {""}), frozenset(mentioned))


def _of_session(session: Session, world: World) -> Iterator[str]:
    """Everything that the session was issued through, and its unique id, which a Deny may name."""
    yield session.user_id
    yield session.arn
    configuration = world.configuration
    if session.sign_in:
        yield session.sign_in
        made = configuration.sign_ins.get(session.sign_in)
        if made is not None and made.origin:
            yield made.origin
    if session.proof is not None:
        yield from (session.proof.through, session.proof.profile)
    for key in ("aws:FederatedProvider", f"{ISSUER}:aud"):
        value = session.context.get(key)
        yield str(value[0] if isinstance(value, list) and value else value or "")
    if person := session.context.get("identitystore:UserId"):
        yield str(person)
        name = (session.role_name or "").removeprefix(_SET_ROLE)[:-_SUFFIX]
        sets = {one.permission_set_arn for one in configuration.permission_sets.values() if one.name == name}
        yield from sets
        assignments = configuration.account_assignments.values()
        yield from (one.principal_id for one in assignments if one.permission_set_arn in sets)
