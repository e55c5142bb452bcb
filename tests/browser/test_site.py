"""The documentation site in Debian's chromium: its search, and the tour that plays on the home page."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from docs.generate import site
from tests.support.browser import Page, opened

pytestmark = pytest.mark.browser


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """The test prints what it needs."""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    site.build()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.SITE))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


async def until(page: Page, expression: str) -> None:
    for _ in range(3_000):
        if await page.js(expression):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(expression)


async def test_the_search_finds_a_page(address: str, tmp_path: Path) -> None:
    async with opened(f"{address}/index.html", tmp_path) as page:
        await page.js("document.querySelector('[data-md-component=search-query]').focus()")
        await page.type("AWSRevokeOlder")
        await until(page, "document.querySelectorAll('.md-search-result__item').length > 0")


async def test_the_tour_of_the_home_page_plays(address: str, tmp_path: Path) -> None:
    async with opened(f"{address}/films/revocation.html#play", tmp_path) as page:
        assert await page.js("document.getElementById('play').getAttribute('aria-pressed')") == "true"
        await until(page, "document.body.dataset.at === '2'")
        await page.press(" ")
        assert await page.js("document.getElementById('play').getAttribute('aria-pressed')") == "false"


async def test_no_page_asks_another_host(address: str, tmp_path: Path) -> None:
    async with opened(f"{address}/index.html", tmp_path) as page:
        await until(page, "document.querySelector('iframe') !== null")
        assert [each for each in page.requested if not each.startswith(address)] == []
        assert page.errors == []
