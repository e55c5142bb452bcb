"""How much does a write cost when much exists already? Sessions issued one by one, requests of many
workloads, edits of one of many roles with undo and log.

    python -m benchmarks history

Processor time, in rounds that take turns, so that other load on the machine affects all of them alike. Copied
entries are counted where `account.persistent_map` copies them, in a separate round.
"""

from __future__ import annotations

import gc
import statistics
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.generator import organization
from benchmarks.simulation import ACCOUNT, busy_house
from sts_tui.__main__ import collect_rarely
from sts_tui.account import persistent_map
from sts_tui.simulation import Simulation

ROUNDS = 3
SESSIONS = 10_000
WORKLOADS = (1_000, 4_200, 6_000)
REQUESTS = 60_000
ROLES = 10_000
EDITS = 500


def run() -> dict[str, float]:
    """Figures by name, each with its unit in the name: medians of the rounds. Garbage is collected as the
    console script does it.
    """
    collect_rarely()
    rounds: dict[str, list[float]] = {}
    roles = organization(ROLES, 1)
    for _ in range(ROUNDS):
        _note(rounds, f"{SESSIONS:,} sessions issued one by one, s", _issue(SESSIONS))
        for workloads in WORKLOADS:
            _note(rounds, f"a request of one of {workloads:,} workloads, µs", _request(workloads) * 1e6)
        _note(rounds, f"an edit of one of {ROLES:,} roles, ms", _edit(roles) * 1e3)
    figures = {name: statistics.median(values) for name, values in rounds.items()}
    with _copies() as copied:
        _issue(SESSIONS)
    figures[f"entries copied for {SESSIONS:,} sessions"] = copied[0]
    figures[f"memory of {EDITS} edits on {ROLES:,} roles, undo and log, MB"] = _edits_memory(roles)
    return figures


def _note(rounds: dict[str, list[float]], name: str, value: float) -> None:
    rounds.setdefault(name, []).append(value)


def _issue(sessions: int) -> float:
    """Processor seconds for this many sessions of a user, each from its own AssumeRole."""
    sim = Simulation.open(busy_house(0))
    user = sim.resolve(f"arn:aws:iam::{ACCOUNT}:user/u")
    gc.collect()
    started = time.process_time()
    for number in range(sessions):
        params = {"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/R{number % 100}", "RoleSessionName": f"s{number}"}
        sim.call("sts:AssumeRole", params, caller=user)
    return time.process_time() - started


def _request(workloads: int) -> float:
    """Processor seconds for one request of a workload, once all hold credentials."""
    sim = Simulation.open(busy_house(workloads))
    sim.advance(2)
    seconds = -(-REQUESTS // workloads)
    gc.collect()
    started = time.process_time()
    sim.advance(seconds)
    return (time.process_time() - started) / (seconds * workloads)


def _edit(model: dict[str, Any]) -> float:
    """Processor seconds for one edit by the operator: a tag of one role."""
    sim = Simulation.open(model)
    calls = _edits(sim)
    next(calls)
    gc.collect()
    started = time.process_time()
    made = sum(1 for _ in calls)
    return (time.process_time() - started) / made


def _edits_memory(model: dict[str, Any]) -> float:
    """Megabytes that a simulation gains by the edits."""
    sim = Simulation.open(model)
    calls = _edits(sim)
    next(calls)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in calls:
            pass
        gc.collect()
        return tracemalloc.get_traced_memory()[0] / 1e6
    finally:
        tracemalloc.stop()


def _edits(sim: Simulation) -> Iterator[int]:
    names = [role.role_name for role in list(sim.world.configuration.roles.values())[:1_000]]
    for number in range(EDITS + 1):
        tags = [{"Key": "edited", "Value": str(number)}]
        sim.call("iam:TagRole", {"RoleName": names[number * 7 % len(names)], "Tags": tags})
        yield number


@contextmanager
def _copies() -> Iterator[list[int]]:
    """Counts the entries that are copied within the context, in the only element of the list."""
    counted = [0]
    copy = persistent_map._copied

    def counting(entries: Any) -> Any:
        made = copy(entries)
        counted[0] += len(made)
        return made

    persistent_map._copied = counting
    try:
        yield counted
    finally:
        persistent_map._copied = copy
