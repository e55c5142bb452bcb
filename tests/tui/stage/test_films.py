"""Pictures, casts and pages of a tour: the same bytes everywhere, and all that they need is in them."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tui.stage.frame import Frame, Look, Run
from sts_tui.tui.stage.shapes import is_drawn
from sts_tui.tui.stage.shoot import shoot
from sts_tui.tui.stage.svg import FONTS, license_text, picture
from sts_tui.tui.text import symbols
from tests.stories.test_tour import TOUR
from tests.stories.test_tour import Asked as Plain
from tests.support.explorer import SAMPLE

PLAYER = FONTS.parent / "player"


@dataclass(frozen=True)
class Asked(Plain):
    text: bool = True
    cast: bool = True
    html: bool = True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    assert shoot(read_tour(TOUR), TOUR.parent, Asked(tour=TOUR), folder) == 0
    return folder


def test_the_same_tour_gives_the_same_bytes_whatever_the_terminal(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("NO_COLOR", "1"),
        ("COLUMNS", "40"),
        ("TERM", "dumb"),
        ("TEXTUAL_FPS", "1"),
        ("TZ", "Asia/Tokyo"),
    ):
        monkeypatch.setenv(name, value)
    assert shoot(read_tour(TOUR), TOUR.parent, Asked(tour=TOUR), tmp_path) == 0
    written = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert written == {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {"revocation.cast", "revocation.html", "before.svg", "before.txt"} <= set(written)


# Pictures ----------------------------------------------------------------------------------------------


def test_a_picture_has_title_description_font_and_license(folder: Path) -> None:
    text = (folder / "before.svg").read_text(encoding="utf-8")
    root = ET.fromstring(text)
    space = "{http://www.w3.org/2000/svg}"
    assert root.findtext(f"{space}title") == "sts-tui: before"
    assert "unknown laptop" in (root.findtext(f"{space}desc") or "")
    assert root.findtext(f"{space}metadata") == license_text()
    assert "free of charge, to any person" in license_text()
    assert "Copyright (c) 2003 by Bitstream" in license_text()
    assert 'format("woff")' in text
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', ""), "nothing from the network"


def test_the_embedded_font_has_every_symbol_of_the_explorer() -> None:
    from fontTools.ttLib import TTFont

    foreign = {"🭬", "🭮"}  # Textual's own, in parts of it that the explorer does not use
    wanted = (
        {chr(code) for code in symbols._ASCII} - foreign
        | {"⇢"}
        | {chr(code) for code in range(0x20, 0x7F)}
        | set("‖×…▸✓")
    )
    for face in ("regular", "bold"):
        font = TTFont(io.BytesIO((FONTS / f"{face}.woff").read_bytes()))
        held = {chr(code) for code in font.getBestCmap()}
        assert sorted(char for char in wanted - held if not is_drawn(char)) == []
        assert font["hmtx"]["a"][0] * 1000 // font["head"].unitsPerEm == 602, (
            "a cell wide at the picture's size"
        )


def test_borders_have_no_gaps() -> None:
    look = Look("#ffffff", "#000000")
    rows = [(Run("╭──╮", 4, look),), (Run("│ab│", 4, look),), (Run("╰──╯", 4, look),)]
    drawn = picture(Frame(4, 3, tuple(rows)), "t", "d")
    assert "─" not in drawn.split("</style>")[1], "lines are shapes, not glyphs"
    assert "M10 10H15H20H25H30" in drawn, "one line from cell to cell"
    assert drawn.count("V10") >= 1
    assert "M5 -0.3V10" in drawn, "an upright line reaches the rows above and below"
    assert "V20.3" in drawn


def test_markup_in_a_name_is_text() -> None:
    look = Look("#ffffff", "#000000", is_bold=True)
    drawn = picture(Frame(9, 1, ((Run("<b>&amp;x", 9, look),),)), "<t>", "&")
    assert ET.fromstring(drawn).findtext("{http://www.w3.org/2000/svg}title") == "<t>"
    assert "&lt;b&gt;&amp;amp;x" in drawn


def test_a_picture_as_text_is_the_screen(folder: Path) -> None:
    lines = (folder / "after.txt").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 36
    assert max(map(len, lines)) == 120
    assert any("AWSRevokeOlderSessions" in line for line in lines)


# Casts -------------------------------------------------------------------------------------------------


def test_a_cast_is_asciicast_2_on_simulated_time(folder: Path) -> None:
    header, *events = map(json.loads, (folder / "revocation.cast").read_text(encoding="utf-8").splitlines())
    assert (header["version"], header["width"], header["height"]) == (2, 120, 36)
    assert header["title"].startswith("The first minute")
    times = [at for at, _, _ in events]
    assert times == sorted(times)
    assert times[-1] > 12, "the tour waits twelve simulated seconds"
    assert {kind for _, kind, _ in events} == {"o", "m"}
    assert [text for _, kind, text in events if kind == "m"], "scenes are markers"


def test_a_cast_draws_what_the_picture_shows(folder: Path) -> None:
    """Played into a small terminal, the cast ends on the last picture of the tour."""
    shown = [""] * 36
    _, *events = map(json.loads, (folder / "revocation.cast").read_text(encoding="utf-8").splitlines())
    for _, kind, text in events:
        if kind == "o":
            for row, content in re.findall(r"\x1b\[(\d+);1H((?:[^\x1b]|\x1b\[[0-9;]*m)*)", text):
                shown[int(row) - 1] = re.sub(r"\x1b\[[0-9;]*m", "", content).rstrip()
    assert any("AWSRevokeOlderSessions" in line for line in shown)


# Pages -------------------------------------------------------------------------------------------------


class Text(HTMLParser):
    """The text that stands in a page without scripts, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._is_hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._is_hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._is_hidden -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._is_hidden:
            self.text += data


