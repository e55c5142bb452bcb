"""Patterns of the named modules are compiled at their first use, and do then what compiled ones do."""

from __future__ import annotations

import re

import pytest

from sts_tui.start_up.later_patterns import LaterPattern, compiling_later


def test_only_the_named_modules_get_patterns_that_are_compiled_later() -> None:
    compile_before = re.compile
    with compiling_later({__name__}):
        mine = re.compile("(a)(?P<name>b)", re.IGNORECASE)
    with compiling_later({"another.module"}):
        others = re.compile("a")
    assert isinstance(mine, LaterPattern)
    assert isinstance(others, re.Pattern)
    assert re.compile is compile_before


def test_nothing_is_compiled_before_the_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
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
