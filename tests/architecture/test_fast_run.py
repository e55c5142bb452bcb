"""What is the fast run made of? Explorers and processes cost most: they are counted, not timed.

A test with an explorer costs about a third of a second of processor time, one with a process half a second.
Another case is marked long (`tests.support.representative`), or uses an explorer that is open already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType
from typing import Any

import pytest

MOST = {"explorers": 470, "processes": 115}
"""Tests in the fast run that start one, or several."""
MARKS = {
    "explorers": {"open_explorer", "run_test", "screen_text", "snap_compare"},
    "processes": {"subprocess", "Popen", "fork", "create_subprocess_exec"},
}
WHOLE = 5_000
"""With fewer tests, only a part of the fast run was asked for."""


def names_in(code: CodeType) -> Iterator[str]:
    """What a function mentions, and the functions inside it."""
    yield from (*code.co_names, *code.co_varnames)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from names_in(constant)


@cache
def mentioned(function: FunctionType) -> frozenset[str]:
    """The names in a test, and in the functions of tests that it calls, however far."""
    found: set[str] = set()
    waiting, seen = [function], {function}
    while waiting:
        one = waiting.pop()
        names = set(names_in(one.__code__))
        found |= names
        for name in names:
            called = one.__globals__.get(name)
            if (
                isinstance(called, FunctionType)
                and called.__module__.startswith("tests.")
                and called not in seen
            ):
                seen.add(called)
                waiting.append(called)
    return frozenset(found)


def functions_of(item: Any) -> Iterator[FunctionType]:
    """The test, and the fixtures that are made for it alone."""
    yield item.function
    for name in item.fixturenames:
        for definition in item._fixtureinfo.name2fixturedefs.get(name, ()):
            if definition.scope == "function" and definition.func.__module__.startswith("tests."):
                yield definition.func


def counted(items: Iterable[Any]) -> dict[str, int]:
    """How many tests start an explorer, and how many a process."""
    counts = dict.fromkeys(MARKS, 0)
    for item in items:
        if isinstance(getattr(item, "function", None), FunctionType):
            names = frozenset().union(*map(mentioned, functions_of(item)))
            for kind, marks in MARKS.items():
                counts[kind] += not marks.isdisjoint(names)
    return counts


def test_the_fast_run_starts_no_more_explorers_and_processes_than_five_minutes_hold(
    request: pytest.FixtureRequest,
) -> None:
    items = request.session.items
    if len(items) < WHOLE:
        pytest.skip("a part of the tests was asked for")
    counts = counted(items)
    assert all(counts[kind] <= most for kind, most in MOST.items()), f"{counts}, and {MOST} at most"


def _starts_a_process() -> None:
    import subprocess

    subprocess.run(["true"], check=True)


def _calls_one_that_does() -> None:
    _starts_a_process()


def test_a_process_is_found_behind_a_function() -> None:
    assert MARKS["processes"] & mentioned(_calls_one_that_does)
    assert not MARKS["explorers"] & mentioned(_calls_one_that_does)
