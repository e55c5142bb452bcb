"""What an evaluation answers: the verdict, never without its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """The four answers. UNDECIDED: something not modelled would decide; treated as a denial."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"
    UNDECIDED = "undecided"


class PolicyType(Enum):
    """The policy types, in AWS's own words as access denied messages print them."""

    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    RESOURCE = "resource-based policy"
    TRUST = "role trust policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    ENDPOINT = "VPC endpoint policy"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a statement was written: `AWSRevokeOlderSessions#1`, `AppData#ReadData`."""

    policy_type: PolicyType
    policy: str
    """The policy's name, or `trust policy`, or what the caller of the library named it."""
    index: int
    """The statement's position, counted from 0."""
    sid: str | None = None

    @property
    def label(self) -> str:
        """`policy#Sid`, or `policy#n` counted from 1 where the statement has no Sid."""
        return f"{self.policy}#{self.sid or self.index + 1}"
