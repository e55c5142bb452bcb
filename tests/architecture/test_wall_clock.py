"""Does the fast run depend on how fast the machine is? No test in it asserts a duration; it counts instead.

A test may read a clock to give up instead of hanging. Each such place is listed with its reason.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLOCKS = {
    "perf_counter",
    "perf_counter_ns",
    "monotonic",
    "monotonic_ns",
    "process_time",
    "time",
    "thread_time",
}
_NAMES_A_CLOCK = re.compile(r"^(?:import|from) time\b|\bloop\.time\(", re.MULTILINE)
GIVES_UP = "gives up after a minute instead of hanging"
ALLOWED = {
    "tests/iam/patterns/test_wildcards.py::_timed": "only long tests call it",
    "tests/support/settling.py::settle": "waits at least so long, as Textual's own wait does",
    "tests/tui/start/test_signals.py::end": "gives up after forty seconds; only a long test asserts them",
    "tests/tui/start/test_signals.py::read_until": GIVES_UP,
    "tests/tui/start/test_web.py::ended": GIVES_UP,
    "tests/support/hostile_terminal.py::_until": GIVES_UP,
    "tests/tui/test_failures.py::test_errors_without_end_leave_one_line_and_a_restored_terminal": GIVES_UP,
    "tests/tui/test_nothing_freezes.py::until": GIVES_UP,
}


def clock_readers(source: str) -> Iterator[str]:
    """Functions that read a clock and are not marked long, by name."""
    if not _NAMES_A_CLOCK.search(source):
        return
    tree = ast.parse(source)
    if any(isinstance(node, ast.Assign) and _is_long(node) and _is_pytestmark(node) for node in tree.body):
        return
    imported = {
        name.asname or name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for name in node.names
        if name.name in CLOCKS
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_long = any(map(_is_long, node.decorator_list))
            if not is_long and _reads_clock(node, imported):
                yield node.name


def _is_pytestmark(node: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets)


def _is_long(node: ast.AST) -> bool:
    return "mark.long" in ast.unparse(node)


def _reads_clock(function: ast.AST, imported: set[str]) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = node.func
            if isinstance(called, ast.Name) and called.id in imported:
                return True
            if (
                isinstance(called, ast.Attribute)
                and called.attr in CLOCKS
                and isinstance(called.value, ast.Name)
                and called.value.id in ("time", "loop")
            ):
                return True
    return False


def test_no_test_of_the_fast_run_reads_a_clock_but_for_a_reason() -> None:
    found = {
        f"{path.relative_to(ROOT)}::{name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for name in clock_readers(path.read_text(encoding="utf-8"))
    }
    assert found == set(ALLOWED), "count what is done, or mark the test long"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import time\ndef test_a(): assert time.perf_counter() < 1", ["test_a"]),
        ("from time import monotonic as now\ndef test_a(): assert now() < 1", ["test_a"]),
        ("import time\n@pytest.mark.long\ndef test_a(): assert time.time() < 1", []),
        ("import time\npytestmark = pytest.mark.long\ndef test_a(): assert time.time() < 1", []),
        ("import time\ndef test_a(): time.sleep(1)", []),
    ],
)
def test_a_planted_duration_is_found(source: str, found: list[str]) -> None:
    assert list(clock_readers(source)) == found
