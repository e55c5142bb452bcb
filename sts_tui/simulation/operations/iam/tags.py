"""Tag, untag and list the tags of an IAM entity: one mechanism, a row for each kind that can carry tags.

Tag keys of users and roles are compared ignoring case (a second spelling replaces the first), those of
other entities with case. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sts_tui.account.entities import Tag
from sts_tui.simulation.operations.iam.families import (
    ROLE,
    USER,
    Family,
    authorize_on,
    authorized,
    edited,
    one_for_each,
    refuse_protected,
    with_entity,
)
from sts_tui.simulation.operations.iam.named_entities import (
    INSTANCE_PROFILE,
    OIDC,
    POLICY,
    SAML,
    Kind,
    authorized_entity,
)
from sts_tui.simulation.operations.refusals import invalid_input, limit_exceeded
from sts_tui.simulation.operations.responses import paged, tags_shape
from sts_tui.sts.operation import Answer, Call

TAGS_PER_ENTITY = 50


class Taggable(Struct, frozen=True, kw_only=True):
    """A kind of entity that can carry tags."""

    noun: str
    collection: str
    find: Callable[[Call, Mapping[str, Any]], Any]
    """Authorizes the call with the condition keys given, and answers the entity."""
    ignores_case: bool = False


def requested_tags(params: Mapping[str, Any]) -> tuple[Tag, ...]:
    """The `Tags` of a call. Raises InvalidInput for duplicate and reserved keys."""
    tags = tuple(Tag(key=one["Key"], value=one["Value"]) for one in params.get("Tags") or ())
    if len({tag.key.lower() for tag in tags}) < len(tags):
        raise invalid_input("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    if any(tag.key.lower().startswith("aws:") for tag in tags):
        raise invalid_input("aws: prefixed tag key names are not allowed for external use.")
    return tags


def request_context(tags: Sequence[Tag]) -> dict[str, Any]:
    """`aws:RequestTag/…` and `aws:TagKeys`; nothing where no tags are passed."""
    if not tags:
        return {}
    return {
        **{f"aws:RequestTag/{tag.key}": tag.value for tag in tags},
        "aws:TagKeys": [tag.key for tag in tags],
    }


def merged(present: Sequence[Tag], added: Sequence[Tag], *, ignores_case: bool) -> tuple[Tag, ...]:
    """What the entity carries afterwards: an added tag replaces one of the same key in its place."""
    spell = _key(ignores_case)
    tags = {spell(tag.key): tag for tag in present}
    tags.update({spell(tag.key): tag for tag in added})
    return tuple(tags.values())


def tag(call: Call, kind: Taggable) -> Answer:
    tags = requested_tags(call.params)
    entity = kind.find(call, request_context(tags))
    refuse_protected(entity)
    everything = merged(entity.tags, tags, ignores_case=kind.ignores_case)
    if len(everything) > TAGS_PER_ENTITY:
        raise limit_exceeded(f"TagsPer{kind.noun}", TAGS_PER_ENTITY)
    return _with_tags(call, kind, entity, everything)


def untag(call: Call, kind: Taggable) -> Answer:
    """Keys that are not there are no error."""
    keys = list(call.params["TagKeys"])
    entity = kind.find(call, {"aws:TagKeys": keys})
    refuse_protected(entity)
    spell = _key(kind.ignores_case)
    gone = [spell(key) for key in keys]
    return _with_tags(call, kind, entity, tuple(one for one in entity.tags if spell(one.key) not in gone))


def list_tags(call: Call, kind: Taggable) -> Answer:
    entity = kind.find(call, {})
    return Answer(
        response=paged("Tags", tags_shape(sorted(entity.tags, key=lambda one: one.key)), call.params)
    )


def _with_tags(call: Call, kind: Taggable, entity: Any, tags: tuple[Tag, ...]) -> Answer:
    changed = edited(entity, tags=tags)
    return Answer(configuration=with_entity(call.configuration, kind.collection, changed), subject=entity.arn)


def authorize_creation(call: Call, family: Family, arn: str) -> tuple[Tag, ...]:
    """Whether a user or role may be made with the boundary and tags that the call gives it; with tags the
    caller has to be allowed to tag as well. Returns the tags.
    """
    tags = requested_tags(call.params)
    boundary_arn = call.params.get("PermissionsBoundary")
    boundary = {"iam:PermissionsBoundary": boundary_arn} if boundary_arn else {}
    authorize_on(call, arn, context=request_context(tags) | boundary)
    if tags:
        authorize_on(call, arn, context=request_context(tags), action=f"iam:Tag{family.noun}")
    return tags


def _key(ignores_case: bool) -> Callable[[str], str]:
    return str.lower if ignores_case else str


def _holder(family: Family) -> Taggable:
    return Taggable(
        noun=family.noun,
        collection=family.collection,
        find=lambda call, context: authorized(call, family, context=context),
        ignores_case=True,
    )


def _entity(kind: Kind) -> Taggable:
    return Taggable(
        noun=kind.noun,
        collection=kind.collection,
        find=lambda call, context: authorized_entity(call, kind, context),
    )


TAGGABLES = (
    _holder(USER),
    _holder(ROLE),
    _entity(POLICY),
    _entity(INSTANCE_PROFILE),
    _entity(SAML),
    _entity(OIDC),
)


PERFORMS = one_for_each(
    TAGGABLES,
    {
        "Tag{}": tag,
        "Untag{}": untag,
        "List{}Tags": list_tags,
    },
)
