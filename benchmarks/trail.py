"""How long does a trail of a million events take, and how much memory, compared with the floor?

`python -m benchmarks trail --events=1000000`; `--past` opens a trail of 100,000 in the explorer instead, and
draws past instants of it. The process stays on one core. Reading alone is DuckDB with every event fetched;
evaluating alone is what remains of the replay. The trail: 2,000 sessions of 50 roles on 240 resources, one
request in fifty denied, in gzipped files of 5,000 events.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import random
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from benchmarks import memory
from sts_tui.account.loading.load import from_json
from sts_tui.cli.files import sample_account
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.replayed import replayed

ACCOUNT = "111122223333"
_FILE = 5_000


def main(argv: list[str]) -> None:
    if "--past" in argv:
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        for label, value in asyncio.run(past_instants()).items():
            print(f"{label:<52}{value:>12,.2f}")
        return
    counts = [int(one.partition("=")[2]) for one in argv if one.startswith("--events=")]
    events = counts[0] if counts else 1_000_000
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        write_trail(Path(folder), events)
        for label, value in measured(Path(folder), events).items():
            print(f"{label:<52}{value:>12,.2f}")


def measured(folder: Path, events: int) -> dict[str, float]:
    """Seconds of wall clock and, where other programs share the core, of processor time; the peak in MB."""
    marks = [_clocks()]
    with Trail([folder]) as trail:
        marks.append(_clocks())
        assert sum(one.count for one in trail.events()) == events
        marks.append(_clocks())
        result = replayed(trail, from_json(model()).model).replay
        marks.append(_clocks())
    assert result.events == events
    found: dict[str, float] = {"events": float(events), "agreed": float(result.agreed)}
    for at, unit in enumerate(("s", "s of processor time")):
        read, fetched, replay = (after[at] - before[at] for before, after in pairwise(marks))
        found |= {
            f"read into DuckDB, {unit}": read,
            f"read, sorted, grouped and fetched (floor), {unit}": read + fetched,
            f"evaluated alone (floor), {unit}": replay - fetched,
            f"read and evaluated, {unit}": read + replay,
            f"for a million events, {unit}": (read + replay) / events * 1e6,
        }
    found["peak memory, MB"] = memory.peak()
    return found


async def past_instants(events: int = 100_000) -> dict[str, float]:
    """Milliseconds of processor time until a past instant is on the screen, with this many logged requests:
    for the sample, whose workloads made them, and for a trail with 2,000 sessions.
    """
    from sts_tui.simulation.simulation import Simulation
    from sts_tui.trail.opened import opened

    sample = Simulation.open(sample_account())
    while len(sample.events) < events:
        sample.advance(3600)
    found = {f"the sample: {name}": value for name, value in (await _drawn(sample)).items()}
    with tempfile.TemporaryDirectory() as folder:
        write_trail(Path(folder), events)
        with Trail([Path(folder)]) as trail:
            begun = time.process_time()
            simulation = opened(trail, from_json(model()).model).simulation
            found["a trail: evaluated and opened, s"] = time.process_time() - begun
            found |= {f"a trail: {name}": value for name, value in (await _drawn(simulation)).items()}
    return found


async def _drawn(simulation: Any) -> dict[str, float]:
    """The times until every pane is filled; what many sessions may still do is added later, in slices."""
    from sts_tui.tui.app import StsApp
    from sts_tui.tui.looking_back import look_back
    from sts_tui.tui.options import Options

    app = StsApp(simulation, Options(preset="default", is_paused=True))
    app.animation_level = "none"
    first, length, spent = simulation.world.started_at, simulation.now - simulation.world.started_at, []
    async with app.run_test(size=(200, 50)) as pilot:
        await pilot.pause()
        app.housekeeping.begin()  # as the explorer does: garbage is looked for between keys
        for step in range(1, 12):
            begun = time.process_time()
            look_back(app, first + length * step / 12)
            spent.append((time.process_time() - begun) * 1000)
            await asyncio.sleep(0.05)
        app.housekeeping.end()
    spent.sort()
    return {"a past instant, median, ms": spent[len(spent) // 2], "the slowest of 11, ms": spent[-1]}


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def model() -> dict[str, Any]:
    """Fifty roles that may read objects and write items."""
    statements = [
        {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-data/*"},
        {"Sid": "Write", "Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*"},
        {"Sid": "Look", "Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
    ]
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    version = {"Version": "2012-10-17"}
    roles = [
        {
            "RoleName": f"role-{number}",
            "AssumeRolePolicyDocument": version | {"Statement": [trust]},
            "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": version | {"Statement": statements}}],
        }
        for number in range(50)
    ]
    return {"Accounts": [{"AccountId": ACCOUNT, "RoleDetailList": roles}]}


def write_trail(folder: Path, events: int) -> None:
    draw = random.Random(1)
    for first in range(0, events, _FILE):
        records = [_event(number, draw) for number in range(first, min(first + _FILE, events))]
        content = gzip.compress(msgspec.json.encode({"Records": records}), compresslevel=1)
        (folder / f"{first:09}.json.gz").write_bytes(content)


def _event(number: int, draw: random.Random) -> dict[str, Any]:
    session = draw.randrange(2_000)
    role = session % 50
    seconds = number // 12
    source, name, request = draw.choice(
        (
            ("s3", "GetObject", {"bucketName": "acme-data", "key": f"in/{draw.randrange(220)}.csv"}),
            ("dynamodb", "PutItem", {"tableName": f"table-{draw.randrange(20)}"}),
            ("ec2", "DescribeInstances", {"instancesSet": {}, "filterSet": {}}),
        )
    )
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_768_467_600 + seconds))
    principal = f"arn:aws:sts::{ACCOUNT}:assumed-role/role-{role}/s{session}"
    event: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "AssumedRole", "principalId": f"AROA{role:017}:s{session}", "arn": principal,
            "accountId": ACCOUNT, "accessKeyId": f"ASIA{session:016}",
            "sessionContext": {
                "sessionIssuer": {
                    "type": "Role", "principalId": f"AROA{role:017}",
                    "arn": f"arn:aws:iam::{ACCOUNT}:role/role-{role}", "accountId": ACCOUNT,
                    "userName": f"role-{role}",
                },
                "attributes": {"creationDate": "2026-01-15T09:00:00Z", "mfaAuthenticated": "false"},
            },
        },
        "eventTime": at, "eventSource": f"{source}.amazonaws.com", "eventName": name,
        "awsRegion": "us-east-1", "sourceIPAddress": f"10.0.{role}.{session % 250}",
        "userAgent": "[Boto3/1.44.8 md/Botocore#1.44.8 ua/2.1 os/linux#6.1 lang/python#3.11]",
        "requestParameters": request, "responseElements": None,
        "additionalEventData": {"SignatureVersion": "SigV4", "bytesTransferredOut": draw.randrange(10_000)},
        "requestID": f"{draw.getrandbits(64):016X}", "eventID": f"{number:08x}-0000-4000-8000-000000000000",
        "readOnly": True, "eventType": "AwsApiCall", "managementEvent": False,
        "recipientAccountId": ACCOUNT, "eventCategory": "Data",
    }  # fmt: skip
    if draw.random() < 0.02:
        event["errorCode"] = "AccessDenied"
        event["errorMessage"] = f"User: {principal} is not authorized to perform: {source}:{name}"
    return event
