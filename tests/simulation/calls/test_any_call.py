"""Any caller, any operation, any parameters: a response or an AwsError, and the world stays consistent."""

from __future__ import annotations

import json
import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation import ANONYMOUS, AwsError, Simulation
from sts_tui.simulation.journal.journal_store import begin_at, resume_from
from sts_tui.simulation.operations import OPERATIONS, shape_of
from sts_tui.simulation.undo.history import NothingToUndoError
from sts_tui.simulation.views.rows import role_rows, session_rows
from tests.support.representative import one_in

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


def deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


HOSTILE: list[Any] = [
    None, True, -1, 10**400, 1.5, float("nan"), float("inf"), "", "\x00", "\ud800", "é" * 5_000, "a\nb",
    "*" * 2_000,
    "${aws:username}", [], {}, [[]], [None], [{}], {"": ""}, {1: 2}, b"x", ("a",), [{"Key": "a", "Value": 1}],
    {"Statement": []}, '{"Statement":' + "[" * 5_000, "arn::::::", "App", "alice", deep(3_000),
]  # fmt: skip
HOSTILE_ACTIONS = (
    "",
    "sts",
    ":",
    "s3:",
    "sts:Nope",
    "\ud800:x",
    "iam:*",
    "s3:Get Object",
    "STS:assumerole",
    "a:b:c",
)


@pytest.mark.parametrize("hostile", one_in(2, HOSTILE), ids=lambda value: type(value).__name__)
def test_a_hostile_value_in_every_parameter_is_answered_or_refused(hostile: Any) -> None:
    sim = Simulation.open(SAMPLE)
    alice = sim.resolve("alice")
    before = sim.checkpoint()
    for operation in OPERATIONS:
        members = list(shape_of(operation).members)
        usual = {"RoleName": "App", "UserName": "alice", "GroupName": "Engineers"}
        named = {name: usual[name] for name in members if name in usual}
        for params in ({name: hostile for name in members}, *({**named, one: hostile} for one in members)):
            with suppress(AwsError):
                sim.preview(operation, params, alice)
    assert sim.checkpoint() == before
    for action in HOSTILE_ACTIONS:
        for params in ({"Resource": hostile}, {"Owner": hostile}):
            with suppress(AwsError):
                sim.call(action, params, alice)
    assert len(sim.events) == 2 * len(HOSTILE_ACTIONS)


def test_odd_credentials_are_refused() -> None:
    sim = Simulation.open(SAMPLE)
    odd: list[Any] = [
        {}, {"AccessKeyId": None}, {"AccessKeyId": 5}, {"AccessKeyId": ["x"]}, "", "\x00", "ASIA" * 500,
        {"AccessKeyId": "x", "SecretAccessKey": 5, "SessionToken": b"x"},
    ]  # fmt: skip
    for caller in odd:
        for action in ("sts:GetCallerIdentity", "s3:GetObject", "iam:ListRoles"):
            with pytest.raises(AwsError):
                sim.call(action, {}, caller)


def test_half_a_character_is_journaled_and_replayed(tmp_path: Path) -> None:
    sim = Simulation.open(SAMPLE)
    _, store = begin_at(tmp_path / "a.journal", sim, SAMPLE)
    with pytest.raises(AwsError):
        sim.call("s3:GetObject", {"Resource": "arn:aws:s3:::\ud800"}, sim.resolve("bob"))
    store.close()
    resumed, store = resume_from(tmp_path / "a.journal")
    assert resumed.sim.checkpoint() == sim.checkpoint()
    store.close()


def test_a_preview_says_what_the_call_will_and_changes_nothing() -> None:
    """One simulation is asked what each call would do before it is made; the other never is."""
    dice = random.Random(5)
    asked, unasked = Simulation.open(SAMPLE), Simulation.open(SAMPLE)
    asked.advance(5)
    unasked.advance(5)
    names, asking, again = list(OPERATIONS), callers(asked), callers(unasked)
    for turn in range(2_000):
        operation, who = dice.choice(names), dice.randrange(len(asking))
        members = shape_of(operation).members.items()
        params = {name: anything(one, dice) for name, one in members if dice.random() < 0.6}
        foreseen = outcome_of(asked.preview, operation, params, asking[who])
        assert outcome_of(asked.call, operation, params, asking[who]) == foreseen
        outcome_of(unasked.call, operation, params, again[who])
        if turn % 50 == 0:
            asked.advance(7)
            unasked.advance(7)
    assert asked.checkpoint() == unasked.checkpoint()


def outcome_of(ask: Any, *arguments: Any) -> Any:
    try:
        return ask(*arguments)
    except AwsError as refusal:
        return refusal.code, refusal.message, refusal.status


def test_no_call_surprises() -> None:
    ask_anything(calls=1_500, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_no_call_surprises_for_long(seed: int) -> None:
    ask_anything(calls=20_000, seed=seed)
