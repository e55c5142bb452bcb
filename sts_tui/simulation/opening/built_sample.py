"""Is a file the built-in sample, whose model is kept as it was built?

First commands, tours and the explorer open the sample. Reading, checking and building it is a sixth of what
one request costs, most of it for modules that nothing else needs then. So its model travels with the package:
`make docs` writes it, and a test builds it again. It stands for exactly the bytes that it was made of; a file
that differs is loaded as any other.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import fields

from sts_tui.account.entities import AccountModel
from sts_tui.account.identifiers import fingerprint

KEPT: Final = Path(__file__).with_name("sample.model")
"""Size and fingerprint of the sample's file, and its model, pickled."""
_SIZE: Final = 8
_HEADER: Final = _SIZE + 32


def built_sample(path: str | Path) -> AccountModel | None:
    """The model of the file, where that is the built-in sample, byte for byte; None for any other file, and
    where what was kept cannot be read.
    """
    try:
        kept = KEPT.read_bytes()
        if os.stat(path).st_size != int.from_bytes(kept[:_SIZE], "big"):
            return None
        with open(path, "rb") as file:
            if kept[:_HEADER] != _header(file.read()):
                return None
    except (OSError, ValueError):
        return None
    return _unpacked(kept[_HEADER:])


def _unpacked(packed: bytes) -> AccountModel | None:
    try:
        from _pickle import loads  # without what Python's own pickler needs
    except ImportError:
        from pickle import loads
    try:
        model = loads(packed)
    except Exception:  # of another version of Python or msgspec
        return None
    return model if isinstance(model, AccountModel) else None


def kept_form(content: bytes, model: AccountModel) -> bytes:
    """What is kept of a sample and the model that it becomes.

    Without the fields that have their defaults, which the type gives again: msgspec knows a default by its
    identity where it leaves it out of what it writes.
    """
    import io
    import pickle

    class Pickler(pickle.Pickler):
        def reducer_override(self, value: object) -> Any:
            if not isinstance(value, Struct):
                return NotImplemented
            own = {
                each.name: getattr(value, each.name)
                for each in fields(value)
                if getattr(value, each.name) is not each.default
            }
            return rebuilt, (type(value), own)

    packed = io.BytesIO()
    Pickler(packed, protocol=5).dump(model)
    return _header(content) + packed.getvalue()


def rebuilt(kind: type[Struct], own: dict[str, object]) -> Struct:
    """An entity. `own`: its fields by name; the others have their defaults."""
    return kind(**own)


def _header(content: bytes) -> bytes:
    return len(content).to_bytes(_SIZE, "big") + fingerprint(content)
