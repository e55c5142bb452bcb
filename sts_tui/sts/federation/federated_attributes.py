"""Which tags and source identity does a token or assertion carry, and are they valid?

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sts_tui.account.format.patterns import NAME_CHARACTERS
from sts_tui.account.json_value import Json
from sts_tui.identity_providers.oidc import ROLES_CLAIM, SOURCE_IDENTITY_CLAIM, TAGS_CLAIM
from sts_tui.sts.denials import invalid_identity_token, not_validated
from sts_tui.sts.issuing.tags import SessionTags, refuse_bad_keys
from sts_tui.sts.shapes import Shape, matches, sts_shapes, violations


def stated_tags(pairs: Sequence[tuple[str, str]], transitive: Sequence[str]) -> SessionTags:
    """The session tags of a token or assertion. Raises AwsError for keys and values that cannot be tags."""
    shape = sts_shapes().request("AssumeRole").members["Tags"]
    listed = {"Tags": [{"Key": key, "Value": value} for key, value in pairs]}
    found = list(violations(Shape(type="structure", members={"Tags": shape}), listed))
    if found:
        raise not_validated(f"of the tags {'; '.join(found)}")
    refuse_bad_keys(pairs, transitive)
    return SessionTags(passed=tuple(pairs), transitive=tuple(transitive))


def checked_source_identity(value: str | None, maximum: int) -> str | None:
    """The source identity of a token or assertion. Raises AwsError if it is invalid."""
    if value is None:
        return None
    if not matches(f"{NAME_CHARACTERS}*", value) or not 2 <= len(value) <= maximum:
        raise invalid_identity_token(
            f'Source Identity must match [a-zA-Z_0-9+=,.@-]{{2,{maximum}}} and not begin with "aws:"'
        )
    return value


def tags_of_claims(claims: Mapping[str, Json]) -> SessionTags:
    """The tags in a token: in one object, or flattened into one claim per tag. Raises AwsError
    InvalidIdentityToken for any other form.
    """
    nested = _object(claims, TAGS_CLAIM)
    pairs = [*_pairs(_object(nested, "principal_tags")), *_flattened(claims)]
    transitive = nested.get("transitive_tag_keys") or claims.get(f"{TAGS_CLAIM}/transitive_tag_keys") or ()
    if not isinstance(transitive, str | list | tuple):
        raise not_validated("transitive_tag_keys is not a list")
    keys = [transitive] if isinstance(transitive, str) else [str(key) for key in transitive]
    return stated_tags(pairs, keys)


def _object(claims: Mapping[str, Json], name: str) -> Mapping[str, Json]:
    """A claim that is an object; empty if absent. Raises AwsError for a claim of another type."""
    value = claims.get(name)
    if value is not None and not isinstance(value, Mapping):
        raise not_validated(f"{name} is not an object")
    return value or {}


def _pairs(tags: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """(key, value) of each tag. Each value in the token must be a list of exactly one item."""
    for key, value in tags.items():
        values = value if isinstance(value, list) else [value]
        if len(values) != 1 or not isinstance(values[0], str):
            raise not_validated(f"the tag {key} needs exactly one value")
        yield str(key), values[0]


def _flattened(claims: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    prefix = f"{TAGS_CLAIM}/principal_tags/"
    yield from _pairs(
        {name[len(prefix) :]: value for name, value in claims.items() if name.startswith(prefix)}
    )


def source_identity_of_claims(claims: Mapping[str, Json], maximum: int) -> str | None:
    """The source identity in a token. Raises AwsError for one that is too long or malformed."""
    value = claims.get(SOURCE_IDENTITY_CLAIM)
    return checked_source_identity(None if value is None else str(value), maximum)


def role_authorized_by_idp(claims: Mapping[str, Json], role_arn: str) -> str | None:
    """`sts:RoleAuthorizedByIdp`: whether the roles claim lists the role; None without such a claim."""
    if ROLES_CLAIM not in claims:
        return None
    listed = claims[ROLES_CLAIM]
    roles = listed.split(";") if isinstance(listed, str) else listed if isinstance(listed, list) else []
    return "true" if role_arn in roles else "false"
