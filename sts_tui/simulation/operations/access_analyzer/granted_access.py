"""Does a policy grant access that it should not, or access that an older policy did not grant?

A statement is read as a set of requests: action and resource patterns, conditions that some request fulfils.
`GRANTED` means that one request is certainly allowed, `NOT_GRANTED` that none can be; otherwise `UNKNOWN`,
for example if several Deny statements may cover together what none covers by itself, or if conditions differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from sts_tui.iam.patterns.pattern_relations import common_text
from sts_tui.simulation.operations.access_analyzer.policy_statements import ComparedStatement, Pair


class Access(Enum):
    """Whether some request is allowed."""

    GRANTED = "granted"
    NOT_GRANTED = "not granted"
    UNKNOWN = "unknown"


def granting(statements: Sequence[ComparedStatement], asked: Iterable[Pair]) -> dict[int, Access]:
    """By the index of each Allow that concerns an asked pair: whether it grants one of them."""
    found: dict[int, Access] = {}
    for pair in (Pair(one.action.lower(), one.resource) for one in asked):
        for allow in statements:
            if allow.is_allow and allow.meets(pair):
                said = _granted_by(allow, pair, statements)
                if found.get(allow.index) is not Access.GRANTED and said is not Access.NOT_GRANTED:
                    found[allow.index] = said
    return found


def _granted_by(allow: ComparedStatement, asked: Pair, statements: Sequence[ComparedStatement]) -> Access:
    """Whether an Allow grants some request of a pair in spite of every Deny."""
    denies = [one for one in statements if not one.is_allow and not one.conditions and not one.principal]
    results = [_left(part, denies) for part in _parts(allow, asked)]
    for access in (Access.GRANTED, Access.UNKNOWN):
        if access in results:
            return access
    return Access.NOT_GRANTED


def _parts(allow: ComparedStatement, asked: Pair) -> list[tuple[Pair, Pair, Pair | None]]:
    """(pattern of the Allow, asked pattern, a request that both match) for each overlapping combination; None
    in place of a request that the Allow does not certainly cover.
    """
    parts = []
    for own in allow.pairs():
        action = common_text(own.action, asked.action)
        resource = common_text(own.resource, asked.resource)
        if action is None or resource is None:
            continue
        request = Pair(action, resource)
        parts.append((own, asked, request if allow.covers(request) else None))
    return parts


def _left(part: tuple[Pair, Pair, Pair | None], denies: Sequence[ComparedStatement]) -> Access:
    own, asked, request = part
    if any(deny.covers(own) or deny.covers(asked) for deny in denies):
        return Access.NOT_GRANTED
    if request is None or any(deny.covers(request) for deny in denies):
        return Access.UNKNOWN
    return Access.GRANTED


def new_access(new: Sequence[ComparedStatement], old: Sequence[ComparedStatement]) -> dict[int, Access]:
    """By the index of each Allow of the new policy that grants something which the old one did not, or may
    grant it.
    """
    found: dict[int, Access] = {}
    for allow in new:
        if not allow.is_allow:
            continue
        results = [_new_in(allow, pair, new, old) for pair in allow.pairs()]
        for access in (Access.UNKNOWN, Access.GRANTED):
            if access in results:
                found[allow.index] = access
    return found


def _new_in(
    allow: ComparedStatement, pair: Pair, new: Sequence[ComparedStatement], old: Sequence[ComparedStatement]
) -> Access:
    if _was_granted(allow, pair, new, old):
        return Access.NOT_GRANTED
    own_denies = [one for one in new if not one.is_allow and not one.conditions]
    if any(deny.covers(pair) for deny in own_denies):
        return Access.NOT_GRANTED
    action, resource = common_text(pair.action, "*", "zq"), common_text(pair.resource, "*", "zq")
    request = Pair(action or pair.action, resource or pair.resource)
    if not allow.covers(request) or any(deny.covers(request) for deny in own_denies):
        return Access.UNKNOWN
    allowed_before = [one for one in old if one.is_allow and one.meets(request)]
    same_caller = [one for one in allowed_before if one.principal == allow.principal]
    if not allowed_before:
        return Access.GRANTED
    is_denied_before = any(
        not one.is_allow and not one.conditions and one.covers(request) and one.principal == allow.principal
        for one in old
    )
    if is_denied_before:
        return Access.GRANTED
    narrower = same_caller == allowed_before and all(one.conditions > allow.conditions for one in same_caller)
    return Access.GRANTED if narrower else Access.UNKNOWN


def _was_granted(
    allow: ComparedStatement, pair: Pair, new: Sequence[ComparedStatement], old: Sequence[ComparedStatement]
) -> bool:
    """Whether one older Allow covers the pair under no further conditions, and nothing was denied before that
    is not denied now.
    """
    is_covered = any(
        one.is_allow
        and one.covers(pair)
        and one.conditions <= allow.conditions
        and one.principal == allow.principal
        for one in old
    )
    return is_covered and all(
        _is_still_denied(deny, new) for deny in old if not deny.is_allow and deny.meets(pair)
    )


def _is_still_denied(deny: ComparedStatement, new: Sequence[ComparedStatement]) -> bool:
    return any(
        not one.is_allow
        and one.conditions <= deny.conditions
        and one.principal == deny.principal
        and all(one.covers(pair) for pair in deny.pairs())
        and one.not_actions == deny.not_actions
        and one.not_resources == deny.not_resources
        for one in new
    )
