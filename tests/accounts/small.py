"""A small model for the tests of the simulation: two accounts, a few roles, no workloads of its own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sts_tui.simulation import Simulation
from tests.accounts.policies import MAIN, OTHER, allows, role_arn, trusts

SMALL: dict[str, Any] = {
    "Name": "small",
    "StartTime": "2026-01-15T09:00:00Z",
    "Accounts": [
        {
            "AccountId": MAIN,
            "Name": "main",
            "UserDetailList": [
                {
                    "UserName": "alice",
                    "UserPolicyList": [
                        {
                            "PolicyName": "alice",
                            "PolicyDocument": allows(["sts:*", "iam:*", "ec2:*", "kms:*"]),
                        }
                    ],
                },
                {"UserName": "bob"},
            ],
            "RoleDetailList": [
                {
                    "RoleName": "App",
                    "MaxSessionDuration": 7200,
                    "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{MAIN}:root"),
                    "RolePolicyList": [
                        {
                            "PolicyName": "work",
                            "PolicyDocument": allows(["s3:GetObject", "sts:AssumeRole"]),
                        }
                    ],
                },
                {
                    "RoleName": "Deep",
                    "AssumeRolePolicyDocument": trusts(role_arn("App")),
                    "RolePolicyList": [{"PolicyName": "deep", "PolicyDocument": allows("s3:*")}],
                },
            ],
            "Resources": [{"Arn": "arn:aws:s3:::data"}],
        },
        {
            "AccountId": OTHER,
            "Name": "other",
            "UserDetailList": [{"UserName": "bob"}],
            "RoleDetailList": [
                {"RoleName": "App", "AssumeRolePolicyDocument": trusts(f"arn:aws:iam::{OTHER}:root")}
            ],
        },
    ],
}


def open_small(*workloads: dict[str, Any], seed: int = 7, **settings: Any) -> Simulation:
    model = {**deepcopy(SMALL), "Workloads": list(workloads), "Settings": settings}
    return Simulation.open(model, seed=seed)


def alice(sim: Simulation) -> str:
    return sim.access_key(f"arn:aws:iam::{MAIN}:user/alice")


def assume(
    sim: Simulation, role: str = "App", name: str = "job", caller: Any = "alice", **params: Any
) -> str:
    """The access key id of a new session of a role, by default assumed by alice."""
    who = alice(sim) if caller == "alice" else caller
    given = {"RoleArn": role_arn(role), "RoleSessionName": name, **params}
    return str(sim.call("sts:AssumeRole", given, caller=who)["Credentials"]["AccessKeyId"])


READ = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/in.csv"}


def worker(name: str = "worker", **more: Any) -> dict[str, Any]:
    """A workload of alice's that reads with a session of App every ten seconds."""
    return {
        "Name": name,
        "Identity": f"arn:aws:iam::{MAIN}:user/alice",
        "AssumeRoles": [{"RoleArn": role_arn("App"), "RoleSessionName": name}],
        "Requests": [READ],
        "EverySeconds": 10,
        **more,
    }
