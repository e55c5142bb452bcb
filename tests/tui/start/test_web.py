"""The browser's door: what it refuses, and that its page loads nothing from elsewhere."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError, ClientSession, ClientWebSocketResponse
from aiohttp.test_utils import TestClient, TestServer, unused_port

from sts_tui.tui.start import web
from sts_tui.tui.start.web import LocalServer

HOST = "127.0.0.1"
"""This machine and nothing else: written here again, so that a change of it is noticed."""


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
                seen += (await page.receive(timeout=60)).data
            await page.send_json(["stdin", "\x11"])  # ctrl+q
            while not page.closed:
                await page.receive(timeout=60)
    finally:
        server.terminate()
        server.communicate(timeout=60)


async def connected(browser: ClientSession, url: str) -> ClientWebSocketResponse:
    """Once the server listens, which is soon after it says so."""
    for _ in range(3_000):
        try:
            return await browser.ws_connect(url)
        except ClientConnectionError:
            await asyncio.sleep(0.05)
    raise TimeoutError(url)


def listening(process: int) -> set[str]:
    """Addresses on which a process listens (Linux)."""
    sockets = {
        os.readlink(one) for one in Path(f"/proc/{process}/fd").iterdir() if "socket:" in os.readlink(one)
    }
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] == "0A" and f"socket:[{words[9]}]" in sockets:
                found.add(words[1].partition(":")[0])
    return found


@contextmanager
def server(*arguments: str) -> Iterator[tuple[int, int]]:
    """(process id, port) of a server that listens."""
    port = unused_port()
    command = [sys.executable, "-m", "sts_tui.tui.start.web", "--port", str(port), "--no-journal", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        assert process.stdout is not None
        while b"Serving" not in process.stdout.readline():
            assert process.poll() is None
        yield process.pid, port
    finally:
        process.terminate()
        process.communicate(timeout=60)


def children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


async def first_screen(page: ClientWebSocketResponse) -> None:
    seen = b""
    while b"Pipeline" not in seen:
        seen += (await page.receive(timeout=60)).data


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().split()[2]
    except (FileNotFoundError, ProcessLookupError):  # it ended a moment ago
        return False


async def ended(process: int, seconds: float = 60) -> bool:
    """Whether it ends within this many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_there(process):
            return True
        await asyncio.sleep(0.02)
    return False


on_linux = pytest.mark.skipif(not Path("/proc/self/net").exists(), reason="reads /proc")


@on_linux
@pytest.mark.parametrize(
    "keys",
    [
        pytest.param("", id="idle", marks=pytest.mark.long),
        pytest.param("\x13", id="a form", marks=pytest.mark.long),
        pytest.param("W", id="reach", marks=pytest.mark.long),
        pytest.param(":wait 300d\r", id="a wait"),
    ],
)
async def test_an_explorer_ends_with_its_page(keys: str) -> None:
    await closed(keys, 60)


@on_linux
@pytest.mark.long
@pytest.mark.parametrize("keys", ["", "W"], ids=["idle", "reach"])
async def test_an_explorer_ends_within_a_second_of_its_page(keys: str) -> None:
    await closed(keys, 1.5)  # a second, and what a busy machine needs


async def closed(keys: str, seconds: float) -> None:
    """Opens a page, presses the keys, closes the page: its explorer ends within this many seconds."""
    with server() as (process, port):
        async with ClientSession() as browser:
            page = await connected(browser, f"http://{HOST}:{port}/ws?width=120&height=36")
            await first_screen(page)
            assert listening(process) == {"0100007F"}  # 127.0.0.1
            (child,) = children(process)
            await page.send_json(["stdin", keys])
            await asyncio.sleep(0.2)
            await page.close()
            assert await ended(child, seconds)


@on_linux
async def test_an_explorer_that_does_not_listen_ends_too() -> None:
    with server() as (process, port):
        async with ClientSession() as browser:
            page = await connected(browser, f"http://{HOST}:{port}/ws")
            await first_screen(page)
            (child,) = children(process)
            os.kill(child, signal.SIGSTOP)
            await page.close()
            assert await ended(child)


async def test_the_number_of_open_explorers_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "MOST_PAGES", 1)
    port = unused_port()
    local = LocalServer(["--no-journal"], port)
    async with TestClient(TestServer(await local._make_app(), host=HOST, port=port)) as browser:
        page = await browser.ws_connect("/ws")
        await page.receive(timeout=60)
        answer = await browser.get("/ws")
        assert answer.status == 503
        assert "close one" in await answer.text()
        await page.close()
        for _ in range(3_000):
            if not local.pages:
                break
            await asyncio.sleep(0.05)
        again = await browser.ws_connect("/ws")
        await again.close()


@pytest.mark.parametrize("message", ["no JSON", "{}", "[]", '["stdin"]', '["resize", 5]', '["stdin", 5]'])
async def test_a_message_that_no_page_sends_ends_its_explorer_and_nothing_else(message: str) -> None:
    async with a_browser() as browser:
        page = await browser.ws_connect("/ws")
        await page.send_str(message)
        while not page.closed:
            await page.receive(timeout=60)
        assert (await browser.get("/")).status == 200


@pytest.mark.parametrize("path", ["/static", "/static/", "/static/css/", "/static/fonts", "/static/../"])
async def test_folders_are_not_listed(path: str) -> None:
    async with a_browser() as browser:
        answer = await browser.get(path)
        text = await answer.text()
    assert answer.status in (403, 404) or "Index of" not in text
    assert "Index of" not in text


def test_the_address_is_that_of_this_machine() -> None:
    assert LocalServer([], 8000).host == HOST
    assert LocalServer([], 8000).public_url == f"http://{HOST}:8000"
