"""Where do parsed style sheets stay from one start to the next? Beside the bytecode of this program.

Parsing them, with the grammar compiled for it, takes a ninth of the time to the first frame. They are kept as
Python keeps bytecode: in `__pycache__`, compared by time and size with the code that makes them, written if
they are missing or differ, and not at all where Python writes no bytecode. Reading a pickle from there adds
no risk: what can write there can change this program itself.
"""

from __future__ import annotations

import os
import sys
from dataclasses import fields
from importlib.util import cache_from_source
from pathlib import Path
from typing import Final

from textual import css
from textual.css.model import RuleSet, Selector, SelectorSet
from textual.css.styles import Styles

from sts_tui.tui.widgets import textual_internals
from sts_tui.tui.widgets.textual_internals import RulesBySheet

_STYLES: Final = str(Path(__file__).parents[1] / "styles")
_BY_CONSTRUCTOR: Final = (RuleSet, Selector, SelectorSet, Styles)
"""Dataclasses with attributes that their constructors derive from the fields."""

_Sources = tuple[tuple[str, float, int], ...]


def load_styles(theme: str) -> None:
    """Before the app runs: takes what an earlier start with this theme kept. What cannot be read, or was made
    by other code, is parsed.
    """
    from _pickle import loads  # not `pickle`, whose Python code takes half as long as the style sheets

    try:
        sources, rules = loads(Path(_path(theme)).read_bytes())
        fits = sources == _sources()
    except Exception:  # a damaged pickle raises anything
        return
    if fits:
        textual_internals.kept_rules.update(rules)


def keep_styles(theme: str) -> None:
    """When the screen is there: what it needed, if some of it had to be parsed."""
    needed = textual_internals.known_rules
    if sys.dont_write_bytecode or needed.keys() <= textual_internals.kept_rules.keys():
        return
    path = _path(theme)
    beside = f"{path}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        Path(beside).write_bytes(_pickled((_sources(), needed)))
        os.replace(beside, path)
    except OSError:  # as with bytecode: the program may stand where it must not write
        return


def _path(theme: str) -> str:
    return f"{cache_from_source(f'{_STYLES}/{theme}.py').removesuffix('.pyc')}.rules"


def _sources() -> _Sources:
    """The code that makes rules of text: names, times and sizes. The text itself is kept with its rules."""
    folder = os.path.dirname(css.__file__)
    with os.scandir(folder) as entries:
        files = sorted(entry.path for entry in entries if entry.name.endswith(".py"))
    files += (f"{os.path.dirname(folder)}/{name}.py" for name in ("app", "color", "geometry"))
    states = [(path, os.stat(path)) for path in files]
    return tuple((path, state.st_mtime, state.st_size) for path, state in states)


def _pickled(kept: tuple[_Sources, RulesBySheet]) -> bytes:
    from io import BytesIO
    from pickle import HIGHEST_PROTOCOL, Pickler

    written = BytesIO()
    pickler = Pickler(written, HIGHEST_PROTOCOL)
    pickler.dispatch_table = dict.fromkeys(_BY_CONSTRUCTOR, _by_constructor)
    pickler.dump(kept)
    return written.getvalue()


def _by_constructor(value: object) -> tuple[type, tuple[object, ...]]:
    names = (field.name for field in fields(value) if field.init)  # type: ignore[arg-type]  # a dataclass
    return type(value), tuple(getattr(value, name) for name in names)
