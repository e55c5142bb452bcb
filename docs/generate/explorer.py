"""How is `docs/explorer.md` generated? Its tables of keys are those of the explorer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sts_tui.tui.keys.actions import ACTIONS, ActionSpec
from sts_tui.tui.keys.key_names import written_keys
from sts_tui.tui.keys.keymap import PRESETS
from sts_tui.tui.text.symbols import OF_VERDICT, of_states, to_ascii

TEMPLATE = Path(__file__).with_suffix(".md")
README_MARKS = ("<!-- keys: written by `make docs` -->", "<!-- /keys -->")
IN_README = 46
"""Actions with at least this priority in the bottom line are in README's table."""


def explorer() -> str:
    """The complete page as Markdown."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for mark, rows in (
        ("keys", _keys()),
        ("presets", _presets()),
        ("session-symbols", _session_symbols()),
        ("request-symbols", _request_symbols()),
    ):
        text = text.replace(f"<!-- {mark} -->", "\n".join(rows))
    return text


def key_table() -> str:
    """The keys for README: those that the bottom line shows first."""
    shown = sorted(
        (spec for spec in ACTIONS.values() if spec.worth >= IN_README), key=lambda spec: -spec.worth
    )
    rows = [f"| {_written(spec)} | {spec.help} |" for spec in shown]
    return "\n".join(["| key | does |", "| --- | --- |", *rows])


def readme(text: str) -> str:
    """README with the current table of keys."""
    before, _, rest = text.partition(README_MARKS[0])
    _, _, after = rest.partition(README_MARKS[1])
    return f"{before}{README_MARKS[0]}\n{key_table()}\n{README_MARKS[1]}{after}"


def _written(spec: ActionSpec) -> str:
    return " ".join(f"`{key}`" for key in written_keys(spec.keys).split(" "))


def _keys() -> Iterator[str]:
    for group in dict.fromkeys(spec.group for spec in ACTIONS.values()):
        yield f"\n**{group}**\n"
        yield "| key | id | does |"
        yield "| --- | --- | --- |"
        for spec in ACTIONS.values():
            if spec.group == group:
                yield f"| {_written(spec)} | `{spec.id}` | {spec.help} |"


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
