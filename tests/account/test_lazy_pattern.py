"""A lazy pattern is a pattern, except that it is compiled when it is first used."""

from __future__ import annotations

import copy
import re

import pytest

from sts_tui.account.lazy_pattern import lazy_pattern


def test_it_does_what_the_compiled_pattern_does() -> None:
    lazy, compiled = lazy_pattern(r"(\d+)-(\w)", re.ASCII), re.compile(r"(\d+)-(\w)", re.ASCII)
    text = "a 12-x 3-y"
    assert lazy.findall(text) == compiled.findall(text)
    assert lazy.sub(r"\2", text) == compiled.sub(r"\2", text)
    found, expected = lazy.search(text), compiled.search(text)
    assert found is not None
    assert expected is not None
    assert (found.groups(), found.re) == (expected.groups(), compiled)
    assert lazy.fullmatch(text) is None
    assert (lazy.pattern, lazy.flags, lazy.groups) == (compiled.pattern, compiled.flags, 2)


def test_it_is_compiled_when_it_is_first_used() -> None:
    wrong = lazy_pattern("(")
    with pytest.raises(re.error):
        wrong.match("x")


def test_its_methods_are_taken_from_the_compiled_pattern_once() -> None:
    lazy = lazy_pattern("a+")
    assert lazy.match is lazy.match


def test_it_can_be_copied() -> None:
    assert copy.deepcopy(lazy_pattern("a+")).fullmatch("aa")
