"""Which hops does a session tag close that had to be set to come there?

A hop is found for a session without tags. Where the way to its source passes a tag, the session has it: a
condition on `aws:PrincipalTag` may deny it then, and an inherited tag takes `sts:TagSession` on every later
role. Such a hop is unknown by itself, and known for who comes to its source without the tag.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.simulation.authorization.assumed_session import Tags
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.graph import HopGroup

MOST_TRIED: Final = 1_000
"""Hops that are asked about with the tags of their source."""


class _Tagged(Struct, frozen=True):
    """A session of a role that carries tags."""

    role: str
    tags: Tags
    is_transitive: bool


def without_conflicts(groups: Sequence[HopGroup], search: DirectHops) -> Iterator[HopGroup]:
    """The hops; those that a tag of their source's session closes are unknown, and each way that comes there
    without the tag is a hop of its own.
    """
    waiting = deque(dict.fromkeys(_tagged(groups)))
    if not waiting:
        yield from groups
        return
    closed = _closed(waiting, groups, search)
    for group in groups:
        sources = [source for source in group.sources if (id(group), source) in closed]
        if not sources:
            yield group
            continue
        if others := tuple(each for each in group.sources if each not in sources):
            yield replace(group, sources=others)
        for source in sources:
            tag = ", ".join("=".join(each) for each in closed[id(group), source])
            yield replace(
                group, sources=(source,), unknown=f"whether its session does not carry the tag {tag}"
            )
            if not group.through:
                yield from _without_tag(source, group, groups)


def _tagged(groups: Sequence[HopGroup]) -> Iterator[_Tagged]:
    """The sessions that hops issue with tags."""
    for group in groups:
        first = group.through[0] if group.through else group
        tags = [each for each in first.brought if each.tag is not None]
        is_transitive = any(each.is_transitive for each in tags)
        if tags and (is_transitive or not group.through):
            kept = tuple(each.tag for each in tags if each.tag and each.is_transitive is is_transitive)
            yield _Tagged(group.target, kept, is_transitive)


def _closed(
    waiting: deque[_Tagged], groups: Sequence[HopGroup], search: DirectHops
) -> dict[tuple[int, str], Tags]:
    """The hops, by identity and source, that are denied to a session with these tags."""
    leaving: dict[str, list[HopGroup]] = {}
    for group in groups:
        if group.operation == "AssumeRole" and not group.unknown:
            for source in group.sources:
                leaving.setdefault(source, []).append(group)
    seen, closed, tried = set(waiting), dict[tuple[int, str], Tags](), 0
    while waiting:
        here = waiting.popleft()
        for group in leaving.get(here.role, ()):
            tried += 1
            if tried > MOST_TRIED:
                return closed
            first = group.through[0] if group.through else group
            if not search.is_allowed(
                here.role, first.target, first.brought, here.tags, is_transitive=here.is_transitive
            ):
                closed.setdefault((id(group), here.role), here.tags)
            elif (
                here.is_transitive
                and not group.through
                and (after := replace(here, role=group.target)) not in seen
            ):
                seen.add(after)
                waiting.append(after)
    return closed


def _without_tag(source: str, group: HopGroup, groups: Sequence[HopGroup]) -> Iterator[HopGroup]:
    """The ways to the target from who comes to the source without a tag."""
    for before in groups:
        is_plain = before.operation == "AssumeRole" and not (before.unknown or before.through)
        if before.target != source or not is_plain or any(each.tag for each in before.brought):
            continue
        for first in before.sources:
            if first not in (source, group.target):
                way = (replace(before, sources=(first,)), replace(group, sources=(source,)))
                name = source.rpartition("/")[2]
                needs = dict.fromkeys((f"through {name} without a tag", *before.needs, *group.needs))
                yield replace(group, sources=(first,), needs=tuple(needs), brought=(), through=way)
