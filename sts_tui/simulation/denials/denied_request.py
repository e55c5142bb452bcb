"""What does a report say about a request that AWS denied?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct, field

from sts_tui.account.json_value import Json
from sts_tui.sts.identity import CallerIdentity


class DeniedRequest(Struct, frozen=True, kw_only=True):
    """The known facts of a denied request. Members that the report leaves out are empty."""

    source: str
    """What reported it: `a denial text`, `an encoded authorization message` …"""
    principal: str
    """ARN of the caller."""
    action: str
    caller: CallerIdentity | None = None
    """The caller in the model, if the report has more than its ARN."""
    resource: str = "*"
    context: Mapping[str, Json] = field(default_factory=dict)
    """Condition keys and their values, as reported."""
    unknown: tuple[str, ...] = ()
    """Condition keys whose values the report does not give."""
    reason: str = ""
    """AWS's words for what decided: `because no identity-based policy allows the s3:GetObject action`."""
    policy_arn: str = ""
    """The policy with the explicit deny, if AWS names it."""
    issued_at: datetime | None = None
    """When the session of the caller was issued."""
    at: datetime | None = None
    """When the request was made; None if the report does not say."""
    region: str = "us-east-1"
    missing: tuple[str, ...] = ()
    """Facts that the report leaves out and that can matter."""


class UnreadableDenialError(ValueError):
    """No denial could be read; the text says what is missing or which forms are known."""
