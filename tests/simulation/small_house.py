"""A small account model for the tests of the simulation: two accounts, a few roles, no workloads."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from sts_tui.simulation import Simulation

MAIN = "111122223333"
OTHER = "444455556666"


def role_arn(name: str, account: str = MAIN) -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def trust(*principals: str, **more: Any) -> dict[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": "sts:AssumeRole",
        **more,
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


HOUSE: dict[str, Any] = {
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
                        {"PolicyName": "alice", "PolicyDocument": allow(["sts:*", "iam:*", "ec2:*", "kms:*"])}
                    ],
                },
                {"UserName": "bob"},
            ],
            "RoleDetailList": [
                {
                    "RoleName": "App",
                    "MaxSessionDuration": 7200,
                    "AssumeRolePolicyDocument": trust(f"arn:aws:iam::{MAIN}:root"),
                    "RolePolicyList": [
                        {"PolicyName": "work", "PolicyDocument": allow(["s3:GetObject", "sts:AssumeRole"])}
                    ],
                },
                {
                    "RoleName": "Deep",
                    "AssumeRolePolicyDocument": trust(role_arn("App")),
                    "RolePolicyList": [{"PolicyName": "deep", "PolicyDocument": allow("s3:*")}],
                },
            ],
            "Resources": [{"Arn": "arn:aws:s3:::data"}],
        },
        {
            "AccountId": OTHER,
            "Name": "other",
            "UserDetailList": [{"UserName": "bob"}],
            "RoleDetailList": [
                {"RoleName": "App", "AssumeRolePolicyDocument": trust(f"arn:aws:iam::{OTHER}:root")}
            ],
        },
    ],
}


def small_house(*workloads: dict[str, Any], seed: int = 7, **settings: Any) -> Simulation:
    house = deepcopy(HOUSE)
    house["Workloads"] = list(workloads)
    house["Settings"] = settings
    return Simulation.open(house, seed=seed)


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
