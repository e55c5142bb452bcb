"""Patterns of the named modules are compiled at their first use, and do then what compiled ones do."""

from __future__ import annotations

import re

import pytest

from sts_tui.start_up import later_patterns
from sts_tui.start_up.later_patterns import LaterPattern, compile_next, compiling_later


@pytest.fixture(autouse=True)
def waiting(monkeypatch: pytest.MonkeyPatch) -> list[LaterPattern]:
    """The patterns that wait in a process that has just begun."""
    patterns: list[LaterPattern] = []
    monkeypatch.setattr(later_patterns, "_waiting", patterns)
    return patterns


def test_only_the_named_modules_get_patterns_that_are_compiled_later() -> None:
    compile_before = re.compile
    with compiling_later({__name__}):
        mine = re.compile("(a)(?P<name>b)", re.IGNORECASE)
    with compiling_later({"another.module"}):
        others = re.compile("a")
    assert isinstance(mine, LaterPattern)
    assert isinstance(others, re.Pattern)
    assert re.compile is compile_before


def test_nothing_is_compiled_before_the_first_use() -> None:
    pattern = LaterPattern("(", 0)  # an error, which compiling would raise
    match = pattern.match
    with pytest.raises(re.error):
        match("(")
    with pytest.raises(re.error):
        _ = pattern.groupindex


def test_methods_and_attributes_are_those_of_the_compiled_pattern() -> None:
    text, flags = "(a)(?P<name>b)", re.IGNORECASE
    later, compiled = LaterPattern(text, flags), re.compile(text, flags)
    for sample in ("xABab", "ab", ""):
        for method in ("match", "fullmatch", "search"):
            found, wanted = getattr(later, method)(sample), getattr(compiled, method)(sample)
            assert (found and found.groupdict()) == (wanted and wanted.groupdict())
        assert later.findall(sample) == compiled.findall(sample)
        assert later.split(sample) == compiled.split(sample)
        assert later.sub(r"\2", sample) == compiled.sub(r"\2", sample)
        assert later.subn("", sample, count=1) == compiled.subn("", sample, count=1)
        assert [each.span() for each in later.finditer(sample)] == [
            each.span() for each in compiled.finditer(sample)
        ]
    assert (later.groupindex, later.groups, later.pattern) == (compiled.groupindex, 2, text)
    assert later.match("xab", 1) is not None


def test_patterns_are_compiled_one_by_one_before_they_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    later = [LaterPattern("a", 0), LaterPattern("b", 0)]
    match = later[1].match
    assert [compile_next(), compile_next(), compile_next()] == [True, True, False]
    monkeypatch.setattr(re, "compile", None)  # nothing is left to compile
    assert match("b")
    assert later[0].search("ba")
