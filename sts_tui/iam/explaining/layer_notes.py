"""Why does a missing Allow of one policy type deny a request? A short note for readers who learn the rules.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.iam.caller import CallerKind
from sts_tui.iam.provenance import PolicyType
from sts_tui.iam.request import Request

_RULES: Final[Mapping[PolicyType, str]] = {
    PolicyType.SCP: "every level of the organization must allow",
    PolicyType.ENDPOINT: "requests through the endpoint must be allowed by its policy, too",
    PolicyType.TRUST: "identity-based policies are not enough: the role's trust policy must allow the caller",
    PolicyType.BOUNDARY: "a boundary grants nothing, and what it does not allow is not allowed",
    PolicyType.SESSION: "a session policy grants nothing, and what it does not allow is not allowed",
    PolicyType.SCOPE_DOWN: "scoped credentials can do only what every scope-down policy allows",
}
_WITHOUT_IDENTITY_POLICIES: Final = (CallerKind.SERVICE, CallerKind.FEDERATED, CallerKind.ANONYMOUS)


def missing_allow_note(policy_type: PolicyType, request: Request, *, account_is_named: bool) -> str:
    """The rule by which a missing Allow of this type denies; empty if it needs no explanation.

    `account_is_named`: the resource's policy allows the request, but names only the caller's account.
    """
    caller = request.caller
    crosses = caller.account is not None and caller.account != request.resource_account
    match policy_type:
        case PolicyType.SESSION if caller.kind is CallerKind.FEDERATED_USER:
            return "a federated user session may do only what a session policy allows"
        case PolicyType.RESOURCE if caller.kind in _WITHOUT_IDENTITY_POLICIES:
            return "only the resource's policy can allow a caller without identity-based policies"
        case PolicyType.RESOURCE if crosses:
            return f"account {request.resource_account} owns the resource: its policy must allow, too"
        case PolicyType.RESOURCE:
            return "a KMS key's policy must allow the caller, or name the account"
        case PolicyType.IDENTITY if crosses:
            return f"account {request.resource_account} owns the resource: both accounts must allow"
        case PolicyType.IDENTITY if account_is_named:
            return "the resource's policy names the account: identity-based policies decide"
        case _:
            return _RULES.get(policy_type, "")
