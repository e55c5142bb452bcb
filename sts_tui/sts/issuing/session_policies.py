"""Which session policies does a call pass, and which of them does AWS refuse?

An inline policy becomes part of the session. Managed policies are referenced, so that their default version
at the time of a request applies.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html#policies_session
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.account.arn import account_of
from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Settings
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.sts.errors import AwsError
from sts_tui.sts.shapes import policy_text

if TYPE_CHECKING:
    from sts_tui.sts.issuing.parameters import InlinePolicyParameters, PolicyParameters


class SessionPolicies(Struct, frozen=True, kw_only=True):
    """The session policies of one call, parsed and checked."""

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
    params: PolicyParameters, account: str, configuration: Configuration
) -> SessionPolicies:
    """The session policies in `Policy` and `PolicyArns` of a call for credentials in `account`.

    Raises AwsError: MalformedPolicyDocument, ValidationError for an ARN that is not a policy's, NoSuchEntity.
    """
    given = params.get("PolicyArns") or ()
    arns = tuple([descriptor["arn"] for descriptor in given if descriptor.get("arn")])
    for arn in arns:
        _refuse_foreign(arn, account, configuration)
    return SessionPolicies(inline=inline_policy(params), arns=arns)


def inline_policy(params: InlinePolicyParameters) -> WrittenPolicy | None:
    """The policy in `Policy` of a call; None without one. Raises AwsError MalformedPolicyDocument."""
    text = policy_text(params)
    return None if text is None else _read(text)


def refuse_long_policy(params: InlinePolicyParameters, settings: Settings) -> None:
    """Raise AwsError for a `Policy` that is too long. The limit is in AssumeRole's description, not in its
    shape.
    """
    text = policy_text(params)
    maximum = settings.session_policy_max_characters
    if text is not None and len(text) > maximum:
        raise AwsError(
            "ValidationError",
            f"1 validation error detected: Value '{text}' at 'policy' failed to satisfy constraint: "
            f"Member must have length less than or equal to {maximum}",
        )


def _read(text: str) -> WrittenPolicy:
    """Parse a session policy. Condition values that IAM refuses to store (an invalid date or address) are
    accepted here and fail in the evaluation.
    """
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
    """Raise AwsError unless a managed session policy is an AWS managed policy or in the session's account."""
    owner = account_of(arn)
    if ":iam::" not in arn or ":policy/" not in arn:
        raise AwsError("ValidationError", f"{arn} is invalid")
    if owner == "aws":  # if its document is not in the model it allows nothing
        return
    if owner != account or arn not in configuration.policies:
        raise AwsError(
            "NoSuchEntity",
            f"Policy {arn} does not exist or is not attachable.",
            404,
            hint="the account has no such policy",
        )
