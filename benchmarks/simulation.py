"""How does the simulation perform under load? The cost of a workload's request, growth of memory, the time
for a month of the sample and for resuming a journal.

    python -m benchmarks simulation
"""

from __future__ import annotations

import json
import time
from typing import Any

from benchmarks import memory
from sts_tui.account.loading.sources import read_source
from sts_tui.simulation import Simulation
from sts_tui.simulation.journal.journal import Journal
from sts_tui.simulation.journal.resuming import resume

ACCOUNT = "111122223333"
SAMPLE = "sample_accounts/acme.json"
WORKLOADS = 1_000


def run() -> dict[str, float]:
    """Figures by name, each with its unit in the name."""
    return {**_busy_second(), **_sample_day(), **_back_again()}


def busy_house(workloads: int = WORKLOADS) -> dict[str, Any]:
    """An account with this many workloads, each of which makes one request a second; half of these are
    denied.
    """
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    reads = {
        "Effect": "Allow",
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::b/*",
        "Condition": {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}},
    }
    return {
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [
            {
                "AccountId": ACCOUNT,
                "UserDetailList": [
                    {"UserName": "u", "UserPolicyList": [_policy("p", [{**trust, "Resource": "*"}])]}
                ],
                "RoleDetailList": [
                    {
                        "RoleName": f"R{number}",
                        "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                        "RolePolicyList": [_policy("p", [reads])],
                    }
                    for number in range(100)
                ],
            }
        ],
        "Workloads": [
            {
                "Name": f"w{number}",
                "Identity": f"arn:aws:iam::{ACCOUNT}:user/u",
                "AssumeRoles": [{"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/R{number % 100}"}],
                "Requests": [
                    {"Action": action, "Resource": f"arn:aws:s3:::b/{number}"}
                    for action in ("s3:GetObject", "s3:PutObject")
                ],
                "EverySeconds": 1,
            }
            for number in range(workloads)
        ],
    }


def _policy(name: str, statements: list[dict[str, Any]]) -> dict[str, Any]:
    plain = [{key: value for key, value in one.items() if key != "Principal"} for one in statements]
    return {"PolicyName": name, "PolicyDocument": {"Version": "2012-10-17", "Statement": plain}}


def _busy_second() -> dict[str, float]:
    """A thousand requests per simulated second, through a log that is full and beyond."""
    sim = Simulation.open(busy_house())
    sim.advance(2)
    started = time.perf_counter()
    sim.advance(20)
    per_request = (time.perf_counter() - started) / (20 * WORKLOADS)
    sim.advance(90)
    full = memory.peak()
    sim.advance(60)
    return {
        "workload request, µs": per_request * 1e6,
        "100,000 logged requests, MB of the whole process": full,
        "growth after 60,000 more, MB": memory.peak() - full,
    }


def _sample_day() -> dict[str, float]:
    sim = Simulation.open(SAMPLE)
    started = time.perf_counter()
    sim.advance(24 * 3600)
    return {"a simulated day of the sample, s": time.perf_counter() - started}


class InMemory:
    """A journal's store without a file."""

    def __init__(self) -> None:
        self.content = b""

    @property
    def size(self) -> int:
        return len(self.content)

    def append(self, line: bytes) -> None:
        self.content += line

    def replace(self, content: bytes) -> None:
        self.content = content

    def truncate(self, size: int) -> None:
        self.content = self.content[:size]

    def acknowledge(self, commands: int) -> None:
        """All are in the content."""

    def acknowledged(self) -> int:
        return 0


def _back_again() -> dict[str, float]:
    """Six simulated hours of the sample, journaled, then a resume."""
    store = InMemory()
    sim = Simulation.open(SAMPLE)
    Journal.begin(store, sim, [read_source(SAMPLE)])
    for _ in range(720):
        sim.advance(30)
    started = time.perf_counter()
    resumed = resume(store, store.content)
    seconds = time.perf_counter() - started
    if json.dumps(resumed.sim.checkpoint()) != json.dumps(sim.checkpoint()):
        raise AssertionError("the resumed world is another")
    return {"resume after six hours of the sample, s": seconds, "its journal, MB": store.size / 1e6}
