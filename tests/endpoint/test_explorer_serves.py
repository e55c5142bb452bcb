"""`--serve`: real clients on the simulation that the explorer shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sts_tui.endpoint.boto import credentials_of
from sts_tui.endpoint.operator_key import OperatorKey
from sts_tui.simulation import Simulation
from sts_tui.tui.app import StsApp
from sts_tui.tui.options import Options
from sts_tui.tui.start.served import ServedBeside
from tests.accounts.every_part import PROD
from tests.endpoint.conftest import ROLE
from tests.support.explorer import SIZE, Explorer, WallClock

NOBODY = OperatorKey("", "")


class Beside:
    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.app = explorer.app

    async def call(self, service: str, operation: str, who: str = "alice", **params: Any) -> Any:
        """A boto3 call in another thread, as another process would make it."""
        key, secret, token = credentials_of(self.app.simulation, who, NOBODY)
        client = boto3.Session(key, secret, token, region_name="us-east-1").client(
            service,
            endpoint_url=f"http://{self.app.options.served_at}",
            config=Config(retries={"total_max_attempts": 1}),
        )
        try:
            return await asyncio.to_thread(getattr(client, operation), **params)
        finally:
            await self.explorer.wait(0.1)


@asynccontextmanager
async def serving(sim: Simulation, **options: Any) -> AsyncIterator[Beside]:
    wall = WallClock()
    app = StsApp(sim, Options(serve=0, **options), reading=wall, is_ticking=False)
    served = ServedBeside(app, 0)
    app.when_mounted.append(served.begin)
    async with app.run_test(size=SIZE) as pilot:
        for _ in range(3_000):
            await pilot.pause()
            if app.options.served_at:
                break
            await asyncio.sleep(0.05)
        yield Beside(Explorer(app, pilot, wall))
    served.end()


async def test_the_header_shows_the_address_and_rows_the_client(sim: Simulation) -> None:
    async with serving(sim) as one:
        await one.call("sts", "get_caller_identity")
        assert f"serving {one.app.options.served_at}" in one.explorer.header()
        rows = one.explorer.pane("requests")
        assert "sts:GetCaller" in rows
        assert "alice via boto3" in rows
        await one.explorer.press("4", "x")
        assert "sent by" in one.explorer.text()


async def test_the_next_call_after_a_revocation_fails(sim: Simulation) -> None:
    async with serving(sim) as one:
        issued = await one.call("sts", "assume_role", RoleArn=ROLE, RoleSessionName="job")
        key = issued["Credentials"]["AccessKeyId"]
        await one.call("s3", "put_object", who=key, Bucket="data", Key="a", Body=b"1")
        one.app.command_log.perform(*_step("revoke App"))
        with pytest.raises(ClientError, match="explicit deny"):
            await one.call("s3", "put_object", who=key, Bucket="data", Key="a", Body=b"1")


async def test_a_readonly_explorer_refuses_what_would_change_the_model(sim: Simulation) -> None:
    async with serving(sim, is_readonly=True) as one:
        with pytest.raises(ClientError, match="readonly"):
            await one.call("iam", "create_user", UserName="zed")
        await one.call("sts", "get_caller_identity")
        assert not any(user.user_name == "zed" for user in sim.world.configuration.users.values())


async def test_what_clients_do_is_recorded_as_steps(sim: Simulation, tmp_path: Path) -> None:
    async with serving(sim, record=tmp_path / "r.tour") as one:
        await one.call("sts", "assume_role", RoleArn=ROLE, RoleSessionName="job")
        await one.call("s3", "put_object", who="job@App", Bucket="data", Key="a b", Body=b"1")
        with pytest.raises(ClientError):
            await one.call("s3", "list_buckets")
        steps = [step for step in one.app.command_log.recording.steps if not step.startswith("wait")]
    user = f"arn:aws:iam::{PROD}:user/alice"
    assert steps == [
        f"aws sts assume-role --role-arn {ROLE} --role-session-name job --profile {user}",
        "expect ok",
        "as job@App",
        "request s3:PutObject 'arn:aws:s3:::data/a b'",
        "expect allowed by App/data#1",
        "as operator",
        f"as {user}",
        "request s3:ListAllMyBuckets '*'",
        "expect denied",
        "as operator",
    ]


def _step(text: str) -> tuple[Any, str]:
    from sts_tui.tours.reading.grammar import parse_step

    return parse_step(text), text
