"""Who makes a request, as policies see it?"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct


class CallerKind(Enum):
    """The kinds of principal that policies distinguish.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
    """

    USER = "IAM user"
    USER_SESSION = "user session"
    """GetSessionToken credentials of a user: temporary, with the user's ARN."""
    ROLE_SESSION = "role session"
    FEDERATED_USER = "federated user session"
    ROOT = "root user"
    ROOT_SESSION = "root session"
    """AssumeRoot credentials, or GetSessionToken credentials of a root user."""
    SERVICE = "AWS service"
    FEDERATED = "federated principal"
    """The holder of an OIDC token or SAML assertion, only during AssumeRoleWithWebIdentity and
    AssumeRoleWithSAML.
    """
    ANONYMOUS = "anonymous"

    __hash__ = object.__hash__  # Enum's own hash is slow: every request looks up its kind


OF_AN_ACCOUNT: Final = (
    CallerKind.USER,
    CallerKind.USER_SESSION,
    CallerKind.ROLE_SESSION,
    CallerKind.FEDERATED_USER,
    CallerKind.ROOT,
    CallerKind.ROOT_SESSION,
)
"""Principals of an account, to which SCPs apply; not services, holders of tokens or anonymous callers."""


class Caller(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One caller. Fields that do not apply to its kind are None.

    `arn` is what GetCallerIdentity returns (the assumed-role ARN for a role session, the service name for a
    service, the provider's ARN for a federated principal). `issuer_arn` is the role (with its path) of a role
    session, and the user who created a federated user session. `unique_id` is the AIDA… or AROA… id of the
    user or role.
    """

    kind: CallerKind
    arn: str | None = None
    account: str | None = None
    issuer_arn: str | None = None
    unique_id: str | None = None
    is_service_linked: bool = False
    has_mfa: bool = False
    """Whether USER_SESSION credentials were issued with MFA. Only these can call IAM."""
