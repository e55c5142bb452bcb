"""Which policy does *Revoke active sessions* write? An ordinary inline policy, evaluated like any other.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sts_tui.account.json_value import Json

POLICY_NAME: Final = "AWSRevokeOlderSessions"
"""The name of the inline policy; revoking again overwrites it."""


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
