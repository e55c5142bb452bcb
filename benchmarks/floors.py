"""How much slower is each path than the least code that does the same work (its floor)? Both are measured in
turn, in one run.

A floor is the smallest honest program for the work: it reads the same input and gives the same verdicts, and
leaves out everything that makes this an explorer of IAM: undecided statements, evidence, conditions, callers
and messages. Only the ratio (the floor's time to ours) can be compared between machines and runs.

    python -m benchmarks floors [--quick]
"""

from __future__ import annotations

import gc
import json
import re
import statistics
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from benchmarks import mixed
from benchmarks.generator import organization
from sts_tui.__main__ import collect_rarely
from sts_tui.iam import PolicySet, Request, evaluate, explain
from sts_tui.simulation.event_log import EventLog
from sts_tui.simulation.events import Event, RequestAnswered, Verdict
from sts_tui.simulation.reach.reach import reach_of
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.rows import RoleRow
from sts_tui.tui.keys.filtering import Filter, parse_filter
from sts_tui.tui.keys.row_texts import RowTexts
from sts_tui.tui.panes import roles
from sts_tui.tui.panes.event_texts import EventTexts
from sts_tui.tui.panes.requests import whole_text
from sts_tui.tui.panes.stream import StreamRows

Work = Callable[[], object]
ROWS: Final = 100_000
_SEARCHES: Final = 3


def main(argv: Sequence[str]) -> None:
    """Print a line for each path. `--quick`: fewer rounds, smaller organizations."""
    collect_rarely()  # as the console script does
    quick = "--quick" in argv
    rounds = 3 if quick else 9
    print(f"{'work':<58}{'ours':>12}{'floor':>12}{'floor / ours':>14}")
    for name, aim, ours, floor, count in (
        ("layers: identity, boundary, three SCPs; per second", 500_000, *_layered(), 20_000),
        ("1,000 mixed statements, another resource each time", 250_000, *_thousand(), 10_000),
        ("10 mixed statements, another resource each time", 0, *_thousand(10), 10_000),
        ("compiled from scratch (layers), per second", 6_500, *_from_scratch(), 300),
    ):
        _print_rates(name, aim, partial(_repeat, ours, count), partial(_repeat, floor, count), count, rounds)
    _print_rates(
        "1,000 mixed statements, every one explained", 50_000, *_explained(), 2_000, rounds,
    )  # fmt: skip
    _print_times("1,000 mixed statements, explained, its text", 2, *_explained_in_text(), rounds)
    rows = _role_rows()
    texts = RowTexts(roles.text_of)
    texts.of(rows)
    _print_times("a filter letter, 100,000 roles", 30, *_filtered_roles(rows, texts), rounds)
    _print_times(
        "a filter letter, 100,000 requests, one workload of 1,000", 30, *_filtered_requests(), rounds
    )
    for count in (500, 2_000) if quick else (500, 2_000, 10_000):
        aim = {500: 30, 2_000: 150, 10_000: 1_000}[count]
        _print_times(f"reach, {count:,} roles after loading", aim, *_reach(count), _SEARCHES)


def _print_rates(name: str, aim: int, ours: Work, floor: Work, count: int, rounds: int) -> None:
    mine, least = _in_turn(ours, floor, rounds)
    note = f"  aim {aim:,}" if aim else ""
    print(f"{name:<58}{count / mine:>12,.0f}{count / least:>12,.0f}{least / mine:>14.2f}{note}")


def _print_times(name: str, aim: int, ours: Work, floor: Work, rounds: int) -> None:
    mine, least = _in_turn(ours, floor, rounds)
    shown = f"{mine * 1000:>9.1f} ms{least * 1000:>9.1f} ms{least / mine:>14.2f}"
    print(f"{name:<58}{shown}  aim {aim} ms")


def _in_turn(ours: Work, floor: Work, rounds: int) -> tuple[float, float]:
    """Medians of processor seconds; both are measured in each round, so that other load on the machine
    affects both.
    """
    ours(), floor()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for work, seconds in zip((ours, floor), times, strict=True):
            gc.collect()
            begun = time.process_time()
            work()
            seconds.append(time.process_time() - begun)
    return statistics.median(times[0]), statistics.median(times[1])


def _repeat(work: Work, count: int) -> None:
    for _ in range(count):
        work()


# Decisions -----------------------------------------------------------------------------------------------


