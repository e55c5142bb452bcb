"""Which policy types have a Principal element, and what does its absence mean?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final

from sts_tui.iam.provenance import PolicyType


class PrincipalRule(Enum):
    """Whether a policy type has Principal elements."""

    FORBIDDEN = "forbidden"
    """Identity, boundary and session policies and SCPs: they apply to the principal they are attached to."""
    REQUIRED = "required"
    EVERYONE_BY_DEFAULT = "everyone by default"
    """RCPs, which can only have `*`, and endpoint policies: no Principal means everyone."""

    __hash__ = object.__hash__  # Enum's own hash is slow: every document is looked up by it


PRINCIPAL_RULES: Final[Mapping[PolicyType, PrincipalRule]] = {
    PolicyType.IDENTITY: PrincipalRule.FORBIDDEN,
    PolicyType.BOUNDARY: PrincipalRule.FORBIDDEN,
    PolicyType.SESSION: PrincipalRule.FORBIDDEN,
    PolicyType.SCOPE_DOWN: PrincipalRule.FORBIDDEN,
    PolicyType.SCP: PrincipalRule.FORBIDDEN,
    PolicyType.RESOURCE: PrincipalRule.REQUIRED,
    PolicyType.TRUST: PrincipalRule.REQUIRED,
    PolicyType.RCP: PrincipalRule.EVERYONE_BY_DEFAULT,
    PolicyType.ENDPOINT: PrincipalRule.EVERYONE_BY_DEFAULT,
}
