"""The explorer in a browser on this machine: `python -m sts_tui.tui.start.web [--port N] [ARGUMENTS]`.

textual-serve does the work. Anyone who controls the explorer reads and writes files as its user, so some
things are added: only pages of this server may connect, whatever else the browser has open; nothing is loaded
from another server (textual-serve's page requests a font from Google that it also ships); folders are not
listed; at most `MOST_PAGES` explorers run, and each ends within a second of its page, whatever it computes.
And the explorer has the keyboard as soon as the page is loaded.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import shlex
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

try:
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware
    from textual_serve.app_service import AppService
    from textual_serve.server import Server, to_int
except ImportError:
    sys.exit("sts-tui: the browser needs textual-serve: pip install 'sts-tui[web]'")

HOST: Final = "127.0.0.1"
MOST_PAGES: Final = 8
"""Explorers at a time; each takes a process and its memory."""
GRACE: Final = 0.4
"""Seconds that an explorer has to end by itself, and again after a signal."""
FOREIGN_FONT: Final = re.compile(r"<link[^>]*fonts\.googleapis\.com[^>]*>")
HEAD: Final = """<style>
  @font-face { font-family: "Roboto Mono"; src: url("/static/fonts/RobotoMono-VariableFont_wght.ttf"); }
</style>
<script>
  document.fonts?.load("16px 'Roboto Mono'");
  const looking = setInterval(() => {
    const keyboard = document.querySelector(".xterm-helper-textarea");
    const connected = document.body.classList.contains("-first-byte");
    if (keyboard && connected) { keyboard.focus(); clearInterval(looking); }
  }, 50);
</script>"""


class PageExplorer(AppService):
    """The explorer of one page: a process group of its own."""

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width=width, height=height),
            start_new_session=True,
        )
        assert process.stdin is not None
        self._stdin = process.stdin
        return process

    async def stop(self) -> None:
        """Ends the process: asks it to quit, then sends SIGTERM, then SIGKILL, each after `GRACE` seconds.
        What was acknowledged is in its journal whichever it takes.
        """
        task, self._task = self._task, None
        if task is None:
            return
        await self._download_manager.cancel_app_downloads(app_service_id=self.app_service_id)
        with suppress(asyncio.TimeoutError):  # it may not read
            await asyncio.wait_for(self.send_meta({"type": "quit"}), GRACE / 2)
        for number in (signal.SIGTERM, signal.SIGKILL):
            if await self._has_ended(GRACE):
                break
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number) if self._process is not None else None
        await self._has_ended(GRACE)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _has_ended(self, seconds: float) -> bool:
        if self._process is None:
            return True
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return False
        return True


class LocalServer(Server):
    """Serves one explorer to each page, only to this machine."""

    def __init__(self, arguments: Sequence[str], port: int) -> None:
        command = shlex.join([sys.executable, "-m", "sts_tui", *arguments])
        super().__init__(command, host=HOST, port=port, title="sts-tui")
        self.pages = 0
        """Explorers that run."""
        self.policy = (
            f"default-src 'self'; connect-src 'self' ws://{HOST}:{port}; img-src 'self' data:; "
            "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
        )

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard())
        app.on_response_prepare.append(self._confine)
        return app

    def _guard(self) -> Middleware:
        """Refuses pages of other sites, and names that other sites let point here."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if request.host != f"{HOST}:{self.port}" and request.path == "/":
                raise web.HTTPFound(self.public_url)  # localhost, mostly
            if request.host != f"{HOST}:{self.port}":
                raise web.HTTPForbidden
            if request.headers.get("Origin", self.public_url) != self.public_url:
                raise web.HTTPForbidden
            if request.path.startswith("/static") and self._is_folder(request.path):
                raise web.HTTPNotFound
            if request.path == "/ws" and self.pages >= MOST_PAGES:
                raise web.HTTPServiceUnavailable(text=f"{MOST_PAGES} explorers are open already: close one")
            response = await handler(request)
            if request.path == "/" and isinstance(response, web.Response) and response.text:
                response.text = FOREIGN_FONT.sub(HEAD, response.text)
            return response

        return guard

    def _is_folder(self, path: str) -> bool:
        return (self.statics_path / path.removeprefix("/static").lstrip("/")).is_dir()

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """The explorer of one page, until either ends."""
        websocket = web.WebSocketResponse(heartbeat=15)
        self.pages += 1
        explorer: PageExplorer | None = None

        async def close() -> None:
            await websocket.close()

        try:
            await websocket.prepare(request)
            explorer = PageExplorer(
                self.command,
                write_bytes=websocket.send_bytes,
                write_str=websocket.send_str,
                close=close,
                download_manager=self.download_manager,
            )
            size = (
                to_int(request.query.get(name, ""), usual) for name, usual in (("width", 80), ("height", 24))
            )
            await explorer.start(*size)
            await self._process_messages(websocket, explorer)
        except (ValueError, KeyError, IndexError, TypeError, AssertionError, OSError):
            pass  # a message that no page of ours sends, or a socket that is gone: the page's explorer ends
        finally:
            self.pages -= 1
            if explorer is not None:
                await explorer.stop()
            await websocket.close()
        return websocket

    async def _confine(self, _request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Content-Security-Policy"] = self.policy


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(
        prog="python -m sts_tui.tui.start.web",
        description="The explorer in a browser of this machine. Other arguments go to sts-tui.",
    )
    parser.add_argument("--port", type=int, default=8000, help="on 127.0.0.1 (default 8000)")
    options, arguments = parser.parse_known_args(argv)
    try:
        LocalServer(arguments, options.port).serve()
    except OSError as error:
        sys.exit(f"sts-tui: port {options.port}: {error.strerror or error}")


if __name__ == "__main__":
    main()
