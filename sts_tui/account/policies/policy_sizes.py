"""How long may policies be, how does AWS count their size, and how many SCPs and RCPs may be attached to one
target?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

import msgspec

from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.policy_document import PackedDocument

SCP_QUOTAS: Final[Mapping[str, tuple[int, int]]] = {"2026": (10_240, 10), "2025": (5_120, 5)}
"""Year of the quotas → (maximum characters of a service control policy, maximum number attached to a root,
unit or account). The quotas changed in May 2026.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""

SIZE_LIMITS: Final[Mapping[PolicyKind, int]] = {
    PolicyKind.MANAGED: 6144,
    PolicyKind.BOUNDARY: 6144,
    PolicyKind.TRUST: 2048,
    PolicyKind.USER_INLINE: 2048,
    PolicyKind.GROUP_INLINE: 5120,
    PolicyKind.ROLE_INLINE: 10240,
    PolicyKind.SESSION: 2048,
    PolicyKind.SCP: SCP_QUOTAS["2026"][0],
    PolicyKind.RCP: 5120,
}
"""Policy type → maximum size in characters. For inline policies: the sum for one user, group or role."""

MOST_RCPS: Final = 4
"""The maximum number of resource control policies attached to one target, in addition to RCPFullAWSAccess,
which cannot be detached.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html"""

_WHITE_SPACE: Final = lazy_pattern(r"\s+")


def policy_size(document: Mapping[str, object] | PackedDocument, kind: PolicyKind) -> int:
    """The size of a document in characters. IAM does not count white space; Organizations and STS do."""
    text = document.json.decode() if isinstance(document, PackedDocument) else _compact(document)
    if kind in (PolicyKind.SCP, PolicyKind.RCP, PolicyKind.SESSION):
        return len(text)
    return len(_WHITE_SPACE.sub("", text)) if " " in text or "\\" in text else len(text)


def _compact(document: Mapping[str, object]) -> str:
    try:
        return msgspec.json.encode(document).decode()
    except (UnicodeEncodeError, TypeError, ValueError, RecursionError):  # a lone surrogate
        return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def size_message(kind: PolicyKind, name: str) -> str:
    """AWS's message (LimitExceeded, 409) for a policy that is too long. `name`: the name of the entity."""
    limit = SIZE_LIMITS[kind]
    match kind:
        case PolicyKind.TRUST:
            return f"Cannot exceed quota for ACLSizePerRole: {limit}"
        case PolicyKind.USER_INLINE:
            return f"Maximum policy size of {limit} bytes exceeded for user {name}"
        case PolicyKind.GROUP_INLINE:
            return f"Maximum policy size of {limit} bytes exceeded for group {name}"
        case PolicyKind.ROLE_INLINE:
            return f"Maximum policy size of {limit} bytes exceeded for role {name}"
        case PolicyKind.SCP | PolicyKind.RCP:
            return "You have exceeded the maximum policy size."
        case _:
            return f"Cannot exceed quota for PolicySize: {limit}"
