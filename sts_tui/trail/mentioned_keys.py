"""Which condition keys do the policies of a model mention? The values of all others change no decision."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import OrganizationAccount, OrganizationalUnit
from sts_tui.account.policy_document import WrittenPolicy

SESSION_NAMES: Final = "principal:session"
"""Stands among the keys where a Principal element names a session, not only its role."""
_NAMES_SESSIONS: Final = re.compile(r":assumed-role/|:federated-user/|AROA\w+:")
_VARIABLE: Final = re.compile(r"\$\{([^},]+)")


def condition_keys_of(configuration: Configuration) -> frozenset[str]:
    """In lower case: keys of conditions, and policy variables; and `SESSION_NAMES`."""
    found: set[str] = set()
    for written in _documents(configuration):
        for key in _keys(written.document):
            found.add(key.strip().lower())
    return frozenset(found)


def _documents(configuration: Configuration) -> Iterator[WrittenPolicy]:
    for role in configuration.roles.values():
        yield role.assume_role_policy_document
        yield from (one.policy_document for one in role.role_policy_list)
    for user in configuration.users.values():
        yield from (one.policy_document for one in user.user_policy_list)
    for group in configuration.groups.values():
        yield from (one.policy_document for one in group.group_policy_list)
    for policy in configuration.policies.values():
        if (document := policy.default_document) is not None:
            yield document
    for resource in configuration.resources.values():
        if resource.policy is not None:
            yield resource.policy
    if configuration.organization is not None:
        yield from _of_unit(configuration.organization.root)


def _of_unit(unit: OrganizationalUnit) -> Iterator[WrittenPolicy]:
    targets: tuple[OrganizationalUnit | OrganizationAccount, ...] = (unit, *unit.accounts)
    for target in targets:
        for named in (*(target.service_control_policies or ()), *target.resource_control_policies):
            yield named.document
    for inner in unit.organizational_units:
        yield from _of_unit(inner)


def _keys(value: Any) -> Iterator[str]:
    """Every key of a condition, and every policy variable, anywhere in a document."""
    match value:
        case str():
            yield from _VARIABLE.findall(value)
        case Mapping():
            for name, inner in value.items():
                if name == "Condition" and isinstance(inner, Mapping):
                    for tests in inner.values():
                        yield from tests if isinstance(tests, Mapping) else ()
                if name in ("Principal", "NotPrincipal") and _NAMES_SESSIONS.search(str(inner)):
                    yield SESSION_NAMES
                yield from _keys(inner)
        case list():
            for one in value:
                yield from _keys(one)
