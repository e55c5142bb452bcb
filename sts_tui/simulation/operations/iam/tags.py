"""Tag, untag and list the tags of an IAM entity: one implementation for every type that can have tags.

Tag keys of users and roles are compared ignoring case (a second spelling replaces the first); those of other
entities are case-sensitive. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.entities import (
    InstanceProfile,
    ManagedPolicy,
    OpenIDConnectProvider,
    Role,
    SAMLProvider,
    Tag,
    User,
)
from sts_tui.account.iam_quotas import TAGS_PER_ENTITY
from sts_tui.account.json_value import Json
from sts_tui.simulation.operations.configuration_edits import with_entity
from sts_tui.simulation.operations.iam.entity_types import (
    INSTANCE_PROFILE,
    OIDC,
    POLICY,
    SAML,
    EntityType,
    authorized_entity,
)
from sts_tui.simulation.operations.iam.identity_types import (
    ROLE,
    USER,
    IdentityType,
    authorize_on,
    authorized_identity,
    operations_for_each,
    refuse_protected,
)
from sts_tui.simulation.operations.request_tags import requested_tags, tag_context
from sts_tui.simulation.operations.responses import PageRequest, page_of, tags_shape
from sts_tui.sts.errors import AwsError
from sts_tui.sts.operation import Answer, Call

TaggedEntity: TypeAlias = User | Role | ManagedPolicy | InstanceProfile | SAMLProvider | OpenIDConnectProvider


class Taggable(Struct, frozen=True, kw_only=True):
    """A type of entity that can carry tags."""

    noun: str
    find: Callable[[Call, Mapping[str, Json]], TaggedEntity]
    """Authorizes the call with the given condition keys and returns the entity."""
    ignores_case: bool = False


def merged_tags(present: Sequence[Tag], added: Sequence[Tag], *, ignores_case: bool) -> tuple[Tag, ...]:
    """The tags afterwards: an added tag replaces one with the same key, in its position."""
    spell = _key(ignores_case)
    tags = {spell(tag.key): tag for tag in present}
    tags.update({spell(tag.key): tag for tag in added})
    return tuple(tags.values())


def tag(call: Call, taggable: Taggable) -> Answer:
    """Raises AccessDenied, NoSuchEntity, UnmodifiableEntity, InvalidInput, LimitExceeded."""
    tags = requested_tags(call.params.get("Tags"), ignores_case=taggable.ignores_case)
    entity = taggable.find(call, tag_context(tags))
    refuse_protected(entity)
    everything = merged_tags(entity.tags, tags, ignores_case=taggable.ignores_case)
    refuse_too_many(everything)
    return _with_tags(call, entity, everything)


def refuse_too_many(tags: Sequence[Tag]) -> None:
    """Raises LimitExceeded for more than TAGS_PER_ENTITY tags."""
    if len(tags) > TAGS_PER_ENTITY:
        raise AwsError("LimitExceeded", "The number of tags has reached the maximum limit.", 409)


def untag(call: Call, taggable: Taggable) -> Answer:
    """Keys that the entity does not have are not an error. Raises AccessDenied, NoSuchEntity,
    UnmodifiableEntity.
    """
    keys = list(call.params["TagKeys"])
    entity = taggable.find(call, {"aws:TagKeys": keys})
    refuse_protected(entity)
    spell = _key(taggable.ignores_case)
    gone = [spell(key) for key in keys]
    return _with_tags(call, entity, tuple(one for one in entity.tags if spell(one.key) not in gone))


def list_tags(call: Call[PageRequest], taggable: Taggable) -> Answer:
    """Sorted by key. Raises AccessDenied, NoSuchEntity."""
    entity = taggable.find(call, {})
    page = page_of(tags_shape(sorted(entity.tags, key=lambda one: one.key)), call.params)
    return Answer(response={"Tags": page.items, **page.end})


def _with_tags(call: Call, entity: TaggedEntity, tags: tuple[Tag, ...]) -> Answer:
    changed = replace(entity, tags=tags)
    return Answer(configuration=with_entity(call.configuration, changed), subject=entity.arn)


def authorize_creation(call: Call, identity_type: IdentityType[User | Role], arn: str) -> tuple[Tag, ...]:
    """Authorize creating a user or role with the boundary and tags of the call; with tags the caller needs
    the tagging action too. Returns the tags.

    Raises AccessDenied, InvalidInput.
    """
    tags = requested_tags(call.params.get("Tags"), ignores_case=True)
    boundary_arn = call.params.get("PermissionsBoundary")
    boundary = {"iam:PermissionsBoundary": boundary_arn} if boundary_arn else {}
    authorize_on(call, arn, context={**tag_context(tags), **boundary})
    if tags:
        authorize_on(call, arn, context=tag_context(tags), action=f"iam:Tag{identity_type.noun}")
    return tags


def _key(ignores_case: bool) -> Callable[[str], str]:
    return str.lower if ignores_case else str


def _identity(identity_type: IdentityType[User | Role]) -> Taggable:
    return Taggable(
        noun=identity_type.noun,
        find=lambda call, context: authorized_identity(call, identity_type, context=context),
        ignores_case=True,
    )


def _entity(
    entity_type: EntityType[ManagedPolicy | InstanceProfile | SAMLProvider | OpenIDConnectProvider],
) -> Taggable:
    return Taggable(
        noun=entity_type.noun, find=lambda call, context: authorized_entity(call, entity_type, context)
    )


TAGGABLES: Final = (
    _identity(USER),
    _identity(ROLE),
    _entity(POLICY),
    _entity(INSTANCE_PROFILE),
    _entity(SAML),
    _entity(OIDC),
)


PERFORMS = operations_for_each(
    TAGGABLES,
    {
        "Tag{}": tag,
        "Untag{}": untag,
        "List{}Tags": list_tags,
    },
)