class FloorLayers:
    """Layers of policies without conditions: every layer allows, and none denies. Ready for one action."""

    def __init__(self, layers: Sequence[Sequence[dict[str, Any]]], action: str) -> None:
        found: list[list[re.Pattern[str]]] = [[], *([] for _ in layers)]
        for number, layer in enumerate(layers, 1):
            for document in layer:
                for statement in document["Statement"]:
                    if any(_glob(each.lower()).fullmatch(action) for each in _listed(statement["Action"])):
                        place = 0 if statement["Effect"] == "Deny" else number
                        found[place] += map(_glob, _listed(statement["Resource"]))
        self._denies, *self._allows = found

    def allows(self, resource: str) -> bool:
        for pattern in self._denies:
            if pattern.fullmatch(resource):
                return False
        for layer in self._allows:
            for pattern in layer:
                if pattern.fullmatch(resource):
                    break
            else:
                return False
        return True


class FloorIndex:
    """Statements of one policy, indexed by whole resource and by prefix, with one regular expression for the
    rest.
    """

    def __init__(self, document: dict[str, Any], action: str, user: str) -> None:
        self._denies, self._allows = (
            self._table(document, effect, action, user) for effect in ("Deny", "Allow")
        )

    @staticmethod
    def _table(document: dict[str, Any], effect: str, action: str, user: str) -> tuple[Any, ...]:
        whole, rest, heads = set(), [], {}
        for statement in document["Statement"]:
            covers = any(_glob(each.lower()).fullmatch(action) for each in _listed(statement["Action"]))
            if statement["Effect"] != effect or not covers:
                continue
            pattern = statement["Resource"].replace("${aws:username}", user)
            head = re.split(r"[*?]", pattern)[0]
            if head == pattern:
                whole.add(pattern)
            elif head.count("/"):
                heads[head] = _glob(pattern)
            else:
                rest.append(re.escape(pattern[len(head) + 1 :].rstrip("*")))
        joined = re.compile("|".join(rest)).search if rest else None
        return whole, sorted(heads), [heads[head] for head in sorted(heads)], joined

    def allows(self, resource: str) -> bool:
        return not self._holds(self._denies, resource) and self._holds(self._allows, resource)

    @staticmethod
    def _holds(table: tuple[Any, ...], resource: str) -> bool:
        whole, heads, patterns, rest = table
        if resource in whole:
            return True
        place = bisect_right(heads, resource) - 1
        if place >= 0 and resource.startswith(heads[place]) and patterns[place].fullmatch(resource):
            return True
        return rest is not None and rest(resource) is not None


def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _documents(policies: PolicySet) -> list[list[dict[str, Any]]]:
    return [[dict(document.document) for document in layer.documents] for layer in policies.layers.in_order]


def _layered() -> tuple[Work, Work]:
    request, policies = mixed.layered()
    floor = FloorLayers(_documents(policies), request.action_key)
    assert evaluate(request, policies).is_allowed
    assert floor.allows(request.resource)
    return partial(evaluate, request, policies), partial(floor.allows, request.resource)


def _thousand(statements: int = 1_000) -> tuple[Work, Work]:
    request, policies = mixed.mixed(statements)
    floor = FloorIndex(_documents(policies)[0][0], request.action_key, "deploy")
    others = mixed.other_resources(request, 2_000)
    foreign = Request(request.principal, request.action, "arn:aws:s3:::our-logs-7/x", mixed.ACCOUNT)
    for each in (*others[:5], foreign):
        assert evaluate(each, policies).is_allowed is floor.allows(each.resource)
    mine, least = _cycle(others), _cycle(others)
    return lambda: evaluate(next(mine), policies), lambda: floor.allows(next(least).resource)


def _cycle(requests: Sequence[Request]) -> Any:
    while True:
        yield from requests


def _from_scratch() -> tuple[Work, Work]:
    """Everything, starting from the text of the documents; new objects each time, as for a file just read."""
    request, policies = mixed.layered()
    texts = [[json.dumps(each) for each in layer] for layer in _documents(policies)]

    def ours() -> object:
        scps, (identity, boundary) = texts[:3], texts[3:]
        made = PolicySet(
            identity=json.loads(identity[0]),
            boundary=json.loads(boundary[0]),
            scps=[[json.loads(each) for each in level] for level in scps],
        )
        return evaluate(request, made).is_allowed

    def floor() -> object:
        re.purge()
        layers = [[json.loads(each) for each in layer] for layer in texts]
        return FloorLayers(layers, request.action_key).allows(request.resource)

    assert ours() is floor() is True
    return ours, floor


