"""Can a policy of this type have this document in AWS at all?

The rules are those that are checked when a document is written (`account.policies.rule_book`), except rules
that AWS added later and rules that depend on how a document is stored: there are older documents that break
them and are in effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.account.policies.policy_grammar import PolicyKind, stored_policy_errors
from sts_tui.account.policies.policy_principals import is_scalar_principal
from sts_tui.iam.provenance import PolicyType

_KINDS: Final[Mapping[PolicyType, PolicyKind]] = {
    PolicyType.IDENTITY: PolicyKind.IDENTITY,
    PolicyType.BOUNDARY: PolicyKind.BOUNDARY,
    PolicyType.SESSION: PolicyKind.SESSION,
    PolicyType.SCOPE_DOWN: PolicyKind.SESSION,
    PolicyType.RESOURCE: PolicyKind.RESOURCE,
    PolicyType.TRUST: PolicyKind.TRUST,
    PolicyType.SCP: PolicyKind.SCP,
    PolicyType.RCP: PolicyKind.RCP,
    PolicyType.ENDPOINT: PolicyKind.ENDPOINT,
}
_RCP_FULL_ACCESS: Final = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
"""The statement of AWS's RCPFullAWSAccess. A customer's resource control policy can only deny."""


def why_not_writable(
    document: Mapping[str, object], policy_type: PolicyType, *, scalar_principal: bool
) -> str:
    """AWS's message for the first rule that the document breaks, with the place; empty if it breaks none.

    `scalar_principal`: a trust policy may have `"Principal": "*"`.
    """
    if policy_type is PolicyType.RCP and document.get("Statement") in (_RCP_FULL_ACCESS, [_RCP_FULL_ACCESS]):
        return ""
    for broken in stored_policy_errors(document, _KINDS[policy_type]):
        if scalar_principal and is_scalar_principal(broken):
            continue
        where = f" ({broken.path})" if broken.path else ""
        return " ".join(filter(None, (f"{broken.message.removesuffix('.')}{where}.", broken.detail)))
    return ""
