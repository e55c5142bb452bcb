"""Which tags on a principal would give it new hops? Those that conditions on `aws:PrincipalTag` require.

An Allow requires a value; a Deny exempts the value that it names, or no longer applies once the tag is
removed. The engine evaluates the request that writes the tags: `aws:RequestTag/KEY` and `aws:TagKeys` are its
tags.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Tag
from sts_tui.simulation.reach.assume_rights import listed
from sts_tui.simulation.reach.escalation.changed_copy import (
    OwnChange,
    Principal,
    RequestKeys,
    noun_of,
    own_change,
    with_holder,
)
from sts_tui.simulation.reach.escalation.own_limits import Ask

_PRINCIPAL_TAG: Final = "aws:principaltag/"
_MOST_TRIED: Final = 10
"""How many sets of tags are tried for one principal."""
_OTHER: Final = "any"
"""A value that a Deny does not name."""


class AskedTags(Struct, frozen=True):
    """The tags that a principal's policies test on the principal itself."""

    wanted: Mapping[str, tuple[str, ...]]
    """Values that meet a condition, by tag key as first written."""
    unwanted: tuple[str, ...]
    """Keys whose present value is denied."""

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)


def asked_tags(statements: Iterable[Mapping[str, object]]) -> AskedTags:
    """What statements require of the principal's tags."""
    wanted: dict[str, dict[str, None]] = {}
    unwanted: dict[str, None] = {}
    spelled: dict[str, str] = {}
    for statement in statements:
        is_deny = statement.get("Effect") == "Deny"
        for operator, key, values in _tag_conditions(statement):
            name = spelled.setdefault(key.lower(), key)
            is_null = operator.startswith("Null")
            if is_null or (is_deny is ("Not" in operator) and operator.startswith("String")):
                wanted.setdefault(name, {}).update(dict.fromkeys([_OTHER] if is_null else values))
            if is_null or is_deny is not ("Not" in operator):
                unwanted[name] = None
    return AskedTags({key: tuple(values) for key, values in wanted.items()}, tuple(unwanted))


def _tag_conditions(statement: Mapping[str, object]) -> Iterator[tuple[str, str, list[str]]]:
    """Operator (without `ForAnyValue:`), tag key and values of each condition on `aws:PrincipalTag`."""
    condition = statement.get("Condition")
    for operator, asked in condition.items() if isinstance(condition, Mapping) else ():
        for key, values in asked.items() if isinstance(asked, Mapping) else ():
            if str(key).lower().startswith(_PRINCIPAL_TAG):
                plain = [str(one) for one in listed(values) if "${" not in str(one)]
                examples = [one.replace("*", "any").replace("?", "x") for one in plain]
                yield str(operator).rpartition(":")[2], str(key).partition("/")[2], examples


def changed_tags(
    entity: Principal, asked: AskedTags, configuration: Configuration, ask: Ask
) -> Iterator[OwnChange]:
    """The changes to its own tags that a user or role may make."""
    noun = noun_of(entity)
    own = {one.key.lower(): one.value for one in entity.tags}
    others = [{key: _OTHER} for key in asked.unwanted if key.lower() in own]
    for tags in islice((*_sets_of(asked), *others), _MOST_TRIED):
        if all(own.get(key.lower()) == value for key, value in tags.items()):
            continue
        request = tuple((f"aws:RequestTag/{key}", value) for key, value in tags.items())
        keys: RequestKeys = (*request, ("aws:TagKeys", tuple(tags)))
        unknown = ask(f"iam:Tag{noun}", entity.arn, keys)
        if unknown is not None:
            names = {key.lower() for key in tags}
            kept = [one for one in entity.tags if one.key.lower() not in names]
            added = [Tag(key=key, value=value) for key, value in tags.items()]
            copy = with_holder(configuration, replace(entity, tags=(*kept, *added)))
            words = tuple(f"aws:PrincipalTag/{key}={value}" for key, value in tags.items())
            change = own_change(entity.arn, f"Tag{noun}", copy, unknown, words)
            yield replace(change, written_with=keys)
    unwanted = {key.lower() for key in asked.unwanted}
    for tag in entity.tags:
        if tag.key.lower() not in unwanted:
            continue
        keys = (("aws:TagKeys", (tag.key,)),)
        unknown = ask(f"iam:Untag{noun}", entity.arn, keys)
        if unknown is not None:
            left = tuple(one for one in entity.tags if one is not tag)
            copy = with_holder(configuration, replace(entity, tags=left))
            words = (f"without aws:PrincipalTag/{tag.key}",)
            change = own_change(entity.arn, f"Untag{noun}", copy, unknown, words)
            yield replace(change, written_with=keys)


def _sets_of(asked: AskedTags) -> Iterator[dict[str, str]]:
    """All keys together with their first values, then each key with each of its values."""
    first = {key: values[0] for key, values in asked.wanted.items() if values}
    if first:
        yield first
    for key, values in asked.wanted.items():
        for value in values:
            if first != {key: value}:
                yield {key: value}
