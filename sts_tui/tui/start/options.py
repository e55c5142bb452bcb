"""What the command line asks of the explorer."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """Everything is off or default unless asked for."""

    is_readonly: bool = False
    theme: str | None = None
    """`sts-dark`, `sts-light`, `dark`, `light`, or a theme of Textual's own."""
    keymap: Path | None = None
    """A keymap file; None: the user's own, where there is one."""
    preset: str | None = None
    """`default`, `vim`, `k9s`, `lazygit`; None: what the keymap file says."""
    is_ascii: bool = False
    is_calm: bool = False
    """Countdowns move every ten seconds, nothing else moves by itself."""
    is_reader: bool = False
    """Linear text and a prompt instead of a screen."""
    has_mouse: bool = True
    is_paused: bool = False
    """The clock stands still at first."""
    speed: int = 1
    tour: Path | None = None
    record: Path | None = None
    """Where to write what one does, as a tour."""
    files: tuple[str, ...] = ()
    """The account files, for the header and for tours that are recorded."""
