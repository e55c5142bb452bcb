"""Which keys run which action? The defaults, then a preset, then the user's file; conflicts are reported.

The file is `keymap.json` in the user's configuration directory (`~/.config/sts-tui/` by the XDG rules), or
the file given with `--keymap`: `{"preset": "vim", "keys": {"revoke": "ctrl+x", "explain": ["x", "d"]}}`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from sts_tui.account.json_value import Json
from sts_tui.account.loading.bounded_file import read_bounded
from sts_tui.tui.keys.actions import ACTIONS
from sts_tui.tui.keys.key_names import TEXTUAL_NAMES, key_name

Keys = Mapping[str, tuple[str, ...]]
NAVIGATION = frozenset(
    (
        "up",
        "down",
        "left",
        "right",
        "j",
        "k",
        "g",
        "G",
        "home",
        "end",
        "pageup",
        "pagedown",
        "ctrl+d",
        "ctrl+u",
        "tab",
        "shift+tab",
    )
)
"""Keys that only move the cursor; they cannot be assigned to an action."""

PRESETS: Mapping[str, Keys] = {
    "default": {},
    "vim": {
        "redo": ("ctrl+r",),
        "undo": ("u",),
        "next_policy": ("right_square_bracket", "l"),
        "previous_policy": ("left_square_bracket", "h"),
        "copy": ("y",),
        "save": ("ctrl+s",),
    },
    "k9s": {
        "explain": ("x", "d"),
        "diff": ("D",),
        "incident": ("H",),
        "otherwise": ("Q",),
        "palette": ("ctrl+p", "ctrl+a"),
        "copy": ("c", "y"),
        "chain": ("C",),
        "reach": ("W",),
        "edit_policy": ("e",),
    },
    "lazygit": {
        "undo": ("z", "u"),
        "redo": ("Z", "ctrl+r"),
        "open_trail": ("Q",),
        "full_screen": ("plus", "f"),
        "slower": ("left_curly_bracket",),
        "faster": ("right_curly_bracket",),
        "command_log": ("at", "L"),
        "copy": ("y", "ctrl+o"),
        "dump": ("ctrl+t",),
    },
}


class Keymap(Struct, frozen=True):
    """The keys of every action, and the problems found in the file."""

    keys: Keys
    source: Mapping[str, str]
    """`default`, the preset's name or `keymap file`, by action id."""
    problems: tuple[str, ...] = ()

    def names(self, action: str) -> str:
        """`? f1`"""
        return " ".join(key_name(key) for key in self.keys.get(action, ()))

    def first(self, action: str) -> str:
        keys = self.keys.get(action, ())
        return key_name(keys[0]) if keys else "palette"


def keymap(preset: str = "default", own: Mapping[str, Json] | None = None) -> Keymap:
    """Defaults, then the preset, then the user's keys. Of two actions with one key the first keeps it."""
    problems: list[str] = []
    chosen: dict[str, tuple[str, ...]] = {spec.id: spec.keys for spec in ACTIONS.values()}
    source = dict.fromkeys(chosen, "default")
    if preset not in PRESETS:
        problems.append(f"unknown preset {preset!r}; choose from {', '.join(PRESETS)}")
    strength = dict.fromkeys(chosen, 0)
    for id, keys in PRESETS.get(preset, {}).items():
        chosen[id], source[id], strength[id] = keys, preset, 1
    for id, written in (own or {}).items():
        if id not in chosen:
            problems.append(f"unknown action {id!r}; docs/explorer.md lists them")
            continue
        chosen[id], source[id], strength[id] = _keys(id, written, problems), "keymap file", 2
    return Keymap(_without_clashes(chosen, source, strength, problems), source, tuple(problems))


def _keys(id: str, written: object, problems: list[str]) -> tuple[str, ...]:
    texts = written if isinstance(written, list) else str(written).replace(",", " , ").split() or [","]
    keys = []
    for text in texts:
        key = TEXTUAL_NAMES.get(str(text), str(text))
        if key in NAVIGATION:
            problems.append(f"{text!r} is a navigation key and cannot be assigned to {id}")
        else:
            keys.append(key)
    return tuple(keys)


def _without_clashes(
    chosen: Mapping[str, tuple[str, ...]],
    source: Mapping[str, str],
    strength: Mapping[str, int],
    problems: list[str],
) -> Keys:
    taken: dict[str, str] = {}
    kept: dict[str, list[str]] = {id: [] for id in chosen}
    for id in sorted(chosen, key=lambda id: -strength[id]):
        for key in chosen[id]:
            if key in taken and taken[key] != id:
                if strength[id] or strength[taken[key]] > 1:
                    other = taken[key]
                    problems.append(
                        f"{key_name(key)} is assigned to {other} ({source[other]}) and {id} ({source[id]}); "
                        f"{other} keeps it"
                    )
                continue
            taken[key] = id
            kept[id].append(key)
    return {id: tuple(keys) for id, keys in kept.items()}


def keymap_path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("sts-tui") / "keymap.json"


def load_keymap(path: Path | None, preset: str | None = None) -> Keymap:
    """Reads a keymap file; without `path` the user's own if it exists. An invalid file is reported only."""
    file = path or keymap_path()
    if not file.exists():
        missing = keymap(preset or "default")
        return missing if path is None else Keymap(missing.keys, missing.source, (f"{file}: no such file",))
    try:
        value = json.loads(read_bounded(file))
        own = value.get("keys", {})
        chosen = preset or value.get("preset", "default")
        if not isinstance(own, dict) or not isinstance(chosen, str):
            raise TypeError("keys must be an object and preset a string")
    except (ValueError, TypeError, AttributeError, OSError) as error:
        plain = keymap(preset or "default")
        return Keymap(plain.keys, plain.source, (f"{file}: {error}",))
    read = keymap(chosen, own)
    return Keymap(read.keys, read.source, tuple(f"{file}: {problem}" for problem in read.problems))
