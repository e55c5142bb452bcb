"""Which hops are denied because of a session tag or source identity that an earlier hop needed?

A hop is found for a session without tags and source identity. If an earlier hop passes a tag, or the caller
signed in with tags, the session has that tag: a condition on `aws:PrincipalTag` may deny the hop then, an
inherited tag requires `sts:TagSession` on every later role, and a source identity requires
`sts:SetSourceIdentity`. Such a hop is unknown by itself, and known for callers that reach its source without
them.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_control-access_monitor.html
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
"""How many hops are evaluated with the tags of their source's session."""
_NAMED: Final = 2
"""How many tags a text names; the rest is counted."""


class _Marked(Struct, frozen=True):
    """A session of a role that carries tags or a source identity."""

    role: str
    tags: Tags
    """Transitive and other tags; those that the next session inherits come first."""
    is_transitive: bool
    source_identity: str = ""

    @property
    def words(self) -> str:
        """`the tag team=red`, `the source identity ann`"""
        named = ", ".join("=".join(each) for each in self.tags[:_NAMED])
        more = f" and {len(self.tags) - _NAMED} more" if len(self.tags) > _NAMED else ""
        identity = f"the source identity {self.source_identity}" if self.source_identity else ""
        return " and ".join(filter(None, (f"the tag {named}{more}" if self.tags else "", identity)))


def without_conflicts(groups: Sequence[HopGroup], search: DirectHops) -> Iterator[HopGroup]:
    """All hops. Those that are denied because of a tag or source identity of their source's session become
    unknown, and each way that reaches the source without it is added as a hop.
    """
    waiting = deque(dict.fromkeys(_marked(groups)))
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
            unknown = f"whether its session does not carry {closed[id(group), source]}"
            yield replace(group, sources=(source,), unknown=unknown)
            if not group.through:
                yield from _without_mark(source, group, groups)


def _marked(groups: Sequence[HopGroup]) -> Iterator[_Marked]:
    """The sessions that hops issue with tags or a source identity."""
    for group in groups:
        if not (group.brought or group.through or group.session):
            continue  # most hops
        if group.is_limited:
            continue  # see `limited_sessions`
        if group.session is not None:
            yield from _of_session(group)
            continue
        single = group.through or (group,)
        tags = [each for one in single for each in one.brought if each.tag is not None]
        identity = next((each for one in single for each in one.brought if each.sets_identity), None)
        named = identity.parameter[1] if identity is not None and identity.parameter else ""
        is_transitive = any(each.is_transitive for each in tags)
        kept = tuple(each.tag for each in tags if each.tag and each.is_transitive is is_transitive)
        kept = kept if is_transitive or not group.through else ()
        if kept or named:
            yield _Marked(group.target, kept, is_transitive, named)


def _of_session(group: HopGroup) -> Iterator[_Marked]:
    """The session of a user who signed in at an identity provider, if it carries tags or a source
    identity.
    """
    session = group.session
    assert session is not None
    keys = {key.lower() for key in session.transitive_tag_keys}
    inherited = tuple(tag for tag in session.tags if tag[0].lower() in keys)
    others = tuple(tag for tag in session.tags if tag not in inherited)
    identity = session.source_identity or ""
    if inherited or identity:
        yield _Marked(group.target, inherited, True, identity)
    if others:
        yield _Marked(group.target, others, False, identity)


def _closed(
    waiting: deque[_Marked], groups: Sequence[HopGroup], search: DirectHops
) -> dict[tuple[int, str], str]:
    """For each hop that is denied to such a session, what causes that, in words; by (`id` of the hop,
    source).
    """
    leaving: dict[str, list[HopGroup]] = {}
    for group in groups:
        if group.operation == "AssumeRole" and not group.unknown:
            for source in group.sources:
                leaving.setdefault(source, []).append(group)
    seen, closed, tried = set(waiting), dict[tuple[int, str], str](), 0
    while waiting:
        here = waiting.popleft()
        for group in leaving.get(here.role, ()):
            tried += 1
            if tried > MOST_TRIED:
                return closed
            first = group.through[0] if group.through else group
            if not search.is_allowed(
                here.role,
                first.target,
                first.brought,
                here.tags,
                is_transitive=here.is_transitive,
                source_identity=here.source_identity,
            ):
                closed.setdefault((id(group), here.role), here.words)
                continue
            after = replace(here, role=group.target, tags=here.tags if here.is_transitive else ())
            is_marked = bool(after.tags or after.source_identity)
            if is_marked and not group.through and after not in seen:
                seen.add(after)
                waiting.append(after)
    return closed


def _without_mark(source: str, group: HopGroup, groups: Sequence[HopGroup]) -> Iterator[HopGroup]:
    """The ways to the target from callers that reach the source without a tag or source identity."""
    for before in groups:
        is_plain = before.operation == "AssumeRole" and not (before.unknown or before.through)
        is_marked = any(each.tag or each.sets_identity for each in before.brought)
        if before.target != source or not is_plain or is_marked:
            continue
        for first in before.sources:
            if first not in (source, group.target):
                way = (replace(before, sources=(first,)), replace(group, sources=(source,)))
                name = source.rpartition("/")[2]
                needs = dict.fromkeys(
                    (f"through {name} without a tag or source identity", *before.needs, *group.needs)
                )
                yield replace(group, sources=(first,), needs=tuple(needs), brought=(), through=way)
