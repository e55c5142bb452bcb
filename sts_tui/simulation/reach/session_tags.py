"""Who can give a session the tag that its next hop asks for?

Whether a session of a role carries a tag depends on who issued it, so a hop that rests on one is unknown by
itself. The principals that can assume the role are asked whether they may pass the tag as well
(`sts:TagSession`): who walks in as one of them has it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from sts_tui.simulation.reach.caller_supplied_context import CandidateContext
from sts_tui.simulation.reach.direct_hops import DirectHops
from sts_tui.simulation.reach.graph import HopGroup

MOST_TRIED: Final = 40
"""Principals of a role that are asked, so that the search costs no more for an account of thousands."""
_NAMED: Final = 3


def with_setters(
    groups: Sequence[HopGroup], search: DirectHops, labels: Mapping[str, str]
) -> Iterator[HopGroup]:
    """The hops; those that rest on a tag of the session say who can set it. `labels`: names by ARN."""
    into: dict[str, list[HopGroup]] | None = None
    for group in groups:
        wanted = [each.session_tag for each in group.brought if each.session_tag is not None]
        if not wanted:
            yield group
            continue
        if into is None:
            into = {}
            for each in groups:
                if each.operation == "AssumeRole" and not each.unknown:
                    into.setdefault(each.target, []).append(each)
        said: dict[str, list[str]] = {}
        for source in group.sources:
            setters = _setters(source, wanted, into.get(source, ()), search)
            said.setdefault(_in_words(setters, labels), []).append(source)
        for words, sources in said.items():
            yield replace(group, sources=tuple(sources), unknown=f"{group.unknown}, which {words}")


def _setters(
    role_arn: str, wanted: Sequence[tuple[str, str]], into: Sequence[HopGroup], search: DirectHops
) -> list[str]:
    """ARNs of principals that may assume the role with these tags."""
    tags = tuple(CandidateContext(label=f"tag {'='.join(tag)}", tag=tag) for tag in wanted)
    found: list[str] = []
    tried = 0
    for group in into:
        for source in group.sources:
            if tried == MOST_TRIED or len(found) > _NAMED:
                return found
            tried += 1
            if source not in found and search.is_allowed(source, role_arn, (*group.brought, *tags)):
                found.append(source)
    return found


def _in_words(setters: Sequence[str], labels: Mapping[str, str]) -> str:
    if not setters:
        return "no user or role that was tried can set"
    names = ", ".join(labels.get(each, each) for each in setters[:_NAMED])
    return f"{names} {'and others ' if len(setters) > _NAMED else ''}can set"
