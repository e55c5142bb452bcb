"""The browser's door: what it refuses, and that its page loads nothing from elsewhere."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientConnectionError, ClientSession, ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer, unused_port

from sts_tui.tui.start.web import HOST, LocalServer


@asynccontextmanager
async def a_browser() -> AsyncIterator[TestClient]:
    port = unused_port()
    app = await LocalServer(["--no-journal"], port)._make_app()
    async with TestClient(TestServer(app, host=HOST, port=port)) as client:
        yield client


async def test_the_page_loads_nothing_from_elsewhere() -> None:
    async with a_browser() as browser:
        answer = await browser.get("/")
        page = await answer.text()
    assert answer.status == 200
    assert "googleapis" not in page
    assert "/static/fonts/RobotoMono-VariableFont_wght.ttf" in page
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self'")


async def test_the_font_that_the_page_names_is_there() -> None:
    async with a_browser() as browser:
        answer = await browser.get("/static/fonts/RobotoMono-VariableFont_wght.ttf")
        assert answer.status == 200


async def test_a_page_of_another_site_cannot_drive_the_explorer() -> None:
    async with a_browser() as browser:
        answer = await browser.get("/ws", headers={"Origin": "https://evil.example"})
        assert answer.status == 403


async def test_a_name_that_another_site_lets_point_here_is_refused() -> None:
    async with a_browser() as browser:
        answer = await browser.get("/ws", headers={"Host": "evil.example"})
        assert answer.status == 403


async def test_localhost_is_led_to_the_one_address() -> None:
    async with a_browser() as browser:
        answer = await browser.get("/", headers={"Host": "localhost:1"}, allow_redirects=False)
        assert answer.status == 302
        assert answer.headers["Location"].startswith(f"http://{HOST}:")


async def test_a_page_shows_the_explorer_until_one_quits() -> None:
    port = unused_port()
    command = [sys.executable, "-m", "sts_tui.tui.start.web", "--port", str(port), "--no-journal"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert server.stdout is not None
        while b"Serving" not in server.stdout.readline():
            assert server.poll() is None
        async with ClientSession() as browser:
            page = await connected(browser, f"http://{HOST}:{port}/ws?width=120&height=36")
            seen = b""
            while b"Pipeline" not in seen:
                seen += (await page.receive(timeout=20)).data
            await page.send_json(["stdin", "\x11"])  # ctrl+q
            while not page.closed:
                await page.receive(timeout=20)
    finally:
        server.terminate()
        server.communicate(timeout=20)


async def connected(browser: ClientSession, url: str) -> ClientWebSocketResponse:
    """Once the server listens, which is soon after it says so."""
    for _ in range(100):
        try:
            return await browser.ws_connect(url)
        except ClientConnectionError:
            await asyncio.sleep(0.05)
    raise TimeoutError(url)
