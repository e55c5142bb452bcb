"""Which session tags does a session get, and which does AWS refuse?

Keys are compared without case and kept as written; values are case-sensitive. An inherited transitive tag
replaces the role's tag with the same key. Passing its key again fails, even with the same value. The number
of tags in a request is limited by AWS's service model (`request_shapes.json`), their total size by
`packed_size`.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from sts_tui.account.entities import Tag
from sts_tui.account.json_value import Json
from sts_tui.sts.errors import AwsError
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.sts.issuing.parameters import TagParameters


class SessionTags(Struct, frozen=True, kw_only=True):
    """The tags of the new session: those passed in the call, and those inherited from the caller."""

    passed: tuple[tuple[str, str], ...] = ()
    transitive: tuple[str, ...] = ()
    """Keys of tags that this call marks as transitive."""
    inherited: tuple[tuple[str, str], ...] = ()
    """Transitive tags of the calling session, which stay transitive."""

    @property
    def are_set(self) -> bool:
        """Whether there are any tags, so that `sts:TagSession` is needed. Inherited tags are sufficient."""
        return bool(self.passed or self.inherited)

    @property
    def all(self) -> tuple[tuple[str, str], ...]:
        return self.inherited + self.passed

    @property
    def all_transitive_keys(self) -> tuple[str, ...]:
        return tuple([key for key, _ in self.inherited]) + self.transitive

    def refuse_conflicts(self) -> None:
        """Raise AwsError if a passed tag has the key of an inherited one. Keys are compared without case."""
        if not self.passed or not self.inherited:
            return
        inherited = {key.lower() for key, _ in self.inherited}
        if any(key.lower() in inherited for key, _ in self.passed):
            raise AwsError(
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts with a "
                "transitive tag key from the calling session.",
            )

    def request_context(self) -> dict[str, Json]:
        """`aws:RequestTag/…`, `aws:TagKeys` and `sts:TransitiveTagKeys`, for the tags passed in this call."""
        context: dict[str, Json] = {f"aws:RequestTag/{key}": value for key, value in self.passed}
        if self.passed:
            context["aws:TagKeys"] = [key for key, _ in self.passed]
        if self.transitive:
            context["sts:TransitiveTagKeys"] = list(self.transitive)
        return context

    def principal_context(self) -> dict[str, Json]:
        """`aws:PrincipalTag/…` for the tags passed in this call."""
        return {f"aws:PrincipalTag/{key}": value for key, value in self.passed}

    def role_tag_context(self, role_tags: Iterable[Tag]) -> dict[str, str]:
        """`aws:ResourceTag/…` and `iam:ResourceTag/…` for the trust policy. An inherited tag replaces the
        role's tag with the same key.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
        """
        inherited = {key.lower(): value for key, value in self.inherited}
        seen = {tag.key: inherited.get(tag.key.lower(), tag.value) for tag in role_tags}
        return {
            f"{service}:ResourceTag/{key}": value for key, value in seen.items() for service in ("aws", "iam")
        }


NO_TAGS: Final = SessionTags()


def requested_tags(
    params: TagParameters, caller: Session | None = None, transitive: Sequence[str] = ()
) -> SessionTags:
    """The tags of an API call. `transitive`: the keys that it marks as transitive.

    Raises AwsError InvalidParameterValue for duplicate and reserved keys, and for transitive keys without a
    tag.
    """
    passed = tuple([(tag["Key"], tag["Value"]) for tag in params.get("Tags") or ()])
    refuse_bad_keys(passed, transitive)
    return SessionTags(passed=passed, transitive=tuple(transitive), inherited=inherited_tags(caller))


def inherited_tags(caller: Session | None) -> tuple[tuple[str, str], ...]:
    """The transitive tags of the caller's session."""
    if caller is None:
        return ()
    handed_on = {key.lower() for key in caller.transitive_tag_keys}
    return tuple((key, value) for key, value in caller.tags if key.lower() in handed_on)


def refuse_bad_keys(passed: Sequence[tuple[str, str]], transitive: Sequence[str]) -> None:
    """Raise AwsError InvalidParameterValue for keys that AWS refuses before any other check."""
    if not passed and not transitive:
        return
    keys = [key.lower() for key, _ in passed]
    if len(set(keys)) != len(keys):
        raise AwsError(
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        )
    if any(key.startswith("aws:") for key in keys):
        raise AwsError(
            "InvalidParameterValue", "aws: prefixed tag key names are not allowed for external use."
        )
    if any(key.lower() not in keys for key in transitive):
        raise AwsError(
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        )
