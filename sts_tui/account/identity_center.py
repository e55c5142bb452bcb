"""Which entities does IAM Identity Center have? Users, groups, permission sets and their assignments.

The fields are the members of the APIs of Identity Center and its identity store, so that the outputs of the
AWS CLI's list and describe commands can be used directly.
https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html
https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/welcome.html
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Final, Literal

from sts_tui.account.entity import Entity, Tag
from sts_tui.account.json_value import JsonObject
from sts_tui.account.lazy_pattern import lazy_pattern
from sts_tui.account.policy_document import WrittenPolicy

ROLE_PATH: Final = "/aws-reserved/sso.amazonaws.com/"
"""The path of the roles of permission sets. A Region may follow.
https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html"""
DEFAULT_ROLE_SESSION: Final = timedelta(hours=1)
"""https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html"""
DEFAULT_PORTAL_SESSION: Final = timedelta(hours=8)
"""https://docs.aws.amazon.com/singlesignon/latest/userguide/configure-user-session.html"""
ISO_DURATION: Final = lazy_pattern(
    r"P(?!$)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII
)
"""`PT8H`, `P1DT12H`: days, hours, minutes, seconds."""

_PLAIN_ATTRIBUTES: Final = ("username", "displayname", "usertype", "title")
"""User attributes for `${path:NAME}`, besides `name.…`, `enterprise.…` and the primary e-mail address."""


class AttributeSource(Entity, frozen=True, kw_only=True):
    source: tuple[str, ...] = ()
    """`${path:enterprise.department}`"""


class AccessControlAttribute(Entity, frozen=True, kw_only=True):
    """A user attribute that becomes a session tag."""

    key: str
    value: AttributeSource = AttributeSource()


class IdentityCenterInstance(Entity, frozen=True, kw_only=True):
    """One instance of IAM Identity Center."""

    instance_arn: str = ""
    identity_store_id: str = ""
    owner_account_id: str = ""
    """Empty: the management account of the organization."""
    name: str = ""
    portal_session_duration: str = ""
    """ISO 8601; empty: eight hours."""
    primary_region: str = ""
    """`eu-west-1`; empty: us-east-1."""
    access_control_attributes: tuple[AccessControlAttribute, ...] = ()


class CenterUser(Entity, frozen=True, kw_only=True):
    """A user of the identity store."""

    user_name: str
    user_id: str = ""
    user_status: Literal["ENABLED", "DISABLED"] = "ENABLED"
    display_name: str = ""
    name: JsonObject | None = None
    emails: tuple[JsonObject, ...] = ()
    extensions: JsonObject | None = None
    title: str = ""
    user_type: str = ""


class CenterGroup(Entity, frozen=True, kw_only=True):
    display_name: str
    group_id: str = ""
    description: str = ""


class MemberId(Entity, frozen=True, kw_only=True):
    user_id: str


class GroupMembership(Entity, frozen=True, kw_only=True):
    group_id: str
    member_id: MemberId
    membership_id: str = ""


class SetPolicy(Entity, frozen=True, kw_only=True):
    """An AWS managed policy in a permission set."""

    arn: str
    name: str = ""


class CustomerPolicy(Entity, frozen=True, kw_only=True):
    """A customer managed policy, by name: every account to which the set is provisioned must have it."""

    name: str
    path: str = "/"


class SetBoundary(Entity, frozen=True, kw_only=True):
    customer_managed_policy_reference: CustomerPolicy | None = None
    managed_policy_arn: str | None = None


class PermissionSet(Entity, frozen=True, kw_only=True):
    name: str
    permission_set_arn: str = ""
    description: str = ""
    session_duration: str = ""
    """ISO 8601, one to twelve hours; empty: one hour."""
    relay_state: str = ""
    inline_policy: WrittenPolicy | None = None
    attached_managed_policies: tuple[SetPolicy, ...] = ()
    customer_managed_policy_references: tuple[CustomerPolicy, ...] = ()
    permissions_boundary: SetBoundary | None = None
    created_date: datetime | None = None
    tags: tuple[Tag, ...] = ()

    @property
    def seconds(self) -> int:
        """The session duration of its role, in seconds."""
        return int((duration_of(self.session_duration) or DEFAULT_ROLE_SESSION).total_seconds())


class AccountAssignment(Entity, frozen=True, kw_only=True):
    """The assignment of a permission set in an account to a user or group."""

    account_id: str
    permission_set_arn: str
    principal_type: Literal["USER", "GROUP"]
    principal_id: str

    @property
    def key(self) -> str:
        """The key that identifies the assignment."""
        return " ".join((self.account_id, self.permission_set_arn, self.principal_type, self.principal_id))


class IdentityCenter(Entity, frozen=True, kw_only=True):
    """Identity store, permission sets and assignments. `complete` adds the ids that a file omits."""

    instances: tuple[IdentityCenterInstance, ...] = ()
    users: tuple[CenterUser, ...] = ()
    groups: tuple[CenterGroup, ...] = ()
    group_memberships: tuple[GroupMembership, ...] = ()
    permission_sets: tuple[PermissionSet, ...] = ()
    account_assignments: tuple[AccountAssignment, ...] = ()


def duration_of(text: str) -> timedelta | None:
    """The duration in an ISO 8601 text of days, hours, minutes and seconds; None for other text."""
    found = ISO_DURATION.fullmatch(text)
    if found is None:
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def derived_hex(text: str, length: int) -> str:
    """`length` hexadecimal digits (characters), derived only from a text."""
    from hashlib import sha256

    return sha256(f"sts-tui identity center {text}".encode()).hexdigest()[:length]


def derived_uuid(text: str) -> str:
    """A UUID derived from a text, in the form that the identity store uses for users and groups."""
    digits = derived_hex(text, 32)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def attribute_path(source: str) -> str | None:
    """`enterprise.department` for `${path:enterprise.department}`; None for attributes that are not
    supported.
    """
    if not (source.startswith("${path:") and source.endswith("}")):
        return None
    path = source[len("${path:") : -1]
    head, _, rest = path.lower().partition(".")
    is_read = path.lower() in _PLAIN_ATTRIBUTES or (head in ("name", "enterprise") and bool(rest))
    return path if is_read or path.replace(" ", "").lower() == "emails[primaryeqtrue].value" else None
