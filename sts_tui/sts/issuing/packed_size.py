"""How much of the allotment for session policies and session tags is used, and is it exceeded?

AWS packs policies, ARNs and tags into an undisclosed binary form with a separate allotment, and returns the
percentage used as PackedPolicySize. The formula here matches every published percentage whose sizes are known
(allotment 461 bytes, rounded to the nearest percent):

    tags      Σ (length of key + length of value + 3), passed and inherited
    policy    18 + 0.44 × (length - 85), of the inline policy without insignificant white space
    ARNs      0.5 × Σ length, of managed session policies

Tags are not compressed; long policies are, to less than half. AWS's API reference of November 2026 describes
the percentage as a share of the session token instead; the setting PackedPolicySizeMeasures selects that.

https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
https://github.com/aws-actions/configure-aws-credentials/issues/1898 (nine tags of 250 characters: 498 %)
https://github.com/aws/containers-roadmap/issues/2413 (inherited tags count)
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.sts.credentials import token_size
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import SESSION_TOKEN_ALLOTMENT
from sts_tui.sts.issuing.session_policies import SessionPolicies

if TYPE_CHECKING:
    from sts_tui.account.entities import Settings
    from sts_tui.account.policy_document import WrittenPolicy
    from sts_tui.sts.session import Session

_BYTES_BESIDES_A_TAG: Final = 3
_SMALLEST_POLICY, _SMALLEST_POLICY_PACKED = 85, 18
_HUNDREDTHS_PER_CHARACTER: Final = 44
_HUNDREDTHS_PER_ARN_CHARACTER: Final = 50


class PackedSize(Struct, frozen=True, kw_only=True):
    """The packed policies and tags of one session."""

    percentage: int
    """PackedPolicySize."""
    token_size: int
    """The length of the session token in characters, including padding."""


def packed_size(
    policies: SessionPolicies,
    tags: Sequence[tuple[str, str]],
    settings: Settings,
    *,
    minimum_token_size: int = 0,
    is_version_1: bool = False,
) -> PackedSize:
    """The packed size of `policies` and `tags`. `tags` must include inherited tags of the session.

    Raises AwsError PackedPolicyTooLarge if they, or the whole session token, exceed their maximum.
    """
    packed = hundredths(policies, tags)
    size = token_size(
        packed_bytes=-(-packed // 100), minimum_token_size=minimum_token_size, is_version_1=is_version_1
    )
    if settings.packed_policy_size_measures == "token":
        percentage = -(-100 * size // SESSION_TOKEN_ALLOTMENT)
    else:
        percentage = rounded_percentage(packed, settings.packed_policy_allotment_bytes)
        if percentage > 100:
            raise too_large(percentage, has_policies=policies.are_set)
    _refuse_large_token(size)
    return PackedSize(percentage=percentage, token_size=size)


def scoped_token_size(
    parent: Session,
    scope_downs: Sequence[WrittenPolicy],
    settings: Settings,
    *,
    minimum_token_size: int,
) -> int:
    """The length in characters of the session token of a scoped session.

    Raises AwsError PackedPolicyTooLarge if the newest of `scope_downs` alone exceeds the allotment, or if the
    whole token exceeds its maximum.
    """
    added = scope_downs[len(parent.scope_down_policies) :]
    for policy in added:
        percentage = rounded_percentage(policy_hundredths(policy), settings.packed_policy_allotment_bytes)
        if percentage > 100:
            raise too_large(percentage, has_policies=True)
    packed = hundredths(SessionPolicies(arns=parent.session_policy_arns), parent.tags)
    packed += sum(map(policy_hundredths, (*parent.session_policies, *scope_downs)))
    size = token_size(packed_bytes=-(-packed // 100), minimum_token_size=minimum_token_size)
    _refuse_large_token(size)
    return size


def _refuse_large_token(size: int) -> None:
    if size > SESSION_TOKEN_ALLOTMENT:
        hint = f"the session token has {size} bytes, {SESSION_TOKEN_ALLOTMENT} are allowed"
        raise AwsError("PackedPolicyTooLarge", "Serialized token too large for session", hint=hint)


def rounded_percentage(packed: int, allotment: int) -> int:
    """`packed`, in hundredths of a byte, as a percentage of `allotment` bytes, rounded to the nearest."""
    return (2 * packed + allotment) // (2 * allotment)


def too_large(percentage: int, *, has_policies: bool) -> AwsError:
    """PackedPolicyTooLarge, with one of the two messages that public reports show."""
    if has_policies:
        message = f"Packed policy consumes {percentage}% of allotted space, please use smaller policy."
    else:
        message = f"Packed size of session tags consumes {percentage}% of allotted space."
    return AwsError("PackedPolicyTooLarge", message)


def hundredths(policies: SessionPolicies, tags: Sequence[tuple[str, str]]) -> int:
    """The packed size in hundredths of a byte, so that nothing is rounded too early."""
    size = sum([len(key.encode()) + len(value.encode()) + _BYTES_BESIDES_A_TAG for key, value in tags]) * 100
    size += _HUNDREDTHS_PER_ARN_CHARACTER * sum(map(len, policies.arns))
    return size + (0 if policies.inline is None else policy_hundredths(policies.inline))


def policy_hundredths(policy: WrittenPolicy) -> int:
    """The packed size of one inline policy, in hundredths of a byte."""
    length = len(json.dumps(policy.document, separators=(",", ":"), ensure_ascii=False))
    return max(0, 100 * _SMALLEST_POLICY_PACKED + _HUNDREDTHS_PER_CHARACTER * (length - _SMALLEST_POLICY))
