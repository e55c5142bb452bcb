"""Who can give a session the tag that a later hop requires?

Whether a session of a role carries a tag depends on who assumed the role, so a hop that requires a tag is
unknown by itself. It is known for a caller that passes the tag: each principal that can assume the role is
evaluated for that (`sts:TagSession`). If a role in between carries the tag on as a transitive tag, the
principals that can assume that role are evaluated too. Each of several tags may be set at another hop. Each
way becomes one hop, `through` the hops that it consists of.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_role-chaining
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.simulation.authorization.assumed_session import Tags
from sts_tui.simulation.reach.caller_supplied_context import CandidateContext
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.graph import HopGroup

MOST_TRIED: Final = 40
"""How many evaluations are made for each tag that a role's session needs, so that the cost is limited in an
account with thousands of principals.
"""
MOST_APART: Final = 3
"""If a hop needs more tags than this, only callers that set all of them are searched."""
_NAMED: Final = 3
Into = Mapping[str, Sequence[HopGroup]]
"""The AssumeRole hops that are certain or depend only on a session tag, by target."""
Way = tuple[HopGroup, ...]
"""Consecutive single hops."""


def with_tag_setters(
    groups: Sequence[HopGroup], search: DirectHops, labels: Mapping[str, str]
) -> Iterator[HopGroup]:
    """All hops. Those that depend on a tag of the session name who can set it, and each way to set it is
    added as a hop of the principal that sets it. `labels`: display names by ARN.
    """
    into: dict[str, list[HopGroup]] | None = None
    for group in groups:
        wanted = [each.session_tag for each in group.brought if each.session_tag is not None]
        if not wanted:
            yield group
            continue
        into = _by_target(groups) if into is None else into
        said: dict[str, list[str]] = {}
        whole: list[HopGroup] = []
        for source in group.sources:
            ways = _ways(source, group, wanted, into, search)
            setters = list(dict.fromkeys(way[0].sources[0] for way in ways))
            said.setdefault(_in_words(setters, labels), []).append(source)
            whole += (_as_one(way, labels) for way in ways)
        for words, sources in said.items():
            yield replace(group, sources=tuple(sources), unknown=f"{group.unknown}, which {words}")
        yield from _without_shorter(whole, into.get(group.target, ()))


def _by_target(groups: Iterable[HopGroup]) -> dict[str, list[HopGroup]]:
    found: dict[str, list[HopGroup]] = {}
    for each in groups:
        if each.operation == "AssumeRole" and (not each.unknown or _rests_on_tags_alone(each)):
            found.setdefault(each.target, []).append(each)
    return found


def _rests_on_tags_alone(group: HopGroup) -> bool:
    unknown = [each for each in group.brought if each.is_unknown]
    return bool(unknown) and all(each.session_tag is not None for each in unknown)


def _without_shorter(whole: Iterable[HopGroup], direct: Iterable[HopGroup]) -> Iterator[HopGroup]:
    """The ways of sources that have no single hop to the target."""
    known = {source for group in direct if not group.unknown for source in group.sources}
    for each in whole:
        if each.sources[0] not in known and each.sources[0] != each.target:
            known.add(each.sources[0])
            yield each


def _ways(
    role_arn: str, group: HopGroup, wanted: Sequence[tuple[str, str]], into: Into, search: DirectHops
) -> list[Way]:
    """The ways to make the hop of `group` from a session of the role that carries the tags, the shortest
    first. Each hop on the way may set some tags; those set by an earlier hop are transitive. Each way begins
    with a principal that sets a tag.
    """
    found: list[Way] = []
    waiting: deque[_Carrying] = deque([_Carrying(role_arn, (_single(group, role_arn),), tuple(wanted))])
    seen, tried = {(role_arn, frozenset(wanted))}, 0
    most = MOST_TRIED * len(wanted)
    is_carried_on = _Asked(role_arn, group, tuple(wanted), search)
    while waiting:
        here = waiting.popleft()
        is_last = len(here.onward) == 1
        for hop in into.get(here.role, ()):
            for source in hop.sources:
                for given in _subsets(here.needed):
                    if tried == most:
                        return found
                    before = tuple(each for each in here.needed if each not in given)
                    if is_last and before and not is_carried_on(before):
                        continue
                    passing = _with(hop.brought, [_passed(each, is_transitive=not is_last) for each in given])
                    if passing is None or (before and (source, frozenset(before)) in seen):
                        continue
                    tried += 1
                    if not search.is_allowed(source, here.role, passing, carried=before):
                        continue
                    way = (_single(replace(hop, brought=passing), source), *here.onward)
                    if not before:
                        found.append(way)
                        break  # with all of them set here, no earlier hop is needed
                    seen.add((source, frozenset(before)))
                    waiting.append(_Carrying(source, way, before))
    return found


class _Carrying(Struct, frozen=True):
    """A role whose session must carry tags, and the hops that the session makes."""

    role: str
    onward: Way
    needed: Tags


class _Asked:
    """Whether the last hop is allowed to a session that inherited some of the tags as transitive ones; each
    question is evaluated once.
    """

    def __init__(self, role_arn: str, group: HopGroup, wanted: Tags, search: DirectHops) -> None:
        self._role_arn, self._group, self._wanted, self._search = role_arn, group, wanted, search
        self._known: dict[Tags, bool] = {}

    def __call__(self, inherited: Tags) -> bool:
        if inherited not in self._known:
            kept = tuple(each for each in self._wanted if each not in inherited)
            self._known[inherited] = self._search.is_allowed(
                self._role_arn, self._group.target, self._group.brought, carried=inherited, kept=kept
            )
        return self._known[inherited]


def _subsets(tags: Tags) -> Iterator[Tags]:
    """Every subset of the tags: all of them first, none last."""
    counts = range(len(tags), -1, -1) if len(tags) <= MOST_APART else (len(tags), 0)
    for count in counts:
        yield from combinations(tags, count)


def _passed(tag: tuple[str, str], *, is_transitive: bool) -> CandidateContext:
    kind = "transitive tag" if is_transitive else "tag"
    return CandidateContext(label=f"{kind} {'='.join(tag)}", tag=tag, is_transitive=is_transitive)


def _with(
    brought: Sequence[CandidateContext], given: Sequence[CandidateContext]
) -> tuple[CandidateContext, ...] | None:
    """What the call supplies with these tags added; None if it already passes one of them with another
    value.
    """
    passed = {each.tag[0].lower(): each.tag[1] for each in brought if each.tag is not None}
    mine = {each.tag[0].lower(): each.tag[1] for each in given if each.tag is not None}
    if any(passed.get(key, value) != value for key, value in mine.items()):
        return None
    return (*(each for each in brought if each.tag is None or each.tag[0].lower() not in mine), *given)


def _single(hop: HopGroup, source: str) -> HopGroup:
    """The hop of one source, whose session carries what the hop asks for."""
    needs = tuple(each.label for each in hop.brought if each.session_tag is None)
    return replace(hop, sources=(source,), needs=needs, unknown="")


def _as_one(way: Way, labels: Mapping[str, str]) -> HopGroup:
    """`through Middle`, `tag team=red`."""
    between = ", ".join(labels.get(each.target, each.target) for each in way[:-1])
    needs = dict.fromkeys(need for each in way for need in each.needs)
    return HopGroup(
        sources=way[0].sources,
        target=way[-1].target,
        operation="AssumeRole",
        needs=(f"through {between}", *needs),
        through=way,
    )


def _in_words(setters: Sequence[str], labels: Mapping[str, str]) -> str:
    if not setters:
        return "no user or role that was tried can set"
    names = ", ".join(labels.get(each, each) for each in setters[:_NAMED])
    return f"{names} {'and others ' if len(setters) > _NAMED else ''}can set"
