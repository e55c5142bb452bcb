"""Which policy does *Revoke active sessions* write? An inline policy that is evaluated like any other.

Its cutoff is an argument: `simulation.containment.revocation` computes it as now plus `RevokePaddingSeconds`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sts_tui.account.configuration import Configuration
from sts_tui.account.json_value import Json

POLICY_NAME: Final = "AWSRevokeOlderSessions"
"""The name of the inline policy. Revoking again overwrites it."""


def has_revocation_policy(subject: str, configuration: Configuration) -> bool:
    """Whether the role or user with this ARN has the inline policy that a revocation writes."""
    if role := configuration.roles.get(subject):
        inline = role.role_policy_list
    elif user := configuration.users.get(subject):
        inline = user.user_policy_list
    else:
        return False
    return any(policy.policy_name == POLICY_NAME for policy in inline)


def condition_blocks(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """The conditions of a policy document: for each operator, condition key → values."""
    statements = document.get("Statement")
    for statement in statements if isinstance(statements, list | tuple) else (statements,):
        conditions = statement.get("Condition") if isinstance(statement, Mapping) else None
        for block in conditions.values() if isinstance(conditions, Mapping) else ():
            if isinstance(block, Mapping):
                yield block


def revocation_policy(cutoff: datetime) -> dict[str, Json]:
    """The console's policy, which denies everything to sessions issued before `cutoff` (excluding `cutoff`
    itself).

    The policy has `cutoff` in UTC, rounded down to milliseconds.
    """
    milliseconds = cutoff.microsecond // 1000
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Deny",
                "Action": ["*"],
                "Resource": ["*"],
                "Condition": {
                    "DateLessThan": {"aws:TokenIssueTime": f"{cutoff:%Y-%m-%dT%H:%M:%S}.{milliseconds:03}Z"}
                },
            }
        ],
    }
