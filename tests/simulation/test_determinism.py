"""The same file, seed and commands give the same bytes in another process with another hash seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path("sample_accounts")

EVERY_OPERATION = """
import json, random
from contextlib import suppress
from sts_tui.simulation import AwsError, Simulation
from sts_tui.simulation.operations import OPERATIONS, shape_of
from tests.simulation.calls.test_any_call import SAMPLE, anything, callers

sim, dice = Simulation.open(SAMPLE, seed=3), random.Random(3)
sim.advance(5)
asking = callers(sim)
for operation in OPERATIONS:
    for who in asking:
        members = shape_of(operation).members.items()
        params = {name: anything(one, dice) for name, one in members if dice.random() < 0.6}
        with suppress(AwsError):
            print(json.dumps(sim.call(operation, params, who)))
sim.undo()
sim.advance(60)
print(*map(repr, sim.events), sep="\\n")
print(json.dumps(sim.checkpoint()))
"""


def printed(hash_seed: str, *arguments: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, check=True
    ).stdout


def test_every_operation_by_everyone_gives_the_same_bytes() -> None:
    first = printed("0", "-c", EVERY_OPERATION)
    assert first.count(b"\n") > 1_000
    assert first == printed("424242", "-c", EVERY_OPERATION)


@pytest.mark.parametrize("every", [7, pytest.param(1, marks=pytest.mark.long)])
def test_sample_tours_give_the_same_bytes(every: int) -> None:
    tours = sorted(map(str, SAMPLES.rglob("*.tour")))[::every]
    first = printed("1", "-m", "sts_tui", "run", "--json", *tours)
    assert first.count(b"\n") > len(tours) > 2
    assert first == printed("2", "-m", "sts_tui", "run", "--json", *tours)
