"""How long does a key take while real clients call? The explorer serves two client processes; each key moves
to the next role.

    python -m benchmarks clients_and_keys

The explorer runs on one core, the clients and this program on the other. A key counts as answered when the
policies of the next role are drawn. Calls are counted by the clients. Measured with boto3, which spends
longer on a call than the server does and so saturates its core, and with a client that signs with botocore
and sends with `http.client`.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.terminal import Terminal

SECONDS = 12
ROLES = 60
PER_SECOND = 250
"""The most calls that each of the two clients makes per second."""
ACCOUNT = "111122223333"

Caller = Callable[[int, str, str, str], Callable[[], object]]
"""Port, access key ID, secret and name of an object → a function that puts the object once."""


def run() -> Mapping[str, float]:
    """Name of the figure → value."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(_model(), file)
        file.flush()
        return {
            f"{name} ({client})": value
            for client, call in {"boto3": _with_boto3, "signed by botocore": _signed}.items()
            for name, value in _measured(file.name, call).items()
        }


def _model() -> dict[str, Any]:
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    }
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    policies = [{"PolicyName": "p", "PolicyDocument": document}]
    return {
        "UserDetailList": [
            {"UserName": "u", "Arn": f"arn:aws:iam::{ACCOUNT}:user/u", "UserPolicyList": policies}
        ],
        "RoleDetailList": [
            {
                "RoleName": f"role-{number:03}x", "Arn": f"arn:aws:iam::{ACCOUNT}:role/role-{number:03}x",
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "RolePolicyList": [{"PolicyName": f"own-{number:03}x", "PolicyDocument": document}],
            }
            for number in range(ROLES)
        ],
    }  # fmt: skip


def _measured(path: str, caller: Caller) -> Mapping[str, float]:
    port = _free_port()
    cores = sorted(os.sched_getaffinity(0))
    made = multiprocessing.Array("l", 2)
    stop = multiprocessing.Event()
    clients = [
        multiprocessing.Process(target=_call, args=(caller, path, port, number, made, stop), daemon=True)
        for number in range(2)
    ]
    try:
        with Terminal(sys.executable, "-m", "sts_tui", "--no-journal", f"--serve={port}", path) as terminal:
            os.sched_setaffinity(terminal.process, {cores[0]})
            os.sched_setaffinity(0, {cores[-1]})
            terminal.until(b"role-000x")
            terminal.watch(3)
            for client in clients:
                client.start()
            _until(lambda: all(count > 20 for count in made[:]))
            before, began = sum(made[:]), time.perf_counter()
            answers = _keys(terminal)
            seconds = time.perf_counter() - began
            calls = sum(made[:]) - before
    finally:
        stop.set()
        os.sched_setaffinity(0, set(cores))
    answers.sort()
    return {
        "calls per second while keys are pressed": calls / seconds,
        "key to frame, median, ms": statistics.median(answers) * 1000,
        "key to frame, 99th percentile, ms": answers[int(len(answers) * 0.99)] * 1000,
        "keys pressed": float(len(answers)),
    }


def _keys(terminal: Terminal) -> list[float]:
    """Seconds from each key to the policies of the role it moves to."""
    answers: list[float] = []
    until, at, step = time.perf_counter() + SECONDS, 0, 1
    while time.perf_counter() < until:
        step = -step if not 0 <= at + step < ROLES - 1 else step
        at += step
        terminal.forget()
        began = time.perf_counter()
        terminal.type(b"j" if step > 0 else b"k")
        while f"own-{at:03}x".encode() not in terminal.drawn:
            terminal.watch(0.001)
            if time.perf_counter() - began > 2:
                raise TimeoutError(f"no answer to key {len(answers)}")
        answers.append(time.perf_counter() - began)
        terminal.watch(0.05)
    return answers


def _call(caller: Caller, path: str, port: int, number: int, made: Any, stop: Any) -> None:
    from sts_tui.endpoint.boto import credentials_of
    from sts_tui.endpoint.operator_key import OperatorKey
    from sts_tui.simulation import Simulation

    key, secret, _ = credentials_of(Simulation.open(path), "u", OperatorKey("", ""))
    put = caller(port, key, secret, f"k{number}")
    while not stop.is_set():
        began = time.perf_counter()
        put()
        made[number] += 1
        time.sleep(max(0.0, 1 / PER_SECOND - (time.perf_counter() - began)))


def _with_boto3(port: int, key: str, secret: str, name: str) -> Callable[[], object]:
    import boto3

    session = boto3.Session(key, secret, region_name="us-east-1")
    s3 = session.client("s3", endpoint_url=f"http://127.0.0.1:{port}")
    return lambda: s3.put_object(Bucket="b", Key=name, Body=b"x")


def _signed(port: int, key: str, secret: str, name: str) -> Callable[[], object]:
    from http.client import HTTPConnection

    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    auth = S3SigV4Auth(Credentials(key, secret), "s3", "us-east-1")
    connection = HTTPConnection("127.0.0.1", port)

    def put() -> None:
        request = AWSRequest("PUT", f"http://127.0.0.1:{port}/b/{name}", data=b"x")
        auth.add_auth(request)
        connection.request("PUT", f"/b/{name}", b"x", dict(request.headers))
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise OSError(f"PutObject was answered with {answer.status}")

    return put


def _until(is_there: Any, seconds: float = 30) -> None:
    deadline = time.perf_counter() + seconds
    while not is_there():
        if time.perf_counter() > deadline:
            raise TimeoutError("the clients did not start")
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
