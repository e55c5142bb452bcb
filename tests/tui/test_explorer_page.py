"""The explorer's page says what the table of actions says."""

from __future__ import annotations

from pathlib import Path

from docs.generate.explorer import key_table, readme
from sts_tui.tui.keys.actions import ACTIONS

PAGE = Path(__file__).parents[2] / "docs" / "explorer.md"


def test_every_action_is_on_the_page() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for spec in ACTIONS.values():
        assert f"`{spec.id}`" in text


def test_every_picture_of_the_page_is_there() -> None:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("!["):
            picture = PAGE.parent / line.split("(")[1].rstrip(")")
            assert picture.is_file()
            assert "<title>" in picture.read_text(encoding="utf-8")


def test_the_keys_in_readme_are_those_of_the_explorer() -> None:
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert readme(text) == text, "run `make docs`"
    assert "`R`" in key_table()
    assert ACTIONS["revoke"].help in text