def test_the_page_says_everything_without_the_film(folder: Path) -> None:
    page = Text()
    page.feed((folder / "revocation.html").read_text(encoding="utf-8"))
    for line in read_tour(TOUR).lines:
        if line.text.startswith(("aws ", "revoke ", "request ", "expect ", "scene ")):
            assert line.text.removeprefix("scene ") in page.text
    assert "unknown laptop" in page.text
    assert ("html", {"lang": "en"}) in page.tags
    assert any(tag == "main" for tag, _ in page.tags)


def test_the_page_loads_nothing(folder: Path) -> None:
    text = (folder / "revocation.html").read_text(encoding="utf-8")
    page = Text()
    page.feed(text)
    policy = next(attrs["content"] for tag, attrs in page.tags if attrs.get("http-equiv"))
    assert "default-src 'none'" in str(policy)
    loaded = [attrs[name] for _, attrs in page.tags for name in ("src", "href") if attrs.get(name)]
    assert loaded == ["#transcript"]
    assert not re.search(r"url\((?!\"data:)", text)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_colors_of_the_page_have_the_contrast_of_wcag_aa() -> None:
    """https://www.w3.org/TR/WCAG22/#contrast-minimum (4.5 for text), #non-text-contrast (3 for edges)"""
    css = (PLAYER / "player.css").read_text(encoding="utf-8")
    themes = re.findall(r":root\{(?:color-scheme:[^;]*;)?(--ground[^}]*)\}", css)
    assert len(themes) == 2, "light and dark"
    for theme in themes:
        colors = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", theme))
        for ground in ("ground", "raised"):
            for name, least in (("text", 4.5), ("muted", 4.5), ("link", 4.5), ("fail", 4.5), ("edge", 3)):
                light, dark = sorted((_luminance(colors[name]), _luminance(colors[ground])), reverse=True)
                assert (light + 0.05) / (dark + 0.05) >= least, (name, ground)


def test_narration_cannot_end_the_script_of_the_page(tmp_path: Path) -> None:
    tour = parse_tour(f"account {SAMPLE}\nsay </script><b>x</b> **bold** `code`\n", "x.tour")
    assert shoot(tour, tmp_path, Asked(), tmp_path) == 0
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert text.count("</script>") == 2
    assert "&lt;/script&gt;&lt;b&gt;x&lt;/b&gt; <strong>bold</strong> <code>code</code>" in text


def test_a_tour_that_shows_nothing_makes_no_film(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tour = parse_tour(f"account {SAMPLE}\n", "empty.tour")
    assert shoot(tour, tmp_path, Asked(), tmp_path) == 1
    assert "the tour shows nothing" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
