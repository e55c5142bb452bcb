"""How much does one call of a real client cost the server? `sts-tui serve` and moto_server, called in turn by
the same client.

    python -m benchmarks clients [--calls=N]

Processor time of the server per call (`/proc/PID/stat`). We check signatures and policies; moto_server checks
neither. `moto_server` is found in the folder of this Python (`pip install -e '.[bench]'`) or on the PATH;
without it, only our own figures are printed.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROUNDS = 5
CALLS = 200
MORE = 5_000
_TICKS = os.sysconf("SC_CLK_TCK")
_KEYS = re.compile(r"\[u\]\s*aws_access_key_id = (\S+)\s*aws_secret_access_key = (\S+)")

Call = Callable[[], Any]


def main(argv: list[str]) -> None:
    """Prints microseconds per call and the ratio: medians of rounds in which the servers take turns."""
    calls = next((int(one.partition("=")[2]) for one in argv if one.startswith("--calls=")), CALLS)
    with _ours() as ours, _moto() as moto:
        servers = {"sts-tui serve": ours} | ({"moto_server": moto} if moto else {})
        if moto is None:
            print("moto_server is not installed: pip install -e '.[bench]'")
        for name in _calls(ours[1]):
            rounds: dict[str, list[float]] = {server: [] for server in servers}
            for _ in range(ROUNDS):
                for server, (pid, clients) in servers.items():
                    rounds[server].append(_per_call(pid, _calls(clients)[name], calls))
            middle = {server: statistics.median(values) for server, values in rounds.items()}
            line = "   ".join(f"{server} {value:7.0f} µs" for server, value in middle.items())
            if moto is not None:
                ratios = [a / b for a, b in zip(*rounds.values(), strict=True) if b]
                line += f"   ratio {statistics.median(ratios):.2f}"
            print(f"{name:<26}{line}")
        print(f"memory of sts-tui serve after {MORE:,} more calls: {_growth(*ours):+.1f} MB")


def _growth(pid: int, clients: Mapping[str, Any]) -> float:
    """Megabytes by which the server's memory grows during calls that are logged; the log is bounded."""
    call = _calls(clients)["s3 PutObject"]
    before = _memory(pid)
    for _ in range(MORE):
        call()
    return _memory(pid) - before


def _calls(clients: Mapping[str, Any]) -> Mapping[str, Call]:
    return {
        "sts GetCallerIdentity": clients["sts"].get_caller_identity,
        "iam ListRoles": lambda: clients["iam"].list_roles(MaxItems=5),
        "s3 PutObject": lambda: clients["s3"].put_object(Bucket="bench", Key="k", Body=b"x" * 100),
    }


def _per_call(pid: int, call: Call, calls: int) -> float:
    """Microseconds of the server's processor time."""
    call()
    before = _processor(pid)
    for _ in range(calls):
        call()
    return (_processor(pid) - before) / calls * 1e6


def _processor(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _memory(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _clients(address: str, key: str, secret: str) -> Mapping[str, Any]:
    import boto3

    session = boto3.Session(key, secret, region_name="us-east-1")
    return {name: session.client(name, endpoint_url=address) for name in ("sts", "iam", "s3")}


@contextmanager
def _ours() -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Our own server, on a model whose user is allowed these calls."""
    allowed = {"Effect": "Allow", "Action": ["sts:*", "iam:List*", "s3:*"], "Resource": "*"}
    user = {
        "UserName": "u", "Arn": "arn:aws:iam::111122223333:user/u",
        "UserPolicyList": [
            {"PolicyName": "p", "PolicyDocument": {"Version": "2012-10-17", "Statement": [allowed]}}
        ],
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        model, ready = Path(folder) / "model.json", Path(folder) / "ready.json"
        model.write_text(json.dumps({"UserDetailList": [user]}))
        command = [
            sys.executable,
            "-m",
            "sts_tui",
            "serve",
            str(model),
            "--port",
            "0",
            "--ready-file",
            str(ready),
        ]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                _wait(lambda: ready.exists() and ready.stat().st_size > 0)
                listening = json.loads(ready.read_text())
                profile = Path(listening["credentials_file"]).read_text()
                keys = re.search(
                    r"\[u\]\s*aws_access_key_id = (\S+)\s*aws_secret_access_key = (\S+)", profile
                )
                assert keys is not None, profile
                yield process.pid, _clients(listening["endpoint"], keys[1], keys[2])
            finally:
                process.terminate()


@contextmanager
def _moto() -> Iterator[tuple[int, Mapping[str, Any]] | None]:
    """moto's server with a bucket, or None where it is not installed."""
    beside = Path(sys.executable).with_name("moto_server")
    program = str(beside) if beside.exists() else shutil.which("moto_server")
    if program is None:
        yield None
        return
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [program, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(lambda: _listens(port))
            clients = _clients(f"http://127.0.0.1:{port}", "AKIAIOSFODNN7EXAMPLE", "secret")
            clients["s3"].create_bucket(Bucket="bench")
            yield process.pid, clients
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    import socket

    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def _wait(is_there: Callable[[], bool], seconds: float = 30) -> None:
    until = time.monotonic() + seconds
    while not is_there():
        if time.monotonic() > until:
            raise TimeoutError("the server did not start")
        time.sleep(0.05)
