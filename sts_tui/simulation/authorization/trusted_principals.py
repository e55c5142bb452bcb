"""Whom it is worth trying: what trust policies name, and who may call STS at all.

This only chooses candidates; whether a hop is possible is for the engine to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.arn import Arn, account_of
from sts_tui.account.entities import Role
from sts_tui.simulation.authorization.policies import identity_documents
from sts_tui.simulation.world import World

_WILD: Final = re.compile(r"[*?]|\$\{")


class Trusted(Struct, frozen=True):
    """Whom a trust policy may mean; the engine decides whom it does."""

    principals: tuple[str, ...]
    accounts: tuple[str, ...]
    anybody: bool
    services: tuple[str, ...]
    federated: bool

    @classmethod
    def by(cls, role: Role) -> Trusted:
        aws, services, federated, anybody = [], [], False, False
        for statement in _statements(role.assume_role_policy_document.document):
            principal = statement.get("Principal", "*")  # NotPrincipal: anybody else
            if not isinstance(principal, Mapping):
                anybody = True
                continue
            aws += _listed(principal.get("AWS"))
            services += _listed(principal.get("Service"))
            federated = federated or "Federated" in principal
        return cls(
            principals=tuple(dict.fromkeys(aws)),
            accounts=tuple(dict.fromkeys(account for text in aws if (account := _account(text)))),
            anybody=anybody or "*" in aws,
            services=tuple(dict.fromkeys(services)),
            federated=federated,
        )


def named_sessions(trusted: Iterable[Trusted], roles: Iterable[Role]) -> Iterator[tuple[str, str]]:
    """(role's ARN, session name) of every `assumed-role/Role/name` among the principals."""
    by_name: dict[tuple[str | None, str], str] | None = None
    for one in trusted:
        for principal in one.principals:
            if ":assumed-role/" in principal:
                by_name = by_name or {(account_of(role.arn), role.role_name): role.arn for role in roles}
                role_name, _, session_name = principal.partition(":assumed-role/")[2].partition("/")
                arn = by_name.get((account_of(principal), role_name))
                if arn and session_name:
                    yield arn, session_name


class CallersOfSts:
    """By account, the users and roles with a policy that may allow an action of STS on a role: for all others
    it is not enough that a trust policy names their account.
    """

    def __init__(self, world: World) -> None:
        self._resources: dict[str, dict[str, frozenset[str]]] = {}
        for arn in (*world.in_force.users, *world.in_force.roles):
            resources = frozenset(
                resource
                for document in identity_documents(arn, world.in_force)
                if document.written is not None
                for resource in _resources_of_sts(document.written.document)
            )
            if resources:
                self._resources.setdefault(account_of(arn) or "", {})[arn] = resources

    def of(self, account: str, role_arn: str) -> Iterator[str]:
        """Those of an account whose policies may mean this role."""
        for arn, resources in self._resources.get(account, {}).items():
            if any(_may_mean(resource, role_arn) for resource in resources):
                yield arn


def _resources_of_sts(document: Mapping[str, Any]) -> Iterator[str]:
    """The resources of every Allow that may concern STS; `*` for a NotResource."""
    for statement in _statements(document):
        actions = [str(action).lower() for action in _listed(statement.get("Action"))]
        if "NotAction" in statement or any(
            action.startswith("sts:") or "*" in action[:4] or "?" in action[:4] for action in actions
        ):
            yield from map(str, _listed(statement.get("Resource", "*")))


def _may_mean(resource: str, role_arn: str) -> bool:
    """Whether a resource could match the role: compared up to its first wildcard or variable."""
    fixed = _WILD.split(resource, maxsplit=1)[0]
    return role_arn.startswith(fixed) if fixed != resource else role_arn == resource


def _account(text: str) -> str | None:
    """The account of a principal that stands for a whole account; None for any other."""
    if text.isdecimal():
        return text
    try:
        arn = Arn.parse(text)
    except ValueError:
        return None
    return arn.account if arn.resource == "root" else None


def _statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    statements = document.get("Statement", [])
    return [one for one in _listed(statements) if isinstance(one, Mapping) and one.get("Effect") == "Allow"]


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
