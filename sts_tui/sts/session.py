"""What does a session carry, from issue to expiry?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal

from msgspec import Struct, field

from sts_tui.account.policy_document import WrittenPolicy


class SessionKind(Enum):
    """Whose permissions the session has."""

    ROLE = "role session"
    USER = "user session"
    """GetSessionToken by an IAM user."""
    FEDERATED_USER = "federated user session"
    ROOT = "root session"
    """AssumeRoot, or GetSessionToken by a root user."""


class Credentials(Struct, frozen=True, kw_only=True):
    """The four members of AWS's `Credentials` shape."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: datetime


class WorkloadProof(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a workload showed to a service that gave it a session: a certificate, or the token of a pod."""

    kind: Literal["certificate", "pod"]
    through: str
    """The ARN of the trust anchor, or of the pod identity association."""
    profile: str = ""
    """The ARN of the profile of Roles Anywhere."""
    subject: str
    """`CN=web-1,O=Acme`, or `namespace/service account/pod`."""
    serial: str = ""
    """Of the certificate, in hexadecimal digits."""
    issuer: str = ""
    """Of the certificate."""


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One set of temporary credentials, as issued. It never changes: whether it is expired, revoked or
    orphaned is computed from (session, configuration, now), never stored.
    """

    name: str
    """Its label: the role session name, the federated user's name, or `--as-session`."""
    kind: SessionKind
    operation: str
    """The STS operation that issued it: `AssumeRole`, `AssumeRoleWithSAML`, `GetSessionToken` …"""
    credentials: Credentials
    account: str
    arn: str
    """The ARN that GetCallerIdentity returns."""
    user_id: str
    """`aws:userid`: `AROA…:name`, `AIDA…`, `ACCOUNT:name`."""
    issuer_arn: str
    """The role (ARN with path), or the user or root user, whose permissions it has. A federated user session
    has those of the user, or root user, who called GetFederationToken."""
    issuer_id: str
    """That role's or user's unique id: a new role or user of the same name does not revive the session."""
    issued_at: datetime
    expires_at: datetime
    parent: str | None = None
    """Access key id (AKIA… or ASIA…) of the caller that requested it; None for services and federation."""
    parent_label: str = ""
    """The caller that requested it, for display: a user name, `name@Role`, `service:ec2.amazonaws.com`,
    `github/main`.
    """
    is_chained: bool = False
    """Issued by AssumeRole to a caller with temporary credentials: role chaining, one hour at most."""
    tags: tuple[tuple[str, str], ...] = ()
    """Session tags, inherited ones included."""
    transitive_tag_keys: tuple[str, ...] = ()
    inherited_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    session_policies: tuple[WrittenPolicy, ...] = ()
    session_policy_arns: tuple[str, ...] = ()
    """Managed session policies: referenced, so their current default version counts."""
    has_session_policy: bool = False
    mfa_at: datetime | None = None
    """When the MFA was used that its requests carry."""
    context: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Condition keys that the credentials carry: `aws:FederatedProvider`, `saml:sub`, `ec2:RoleDelivery` …"""
    packed_policy_size: int | None = None
    is_version_1_token: bool = False
    """Issued by the global endpoint unless the account prefers version 2: refused in opt-in Regions."""
    workload: str | None = None
    """The workload that holds it; None if none does."""
    scope_down_policies: tuple[WrittenPolicy, ...] = ()
    """The policies of GetScopedCredentials, the first call's first; each limits everything else."""
    token_issue_time: datetime | None = None
    """`aws:TokenIssueTime` of scoped credentials; None: `issued_at`."""
    original_operation: str | None = None
    """For scoped credentials: the operation that issued the session before it was first scoped down."""
    original_parent: str | None = None
    """For scoped credentials: the `parent` of that session."""
    sign_in: str = ""
    """The sign-in that gave it out (a key of `Configuration.sign_ins`); empty for sessions that a call to STS
    issued."""
    has_identity_context: bool = False
    """Whether AssumeRole set the context of a user of IAM Identity Center: AWS attaches a policy to it."""
    proof: WorkloadProof | None = None
    """For sessions that Roles Anywhere or EKS Pod Identity issued: what the workload showed."""

    @property
    def is_scoped(self) -> bool:
        """Whether GetScopedCredentials issued it."""
        return self.original_operation is not None

    @property
    def first_operation(self) -> str:
        """The operation that issued it; for scoped credentials that of the original session."""
        return self.original_operation or self.operation

    @property
    def first_parent(self) -> str | None:
        """The `parent`; for scoped credentials that of the original session."""
        return self.original_parent if self.is_scoped else self.parent

    @property
    def dated_at(self) -> datetime:
        """`aws:TokenIssueTime`, to which dated denies apply."""
        return self.token_issue_time or self.issued_at

    @property
    def access_key_id(self) -> str:
        return self.credentials.access_key_id

    @property
    def role_name(self) -> str | None:
        """The name of its role, None for other sessions."""
        return self.issuer_arn.rpartition("/")[2] if self.kind is SessionKind.ROLE else None

    @property
    def label(self) -> str:
        """`name@Role` for role sessions; `federated-user/name`; otherwise the name."""
        if self.kind is SessionKind.ROLE:
            return f"{self.name}@{self.role_name}"
        if self.kind is SessionKind.FEDERATED_USER:
            return f"federated-user/{self.name}"
        return self.name
