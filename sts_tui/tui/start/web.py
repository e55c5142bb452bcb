"""The explorer in a browser on this machine: `python -m sts_tui.tui.start.web [--port N] [ARGUMENTS]`.

textual-serve does the work. Three things are added. Anyone who controls the explorer reads and writes files
as its user, so only pages of this server may connect, whatever else the browser has open. Nothing is loaded
from another server (textual-serve's page requests a font from Google that it also ships). And the explorer
has the keyboard as soon as the page is loaded.
"""

from __future__ import annotations

import argparse
import re
import shlex
import sys
from collections.abc import Sequence
from typing import Final

try:
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware
    from textual_serve.server import Server
except ImportError:
    sys.exit("sts-tui: the browser needs textual-serve: pip install 'sts-tui[web]'")

HOST: Final = "127.0.0.1"
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


class LocalServer(Server):
    """Serves one explorer to each page, to this machine alone."""

    def __init__(self, arguments: Sequence[str], port: int) -> None:
        command = shlex.join([sys.executable, "-m", "sts_tui", *arguments])
        super().__init__(command, host=HOST, port=port, title="sts-tui")
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
            response = await handler(request)
            if request.path == "/" and isinstance(response, web.Response) and response.text:
                response.text = FOREIGN_FONT.sub(HEAD, response.text)
            return response

        return guard

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
