"""The page that plays a tour, in Debian's chromium: keyboard, text, no network. `make test-browser`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tui.stage.shoot import shoot
from tests.stories.test_tour import TOUR
from tests.stories.test_tour import Asked as Plain
from tests.support.browser import Page, opened

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Asked(Plain):
    html: bool = True


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    assert shoot(read_tour(TOUR), TOUR.parent, Asked(), folder) == 0
    return folder / "revocation.html"


async def at(page: Page) -> int:
    return int(await page.js("document.body.dataset.at"))


async def test_the_keyboard_plays_the_tour(player: Path, tmp_path: Path) -> None:
    async with opened(player, tmp_path) as page:
        assert await at(page) == 1
        await page.press("ArrowRight")
        await page.press("ArrowRight")
        assert await at(page) == 3
        await page.press("ArrowLeft")
        assert await at(page) == 2
        await page.press("End")
        count = await page.js("document.querySelectorAll('#transcript li[id]').length")
        assert await at(page) == count > 10
        assert await page.js("document.getElementById('next').disabled")
        await page.press("Home")
        assert await at(page) == 1
        assert page.errors == []


async def test_space_plays_and_pauses(player: Path, tmp_path: Path) -> None:
    async with opened(player, tmp_path) as page:
        await page.press(" ")
        assert await page.js("document.getElementById('play').getAttribute('aria-pressed')") == "true"
        await page.press(" ")
        assert await page.js("document.getElementById('play').getAttribute('aria-pressed')") == "false"


async def test_t_shows_the_screen_as_text(player: Path, tmp_path: Path) -> None:
    async with opened(player, tmp_path) as page:
        await page.press("End")
        await page.press("t")
        assert await page.js("getComputedStyle(document.getElementById('screen')).display") == "none"
        assert "AWSRevokeOlderSessions" in await page.js("document.getElementById('text').innerText")


async def test_the_caption_is_announced_and_the_step_of_the_text_is_marked(
    player: Path, tmp_path: Path
) -> None:
    async with opened(player, tmp_path) as page:
        assert "unknown laptop" in await page.js("document.querySelector('[aria-live=polite]').innerText")
        await page.press("ArrowRight")
        assert await page.js("document.querySelector('[aria-current]').id") == "step-2"


async def test_every_control_has_a_name_and_can_be_reached_with_tab(player: Path, tmp_path: Path) -> None:
    async with opened(player, tmp_path) as page:
        reached = []
        for _ in range(6):
            await page.press("Tab")
            reached.append(await page.js("document.activeElement.id || document.activeElement.className"))
        assert reached[0] == "skip"
        assert {"play", "next", "last", "as-text"} <= set(reached)


async def test_nothing_is_asked_of_the_network(player: Path, tmp_path: Path) -> None:
    async with opened(player, tmp_path) as page:
        await page.press("End")
        assert page.requested == []


async def test_the_embedded_font_is_used(player: Path, tmp_path: Path) -> None:
    async with opened(player, tmp_path) as page:
        loaded = "document.fonts.ready.then(fonts => [...fonts].filter(f => f.status === 'loaded').length)"
        assert await page.js(loaded) == 2


async def test_without_scripts_the_text_says_everything(player: Path, tmp_path: Path) -> None:
    async with opened(player, tmp_path, has_scripts=False) as page:
        tree = await page.send("Accessibility.getFullAXTree")
        said = " ".join(str(node.get("name", {}).get("value", "")) for node in tree["nodes"])
        assert "The tour as text" in said
        assert "revoke App" in said
        assert "Controls" not in said, "controls that would do nothing are not there"
