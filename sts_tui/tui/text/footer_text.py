"""Which keys does the footer show? The focused pane's first, then by priority; unavailable ones dimmed."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.actions import ACTIONS, ActionSpec
from sts_tui.tui.keys.keymap import Keymap
from sts_tui.tui.text.parts import Part
from sts_tui.tui.text.styled_text import Span

OWN_PANE = 50
"""Added to the priority of a key in its own pane."""
ON_STAGE: Final = {"tour_next": 300, "tour_back": 200}
"""Added to the priority of the keys that move a tour: they are always shown while one is presented."""


TYPING: Final = {
    "command": (
        ("enter", "run"),
        ("tab", "complete"),
        ("↑", "history"),
        ("PgUp", "scroll the output"),
        ("esc", "close"),
    ),
    "filter": (("enter", "apply"), ("esc", "clear"), ("↓", "to the list")),
}
"""Keys that work while text is entered."""


def footer(context: ActionContext, keys: Keymap) -> list[Part]:
    """Parts, highest priority first; the bar drops those that do not fit."""
    if context.typing:
        named = TYPING[context.typing]
        return [Part((Span(key, "key"), Span(f" {what}")), worth=9) for key, what in named]
    shown = [
        spec for spec in ACTIONS.values() if spec.worth and _is_for(spec, context) and keys.keys[spec.id]
    ]
    shown.sort(key=lambda spec: -_worth(spec, context))
    return [_part(spec, context, keys, _worth(spec, context)) for spec in shown]


def _is_for(spec: ActionSpec, context: ActionContext) -> bool:
    if context.past and (spec.reason_against(context) or spec.id in ("next_event", "slower")):
        return False  # the line under the header has the keys of the past
    if context.is_readonly and (spec.danger or spec.edits):
        return False
    if spec.id in ON_STAGE:
        return context.is_presenting
    return not spec.panes or context.focus in spec.panes


def _worth(spec: ActionSpec, context: ActionContext) -> int:
    on_stage = ON_STAGE.get(spec.id, 0) if context.is_presenting else 0
    return spec.worth + (OWN_PANE if context.focus in spec.panes else 0) + on_stage


def _part(spec: ActionSpec, context: ActionContext, keys: Keymap, worth: int) -> Part:
    blocked = spec.reason_against(context) is not None
    return _made(spec.id, keys.first(spec.id), _label(spec, context), blocked, worth)


@lru_cache(maxsize=256)
def _made(id: str, key: str, label: str, blocked: bool, worth: int) -> Part:
    """Returns the same object each time: nearly all of the footer stays as it is from key to key."""
    spans = (Span(key, "muted" if blocked else "key"), Span(f" {label}", "muted" if blocked else "plain"))
    return Part(spans, action=id, worth=worth)


def _label(spec: ActionSpec, context: ActionContext) -> str:
    if spec.id == "pause" and context.autoplay_key:
        return f"{context.autoplay_key} the tour"
    if spec.id == "pause":
        return "run" if context.is_paused else "pause"
    return spec.label
