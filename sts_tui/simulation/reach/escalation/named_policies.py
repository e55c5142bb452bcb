"""Which managed policies do conditions on `iam:PolicyARN` or `iam:PermissionsBoundary` name, and does a path
hold only for these policies?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.simulation.reach.assume_rights import listed
from sts_tui.simulation.reach.graph import HopGroup

_MOST: Final = 10


def administrator_access(partition: str) -> str:
    """ARN of AWS's policy that allows everything."""
    return f"arn:{partition}:iam::aws:policy/AdministratorAccess"


def named_policies(
    statements: Iterable[Mapping[str, object]], key: str, account: str, configuration: Configuration
) -> list[str]:
    """ARNs of policies that a condition on the key (`iam:PolicyARN`) names: exactly, or by a pattern that a
    policy of the account matches. At most ten; the engine decides which of them the condition allows.
    `statements`: objects of policy documents.
    """
    values = dict.fromkeys(value for one in statements for value in _values_of(one, key.lower()))
    found: dict[str, None] = {}
    for value in values:
        if "*" not in value and "?" not in value:
            found[value] = None
        else:
            own = (arn for arn in configuration.policies if account_of(arn) == account)
            found.update(dict.fromkeys(arn for arn in own if fnmatchcase(arn, value.replace("[", "[[]"))))
    return list(found)[:_MOST]


def limits_what_is_written(group: HopGroup) -> bool:
    """Whether a path to the source's own permissions holds only for a certain policy or boundary."""
    keys = (one.key[0].lower() for one in group.brought if one.key is not None)
    return any(key in ("iam:policyarn", "iam:permissionsboundary") for key in keys)


def _values_of(statement: Mapping[str, object], lowered: str) -> list[str]:
    condition = statement.get("Condition")
    return [
        str(value)
        for asked in (condition.values() if isinstance(condition, Mapping) else ())
        for key, values in (asked.items() if isinstance(asked, Mapping) else ())
        if str(key).lower() == lowered
        for value in listed(values)
        if str(value).startswith("arn:") and "${" not in str(value)
    ]
