"""Where was a statement written: in which type of policy, in which document, at which position?"""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class PolicyType(Enum):
    """The policy types, with AWS's names in access denied messages."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCOPE_DOWN = "scope-down policy"
    """Passed to GetScopedCredentials. AWS's access denied message for it is not known."""
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    ENDPOINT = "VPC endpoint policy"

    __hash__ = object.__hash__  # Enum's own hash is slow


def statement_label(owner: str, policy: str, sid: str | None, index: int) -> str:
    """`policy#Sid`, or `policy#n` counted from 1 where the statement has no Sid; `owner/` before it."""
    return f"{owner}/{policy}#{sid or index + 1}" if owner else f"{policy}#{sid or index + 1}"


class Provenance(Struct, frozen=True):
    """Where a statement was written; its label is, for example, `App/AWSRevokeOlderSessions#1` or
    `AppData#ReadData`.
    """

    policy_type: PolicyType
    policy: str
    """The policy's name, `trust policy`, or the name that a user of the library chose."""
    index: int
    """The statement's position, counted from 0."""
    sid: str | None = None
    owner: str = ""
    """The role, user or group that the policy is attached to; empty if unknown."""
    arn: str = ""
    """The policy's ARN; empty for inline policies, which have none, and if it is unknown."""

    @property
    def label(self) -> str:
        """`policy#Sid`, or `policy#n` counted from 1 where the statement has no Sid; `owner/` before it."""
        return statement_label(self.owner, self.policy, self.sid, self.index)
