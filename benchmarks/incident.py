"""How long does the incident desk take to open and to try every cut, on the sample and on 10,000 roles?

Processor time: the desk opens in the terminal's thread and tries its cuts in another thread.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from benchmarks.generator import organization
from sts_tui.simulation import Simulation
from sts_tui.simulation.containment.desk import Opened, finished, open_desk, tried

SAMPLE = Path(__file__).parents[1] / "sample_accounts" / "acme.json"
ROLES = 10_000
SESSIONS = 1_000
WORKLOADS = 100


def run() -> dict[str, float]:
    figures: dict[str, float] = {}
    sample = Simulation.open(SAMPLE)
    sample.advance(252)
    for who in ("unknown-laptop", "CI"):
        figures |= _measured(f"sample, {who}", sample, who)
    big = large()
    who = next(iter(big.world.sessions))
    figures |= _measured(f"{ROLES:,} roles, {SESSIONS:,} sessions", big, who)
    return figures


def large(roles: int = ROLES, sessions: int = SESSIONS, workloads: int = WORKLOADS) -> Simulation:
    """A big organization with sessions that last six hours, a tenth of them held by workloads."""
    model: dict[str, Any] = organization(roles, 3)
    taken = [role for account in model["Accounts"] for role in account["RoleDetailList"]][:sessions]
    for role in taken:
        role["MaxSessionDuration"] = 21600
        role["AssumeRolePolicyDocument"]["Statement"].append(
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
        )
    model["Workloads"] = [
        {
            "Name": f"program-{number}",
            "Identity": "service:ec2.amazonaws.com",
            "AssumeRoles": [{"RoleArn": role["Arn"], "RoleSessionName": f"i-{number:017x}"}],
            "Requests": [{"Action": "s3:GetObject", "Resource": f"arn:aws:s3:::bucket-{number}/key"}],
            "EverySeconds": 10,
        }
        for number, role in enumerate(taken[:workloads])
    ]
    simulation = Simulation.open(model)
    simulation.advance(1)
    for number, role in enumerate(taken[workloads:]):
        account = role["Arn"].split(":")[4]
        params = {"RoleArn": role["Arn"], "RoleSessionName": f"job-{number}", "DurationSeconds": 21600}
        simulation.call("sts:AssumeRole", params, caller=f"operator@{account}")
    simulation.advance(60)
    return simulation


def _measured(name: str, simulation: Simulation, who: str) -> dict[str, float]:
    begun = time.process_time()
    opened: Opened = open_desk(simulation, who)
    shown = time.process_time()
    found = tried(opened, simulation)
    finished(opened, found, simulation)
    done = time.process_time()
    tries = len(found.rows)
    return {
        f"{name}: ms until it is open": (shown - begun) * 1000,
        f"{name}: ms for {tries} cuts tried to the end": (done - shown) * 1000,
        f"{name}: ms for ten cuts": (done - shown) * 1000 * 10 / tries,
    }
