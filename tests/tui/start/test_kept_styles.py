"""Style sheets are parsed once for many starts, and again as soon as the code that parses them differs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.layout import Layout

from sts_tui.tui.start import kept_styles
from sts_tui.tui.start.kept_styles import keep_styles, load_styles
from sts_tui.tui.widgets import textual_internals
from sts_tui.tui.widgets.textual_internals import RulesBySheet
from tests.support.explorer import open_explorer

THEME = "sts-dark"


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Where they are kept; no other test sees what was parsed here."""
    monkeypatch.setattr(kept_styles, "_STYLES", str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)
    known = dict(textual_internals.known_rules)
    yield tmp_path / "__pycache__"
    textual_internals.kept_rules.clear()
    textual_internals.known_rules.clear()
    textual_internals.known_rules.update(known)


def begin() -> None:
    """As a process begins."""
    textual_internals.known_rules.clear()
    textual_internals.kept_rules.clear()


async def parsed() -> RulesBySheet:
    """What an explorer needs that parses all of it."""
    begin()
    async with open_explorer():
        return dict(textual_internals.known_rules)


def described(rule: RuleSet) -> dict[str, object]:
    """All that a rule has. Layouts are equal only to themselves, and have nothing but their class."""
    rules = {
        name: type(value) if isinstance(value, Layout) else value
        for name, value in rule.styles.get_rules().items()
    }
    selectors = [selector for each in rule.selector_set for selector in each.selectors]
    checks = [(each._check.func, each._check.args) for each in selectors]  # type: ignore[attr-defined]
    styles = {"styles": (rules, rule.styles.important, rule.styles.node), "checks": checks}
    return {**vars(rule), **styles}


async def test_a_later_start_parses_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = await parsed()
    keep_styles(THEME)
    [kept] = folder.iterdir()

    begin()
    load_styles(THEME)
    calls: list[str] = []
    parse = Stylesheet._parse_rules

    def counted(self: Stylesheet, css: str, *given: object, **named: object) -> object:
        calls.append(css)
        return parse(self, css, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Stylesheet, "_parse_rules", counted)
    async with open_explorer():
        assert not calls
    found = textual_internals.known_rules
    assert found.keys() == wanted.keys()
    for key, rules in wanted.items():
        for one, other in zip(rules, found[key], strict=True):
            assert described(one) == described(other)

    before = kept.stat().st_mtime_ns
    keep_styles(THEME)  # nothing is new
    assert kept.stat().st_mtime_ns == before


async def test_what_other_code_parsed_or_is_damaged_is_parsed_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parsed()
    keep_styles(THEME)
    begin()
    sources = kept_styles._sources()
    with monkeypatch.context() as changed:
        changed.setattr(kept_styles, "_sources", lambda: (*sources[:-1], (*sources[-1][:2], 1)))
        load_styles(THEME)
    assert not textual_internals.kept_rules
    load_styles("sts-light")  # nothing was kept for it
    assert not textual_internals.kept_rules
    [kept] = folder.iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\x80\x05X", b"sts"):
        kept.write_bytes(damaged)
        load_styles(THEME)
        assert not textual_internals.kept_rules


async def test_nothing_is_written_where_python_writes_no_bytecode(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await parsed()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep_styles(THEME)
    assert not folder.exists()


async def test_without_a_folder_to_write_to_nothing_is_kept(folder: Path) -> None:
    await parsed()
    folder.write_text("a file")
    keep_styles(THEME)
    assert os.listdir(folder.parent) == ["__pycache__"]


def test_another_version_of_textual_is_other_code() -> None:
    """What is compared: the grammar, the rules and the values in them."""
    names = {Path(path).name for path, _, _ in kept_styles._sources()}
    assert {"parse.py", "tokenize.py", "model.py", "styles.py", "scalar.py", "color.py", "app.py"} <= names
