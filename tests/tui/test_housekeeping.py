"""Garbage is looked for between keys, and all of it in the end."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from sts_tui.tui.housekeeping import LONG_QUIET_SECONDS, QUIET_SECONDS, ROUNDS, YOUNG, Housekeeping


class Ring:
    """Garbage that only a look for it finds."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def housekeeping() -> Iterator[Housekeeping]:
    keeping = Housekeeping()
    keeping.begin()
    yield keeping
    keeping.end()


def test_python_looks_for_no_garbage_meanwhile(housekeeping: Housekeeping) -> None:
    assert not gc.isenabled()


def test_python_looks_for_garbage_again_afterwards() -> None:
    keeping = Housekeeping()
    keeping.begin()
    keeping.end()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0


def test_nothing_is_scanned_where_little_is_new(housekeeping: Housekeeping) -> None:
    gc.collect()
    assert housekeeping.tidy(QUIET_SECONDS / 2) is None


def test_new_objects_are_scanned_also_between_keys(housekeeping: Housekeeping) -> None:
    housekeeping.note_key(100.0)
    gc.collect()
    kept = [Ring() for _ in range(YOUNG + 10)]
    gone = weakref.ref(Ring())
    assert housekeeping.tidy(100.0) == 0
    assert gone() is None
    assert kept


@pytest.mark.parametrize(("quiet", "generation"), [(QUIET_SECONDS, 1), (LONG_QUIET_SECONDS, 2)])
def test_older_objects_only_when_nobody_types(
    housekeeping: Housekeeping, quiet: float, generation: int
) -> None:
    gc.collect()
    for _ in range(ROUNDS + 1):
        for _ in range(ROUNDS + 1):
            gc.collect(0)
        if generation == 2:
            gc.collect(1)
    housekeeping.note_key(100.0)
    assert housekeeping.tidy(100.5) is None
    assert housekeeping.tidy(100.5 + quiet) == generation


def test_nothing_is_done_where_python_does_it() -> None:
    assert Housekeeping().tidy(1_000_000.0) is None
