"""Which cases of an exhaustive test does the fast run take? The named ones; the others are marked long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def representative(cases: Iterable[Any], *chosen: Any) -> list[Any]:
    """All cases for `parametrize`, in their order; `make test-long` takes those that were not chosen.

    A tuple has one element for each argument. Raises ValueError for a chosen case that does not exist.
    """
    every = list(cases)
    if missing := [one for one in chosen if one not in every]:
        raise ValueError(f"no case of the test: {missing}")
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if case in chosen else pytest.mark.long,
        )
        for case in every
    ]


def one_in(number: int, cases: Iterable[Any]) -> list[Any]:
    """All cases for `parametrize`, each one argument; the first of every `number` is in the fast run."""
    return [
        pytest.param(case, marks=pytest.mark.long if at % number else ()) for at, case in enumerate(cases)
    ]
