"""The kinds of policy: what may be written in a document depends on where it is attached."""

from __future__ import annotations

from enum import Enum


class PolicyKind(Enum):
    """Where a policy document stands. The value is what messages call it.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html
    """

    IDENTITY = "identity-based policy"
    MANAGED = "managed policy"
    USER_INLINE = "inline policy of a user"
    GROUP_INLINE = "inline policy of a group"
    ROLE_INLINE = "inline policy of a role"
    TRUST = "trust policy"
    RESOURCE = "resource-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"
    SCP = "service control policy"
    RCP = "resource control policy"
    ENDPOINT = "VPC endpoint policy"

    @property
    def is_identity_based(self) -> bool:
        """Whether the document stands for the one it is attached to, so that it names no principal."""
        return self in _IDENTITY_BASED

    @property
    def is_resource_based(self) -> bool:
        """Whether the document says for whom it is."""
        return self in _RESOURCE_BASED


_IDENTITY_BASED = frozenset(
    {
        PolicyKind.IDENTITY,
        PolicyKind.MANAGED,
        PolicyKind.USER_INLINE,
        PolicyKind.GROUP_INLINE,
        PolicyKind.ROLE_INLINE,
        PolicyKind.BOUNDARY,
        PolicyKind.SESSION,
    }
)
_RESOURCE_BASED = frozenset({PolicyKind.TRUST, PolicyKind.RESOURCE, PolicyKind.ENDPOINT})
