"""How are the modules of this program, Textual and rich found and loaded quickly?

A command imports two hundred of them. For each, Python calls every finder and examines folders and paths
several times, which takes a third of the time of an import with bytecode. Here a package's folder is listed
once, and bytecode that matches its source is read directly. Unusual cases are left to Python.
"""

from __future__ import annotations

import _imp
import marshal
import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import MAGIC_NUMBER
from types import CodeType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_HEADER: Final = 16
"""The size of the header before the code, in bytes: magic number, flags, time and size of the source.
https://docs.python.org/3/reference/import.html#cached-bytecode-invalidation
"""
_UNCHECKED_BITS: Final = b"\0\0\0\0"
"""The flags of bytecode that is validated by time and size of its source."""


class _Loader(SourceFileLoader):
    """Reads bytecode that matches its source; otherwise does what Python does."""

    def __init__(self, fullname: str, path: str, cached: str) -> None:
        self.name, self.path, self._cached = fullname, path, cached

    def get_code(self, fullname: str) -> CodeType | None:
        try:
            source = os.stat(self.path)
            descriptor = os.open(self._cached, os.O_RDONLY)
        except OSError:
            return super().get_code(fullname)
        try:
            data = os.read(descriptor, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)
        wanted = b"".join(
            (
                MAGIC_NUMBER,
                _UNCHECKED_BITS,
                (int(source.st_mtime) & 0xFFFFFFFF).to_bytes(4, "little"),
                (source.st_size & 0xFFFFFFFF).to_bytes(4, "little"),
            )
        )
        if data[:_HEADER] != wanted:
            return super().get_code(fullname)
        code = marshal.loads(memoryview(data)[_HEADER:])
        if not isinstance(code, CodeType):
            return super().get_code(fullname)
        _imp._fix_co_filename(code, self.path)  # type: ignore[attr-defined]  # as Python does: folders can be moved
        return code


class OwnModules:
    """Finds the modules of packages that have only Python modules, before Python's own finders."""

    def __init__(self, package: str, tag: str) -> None:
        self.packages = {package}
        self._tag = tag
        self._listed: dict[str, frozenset[str]] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: object = None
    ) -> ModuleSpec | None:
        """The spec of a module; None if it is in another package, or not a source file in the folder."""
        if path is None or fullname.partition(".")[0] not in self.packages:
            return None
        folder = path[0]
        names = self._listed.get(folder)
        if names is None:
            try:
                names = self._listed[folder] = frozenset(os.listdir(folder))
            except OSError:
                return None
        tail = fullname[fullname.rindex(".") + 1 :]
        if f"{tail}.py" in names:
            return self._spec(fullname, folder, tail, None)
        if tail in names and os.path.exists(f"{folder}/{tail}/__init__.py"):
            return self._spec(fullname, f"{folder}/{tail}", "__init__", [f"{folder}/{tail}"])
        return None

    def _spec(self, fullname: str, folder: str, stem: str, inside: list[str] | None) -> ModuleSpec:
        origin = f"{folder}/{stem}.py"
        cached = f"{folder}/__pycache__/{stem}.{self._tag}.pyc"
        spec = ModuleSpec(fullname, _Loader(fullname, origin, cached), origin=origin)
        spec.submodule_search_locations = inside
        spec.has_location = True
        spec.cached = cached
        return spec


def find_own_modules(*others: str) -> None:
    """Install a finder for the modules of this program, and of other packages without compiled modules,
    before Python's own. It is installed once. It is not installed if bytecode has another place or form, or
    if this Python does not have the internal function that sets the source path of bytecode.
    """
    is_usual = sys.pycache_prefix is None and not sys.flags.optimize and os.sep == "/"
    if not is_usual or not hasattr(_imp, "_fix_co_filename"):
        return
    finder = next((one for one in sys.meta_path if isinstance(one, OwnModules)), None)
    if finder is None:
        finder = OwnModules(__name__.partition(".")[0], sys.implementation.cache_tag)
        sys.meta_path.insert(0, finder)
    finder.packages.update(others)
