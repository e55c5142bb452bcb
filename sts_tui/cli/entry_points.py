"""How does a command open the explorer without importing it? With functions that `__main__` passes in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from sts_tui.tours.reading.steps import Tour


class ExplorerOptions(Struct, frozen=True, kw_only=True):
    """How to open the explorer. Every file exists and every value is checked."""

    files: tuple[Path, ...] = ()
    """Account files; empty: those of the tour, else the built-in sample, which `sample` names."""
    sample: Path = Path()
    trail: tuple[Path, ...] = ()
    """CloudTrail events, which become the past; without `files`, a model is derived from them."""
    model_before: bool = False
    """Whether the model was dumped before the trail."""
    tour: Path | None = None
    autoplay: bool = False
    """Whether steps play automatically."""
    seed: int | None = None
    """None: the tour's, else 0."""
    start: datetime | None = None
    """None: the tour's, else the file's, else now."""
    resume: bool = False
    journal: bool = True
    readonly: bool = False
    theme: str | None = None
    keymap: str | None = None
    """A preset's name or the path of a keymap file; None: that of the configuration."""
    ascii: bool = False
    calm: bool = False
    reader: bool = False
    mouse: bool = True
    serve: int | None = None
    """The port for real AWS clients; None: clients are not served."""
    exercise: str | None = None
    """`learn NAME`: the exercise to open; `files` are its account files."""
    text: bool = False
    """`shoot`: whether to write each picture also as text; `cast` and `html` likewise."""
    cast: bool = False
    html: bool = False
    record_to: Path | None = None
    """`record`: the tour file to write."""


class EntryPoints(Struct, frozen=True, kw_only=True):
    """The functions that open the explorer. Each returns the exit code and imports the explorer itself."""

    explore: Callable[[ExplorerOptions], int]
    shoot: Callable[[Tour, Path, ExplorerOptions, Path], int]
    """(tour, its folder, options, where the pictures go)"""
    notes: Callable[[Path], int]
    """(tour): shows the speaker's notes of its presentation."""
