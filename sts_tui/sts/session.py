"""What are the properties of a session?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import Any, Literal

from msgspec import Struct, field

from sts_tui.account.policy_document import WrittenPolicy


class SessionKind(Enum):
    """The kind of principal whose permissions the session has."""

    ROLE = "role session"
    USER = "user session"
    """From GetSessionToken by an IAM user."""
    FEDERATED_USER = "federated user session"
    ROOT = "root session"
    """From AssumeRoot, or from GetSessionToken by a root user."""


class Credentials(Struct, frozen=True, kw_only=True):
    """The four members of AWS's `Credentials` shape."""

    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: datetime


class WorkloadProof(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a workload identified itself to the service that gave it a session: with a certificate or the token
    of a pod.
    """

    kind: Literal["certificate", "pod"]
    through: str
    """The ARN of the trust anchor, or of the pod identity association."""
    profile: str = ""
    """The ARN of the profile of Roles Anywhere."""
    subject: str
    """`CN=web-1,O=Acme`, or `namespace/service account/pod`."""
    serial: str = ""
    """The serial number of the certificate, in hexadecimal digits."""
    issuer: str = ""
    """The issuer of the certificate."""


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One set of temporary credentials, as issued. It never changes: whether it is expired, revoked or
    orphaned is not stored but computed from session, configuration and current time.
    """

    name: str
    """Its name: the role session name, the federated user's name, or the value of `--as-session`."""
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
    """The ARN of the role (with path), user or root user whose permissions it has. For a federated user
    session, that is the user or root user who called GetFederationToken."""
    issuer_id: str
    """The unique id of that role or user. A new role or user with the same name has another id, so that the
    session stays invalid.
    """
    issued_at: datetime
    expires_at: datetime
    parent: str | None = None
    """The access key id (AKIA… or ASIA…) of the caller who requested it; None for services and federation."""
    parent_label: str = ""
    """The caller who requested it, for display: a user name, `name@Role`, `service:ec2.amazonaws.com`,
    `github/main`.
    """
    is_chained: bool = False
    """Whether it was issued by AssumeRole to a caller with temporary credentials (role chaining, one hour at
    most).
    """
    tags: tuple[tuple[str, str], ...] = ()
    """Session tags, including inherited ones."""
    transitive_tag_keys: tuple[str, ...] = ()
    inherited_tag_keys: tuple[str, ...] = ()
    source_identity: str | None = None
    session_policies: tuple[WrittenPolicy, ...] = ()
    session_policy_arns: tuple[str, ...] = ()
    """The ARNs of managed session policies. Their current default version applies."""
    has_session_policy: bool = False
    mfa_at: datetime | None = None
    """The time of the MFA authentication, for `aws:MultiFactorAuthAge`; None without MFA."""
    context: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """Condition keys in all requests with the credentials: `aws:FederatedProvider`, `saml:sub`,
    `ec2:RoleDelivery` …
    """
    packed_policy_size: int | None = None
    is_version_1_token: bool = False
    """Whether its token has version 1: the global endpoint's default, which opt-in Regions refuse."""
    workload: str | None = None
    """The workload that has the session; None if no workload has it."""
    scope_down_policies: tuple[WrittenPolicy, ...] = ()
    """The policies of GetScopedCredentials, in the order of the calls. All of them must allow a request."""
    token_issue_time: datetime | None = None
    """`aws:TokenIssueTime` of scoped credentials; None for other credentials, which use `issued_at`."""
    original_operation: str | None = None
    """For scoped credentials: the operation that issued the session before it was first scoped down."""
    original_parent: str | None = None
    """For scoped credentials: the `parent` of that session."""
    sign_in: str = ""
    """The sign-in from which it was issued (a key of `Configuration.sign_ins`); empty if a call to STS issued
    it."""
    has_identity_context: bool = False
    """Whether AssumeRole set the context of an Identity Center user, so that AWS attached a policy to the
    session.
    """
    proof: WorkloadProof | None = None
    """For sessions from Roles Anywhere or EKS Pod Identity: how the workload identified itself."""

    @property
    def is_scoped(self) -> bool:
        """Whether GetScopedCredentials issued it."""
        return self.original_operation is not None

    @property
    def first_operation(self) -> str:
        """The operation that issued it; for scoped credentials, the one that issued the original session."""
        return self.original_operation or self.operation

    @property
    def first_parent(self) -> str | None:
        """The `parent`; for scoped credentials, that of the original session."""
        return self.original_parent if self.is_scoped else self.parent

    @property
    def dated_at(self) -> datetime:
        """`aws:TokenIssueTime`, which policies that revoke sessions compare with a date."""
        return self.token_issue_time or self.issued_at

    @property
    def access_key_id(self) -> str:
        return self.credentials.access_key_id

    @property
    def role_name(self) -> str | None:
        """The name of its role; None for other sessions."""
        return self.issuer_arn.rpartition("/")[2] if self.kind is SessionKind.ROLE else None

    @property
    def label(self) -> str:
        """`name@Role` for role sessions, `federated-user/name` for federated users, otherwise the name."""
        if self.kind is SessionKind.ROLE:
            return f"{self.name}@{self.role_name}"
        if self.kind is SessionKind.FEDERATED_USER:
            return f"federated-user/{self.name}"
        return self.name
