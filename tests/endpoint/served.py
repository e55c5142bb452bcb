"""A served simulation for tests: a real socket, its own thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

from sts_tui.endpoint.boto import credentials_of
from sts_tui.endpoint.profiles import Files, write_profiles
from sts_tui.endpoint.server import Server
from sts_tui.endpoint.service import Behavior, Service
from sts_tui.simulation import Simulation
from sts_tui.wire.gateway import Exchange


class Served:
    """What a test needs of a served simulation."""

    def __init__(self, sim: Simulation, **behavior: Any) -> None:
        self.sim = sim
        self.heard: list[Exchange] = []
        self.failures: list[Exception] = []
        self.service = Service(
            sim,
            Behavior(**behavior),
            catch_up=lambda: None,
            speed=lambda: 1.0,
            report=self.heard.append,
        )
        self.server = Server(self.service.answer, self.failures.append)
        self.thread: threading.Thread | None = None

    @property
    def address(self) -> str:
        return self.server.address

    def profiles(self, folder: Path) -> Files:
        return write_profiles(
            folder, self.sim, self.service.operator, self.address, self.service.container_token
        )

    def client(self, service: str, who: str = "operator", **config: Any) -> Any:
        key, secret, token = credentials_of(self.sim, who, self.service.operator)
        return boto3.Session(key, secret, token, region_name="us-east-1").client(
            service,
            endpoint_url=self.address,
            config=Config(retries={"total_max_attempts": 1}, **config),
        )


@contextmanager
def served(sim: Simulation, **behavior: Any) -> Iterator[Served]:
    """Serves on a free port until the block ends."""
    one, ready, loop = Served(sim, **behavior), threading.Event(), asyncio.new_event_loop()

    async def begin() -> None:
        await one.server.start(0)
        one.service.listens_at(one.server.address)
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.create_task(begin())
        loop.run_forever()

    one.thread = threading.Thread(target=run, daemon=True)
    one.thread.start()
    assert ready.wait(10)
    try:
        yield one
    finally:
        asyncio.run_coroutine_threadsafe(one.server.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        one.thread.join(10)
        loop.close()
