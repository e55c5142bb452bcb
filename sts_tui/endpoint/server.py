"""How are requests received and answered? By an HTTP server on 127.0.0.1, which opens no other connection.
Everything is limited: connections, the kept bytes of a body, the bytes of all bodies together, and the time
until a client sends the next part of one. The simulation is called only when a request is complete, and on
the server's event loop, so it needs no lock.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sts_tui.endpoint.guard import refused
from sts_tui.wire.messages import BODY_LIMIT, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from aiohttp import web

HOST: Final = "127.0.0.1"
MOST_CONNECTIONS: Final = 256
_MOST_BYTES: Final = 256 * 1024 * 1024
"""The maximum size of all bodies that are being read, in bytes."""
_PATIENCE: Final = 60.0
"""Seconds until the next bytes of a body, or until the next request of a connection."""

Answer: TypeAlias = Callable[[HttpRequest], HttpResponse]
Failed: TypeAlias = Callable[[Exception], object]
"""Called with an unexpected exception, after its client got status 500."""


class PortTakenError(Exception):
    """Nothing can listen on this port; the message says why."""


class _UnreadableError(Exception):
    def __init__(self, status: int) -> None:
        self.status = status


class Server:
    """Listens on a loopback port and answers each request with `answer`. If that raises an exception,
    `failed` is called and the server continues.
    """

    def __init__(self, answer: Answer, failed: Failed) -> None:
        self._answer = answer
        self._failed = failed
        self._held = 0
        self._runner: web.ServerRunner | None = None
        self.port = 0

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def start(self, port: int) -> None:
        """Listen; port 0 means any free one. Raises PortTakenError."""
        from aiohttp import web

        server = web.Server(
            self._handle, keepalive_timeout=_PATIENCE, access_log=None, max_line_size=65_536, logger=_silent()
        )
        self._server = server
        self._runner = web.ServerRunner(server, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, HOST, port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise PortTakenError(f"port {port}: {(error.strerror or str(error)).lower()}") from None
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        from aiohttp import web

        headers = _headers(request.headers)
        target = request.raw_path
        try:
            response = await self._response(request, headers, target)
        except Exception as error:  # our error: it is reported once, and serving continues
            self._failed(error)
            response = HttpResponse(status=500, headers={"Connection": "close"})
        return web.Response(status=response.status, headers=_sendable(response), body=response.body)

    async def _response(
        self, request: web.BaseRequest, headers: Mapping[str, str], target: str
    ) -> HttpResponse:
        response = refused(headers, target)
        if response is None and len(self._server.connections) > MOST_CONNECTIONS:
            response = _busy()
        if response is None:
            if headers.get("expect", "").lower() == "100-continue" and request.transport is not None:
                request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            response = await self._read_and_answer(request, headers, target)
        return response

    async def _read_and_answer(
        self, request: web.BaseRequest, headers: Mapping[str, str], target: str
    ) -> HttpResponse:
        kept = bytearray()
        is_cut = False
        try:
            while chunk := await self._next_part(request):
                room = BODY_LIMIT - len(kept)
                is_cut |= len(chunk) > room
                part = chunk[:room]
                if self._held + len(part) > _MOST_BYTES:
                    return _busy()
                kept += part
                self._held += len(part)
            wanted = HttpRequest(
                method=request.method, target=target, headers=headers, body=bytes(kept), is_cut=is_cut
            )
            return self._answer(wanted)
        except _UnreadableError as error:
            return HttpResponse(status=error.status, headers={"Connection": "close"})
        finally:
            self._held -= len(kept)

    async def _next_part(self, request: web.BaseRequest) -> bytes:
        """The next bytes of a body, b"" at its end. Raises _UnreadableError for a client's error."""
        try:
            return await asyncio.wait_for(request.content.readany(), _PATIENCE)
        except TimeoutError:
            raise _UnreadableError(408) from None
        except Exception:  # the client disconnected, or its chunks are invalid
            raise _UnreadableError(400) from None


def _silent() -> logging.Logger:
    """A logger without output: aiohttp's logger prints a traceback for each request that is not HTTP."""
    logger = logging.getLogger("sts_tui.endpoint")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    return logger


def _headers(given: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in given.items():
        lower = name.lower()
        found[lower] = f"{found[lower]},{value}" if lower in found else value
    return found


def _sendable(response: HttpResponse) -> dict[str, str]:
    """The headers without those that the server sets itself, and without characters that would end a line."""
    return {
        name: "".join(one for one in value if one >= " " and one != "\x7f")
        for name, value in response.headers.items()
        if name.lower() != "content-length" or not response.body
    } | {"Server": "sts-tui"}


def _busy() -> HttpResponse:
    body = b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
    return HttpResponse(
        status=503, headers={"Connection": "close", "Content-Type": "application/xml"}, body=body
    )
