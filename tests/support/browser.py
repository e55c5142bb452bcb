"""Debian's chromium without a window, driven by the DevTools protocol. Pages that it opens have no network.

https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

KEYS = {
    "ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35, " ": 32, "t": 84, "Tab": 9, "Enter": 13,
}  # fmt: skip


def chromium() -> str:
    """The path of chromium; a browser test fails if it is not installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "chromium is not installed (Debian: apt install chromium)"
    return found


class Page:
    """An open page."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._number = 0
        self.requested: list[str] = []
        """Requested URLs, except that of the page itself and `data:` URLs."""
        self.errors: list[str] = []
        self.is_loaded = False

    async def send(self, method: str, *, may_fail: bool = False, **params: object) -> dict[str, Any]:
        self._number += 1
        await self._socket.send_json({"id": self._number, "method": method, "params": params})
        while True:
            message = json.loads(await asyncio.wait_for(self._socket.receive_str(), 60))
            self._note(message)
            if message.get("id") == self._number:
                assert may_fail or "error" not in message, message
                return dict(message.get("result", {}))

    def _note(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "Network.requestWillBeSent" and not params["request"]["url"].startswith(
            ("data:", "file:")
        ):
            self.requested.append(params["request"]["url"])
        self.is_loaded |= method == "Page.loadEventFired"
        if method == "Runtime.exceptionThrown":
            self.errors.append(str(params["exceptionDetails"]))

    async def js(self, expression: str) -> Any:
        """The value of an expression."""
        answer = await self.send(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    async def press(self, key: str) -> None:
        code = {"windowsVirtualKeyCode": KEYS[key], "key": key}
        text = {"text": key} if len(key) == 1 else {"text": "\r"} if key == "Enter" else {}
        await self.send("Input.dispatchKeyEvent", type="keyDown", **code, **text)
        await self.send("Input.dispatchKeyEvent", type="keyUp", **code)

    async def type(self, text: str) -> None:
        """Types as a keyboard does: scripts get an event for every key."""
        for char in text:
            await self.send("Input.dispatchKeyEvent", type="keyDown", key=char, text=char)
            await self.send("Input.dispatchKeyEvent", type="keyUp", key=char)


@asynccontextmanager
async def opened(page: Path | str, profile: Path, *, has_scripts: bool = True) -> AsyncIterator[Page]:
    """Opens a file or URL in a new browser."""
    address = page if isinstance(page, str) else page.resolve().as_uri()
    process = await asyncio.create_subprocess_exec(
        chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0",
        f"--user-data-dir={profile}", "--no-first-run", "about:blank",
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        port = await _port(profile / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                target = next(each for each in await answer.json() if each["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                opened_page = Page(socket)
                for domain in ("Page", "Network", "Runtime"):
                    await opened_page.send(f"{domain}.enable")
                await opened_page.send("Emulation.setScriptExecutionDisabled", value=not has_scripts)
                await opened_page.send("Page.navigate", url=address)
                while not opened_page.is_loaded:
                    await opened_page.send(
                        "Page.getNavigationHistory", may_fail=True
                    )  # events come with answers
                    await asyncio.sleep(0.05)
                yield opened_page
    finally:
        process.terminate()
        await process.wait()


async def _port(file: Path) -> str:
    for _ in range(3_000):
        if file.is_file() and (lines := file.read_text().split()):
            return lines[0]
        await asyncio.sleep(0.05)
    raise AssertionError("chromium did not start")
