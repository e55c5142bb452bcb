"""Is a file the built-in sample, whose model is stored with the package? First commands, tours and the
explorer open the sample. Reading, checking and building it takes a sixth of the time of one request, most of
it for modules that are not needed otherwise. So its model is part of the package: `make docs` writes it, and
a test builds it again. It is used only for a file with exactly the same bytes; any other file is loaded
normally.
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
    """The stored model, if the file is the built-in sample byte for byte; None for any other file, or if the
    stored model cannot be read.
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
        from _pickle import loads  # avoids the imports of the pickle module
    except ImportError:
        from pickle import loads
    try:
        model = loads(packed)
    except Exception:  # written by another version of Python or msgspec
        return None
    return model if isinstance(model, AccountModel) else None


def stored_form(content: bytes, model: AccountModel) -> bytes:
    """The stored form of a sample and its model, without fields that have their default values: msgspec
    compares defaults by identity, so they have to be the same objects after reading.
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
    """An entity with these fields by name (`own`) and defaults for all others."""
    return kind(**own)


def _header(content: bytes) -> bytes:
    return len(content).to_bytes(_SIZE, "big") + fingerprint(content)
