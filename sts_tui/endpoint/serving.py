"""How is a simulation served without a screen: until it is interrupted, or while a command runs?"""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.writing.private_file import write_private
from sts_tui.endpoint.pace import Pace
from sts_tui.endpoint.profiles import Files, environment_of_command, write_profiles
from sts_tui.endpoint.server import Failed, Server
from sts_tui.endpoint.service import Behavior, Service
from sts_tui.endpoint.token_files import TokenFiles
from sts_tui.simulation.simulation import Simulation
from sts_tui.wire.gateway import Exchange

_TICK: Final = 1.0
"""Seconds between two updates of the clock, so that due events happen without a request."""


class CommandNotFoundError(Exception):
    """The COMMAND cannot be started; the message says why."""


class Serving(Struct, frozen=True, kw_only=True):
    """What to serve, and the callbacks."""

    simulation: Simulation
    behavior: Behavior
    port: int
    speed: float
    ready_file: Path | None
    command: Sequence[str]
    report: Callable[[Exchange], None]
    failed: Failed
    """Called with an unexpected exception; serving continues."""
    started: Callable[[str, Files], None]
    """Called with the address and the files for clients, once it listens."""


def serve(asked: Serving) -> int:
    """Serve until SIGINT, SIGTERM or SIGHUP (the terminal was closed), or until the command ends; return the
    exit status of the command, else 0.

    Raises PortTakenError, CommandNotFoundError, OSError for a ready file or a report that cannot be written.
    """
    return asyncio.run(_serve(asked))


async def _serve(asked: Serving) -> int:
    pace = Pace(asked.simulation, asked.speed)
    stopped = asyncio.Event()
    unwritten: list[OSError] = []

    def report(exchange: Exchange) -> None:
        """Report an exchange. If the report cannot be written, serving ends; the client still gets its
        response.
        """
        try:
            asked.report(exchange)
        except OSError as error:
            unwritten.append(error)
            stopped.set()

    service = Service(
        asked.simulation,
        asked.behavior,
        catch_up=pace.catch_up,
        speed=lambda: pace.speed,
        report=report,
    )
    asyncio.get_running_loop().set_exception_handler(lambda _, about: asked.failed(_exception(about)))
    server = Server(service.answer, asked.failed)
    await server.start(asked.port)
    service.listens_at(server.address)
    with tempfile.TemporaryDirectory(prefix="sts-tui-") as folder:
        try:
            files = write_profiles(
                Path(folder), asked.simulation, service.operator, server.address, service.container_token
            )
            tokens = TokenFiles(asked.simulation, Path(folder) / "tokens")
            tokens.renew()
            if asked.ready_file is not None:
                write_private(asked.ready_file, service.ready_text(server.address, files, os.getpid()))
            asked.started(server.address, files)
            status = await _wait_until_stopped(asked, server.address, files, _Clock(pace, tokens), stopped)
        finally:
            if asked.ready_file is not None:
                with suppress(OSError):
                    asked.ready_file.unlink()
            await server.stop()
    if unwritten:
        raise unwritten[0]
    return status


async def _wait_until_stopped(
    asked: Serving, address: str, files: Files, clock: _Clock, stopped: asyncio.Event
) -> int:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_IGN:  # nohup: it continues without its terminal
            continue
        with suppress(NotImplementedError):
            loop.add_signal_handler(number, stopped.set)
    ticking = loop.create_task(_tick(clock, asked.failed))
    try:
        if asked.command:
            return await _run(asked.command, environment_of_command(os.environ, address, files), stopped)
        await stopped.wait()
        return 0
    finally:
        ticking.cancel()


class _Clock(Struct, frozen=True):
    """Updates the clock when there is no request."""

    pace: Pace
    tokens: TokenFiles


async def _tick(clock: _Clock, failed: Failed) -> None:
    while True:
        await asyncio.sleep(_TICK)
        try:
            clock.pace.catch_up()
            clock.tokens.renew()
        except Exception as error:  # the clock has to continue
            failed(error)


def _exception(about: Mapping[str, Any]) -> Exception:
    """The exception in asyncio's report about a task or callback that is not awaited."""
    error = about.get("exception")
    return error if isinstance(error, Exception) else RuntimeError(about.get("message"))


async def _run(command: Sequence[str], environment: dict[str, str], stopped: asyncio.Event) -> int:
    """The exit status of a command; 128 plus the signal's number if a signal ended it, like in shells."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except OSError as error:
        raise CommandNotFoundError(f"{command[0]}: {(error.strerror or str(error)).lower()}") from None
    ended = asyncio.ensure_future(process.wait())
    interrupted = asyncio.ensure_future(stopped.wait())
    await asyncio.wait({ended, interrupted}, return_when=asyncio.FIRST_COMPLETED)
    if not ended.done():
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(asyncio.shield(ended), 5)
        except TimeoutError:
            process.kill()
    status = await ended
    interrupted.cancel()
    return 128 - status if status < 0 else status
