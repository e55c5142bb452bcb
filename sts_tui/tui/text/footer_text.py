"""The keys at the bottom: those of the focused pane first, the worthiest first, dim where they cannot be
used.
"""

from __future__ import annotations

from typing import Final

from sts_tui.tui.keys.action_context import Situation
from sts_tui.tui.keys.actions import ACTIONS, ActionSpec
from sts_tui.tui.keys.keymap import Keymap
from sts_tui.tui.text.styled_text import Piece
from sts_tui.tui.widgets.bar import Part

OWN_PANE = 50
"""How much more a key is worth in the pane that it is for."""
ON_STAGE = 200
"""How much more the way back in a tour is worth while one is presented; the hint names the way on."""


TYPING: Final = {
    "command": (("enter", "runs"), ("tab", "completes"), ("↑", "earlier"), ("PgUp", "scrolls the output")),
    "filter": (("enter", "keeps it"), ("esc", "takes it away"), ("↓", "to the list")),
}
"""Keys that mean something while one types."""


def footer(situation: Situation, keys: Keymap) -> list[Part]:
    """Parts in order of worth; whoever draws them leaves out what does not fit."""
    if situation.typing:
        named = TYPING[situation.typing]
        return [Part((Piece(key, "key"), Piece(f" {what}")), worth=9) for key, what in named]
    shown = [
        spec for spec in ACTIONS.values() if spec.worth and _is_for(spec, situation) and keys.keys[spec.id]
    ]
    shown.sort(key=lambda spec: -_worth(spec, situation))
    return [_part(spec, situation, keys, _worth(spec, situation)) for spec in shown]


def _is_for(spec: ActionSpec, situation: Situation) -> bool:
    if situation.is_readonly and (spec.danger or spec.edits):
        return False
    if spec.id == "tour_back":
        return situation.is_touring
    return not spec.panes or situation.focus in spec.panes


def _worth(spec: ActionSpec, situation: Situation) -> int:
    is_on_stage = situation.is_touring and spec.id == "tour_back"
    return spec.worth + (OWN_PANE if situation.focus in spec.panes else 0) + (ON_STAGE if is_on_stage else 0)


def _part(spec: ActionSpec, situation: Situation, keys: Keymap, worth: int) -> Part:
    blocked = spec.reason_against(situation) is not None
    label = _label(spec, situation)
    pieces = (
        Piece(keys.first(spec.id), "muted" if blocked else "key"),
        Piece(f" {label}", "muted" if blocked else "plain"),
    )
    return Part(pieces, action=spec.id, worth=worth)


def _label(spec: ActionSpec, situation: Situation) -> str:
    if spec.id == "pause":
        return "run" if situation.is_paused else "pause"
    return spec.label
