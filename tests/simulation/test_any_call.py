"""Whatever is asked of whatever operation by whomever: an answer, or AwsError; and the world stays whole."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from typing import Any

import pytest

from sts_tui.simulation import ANONYMOUS, AwsError, Simulation
from sts_tui.simulation.history import NothingToUndoError
from sts_tui.simulation.operations import OPERATIONS, shape_of
from sts_tui.simulation.rows import role_rows, session_rows

SAMPLE = "sample_accounts/acme.json"
DENY = {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
TEXTS: list[Any] = [
    "arn:aws:iam::111122223333:role/App", "arn:aws:iam::111122223333:user/alice", "App", "alice", "Engineers",
    "arn:aws:iam::aws:policy/AdministratorAccess", "arn:aws:iam::111122223333:policy/OrdersReadWrite",
    "arn:aws:iam::111122223333:root", "111122223333", "acme-orders", "*", "", ":", "x" * 3000, "key/1", "v1",
    "arn:aws:iam::111122223333:saml-provider/acme-sso", "/x/", DENY, json.dumps(ALLOW),
    '{"Statement": 5}', "[]",
]  # fmt: skip


def anything(shape: Any, dice: random.Random) -> Any:
    """A value for a parameter: mostly of its type, sometimes not."""
    if dice.random() < 0.05:
        return dice.choice([None, 1, "x", [], {}, True])
    match shape.type:
        case "string":
            return dice.choice(TEXTS)
        case "integer" | "long":
            return dice.choice([0, 1, 900, 3600, 10**9, -1, "900"])
        case "boolean":
            return dice.choice([True, False, "true"])
        case "list":
            return [anything(shape.member, dice) for _ in range(dice.randrange(3))]
        case "structure":
            return {name: anything(one, dice) for name, one in shape.members.items() if dice.random() < 0.7}
    return dice.choice([1, "x"])


def callers(sim: Simulation) -> list[Any]:
    people = ("alice", "carol", "root@prod", "service:ec2.amazonaws.com", "hotfix-812", "operator@tooling")
    return [None, ANONYMOUS, "AKIA", {"AccessKeyId": "x"}, {}, *map(sim.resolve, people)]


def ask_anything(calls: int, seed: int) -> None:
    dice = random.Random(seed)
    sim = Simulation.open(SAMPLE)
    sim.advance(5)
    asking, names = callers(sim), list(OPERATIONS)
    for turn in range(1, calls + 1):
        operation = dice.choice(names)
        members = shape_of(operation).members.items()
        params = {name: anything(one, dice) for name, one in members if dice.random() < 0.6}
        with suppress(AwsError):
            sim.call(operation, params, dice.choice(asking), region=dice.choice(["us-east-1", "xx", ""]))
        if turn % 50 == 0:
            sim.advance(1)
            with suppress(NothingToUndoError):
                sim.undo() if dice.random() < 0.5 else sim.redo()
    assert len(role_rows(sim)) == len(sim.world.configuration.roles)
    assert len(session_rows(sim)) == len(sim.world.sessions)
    saved = json.dumps(sim.checkpoint())
    again = Simulation.open(SAMPLE)
    again.restore(json.loads(saved))
    assert json.dumps(again.checkpoint()) == saved


def test_no_call_surprises() -> None:
    ask_anything(calls=1_500, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_no_call_surprises_for_long(seed: int) -> None:
    ask_anything(calls=20_000, seed=seed)