def _explained() -> tuple[Work, Work]:
    """The floor is a copy of a list with a code for each statement: what an explanation consists of."""
    request, policies = mixed.mixed(1_000)
    others = mixed.other_resources(request, 2_000)
    codes = list(range(1_000))

    def ours() -> None:
        for each in others:
            explain(each, policies)

    def floor() -> None:
        for _ in others:
            codes.copy()

    return ours, floor


def _explained_in_text() -> tuple[Work, Work]:
    """The text explains one statement element by element and lists the eight nearest misses; the floor writes
    nine lines and looks at each of the thousand codes.
    """
    request, policies = mixed.mixed(1_000)
    others = mixed.other_resources(request, 2_000)
    turn = _cycle(others)
    codes = list(range(1_000))
    return (
        lambda: explain(next(turn), policies).lines(),
        lambda: [f"{code}: {others[0].resource}" for code in sorted(codes)[:9]],
    )


# Filters -------------------------------------------------------------------------------------------------


def _role_rows() -> list[RoleRow]:
    return [
        RoleRow(
            arn=f"arn:aws:iam::{100_000_000_000 + number % 100}:role/web-orders-{number:06d}",
            name=f"web-orders-{number:06d}",
            path="/",
            account_id=f"{100_000_000_000 + number % 100}",
            account_name=f"shop-{number % 100}",
            max_session=timedelta(hours=1),
            live_sessions=0,
            revoked_sessions=0,
            trusted=f"role/deploy-{number % 50}",
            denied=0,
            is_service_linked=False,
            role_id=f"AROA{number:016d}",
        )
        for number in range(ROWS)
    ]


def _filtered_roles(rows: list[RoleRow], texts: RowTexts[RoleRow]) -> tuple[Work, Work]:
    word = "orders-01"
    ready = [roles.text_of(row).lower() for row in rows]
    wanted: Filter[RoleRow] = parse_filter(word, {})
    return (
        lambda: wanted.wanted(rows, lambda: texts.of(rows)),
        lambda: [row for row, text in zip(rows, ready, strict=True) if word in text],
    )


def _filtered_requests() -> tuple[Work, Work]:
    """Filters the whole log in slices; between two slices the explorer handles keys."""
    log = EventLog(ROWS)
    for number in range(1, ROWS + 1):
        job = number % 1_000
        log.append(
            RequestAnswered(
                number=number,
                at=datetime(2026, 1, 15, 9, tzinfo=UTC),
                caller=f"job-{job}@App",
                access_key_id=f"ASIA{job:016d}",
                action="s3:GetObject" if number % 3 else "s3:PutObject",
                resource=f"arn:aws:s3:::data-{number % 7}/{job}",
                verdict=Verdict.ALLOWED,
                code="200",
                decided_by="Data#1",
                workload=f"worker-{job}",
            )
        )
    texts = EventTexts(log, whole_text)
    wanted: Filter[Event] = parse_filter("job-77@", {}, whole_text)
    ready = [whole_text(event) for event in log]

    def ours() -> int:
        stream = StreamRows(log, wanted, texts=texts)
        while stream.look_back():
            pass
        return stream.shown

    assert ours() == ROWS // 1_000
    return ours, lambda: [event for event, text in zip(log, ready, strict=True) if "job-77@" in text]


# Reach ---------------------------------------------------------------------------------------------------


def _reach(count: int) -> tuple[Work, Work]:
    """The floor reads each trust policy and each resource of sts:AssumeRole, and joins them by text."""
    model = organization(count, 4)
    opened = [Simulation.open(model) for _ in range(_SEARCHES + 1)]  # each search is the first of its model
    return lambda: len(reach_of(opened.pop())), partial(_floor_of_reach, model)


def _floor_of_reach(model: dict[str, Any]) -> int:
    may: dict[str, list[str]] = {}
    for account in model["Accounts"]:
        for role in account["RoleDetailList"]:
            for policy in role["RolePolicyList"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    if statement["Effect"] == "Allow" and "sts:AssumeRole" in statement["Action"]:
                        for resource in statement["Resource"]:
                            may.setdefault(resource, []).append(role["Arn"])
    hops = 0
    for account in model["Accounts"]:
        for role in account["RoleDetailList"]:
            for principal in role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"].values():
                hops += len(may.get(role["Arn"], ())) if principal.endswith(":root") else 1
    return hops
