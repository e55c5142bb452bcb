"""Which session would a role issue now? With it, a role's access is evaluated without assuming the role."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeAlias

from msgspec.structs import replace

from sts_tui.account.arn import Arn
from sts_tui.account.entities import Role
from sts_tui.account.identifiers import TEMPORARY_KEY_PREFIX
from sts_tui.simulation.world import World
from sts_tui.sts.facts.limits import DEFAULT_ROLE_SESSION
from sts_tui.sts.session import Credentials, Session, SessionKind

Tags: TypeAlias = tuple[tuple[str, str], ...]


def carrying(session: Session, tags: Tags) -> Session:
    """The session with these tags, all of them transitive."""
    keys = tuple(key for key, _ in tags)
    return replace(session, tags=tags, transitive_tag_keys=keys, inherited_tag_keys=keys)


def assumed_session(role: Role, name: str, world: World) -> Session:
    """A session of a role as it would be issued now."""
    arn = Arn.parse(role.arn)
    expires = world.now + timedelta(seconds=DEFAULT_ROLE_SESSION)
    key = f"{TEMPORARY_KEY_PREFIX}{0:016d}"
    return Session(
        name=name,
        kind=SessionKind.ROLE,
        operation="AssumeRole",
        credentials=Credentials(
            access_key_id=key, secret_access_key="", session_token="", expiration=expires
        ),
        account=arn.account,
        arn=f"arn:{arn.partition}:sts::{arn.account}:assumed-role/{role.role_name}/{name}",
        user_id=f"{role.role_id}:{name}",
        issuer_arn=role.arn,
        issuer_id=role.role_id,
        issued_at=world.now,
        expires_at=expires,
    )
