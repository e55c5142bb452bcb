"""Session policies: what a caller hands over to have less than the role or user has.

Inline policies are frozen into the session; managed ones are referenced, so their current default version
counts. https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session

AWS packs policies, ARNs and tags into a binary of undisclosed form with a budget of its own, and answers the
percentage used. `packed_policy_size` is our approximation: the characters of the policy without insignificant
white space, of the ARNs, and of tag keys and values (with one separator each), as a share of 3,072, rounded
up. The example in AWS's API reference (a policy of 98 characters, two ARNs, three tags) then comes to the 8 %
printed there. It is exact in direction (more text, more percent), not in the number.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.sts.errors import AwsError
from sts_tui.sts.facts.limits import PACKED_POLICY_ALLOTMENT
from sts_tui.sts.shapes import policy_text


class SessionPolicies(Struct, frozen=True, kw_only=True):
    """The session policies of one call, read and checked."""

    inline: WrittenPolicy | None = None
    arns: tuple[str, ...] = ()

    @property
    def are_set(self) -> bool:
        return self.inline is not None or bool(self.arns)

    @property
    def documents(self) -> tuple[WrittenPolicy, ...]:
        return () if self.inline is None else (self.inline,)


NO_POLICIES: Final = SessionPolicies()


def requested_policies(
    params: Mapping[str, Any], account: str, configuration: Configuration
) -> SessionPolicies:
    """`Policy` and `PolicyArns` of a call for credentials in `account`; AwsError for what AWS refuses."""
    text = policy_text(params)
    arns = tuple(descriptor["arn"] for descriptor in params.get("PolicyArns") or () if descriptor.get("arn"))
    for arn in arns:
        _refuse_foreign(arn, account, configuration)
    return SessionPolicies(inline=None if text is None else _read(text), arns=arns)


def refuse_long_policy(params: Mapping[str, Any], settings: Settings) -> None:
    """AssumeRole's own shape has no maximum for `Policy`; the limit is in its description."""
    text = policy_text(params)
    maximum = settings.session_policy_max_characters
    if text is not None and len(text) > maximum:
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value '{text}' at 'policy' failed to satisfy constraint: "
            f"Member must have length less than or equal to {maximum}",
        )


def _read(text: str) -> WrittenPolicy:
    """Operands that IAM would refuse to store (a bad date or address) pass here, and fail when evaluated."""
    from sts_tui.account.policies.policy_grammar import parse_policy
    from sts_tui.account.policies.policy_kind import PolicyKind

    parsed = parse_policy(text, PolicyKind.SESSION)
    if parsed.document is None:
        message = "The policy is not in the valid JSON format."
        raise AwsError("MalformedPolicyDocument", message, hint=parsed.errors[0].detail)
    if parsed.errors:
        fault = parsed.errors[0]
        raise AwsError(
            fault.code, fault.message, hint=f"{fault.path}: {fault.detail}" if fault.path else fault.detail
        )
    return WrittenPolicy(parsed.document)


def _refuse_foreign(arn: str, account: str, configuration: Configuration) -> None:
    """A managed session policy is AWS's own or one of the account that the session will belong to."""
    owner = account_of(arn)
    if ":iam::" not in arn or ":policy/" not in arn:
        raise AwsError("ValidationError", f"{arn} is invalid")
    if owner == "aws":  # without its document in the model it grants nothing, and evaluation says so
        return
    if owner != account or arn not in configuration.policies:
        raise AwsError(
            "NoSuchEntity",
            f"Policy {arn} does not exist or is not attachable.",
            404,
            hint="the account has no such policy",
        )


def packed_policy_size(policies: SessionPolicies, tags: Sequence[tuple[str, str]]) -> int:
    """Percent of the packed budget; AwsError `PackedPolicyTooLarge` above 100."""
    percentage = -(-100 * packed_bytes(policies, tags) // PACKED_POLICY_ALLOTMENT)
    if percentage <= 100:
        return percentage
    if policies.are_set:
        message = f"Packed policy consumes {percentage}% of allotted space, please use smaller policy."
    else:
        message = f"Packed size of session tags consumes {percentage}% of allotted space."
    raise AwsError("PackedPolicyTooLarge", message)


def packed_bytes(policies: SessionPolicies, tags: Sequence[tuple[str, str]]) -> int:
    """The size that `packed_policy_size` is a share of."""
    size = sum(len(arn.encode()) for arn in policies.arns)
    size += sum(len(key.encode()) + len(value.encode()) + 2 for key, value in tags)
    if policies.inline is not None:
        text = json.dumps(policies.inline.document, separators=(",", ":"), ensure_ascii=False)
        size += len(text.encode("utf-8", "surrogatepass"))
    return size
