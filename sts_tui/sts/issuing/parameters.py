"""Which parameters do the operations that issue credentials have in common?

Each class has the parameters that one function of this package reads, with AWS's names. Type checkers compare
TypedDicts by their members, so the request shape of every operation that has these members (`sts.api_shapes`)
can be passed. The module is imported only for type checking.

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
    """The minimum length of the session token, in characters."""

    MinimumSessionTokenSize: NotRequired[int]


class UserSessionParameters(DurationParameters, TokenParameters):
    """The parameters of GetSessionToken and GetFederationToken."""


class RoleParameters(TypedDict):
    """The role to assume, by ARN."""

    RoleArn: str


class SessionNameParameters(TypedDict):
    """The name of the role session."""

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
    """An MFA device and its code."""

    SerialNumber: NotRequired[str]
    TokenCode: NotRequired[str]
