"""What does `aws SERVICE wait NAME` wait for? A read that answers, asked again while there is nothing.

Writes are read back at once in the simulation, so one read decides: it answers, or the CLI would give up.
https://docs.aws.amazon.com/cli/latest/reference/iam/wait/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class Waiter(Struct, frozen=True):
    """`role-exists` calls GetRole until it answers, and keeps asking after `retried`."""

    name: str
    operation: str
    retried: str = "NoSuchEntity"


WAITERS: Final[Mapping[str, Mapping[str, Waiter]]] = {
    "iam": {
        "instance-profile-exists": Waiter("InstanceProfileExists", "GetInstanceProfile"),
        "policy-exists": Waiter("PolicyExists", "GetPolicy"),
        "role-exists": Waiter("RoleExists", "GetRole"),
        "user-exists": Waiter("UserExists", "GetUser"),
    },
}
"""By the CLI's names of service and waiter, from AWS's models of waiters."""


def given_up(waiter: Waiter, code: str, message: str) -> str:
    """What the AWS CLI prints when a waiter ends without success."""
    if code == waiter.retried:
        return f"Waiter {waiter.name} failed: Max attempts exceeded"
    return f"Waiter {waiter.name} failed: An error occurred ({code}): {message}"
