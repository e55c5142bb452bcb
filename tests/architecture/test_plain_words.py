"""The words that `make check` rejects: none is in the project, and a planted one is found."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def plain_words() -> ModuleType:
    spec = importlib.util.spec_from_file_location("plain_words", ROOT / ".ci" / "plain_words.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.long  # `make check` says it
def test_the_project_uses_plain_words(plain_words: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert plain_words.main() == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    ("planted", "line", "phrase"),
    [
        ("Whoever calls is denied.", 1, "Whoever"),
        ("Fine.\nThe denial is told in a corner.", 2, "is told"),
        ("the session is good no\n    # more", 1, "good no # more"),
        ("An ARN that is\nnone is an error.", 1, "that is none"),
        ("The default behaviour is unchanged.", 1, "behaviour"),
        ("It ends within so many seconds.", 1, "so many"),
    ],
)
def test_a_planted_phrase_is_found(plain_words: ModuleType, planted: str, line: int, phrase: str) -> None:
    [(found_at, found, instead)] = plain_words.found_in(planted)
    assert (found_at, found) == (line, phrase)
    assert instead


def test_a_planted_phrase_in_the_name_of_a_test_is_found(plain_words: ModuleType) -> None:
    planted = "\n\nasync def test_a_layer_is_read_anew_by_nobody() -> None: ..."
    assert plain_words.names_in(planted) == [(3, "anew", "again")]
    assert plain_words.found_in(planted) == []


def test_make_check_searches_for_them() -> None:
    check = re.search(
        r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert check is not None
    assert ".ci/plain_words.py" in check[1]
