"""What does the command line ask of the explorer?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

UNUSABLE = 2
"""Exit code for input that cannot be used."""


class Asked(Protocol):
    """What a front end asks for; all of it was checked."""

    @property
    def files(self) -> tuple[Path, ...]: ...
    @property
    def sample(self) -> Path: ...
    @property
    def trail(self) -> tuple[Path, ...]: ...
    @property
    def model_before(self) -> bool: ...
    @property
    def tour(self) -> Path | None: ...
    @property
    def autoplay(self) -> bool: ...
    @property
    def seed(self) -> int | None: ...
    @property
    def start(self) -> datetime | None: ...
    @property
    def resume(self) -> bool: ...
    @property
    def journal(self) -> bool: ...
    @property
    def readonly(self) -> bool: ...
    @property
    def theme(self) -> str | None: ...
    @property
    def keymap(self) -> str | None: ...
    @property
    def ascii(self) -> bool: ...
    @property
    def record_to(self) -> Path | None: ...
    @property
    def serve(self) -> int | None: ...


class Other(Struct, frozen=True, kw_only=True):
    """What the explorer opens next; nothing given: the built-in sample."""

    files: tuple[Path, ...] = ()
    trail: tuple[Path, ...] = ()
    """CloudTrail events, which become the past."""
    tour: Path | None = None
    exercise: str | None = None


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
    """The clock is paused when the explorer opens."""
    speed: int = 1
    tour: Path | None = None
    record: Path | None = None
    """The tour to which actions are written."""
    acting: str | None = None
    """The WHO that the explorer acts as at first, as in tours; None: the operator."""
    serve: int | None = None
    """The port on which real AWS clients are served; None: they are not."""
    served_at: str = ""
    """The address, once it listens: `127.0.0.1:4550`."""
    files: tuple[str, ...] = ()
    """The account files, for the header and for tours that are recorded."""
