"""How do real AWS clients use the explorer's simulation? A server on the screen's own loop (`--serve`).

Each request is answered between two messages of the screen, in about a millisecond; so the simulation has one
thread, and neither a lock nor a queue. What a slow client sends is read piece by piece in the meantime.
"""

from __future__ import annotations

import asyncio
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sts_tui.simulation.identities import Identity, UnknownIdentityError
from sts_tui.sts.errors import AwsError

if TYPE_CHECKING:
    from sts_tui.endpoint.server import Server
    from sts_tui.tui.app import StsApp
    from sts_tui.wire.gateway import Exchange


class ServedBeside:
    """Serves an app's simulation while the app runs."""

    def __init__(self, app: StsApp, port: int) -> None:
        self._app = app
        self._port = port
        self._server: Server | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="sts-tui-")
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Start to listen; called when the screen is there."""
        self._task = asyncio.get_running_loop().create_task(self._listen())

    def end(self) -> None:
        """Remove the files for clients; the port closes with the loop."""
        self._folder.cleanup()

    async def _listen(self) -> None:
        from sts_tui.endpoint.profiles import write_profiles
        from sts_tui.endpoint.server import PortTakenError, Server
        from sts_tui.endpoint.service import Behavior, Service

        app = self._app
        service = Service(
            app.simulation,
            Behavior(is_readonly=app.options.is_readonly),
            catch_up=app.ticker.tick,
            speed=lambda: 0.0 if app.clock.is_paused else float(app.clock.speed),
            report=self._note,
        )
        service.deliveries.issued = self._note_delivery
        server = Server(service.answer, app.survive)
        try:
            await server.start(self._port)
        except PortTakenError as error:
            app.say(f"Not serving: {error}.", "warning")
            return
        self._server = server
        service.listens_at(server.address)
        files = write_profiles(
            Path(self._folder.name), app.simulation, service.operator, server.address, service.container_token
        )
        app.options = replace(app.options, served_at=server.address.removeprefix("http://"))
        app.say(f"Serving AWS clients at {server.address}; export AWS_CONFIG_FILE={files.config} "
                f"AWS_SHARED_CREDENTIALS_FILE={files.credentials} AWS_PROFILE=…")  # fmt: skip
        app.presenter.refresh()

    def _note(self, exchange: Exchange) -> None:
        """Records what clients did in a recorded tour."""
        event = exchange.event
        if event is None:
            self._app.say(
                f"Refused: {exchange.access_key_id or 'no credentials'}: {exchange.message}", "warning"
            )
            return
        if self._app.options.record is None:
            return
        who = self._who(exchange.access_key_id)
        code = exchange.code if exchange.code != "200" else ""
        log = self._app.command_log
        if exchange.performed is None:
            resource = shlex.quote(event.resource)
            log.note_client_request(f"request {event.action} {resource}", who, code, event)
        else:
            log.note_client_call(*exchange.performed, who, code, event)

    def _note_delivery(self, params: Mapping[str, Any], caller: Identity) -> None:
        """A machine was given a session."""
        if self._app.options.record is not None:
            self._app.command_log.note_client_call("sts:AssumeRole", params, caller.who, "", None)

    def _who(self, access_key_id: str) -> str:
        from sts_tui.simulation.identities import name_in_tours

        past = self._app.looking_back
        model = past.present if past is not None else self._app.simulation
        try:
            return name_in_tours(model.resolve(access_key_id)) if access_key_id else "anonymous"
        except (UnknownIdentityError, AwsError):
            return "operator"
