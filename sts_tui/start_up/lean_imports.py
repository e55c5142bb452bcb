"""How are third-party modules imported without the parts that we do not use?

- msgspec imports typing_extensions if it is installed, which imports `inspect` and `ast`. From Python 3.11
  on, `typing` has everything that msgspec needs. The parts for JSON Schemas, TOML and YAML are imported when
  they are used.
- `uuid`, which msgspec imports, uses `platform` for the name of the operating system, which `os.uname` has
  too.
- argparse translates its texts with `gettext`, for which Python has no catalogs: it would read the user's
  language and search for files for each text.
- `pathlib` imports `urllib.parse` for file URIs, which imports `ipaddress`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType


class _Later(ModuleType):
    """A stand-in for a module. It is imported when an attribute is used that the stand-in does not have."""

    def __init__(self, name: str, given: Mapping[str, object]) -> None:
        super().__init__(name)
        vars(self).update(given)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import machinery reads these of every module
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(import_module(self.__name__), name)


@contextmanager
def standing_in(modules: Mapping[str, Mapping[str, object] | None]) -> Iterator[None]:
    """Replace modules by stand-ins while another module is imported. `modules`: name of a module → attributes
    of its stand-in; None makes an import of the module fail.
    """
    mine = {
        name: None if given is None else _Later(name, given)
        for name, given in modules.items()
        if name not in sys.modules
    }
    sys.modules.update(mine)  # type: ignore[arg-type]  # an import of a name that has None raises ImportError
    try:
        yield
    finally:
        for name, stand_in in mine.items():
            if sys.modules.get(name) is stand_in:
                sys.modules.pop(name, None)


def import_lean() -> None:
    """Import msgspec, argparse and pathlib, each with as few other modules as possible. The others are
    imported when they are used.
    """
    name_of_system = {"system": lambda: os.uname().sysname} if hasattr(os, "uname") else {}
    schemas = "msgspec._json_schema"
    of_msgspec: dict[str, Mapping[str, object] | None] = {
        "typing_extensions": None,
        "platform": name_of_system,
        "msgspec.inspect": {},
        "msgspec.toml": {},
        "msgspec.yaml": {},
        schemas: {name: later(schemas, name) for name in ("schema", "schema_components")},
    }
    with standing_in(of_msgspec):
        import msgspec  # noqa: F401
    with standing_in({"gettext": {"gettext": _unchanged, "ngettext": _by_number}}):
        import argparse  # noqa: F401
    with standing_in({"urllib.parse": {"quote_from_bytes": later("urllib.parse", "quote_from_bytes")}}):
        import pathlib  # noqa: F401


def later(module: str, function: str) -> Callable[..., object]:
    """A function of a module that is imported only when the function is called."""

    def call(*given: object, **named: object) -> object:
        found: object = getattr(import_module(module), function)(*given, **named)
        return found

    return call


def _unchanged(text: str) -> str:
    return text


def _by_number(one: str, many: str, number: int) -> str:
    return one if number == 1 else many
