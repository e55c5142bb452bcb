"""A small model that tours are played on: two accounts, two users, a chain of two roles, one bucket."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.grammar import parse_step

ALPHA, BETA = "111122223333", "222233334444"


def allow(*actions: str, resource: str = "*", sid: str = "", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [{"Sid": sid, **statement} if sid else statement]}


def trust(*principals: str, **more: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": "sts:AssumeRole",
        **more,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def user(name: str, *policies: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    inline = [{"PolicyName": title, "PolicyDocument": document} for title, document in policies]
    return {"UserName": name, "UserPolicyList": inline, **more}


def role(name: str, trusting: dict[str, Any], *policies: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    inline = [{"PolicyName": title, "PolicyDocument": document} for title, document in policies]
    return {
        "RoleName": name,
        "AssumeRolePolicyDocument": trusting,
        "RolePolicyList": inline,
        "MaxSessionDuration": 7200,
    }


MODEL: dict[str, Any] = {
    "Name": "small",
    "StartTime": "2026-01-15T09:00:00Z",
    "Accounts": [
        {
            "AccountId": ALPHA,
            "Name": "alpha",
            "UserDetailList": [
                user(
                    "alice",
                    ("Assume", allow("sts:AssumeRole", "sts:TagSession", sid="Roles")),
                    ("Revoke", allow("iam:*")),
                    MFADevices=[{"SerialNumber": f"arn:aws:iam::{ALPHA}:mfa/alice"}],
                ),
                user("bob"),
            ],
            "RoleDetailList": [
                role(
                    "Ops",
                    trust(f"arn:aws:iam::{ALPHA}:root"),
                    ("Data", allow("s3:*", sid="Bucket")),
                    ("Chain", allow("sts:AssumeRole")),
                ),
                role("Twin", trust(f"arn:aws:iam::{ALPHA}:root")),
            ],
            "Resources": [{"Arn": "arn:aws:s3:::alpha-data"}],
        },
        {
            "AccountId": BETA,
            "Name": "beta",
            "UserDetailList": [user("bob"), user("eve")],
            "RoleDetailList": [
                role("Deep", trust(f"arn:aws:iam::{ALPHA}:role/Ops"), ("All", allow("*", sid="All"))),
                role("Twin", trust(f"arn:aws:iam::{BETA}:root")),
            ],
        },
    ],
}


@pytest.fixture
def simulation() -> Simulation:
    return Simulation.open(MODEL)


@pytest.fixture
def player(simulation: Simulation, tmp_path: Path) -> Player:
    return Player(simulation, tmp_path)


@pytest.fixture
def do(player: Player) -> Callable[..., StepResult]:
    """Performs steps written as text; answers with what came of the last."""

    def perform(*lines: str) -> StepResult:
        return [player.perform(parse_step(line)) for line in lines][-1]

    return perform


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    path = tmp_path / "small.json"
    path.write_text(json.dumps(MODEL))
    return path
