"""A key in a list asks once for what a frame needs: counted, not timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from textual.css.query import DOMQuery
from textual.message import Message
from textual.message_pump import MessagePump
from textual.widget import Widget

from sts_tui.tui.text import footer_text, header_text
from tests.support.explorer import open_explorer
from tests.support.settling import every_frame

KEYS = 4


@pytest.fixture(autouse=True)
def _frames_are_drawn_as_they_come() -> Iterator[None]:
    with every_frame():
        yield


async def test_a_key_in_a_list_looks_again_only_at_what_it_can_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: Counter[str] = Counter()

    def counted(owner: type | object, name: str) -> None:
        method = getattr(owner, name)

        def call(*given: object, **named: object) -> object:
            asked[name] += 1
            return method(*given, **named)

        monkeypatch.setattr(owner, name, call)

    async with open_explorer(size=(200, 50), seconds=20) as explorer:
        await explorer.press("4", "j", "k")
        selected = Widget.text_selection
        rich_style = Widget.rich_style
        dispatch = MessagePump._dispatch_message

        async def counted_dispatch(pump: MessagePump, message: Message) -> None:
            asked["messages"] += 1
            await dispatch(pump, message)

        def counted_selection(widget: Widget) -> object:
            asked["text_selection"] += 1
            return selected.fget(widget)  # type: ignore[attr-defined]

        def counted_style(widget: Widget) -> object:
            asked["rich_style"] += 1
            return rich_style.fget(widget)  # type: ignore[attr-defined]

        monkeypatch.setattr(Widget, "text_selection", property(counted_selection))
        monkeypatch.setattr(Widget, "rich_style", property(counted_style))
        monkeypatch.setattr(MessagePump, "_dispatch_message", counted_dispatch)
        counted(DOMQuery, "__init__")
        counted(header_text, "first_line")
        footer_text._made.cache_clear()
        for _ in range(KEYS):
            await explorer.press("j")
    frames = asked["text_selection"] / 14  # views of the screen
    assert frames <= KEYS + 1, asked
    assert asked["rich_style"] <= KEYS, asked
    assert asked["__init__"] == 0, "a query of the screen"
    assert asked["first_line"] <= 1, "the header is put together when something in it changes"
    assert asked["messages"] <= 30 * KEYS, asked
    made = footer_text._made.cache_info()
    assert made.misses < made.hits, made
