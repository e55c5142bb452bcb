"""Which parameters do the operations that issue credentials have in common?

Each class is what one function of this package reads of an operation's parameters, spelled as AWS's API
reference spells it. Type checkers compare TypedDicts by their members, so the request shape of every
operation that has these members (`sts.api_shapes`) may be passed. Imported for type checking alone.

https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from sts_tui.sts.api_shapes import PolicyDescriptorType, Tag


class DurationParameters(TypedDict):
    """How long the credentials are valid."""

    DurationSeconds: NotRequired[int]


class TokenParameters(TypedDict):
    """How long the session token is at least, in characters."""

    MinimumSessionTokenSize: NotRequired[int]


class UserSessionParameters(DurationParameters, TokenParameters):
    """Of GetSessionToken and GetFederationToken."""


class RoleParameters(TypedDict):
    """The role to assume, by ARN."""

    RoleArn: str


class SessionNameParameters(TypedDict):
    """What the caller names the role session."""

    RoleSessionName: str


class TagParameters(TypedDict):
    """Session tags."""

    Tags: NotRequired[Sequence[Tag]]


class InlinePolicyParameters(TypedDict):
    """An inline session policy, as JSON text."""

    Policy: NotRequired[str]


class PolicyParameters(InlinePolicyParameters):
    """Session policies, inline and by ARN."""

    PolicyArns: NotRequired[Sequence[PolicyDescriptorType]]


class MfaParameters(TypedDict):
    """A device and a code that it shows."""

    SerialNumber: NotRequired[str]
    TokenCode: NotRequired[str]
