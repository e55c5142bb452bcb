"""A model that is hostile in every text: every key pressed and every screen opened in a pseudo-terminal,
and none of its control characters reaches the terminal. The fast run presses a sixth of the keys.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

import sts_tui.tui
from sts_tui.account.format.file_format import DUMP, FORMATS
from sts_tui.tui.keys.actions import ACTIONS
from tests.support.hostile_models import (
    HOSTILE,
    MARK,
    REFERENCES,
    hostile_account,
    hostile_dump,
    hostile_keys,
    texts_of,
)
from tests.support.hostile_terminal import explored, forbidden_in

NOT_OPENED = {
    "FirstFrame": "a base class",
    "Question": "a base class",
    "QuitScreen": "opens where the journal cannot be written: tests/tui/text/test_unsaved.py",
}
NOT_POSSIBLE = {
    "quit": "ends the explorer",
    "tour_next": "in a tour only",
    "tour_back": "in a tour only",
    "score": "on a game day only",
}


def screens() -> set[str]:
    """Every screen of the explorer, found by importing all of it."""

    def below(one: type[Any]) -> Iterator[type[Any]]:
        for each in one.__subclasses__():
            yield each
            yield from below(each)

    for module in pkgutil.walk_packages(sts_tui.tui.__path__, "sts_tui.tui."):
        importlib.import_module(module.name)
    return {each.__name__ for each in below(Screen) if each.__module__.startswith("sts_tui.")}


def test_every_text_of_the_format_is_hostile() -> None:
    """A new key of the format, or a new kind of value, is either covered here or named as a reference."""
    covered = set(hostile_keys(hostile_account(), FORMATS["AccountModel"]))
    assert texts_of(FORMATS["AccountModel"], lenient=False) - covered <= REFERENCES
    assert texts_of(FORMATS["Role"], lenient=True) <= covered
    assert texts_of(DUMP, lenient=True) <= set(hostile_keys(hostile_dump(), DUMP))


Journey = Callable[[str], tuple[bytes, dict[str, Any]]]
FORMS = {"account file": hostile_account, "raw dump": hostile_dump}


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Journey:
    """What was sent to the terminal, and the report of the journey, for a form of model."""

    @cache
    def made(form: str) -> tuple[bytes, dict[str, Any]]:
        folder = tmp_path_factory.mktemp("explorer")
        path = folder / "hostile.json"
        path.write_text(json.dumps(FORMS[form]()))
        return explored(path, folder, MARK)

    return made


def nothing_hostile(drawn: bytes, report: dict[str, Any]) -> None:
    assert (report["error"], report["failures"]) == ("", [])
    assert len(drawn) > 50_000, "the screens were drawn"
    assert MARK.encode() in drawn, "the payload was shown, as text"
    assert forbidden_in(drawn) == set()
    assert HOSTILE["OSC 52"][:10].encode() not in drawn
    assert not re.search(rb"one\r?\n", drawn)


def test_nothing_hostile_reaches_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(hostile_account()))
    nothing_hostile(*explored(path, tmp_path, MARK, some=True))


@pytest.mark.long
@pytest.mark.parametrize("form", FORMS)
def test_nothing_hostile_reaches_the_terminal_whatever_is_pressed(form: str, journey: Journey) -> None:
    nothing_hostile(*journey(form))


@pytest.mark.long
def test_every_key_was_pressed_and_every_screen_opened(journey: Journey) -> None:
    _, report = journey("account file")
    missed = ACTIONS.keys() - set(report["actions"]) - NOT_POSSIBLE.keys()
    unseen = screens() - set(report["screens"]) - NOT_OPENED.keys()
    assert (missed, unseen) == (set(), set())
