"""How long does the reach analysis take? Mixed trusts, a ring of 400, and one pair.

`python -m benchmarks reach` (processor time; `--pmapper` compares with PMapper where principalmapper is
installed: its STS edges on the same roles, without AWS).
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from typing import Any, Final

from benchmarks.generator import organization
from sts_tui.__main__ import collect_rarely
from sts_tui.cli.reports.reach import report_lines
from sts_tui.simulation.reach.reach import chain_between, reach_of
from sts_tui.simulation.simulation import Simulation

SIZES: Final = (500, 2_000, 10_000)
RING: Final = 400
ACCOUNT: Final = "111122223333"


def main(argv: Sequence[str]) -> None:
    collect_rarely()  # as the console script does
    sizes = [int(each.lstrip("-")) for each in argv if each.lstrip("-").isdigit()] or SIZES
    for roles in sizes:
        model = organization(roles, 4)
        simulation = Simulation.open(model)
        seconds, megabytes, graph = _measured(simulation)
        print(f"{roles:>6} roles: {seconds:8.3f} s  {megabytes:6.0f} MB  {len(graph):>9} hops")
        begun = time.process_time()
        reach_of(simulation, with_outside=True, with_escalation=True)
        print(f"         with outsiders and ways to gain permissions: {time.process_time() - begun:.3f} s")
        begun = time.process_time()
        source = next(iter(graph.sources))
        target = graph.groups[-1].target
        list(graph.chains_from(source, target))
        print(f"         one pair, the graph known: {(time.process_time() - begun) * 1000:8.2f} ms")
        _one_pair(model)
        if "--pmapper" in argv:
            print(f"         PMapper's STS edges:       {_pmapper(model):8.2f} s")
    _ring()


def _one_pair(model: dict[str, Any]) -> None:
    """The first pair after loading, which builds the index of trust policies, and a hundred more."""
    simulation = Simulation.open(model)
    roles = list(simulation.world.in_force.roles)
    seconds = []
    for number in range(101):
        begun = time.process_time()
        source, target = roles[number * 7919 % len(roles)], roles[number * 104729 % len(roles)]
        chain_between(simulation, source, target, with_escalation=True)
        seconds.append((time.process_time() - begun) * 1000)
    first, *others = seconds
    mean, most = sum(others) / len(others), max(others)
    print(f"         one pair after loading: {first:8.1f} ms, then {mean:.1f} ms each, {most:.1f} ms at most")


def _measured(simulation: Simulation) -> tuple[float, float, Any]:
    begun = time.process_time()
    graph = reach_of(simulation)
    seconds = time.process_time() - begun
    tracemalloc.start()
    reach_of(simulation)
    megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return seconds, megabytes, graph


def _ring() -> None:
    """Each role trusts the one before: every pair is connected, through one loop."""
    roles = [
        {
            "RoleName": f"r{number:03d}",
            "AssumeRolePolicyDocument": _trust(f"arn:aws:iam::{ACCOUNT}:role/r{(number - 1) % RING:03d}"),
        }
        for number in range(RING)
    ]
    simulation = Simulation.open({"Accounts": [{"AccountId": ACCOUNT, "RoleDetailList": roles}]})
    begun = time.process_time()
    graph = reach_of(simulation, with_outside=True, with_escalation=True)
    text = "\n".join(report_lines(graph, simulation))
    seconds = time.process_time() - begun
    print(f"ring of {RING}, text printed: {seconds:8.3f} s  {len(text) / 1000:6.1f} kB")


def _trust(principal: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


# PMapper -------------------------------------------------------------------------------------------------


def _pmapper(model: dict[str, Any]) -> float:
    """Seconds that PMapper 1.1.5 takes for the edges by sts:AssumeRole between the same principals.

    <https://github.com/nccgroup/PMapper>
    """
    import collections
    import collections.abc

    for name in ("Mapping", "MutableMapping", "OrderedDict"):  # its code is older than Python 3.10
        if not hasattr(collections, name):
            setattr(collections, name, getattr(collections.abc, name))
    from principalmapper.graphing.sts_edges import generate_edges_locally

    nodes = list(_nodes(model))
    begun = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        edges = generate_edges_locally(nodes)
    seconds = time.process_time() - begun
    print(f"         PMapper found {len(edges)} edges", file=sys.stderr)
    return seconds


def _nodes(model: dict[str, Any]) -> Iterator[Any]:
    from principalmapper.common import Node, Policy

    for account in model["Accounts"]:
        for role in account["RoleDetailList"]:
            policies = [
                Policy(role["Arn"], each["PolicyName"], each["PolicyDocument"])
                for each in role["RolePolicyList"]
            ]
            yield Node(
                role["Arn"],
                f"AROA{abs(hash(role['Arn']))}",
                policies,
                [],
                role["AssumeRolePolicyDocument"],
                None,
                0,
                False,
                False,
                None,
                False,
                {each["Key"]: each["Value"] for each in role["Tags"]},
            )
