"""How does a film become a page? One HTML file: a player for the keyboard, and the whole tour as text.

Nothing is loaded from the network. Without scripts, and for screen readers, the text below the film says
everything that the film shows. https://www.w3.org/TR/WCAG22/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any, Final

from sts_tui.tui.stage.film import Film, Shown
from sts_tui.tui.stage.svg import CELL, LINE, Painter, license_text
from sts_tui.tui.text.narration import Part, parts

_PLAYER: Final = Path(__file__).parent / "player"
_TAGS: Final[dict[Part, str]] = {"plain": "", "strong": "strong", "emphasis": "em", "code": "code"}


def page(film: Film) -> str:
    """The whole page."""
    painter = Painter()
    data = _data(film, painter)
    values = {
        "title": escape(film.title),
        "css": (_PLAYER / "player.css").read_text(encoding="utf-8"),
        "film_css": painter.style(),
        "width": str(film.width * CELL),
        "height": str(film.height * LINE),
        "count": str(len(film.pictures)),
        "transcript": "\n".join(_transcript(film)),
        "license": escape(license_text()),
        "film": json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
        "js": (_PLAYER / "player.js").read_text(encoding="utf-8"),
    }
    template = (_PLAYER / "player.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template)


def _data(film: Film, painter: Painter) -> dict[str, Any]:
    """{"line": height of a row, "rows": SVG by number, "texts": the same as text, "pictures": [...]}: rows
    that several pictures share are there once.
    """
    numbers: dict[object, int] = {}
    rows: list[str] = []
    texts: list[str] = []
    pictures = []
    for shown in film.pictures:
        lines = shown.frame.lines()
        for row, text in zip(shown.frame.rows, lines, strict=True):
            if row not in numbers:
                numbers[row] = len(rows)
                rows.append(painter.row(row))
                texts.append(text)
        pictures.append(
            {
                "rows": [numbers[row] for row in shown.frame.rows],
                "scene": shown.scene,
                "say": _formatted(shown.narration),
                "step": shown.step,
                "result": shown.result,
                "seconds": shown.seconds,
                "at": _clock(shown),
            }
        )
    return {"line": LINE, "rows": rows, "texts": texts, "pictures": pictures}


def _clock(shown: Shown) -> str:
    return shown.at.strftime("%Y-%m-%d %H:%M:%SZ")


def _formatted(text: str) -> str:
    """Narration as HTML, with what Markdown emphasizes."""
    written = ((_TAGS[kind], escape(part, quote=False)) for kind, part in parts(" ".join(text.split())))
    return "".join(f"<{tag}>{part}</{tag}>" if tag else part for tag, part in written)


def _transcript(film: Film) -> Iterator[str]:
    """The tour as text: scenes as headings, each picture as an item with its number."""
    is_open, narration = False, ""
    for number, shown in enumerate(film.pictures, 1):
        if shown.begins_scene or not is_open:
            if is_open:
                yield "</ol>"
            if shown.scene:
                yield f"<h3>{escape(shown.scene)}</h3>"
            yield f'<ol start="{number}">'
            is_open = True
        yield f'<li id="step-{number}">{"".join(_item(shown, shown.narration != narration))}</li>'
        narration = shown.narration
    yield "</ol>"


def _item(shown: Shown, is_new: bool) -> Iterator[str]:
    if is_new and shown.narration:
        yield f"<p>{_formatted(shown.narration)}</p>"
    if shown.step:
        yield f"<p><code>{escape(shown.step)}</code></p>"
    if shown.result:
        kind = ' class="failed"' if shown.is_failed else ""
        yield f"<p{kind}>{'Failed: ' if shown.is_failed else ''}{escape(shown.result)}</p>"
    if shown.checks:
        yield f"<ul>{''.join(f'<li><code>{escape(check)}</code></li>' for check in shown.checks)}</ul>"
    yield f'<p class="clock">Simulated time {_clock(shown)}</p>'
    if shown.is_picture:
        text = escape("\n".join(shown.frame.lines()))
        yield f'<details><summary>The screen as text</summary><pre tabindex="0">{text}</pre></details>'
