"""How are Textual and asyncio imported without the parts that the first frame does not need?

- asyncio imports `ssl`, which loads OpenSSL, for connections that the explorer never opens; `subprocess`; and
  `logging`, for messages that have an effect only if another module has imported `logging`.
- Textual's application imports the command palette with its widgets. Here the palette is imported when it is
  opened.
- rich imports `pickle` and `random`, platformdirs imports `tempfile`, and so on, each for one function.

Each of these modules is imported completely when it is first used, also through the names in Textual and
asyncio.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Final

from sts_tui.start_up.later_patterns import compiling_later
from sts_tui.start_up.lean_imports import later, standing_in

_NOT_IMPORTED: Final = {
    "asyncio.sslproto": (),
    "bz2": (),
    "difflib": ("get_close_matches",),
    "lzma": (),
    "mimetypes": (),
    "pickle": ("dumps", "loads"),
    "rich.markup": ("render",),
    "rich.table": ("Table",),
    "ssl": (),
    "tempfile": ("gettempdir",),
    "textual.markup": ("parse_style",),
    "traceback": ("extract_stack",),
}
"""Modules that are not imported → the functions that other modules import from them by name."""
_COMPILED_LATER: Final = frozenset(
    (
        "fractions",
        "platformdirs.unix",
        "rich._emoji_replace",
        "textual._xterm_parser",
        "textual.actions",
        "textual.color",
        "textual.css.parse",
        "textual.css.scalar",
        "textual.css.tokenizer",
        "textual._duration",
    )
)
"""Modules whose regular expressions are compiled when they are first used."""
_PALETTE: Final = "textual.command"
_OF_THE_PALETTE: Final = (
    "CommandListItem", "CommandPalette", "DiscoveryHit", "Hit", "Hits", "Provider", "SimpleProvider",
)  # fmt: skip


class _LaterClass(type):
    """The metaclass of a stand-in for a class. The class is imported when it is called, used in a type check,
    or an attribute is read.
    """

    def __call__(cls, *given: object, **named: object) -> object:
        return cls._found()(*given, **named)

    def __getattr__(cls, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(cls._found(), name)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls._found())

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls._found())

    def _found(cls) -> type:
        found: type = getattr(import_module(_PALETTE), cls.__name__)
        return found


class _Logger:
    """A logger of asyncio or concurrent.futures. If `logging` is not imported, debug messages have no effect
    and are dropped.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def debug(self, *given: object, **named: object) -> None:
        if "logging" in sys.modules:
            self.__getattr__("debug")(*given, **named)  # type: ignore[operator]

    def __getattr__(self, name: str) -> object:
        return getattr(import_module("logging").getLogger(self._name), name)


def _random_bits(count: int) -> int:
    """Like `random.getrandbits`. rich needs one random number, for links."""
    return int.from_bytes(os.urandom(count // 8 + 1), "big") >> (8 - count % 8)


def import_lean_screen() -> None:
    """Import Textual's application with only the modules that the first frame needs."""
    given: dict[str, Mapping[str, object] | None] = {
        module: {name: later(module, name) for name in names} for module, names in _NOT_IMPORTED.items()
    }
    given["subprocess"] = {"PIPE": -1, "STDOUT": -2, "DEVNULL": -3}
    given["random"] = {"getrandbits": _random_bits}
    given["logging"] = {"DEBUG": 10, "getLogger": _Logger}
    given[_PALETTE] = {name: _LaterClass(name, (), {}) for name in _OF_THE_PALETTE}
    with standing_in(given), compiling_later(_COMPILED_LATER):
        import shutil  # noqa: F401 (asked for the size of the terminal, it would load bz2 and lzma)

        import textual.app  # noqa: F401
