"""Which AWS services does a role's trust policy name, so that their instances or tasks could use the role?"""

from __future__ import annotations

from collections.abc import Mapping

from sts_tui.account.entities import Role


def trusted_services(role: Role) -> tuple[str, ...]:
    """The service principals of every Allow, each once. The engine decides whether they may assume the
    role.
    """
    found: dict[str, None] = {}
    for statement in _listed(role.assume_role_policy_document.document.get("Statement")):
        if not isinstance(statement, Mapping) or statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        if isinstance(principal, Mapping):
            found.update(dict.fromkeys(map(str, _listed(principal.get("Service")))))
    return tuple(found)


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
