"""How is a replay reported? As lines for readers, or as one JSON object for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sts_tui.trail.otherwise import CallKind, WhatIf
from sts_tui.trail.replay import Disagreement, KeyUse, Replay
from sts_tui.trail.replayed import Replayed
from sts_tui.trail.usage import Usage

_SHOWN: Final = 10
"""How many entries of a list are printed. `--json` has all."""


def lines_of(done: Replayed, shown: int = _SHOWN) -> Iterator[str]:
    """The comparison, the keys, the disagreements, and the effect of changes. `shown`: the maximum number of
    entries of each list.
    """
    result = done.replay
    yield _heading(result)
    yield from _counts(result)
    yield from (f"  assumed: {one}" for one in result.assumptions)
    if result.keys:
        yield ""
        yield "Who used which key from where"
        yield from _keys(result, shown)
    if result.disagreements:
        yield ""
        yield "Disagreements"
        yield from _limited([list(_disagreement(one)) for one in result.disagreements], shown)
    if done.usage is not None:
        yield ""
        yield from _usage(done.usage)
    if done.what_if is not None:
        yield ""
        yield from what_if_lines(done.what_if, shown)


def _heading(result: Replay) -> str:
    between = ""
    if result.first and result.last:
        between = f", {_instant(result.first)} to {_instant(result.last)}"
    accounts = f" of {len(result.accounts)} accounts" if len(result.accounts) > 1 else ""
    return f"{_number(result.events, 'event')}{accounts}{between}"


def _counts(result: Replay) -> Iterator[str]:
    yield (
        f"  agree: {result.agreed} of {result.compared} ({result.agreed_allowed} allowed, "
        f"{result.agreed_denied} denied)"
    )
    if result.disagreed:
        yield f"  disagree: {result.disagreed}"
    for name, counted in (
        ("unknown", result.unknown),
        ("not compared, they failed otherwise", result.failed),
        ("not evaluated", result.not_evaluated),
    ):
        if counted:
            yield f"  {name}: {counted.total()}"
            yield from (f"    {one}" for one in _counted(counted))
    if result.followed or result.not_followed:
        yield f"  changes of policies that the model followed: {result.followed}"
        yield from (f"    not followed: {what} ({count})" for what, count in result.not_followed.items())
    if result.duplicates:
        yield f"  duplicates, counted once: {result.duplicates}"
    if result.unusable:
        yield f"  records that are no events: {result.unusable}"
    for name, why in result.unreadable.items():
        yield f"  not read: {name}: {why}"


def _counted(counted: Counter[str]) -> Iterator[str]:
    common = counted.most_common()
    yield from (f"{count} {what}" for what, count in common[:_SHOWN])
    if len(common) > _SHOWN:
        yield f"and {len(common) - _SHOWN} more"


def _addresses(counted: Counter[str]) -> Iterator[str]:
    """`198.51.100.66 (6 calls)`. The number comes last, because before an address it would look like part of
    it.
    """
    common = counted.most_common()
    yield from (f"{address} ({_number(count, 'call')})" for address, count in common[:_SHOWN])
    if len(common) > _SHOWN:
        yield f"and {len(common) - _SHOWN} more"


def _keys(result: Replay, shown: int) -> Iterator[str]:
    used = sorted(result.keys.values(), key=lambda one: (-one.denied, -one.calls, one.key))
    yield from _limited([list(_key(one, result)) for one in used], shown)


def _key(one: KeyUse, result: Replay) -> Iterator[str]:
    denied = f", {one.denied} denied" if one.denied else ""
    yield f"  {one.label}  {one.key}  {_number(one.calls, 'call')}{denied}"
    if one.parent:
        parent = result.keys.get(one.parent)
        yield f"    issued to {parent.label if parent else one.parent}"
    if one.source_identity:
        yield f"    source identity {one.source_identity}"
    yield f"    from {', '.join(_addresses(Counter(one.addresses)))}"


def _disagreement(one: Disagreement) -> Iterator[str]:
    yield f"  {one.count}× {one.caller} {one.action} on {one.resource}   ({_instant(one.first)})"
    yield f"    AWS: {one.recorded} {one.recorded_reason}".rstrip()
    yield f"    model: {one.model}: {one.model_reason}"
    yield f"    likely cause: {one.cause}: {one.detail}"


def _usage(usage: Usage) -> Iterator[str]:
    yield f"Least privilege: {usage.arn}, {_number(usage.requests, 'allowed request')}"
    for one in usage.statements:
        mark = "denies" if one.is_deny else _number(one.count, "request") if one.count else "unused"
        yield f"  {one.label}: {mark}"
    if usage.note:
        yield f"  {usage.note}"
    if usage.sufficient is not None:
        yield "  this policy would have sufficed: every recorded request was evaluated under it"
        yield from (f"  {line}" for line in json.dumps(usage.sufficient, indent=2).splitlines())
    for missing in usage.not_covered[:_SHOWN]:
        yield f"  no policy is offered: {missing}"


def what_if_lines(what_if: WhatIf, shown: int = _SHOWN) -> Iterator[str]:
    """The effect of changes. `shown`: the maximum number of kinds of calls."""
    yield "What if"
    for who in what_if.unmatched_suspects:
        yield f"  --suspect {who}: no event of the trail is of this caller or address"
    if what_if.is_after_trail:
        yield "  the first change is after the last event: it can have prevented nothing"
    if what_if.has_suspects:
        others, prevented = (
            what_if.calls - what_if.suspect_calls,
            what_if.prevented - what_if.suspect_prevented,
        )
        happened = what_if.suspect_calls - what_if.suspect_prevented
        yield f"  {happened} of {_number(what_if.suspect_calls, 'call')} of the suspects would have happened"
        yield f"  {prevented} of {_number(others, 'legitimate call')} would have failed"
    else:
        yield f"  {what_if.prevented} of {_number(what_if.calls, 'call')} would not have happened"
    if what_if.newly_allowed:
        yield f"  {_number(what_if.newly_allowed, 'call')} that AWS denied would have been allowed"
    if what_if.undecided:
        yield f"  {_number(what_if.undecided, 'call')}: the model cannot say"
    yield from _limited([[_prevented(one, what_if)] for one in what_if.kinds], shown)


def _prevented(one: CallKind, what_if: WhatIf) -> str:
    mark = ("suspect  " if one.is_suspect else "legitimate  ") if what_if.has_suspects else ""
    asked = f"{one.caller} {one.action} on {one.resource}"
    return f"  {mark}{one.count}× {asked} from {_instant(one.first)}: {one.reason}"


def _limited(entries: list[list[str]], shown: int) -> Iterator[str]:
    for entry in entries[:shown]:
        yield from entry
    if len(entries) > shown:
        yield f"  and {len(entries) - shown} more: --json has all"


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def as_object(done: Replayed) -> dict[str, Any]:
    """The result for programs, by the names of docs/cloudtrail.md. Times are ISO 8601 in UTC. Counts are of
    events.
    """
    result = done.replay
    found: dict[str, Any] = {
        "events": result.events,
        "first": _instant(result.first) if result.first else None,
        "last": _instant(result.last) if result.last else None,
        "accounts": dict(sorted(result.accounts.items())),
        "agreed": {"allowed": result.agreed_allowed, "denied": result.agreed_denied},
        "disagreed": result.disagreed,
        "unknown": dict(result.unknown.most_common()),
        "failed": dict(result.failed.most_common()),
        "not_evaluated": dict(result.not_evaluated.most_common()),
        "duplicates": result.duplicates,
        "unusable": result.unusable,
        "unreadable": result.unreadable,
        "followed": result.followed,
        "not_followed": result.not_followed,
        "assumptions": result.assumptions,
        "keys": [
            _key_object(one) for one in sorted(result.keys.values(), key=lambda one: (one.first, one.key))
        ],
        "disagreements": [_plain(one) for one in result.disagreements],
    }
    if done.usage is not None:
        found["usage"] = _usage_object(done.usage)
    if done.what_if is not None:
        found["what_if"] = _what_if_object(done.what_if)
    return found


def _usage_object(usage: Usage) -> dict[str, Any]:
    return {
        "arn": usage.arn,
        "requests": usage.requests,
        "statements": [_plain(one) for one in usage.statements],
        "unused": usage.unused,
        "used": {action: list(resources) for action, resources in sorted(usage.used.items())},
        "sufficient": usage.sufficient,
        "not_covered": usage.not_covered,
        "note": usage.note or None,
    }


def _what_if_object(what_if: WhatIf) -> dict[str, Any]:
    return {
        "calls": what_if.calls,
        "prevented": what_if.prevented,
        "suspect_calls": what_if.suspect_calls if what_if.has_suspects else None,
        "suspect_prevented": what_if.suspect_prevented if what_if.has_suspects else None,
        "unmatched_suspects": list(what_if.unmatched_suspects),
        "is_after_trail": what_if.is_after_trail,
        "undecided": what_if.undecided,
        "newly_allowed": what_if.newly_allowed,
        "would_not_have_happened": [_plain(one) for one in what_if.kinds],
    }


def _key_object(one: KeyUse) -> dict[str, Any]:
    return _plain(one) | {"parent": one.parent or None, "source_identity": one.source_identity or None}


def _plain(one: Any) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in one.__struct_fields__}
    return {name: _instant(value) if isinstance(value, datetime) else value for name, value in values.items()}
