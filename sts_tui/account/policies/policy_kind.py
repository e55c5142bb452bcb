"""Which policy types are there? What a document may contain depends on its type."""

from __future__ import annotations

from enum import Enum


class PolicyKind(Enum):
    """The type of a policy document. The value is its name in messages.

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

    __hash__ = object.__hash__  # Enum's own hash is slow: every document is looked up by its kind

    @property
    def is_identity_based(self) -> bool:
        """Whether the document is attached to an identity, so that it has no Principal element."""
        return self in _IDENTITY_BASED

    @property
    def is_resource_based(self) -> bool:
        """Whether the document has a Principal element."""
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
