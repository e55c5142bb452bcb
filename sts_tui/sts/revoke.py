"""Which policy does *Revoke active sessions* write? An ordinary inline policy, evaluated like any other.

Its cutoff is handed in: now plus `RevokePaddingSeconds`, as `simulation.containment.revocation` computes it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sts_tui.account.json_value import Json

POLICY_NAME: Final = "AWSRevokeOlderSessions"
"""The name of the inline policy; revoking again overwrites it."""


def condition_blocks(document: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    """What each condition operator of a policy document tests: the values, by condition key."""
    statements = document.get("Statement")
    for statement in statements if isinstance(statements, list | tuple) else (statements,):
        conditions = statement.get("Condition") if isinstance(statement, Mapping) else None
        for block in conditions.values() if isinstance(conditions, Mapping) else ():
            if isinstance(block, Mapping):
                yield block


def revocation_policy(cutoff: datetime) -> dict[str, Json]:
    """The console's policy: it denies everything to sessions issued before `cutoff` (strictly: `<`).

    The instant is UTC, in milliseconds, rounded down.
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
