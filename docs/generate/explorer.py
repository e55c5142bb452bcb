"""`docs/explorer.md`, whose tables of keys are those that the explorer itself reads."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sts_tui.tui.actions import ACTIONS, written_keys
from sts_tui.tui.keymap import PRESETS
from sts_tui.tui.symbols import OF_VERDICT, of_states, to_ascii

TEMPLATE = Path(__file__).with_suffix(".md")


def explorer() -> str:
    """The whole page as Markdown."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, rows in (
        ("keys", _keys()),
        ("presets", _presets()),
        ("session-symbols", _session_symbols()),
        ("request-symbols", _request_symbols()),
    ):
        text = text.replace(f"<!-- {mark} -->", "\n".join(rows))
    return text


def _keys() -> Iterator[str]:
    for group in dict.fromkeys(spec.group for spec in ACTIONS.values()):
        yield f"\n**{group}**\n"
        yield "| key | id | does |"
        yield "| --- | --- | --- |"
        for spec in ACTIONS.values():
            if spec.group == group:
                keys = " ".join(f"`{key}`" for key in written_keys(spec.keys).split(" "))
                yield f"| {keys} | `{spec.id}` | {spec.help} |"


def _presets() -> Iterator[str]:
    yield "| preset | differs in |"
    yield "| --- | --- |"
    for name, keys in PRESETS.items():
        own = [
            f"{ACTIONS[id].label} `{written_keys(its)}`"
            for id, its in keys.items()
            if its != ACTIONS[id].keys
        ]
        yield f"| `{name}` | {', '.join(own) or 'nothing'} |"


def _session_symbols() -> Iterator[str]:
    yield "| symbol | ASCII | session |"
    yield "| --- | --- | --- |"
    for symbol, word in of_states():
        yield f"| {symbol} | `{to_ascii(symbol)}` | {word} |"


def _request_symbols() -> Iterator[str]:
    yield "| symbol | ASCII | request |"
    yield "| --- | --- | --- |"
    for verdict, symbol in OF_VERDICT.items():
        yield f"| {symbol} | `{to_ascii(symbol)}` | {verdict.value} |"
