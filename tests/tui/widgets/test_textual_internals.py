"""Without any one of Textual's private names the explorer opens, answers keys and says what is lost."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sts_tui.tui.widgets.textual_internals import NAMES, missing
from tests.support.representative import representative

ROOT = Path(__file__).parents[3]
PLAY = '''
import asyncio, importlib.abc, importlib.machinery, re, sys

name = sys.argv[1]


class Renaming(importlib.machinery.SourceFileLoader):
    """Loads a module of a Textual in which the name is another one."""

    def path_stats(self, path):
        raise OSError("no cached bytecode")

    def source_to_code(self, data, path, *, _optimize=-1):
        renamed = re.sub(rf"\\b{name}\\b".encode(), f"{name}_renamed".encode(), data)
        return super().source_to_code(renamed, path, _optimize=_optimize)


class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, module, path, target=None):
        if module.partition(".")[0] != "textual":
            return None
        spec = importlib.machinery.PathFinder.find_spec(module, path)
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = Renaming(spec.loader.name, spec.loader.path)
        return spec


sys.meta_path.insert(0, Finder())
from sts_tui.tui.text.styled_text import text_of
from sts_tui.tui.widgets.textual_internals import missing
from tests.support.explorer import open_explorer


async def play():
    assert [each.name for each in missing()] == [name]
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("j", "slash", *"Break", "enter")
        assert explorer.app.main.roles.table.cursor_row.name == "BreakGlass"
        await explorer.press("R", "escape", "a", "escape", "3", "x")
        await explorer.wait(1)
        said = " ".join(text_of(each.spans) for each in explorer.app.command_log.messages)
        assert missing()[0].lost in said


asyncio.run(play())
'''


def test_this_version_of_textual_has_them_all() -> None:
    assert missing() == ()


@pytest.mark.parametrize("name", representative(dict.fromkeys(each.name for each in NAMES), NAMES[0].name))
def test_the_explorer_works_without(name: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PLAY, name], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_other_module_uses_a_private_name_of_textual() -> None:
    names = {each.name for each in NAMES} | {"textual._"}
    for path in (ROOT / "sts_tui" / "tui").rglob("*.py"):
        if path.stem != "textual_internals":
            text = path.read_text()
            assert not [name for name in names if re.search(rf"(?<!\w){re.escape(name)}", text)], path
