"""What does `aws SERVICE wait NAME` wait for? It repeats a read until the read succeeds. In the simulation
reads see writes immediately, so one read decides: it succeeds, or the CLI would give up.
https://docs.aws.amazon.com/cli/latest/reference/iam/wait/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct


class Waiter(Struct, frozen=True):
    """A waiter: `role-exists` calls GetRole until it succeeds, and retries after the error `retried`."""

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
"""Waiters by (service, waiter) in the CLI's names, from AWS's waiter models."""


def given_up(waiter: Waiter, code: str, message: str) -> str:
    """What the AWS CLI prints when a waiter ends without success."""
    if code == waiter.retried:
        return f"Waiter {waiter.name} failed: Max attempts exceeded"
    return f"Waiter {waiter.name} failed: An error occurred ({code}): {message}"
