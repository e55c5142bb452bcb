"""Your own defaults: `config.json` beside the keymap, by the XDG rules.

`{"theme": "light", "ascii": false, "calm": false, "reader": false, "mouse": true, "keymap": "vim"}`; what
is unknown or of the wrong kind is passed over, because a preference must never prevent a start.
"""

from __future__ import annotations

import json
from pathlib import Path

from sts_tui.account.loading.bounded_file import read_bounded
from sts_tui.tui.options import Options


def preferences_path() -> Path:
    from platformdirs import user_config_path

    return user_config_path("sts-tui") / "config.json"


def preferences(path: Path | None = None) -> Options:
    """What the file says; the defaults where there is none."""
    file = path or preferences_path()
    try:
        value = json.loads(read_bounded(file))
    except (OSError, ValueError):
        return Options()
    if not isinstance(value, dict):
        return Options()
    theme, keymap = value.get("theme"), value.get("keymap")
    return Options(
        theme=theme if isinstance(theme, str) else None,
        preset=keymap if isinstance(keymap, str) else None,
        is_ascii=value.get("ascii") is True,
        is_calm=value.get("calm") is True,
        is_reader=value.get("reader") is True,
        has_mouse=value.get("mouse") is not False,
    )
