"""Modules are found and read as Python finds and reads them, whatever state their bytecode is in."""

from __future__ import annotations

import importlib
import marshal
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sts_tui.start_up import own_modules
from sts_tui.start_up.own_modules import OwnModules, find_own_modules

TAG = str(sys.implementation.cache_tag)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with a module and a folder, of which the finder knows the name."""
    folder = tmp_path / "found_quickly"
    (folder / "inner").mkdir(parents=True)
    (folder / "__init__.py").write_text("")
    (folder / "inner" / "__init__.py").write_text("WHERE = 'inner'\n")
    (folder / "one.py").write_text("VALUE = 1\n")
    (folder / "data").mkdir()
    (folder / "data" / "note.txt").write_text("text")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "meta_path", [OwnModules("found_quickly", TAG), *sys.meta_path])
    yield folder
    forget()


def forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "found_quickly"]:
        del sys.modules[name]


def imported(name: str) -> ModuleType:
    forget()
    return importlib.import_module(f"found_quickly.{name}")


def test_modules_and_packages_are_as_python_makes_them(package: Path) -> None:
    found = {name: imported(name) for name in ("one", "inner")}
    assert (found["one"].VALUE, found["inner"].WHERE) == (1, "inner")
    sys.meta_path.pop(0)
    for name, module in found.items():
        usual = imported(name)
        for attribute in ("__name__", "__file__", "__package__", "__cached__", "__path__"):
            assert getattr(module, attribute, None) == getattr(usual, attribute, None)
        ours, theirs = module.__spec__, usual.__spec__
        assert ours is not None
        assert theirs is not None
        for attribute in ("origin", "cached", "has_location", "parent", "submodule_search_locations"):
            assert getattr(ours, attribute) == getattr(theirs, attribute)


def test_bytecode_is_written_read_and_made_again_when_the_source_changes(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = package / "one.py"
    imported("one")
    cached = package / "__pycache__" / f"one.{TAG}.pyc"
    assert cached.exists()
    slowly: list[str] = []
    real = own_modules.SourceFileLoader.get_code

    def counted(self: own_modules.SourceFileLoader, fullname: str) -> object:
        slowly.extend([fullname] if fullname.endswith(".one") else [])
        return real(self, fullname)

    monkeypatch.setattr(own_modules.SourceFileLoader, "get_code", counted)
    assert imported("one").VALUE == 1
    assert slowly == []
    code = compile("def where(): pass", "elsewhere.py", "exec")
    cached.write_bytes(cached.read_bytes()[:16] + marshal.dumps(code))
    assert imported("one").where.__code__.co_filename == str(source)
    source.write_text("VALUE = 22\n")  # another size
    assert imported("one").VALUE == 22
    source.write_text("VALUE = 33\n")
    os.utime(source, (2_000_000_000, 2_000_000_000))  # another time
    assert imported("one").VALUE == 33
    assert len(slowly) == 2
    cached.write_bytes(b"\0" * 4 + cached.read_bytes()[4:])  # of another Python
    assert imported("one").VALUE == 33
    cached.write_bytes(cached.read_bytes()[:10])
    assert imported("one").VALUE == 33


def test_what_is_no_module_is_left_to_python(package: Path) -> None:
    finder = OwnModules("found_quickly", TAG)
    assert finder.find_spec("found_quickly", None) is None
    assert finder.find_spec("json.decoder", [str(package)]) is None
    assert finder.find_spec("found_quickly.data", [str(package)]) is None
    assert finder.find_spec("found_quickly.none", [str(package)]) is None
    assert finder.find_spec("found_quickly.none", [str(package / "none")]) is None
    with pytest.raises(ModuleNotFoundError):
        imported("none")


def test_the_finder_is_put_first_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    before = len(sys.meta_path)
    monkeypatch.setattr(sys, "pycache_prefix", "/elsewhere")
    find_own_modules()
    assert len(sys.meta_path) == before
    monkeypatch.setattr(sys, "pycache_prefix", None)
    find_own_modules()
    find_own_modules()
    assert len(sys.meta_path) == before + 1
    assert isinstance(sys.meta_path[0], OwnModules)
    find_own_modules("textual")
    assert len(sys.meta_path) == before + 1
    assert sys.meta_path[0].packages == {"sts_tui", "textual"}


@pytest.mark.parametrize("name", ["textual", "rich"])
def test_the_packages_that_draw_have_no_compiled_modules(name: str) -> None:
    """Python prefers those, and the finder looks for source alone."""
    folder = Path(str(importlib.import_module(name).__file__)).parent
    assert not [path for path in folder.rglob("*") if path.suffix in (".so", ".pyd")]
