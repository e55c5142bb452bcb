"""Which tests run the code that a mutant changes?

Coverage is measured once for each version of the code, with one context per test; when only files of tests
have changed, only those are measured again. For a mutant inside a function, those are the tests that run its
statement; for a default, a decorator or a field, those that run the function or read the field; for a
constant, those that run code that reads it, in any module. The most specific (fewest lines) come first.
"""

from __future__ import annotations

import ast
import gc
import hashlib
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from mutants import AREAS, ROOT, Mutant, files_of

STATE = ROOT / ".venv" / ".mutate"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
PYTEST = ["-q", "-p", "no:cacheprovider", "--capture=sys", "--tb=no"]
ENVIRONMENT = {"CI": "true", "PYTHONPATH": str(ROOT)}
"""`CI` makes Hypothesis deterministic and keeps it from remembering examples of an earlier mutant."""


# Measuring ----------------------------------------------------------------------------------------------


class Apart:
    """A pytest plugin: clears the project's caches before each test, so that it runs all it needs."""

    def __init__(self) -> None:
        self._modules = 0
        self._caches: list[Any] = []

    def pytest_runtest_setup(self) -> None:
        if len(sys.modules) != self._modules:
            self._modules = len(sys.modules)
            found = (each for each in gc.get_objects() if type(each) is type(lru_cache(digest_of)))
            self._caches = [each for each in found if str(each.__module__).startswith("sts_tui")]
        for each in self._caches:
            each.cache_clear()


class Durations:
    """A pytest plugin: how long did each test take?"""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration
        if not report.passed:
            self.failed.add(report.nodeid)


def digest_of(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def test_files(tests: Sequence[str]) -> dict[str, str]:
    """Path to digest of each file of tests."""
    places = [ROOT / test for test in tests]
    found = [path for place in places for path in ([place] if place.is_file() else place.rglob("test_*.py"))]
    return {str(path.relative_to(ROOT)): digest_of([path]) for path in sorted(found)}


def measured(jobs: int, tests: Sequence[str]) -> Path:
    """The folder with coverage and time of each test."""
    ours = sorted((ROOT / "sts_tui").rglob("*.py"))
    shared = [each for each in sorted((ROOT / "tests").rglob("*.py")) if not each.name.startswith("test_")]
    folder = STATE / digest_of([*ours, *shared])
    folder.mkdir(parents=True, exist_ok=True)
    for place in tests:
        known, wanted = read_json(folder / "files.json"), test_files([place])
        changed = [path for path, digest in wanted.items() if known.get(path) != digest]
        if not changed:
            continue
        print(f"Which tests run which line? {len(changed)} files of {place} …", flush=True)
        command = [sys.executable, str(Path(__file__).with_name("mutate.py")), "--measure", str(folder)]
        command += ["--jobs", str(jobs), *(word for path in changed for word in ("--tests", path))]
        environment = {**os.environ, **ENVIRONMENT, "COVERAGE_FILE": str(folder / "coverage")}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        (folder / "files.json").write_text(json.dumps({**known, **{each: wanted[each] for each in changed}}))
    return folder


def measure(folder: Path, jobs: int, tests: Sequence[str]) -> int:
    """Runs files of tests and adds their coverage and durations to the folder."""
    import pytest

    (folder / "coveragerc").write_text("[run]\nsource = sts_tui\nbranch = false\n")
    durations = Durations()
    coverage = ["--cov=sts_tui", "--cov-append", "--cov-context=test", "--cov-report="]
    coverage += [f"--cov-config={folder / 'coveragerc'}"]
    parallel = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    pytest.main([*PYTEST, *coverage, *parallel, *tests], plugins=[durations, Apart()])
    passed = {name: seconds for name, seconds in durations.seconds.items() if name not in durations.failed}
    before = read_json(folder / "durations.json")
    kept = {name: seconds for name, seconds in before.items() if name.partition("::")[0] not in tests}
    (folder / "durations.json").write_text(json.dumps({**kept, **passed}))
    if durations.failed:
        print("Left out, since they fail or skip without any mutant:", *sorted(durations.failed), sep="\n  ")
    return 0


def read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.exists() else {}


# Lines --------------------------------------------------------------------------------------------------


class Module:
    """The statements of a module, and which lines read a name."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text())
        self.reads: dict[str, set[int]] = defaultdict(set)
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                self.reads[node.id].add(node.lineno)
            elif isinstance(node, ast.Attribute):
                self.reads[node.attr].add(node.lineno)

    def enclosing(self, line: int) -> Iterator[ast.stmt]:
        """The statements around a line, the innermost last."""
        body: Sequence[ast.AST] = self.tree.body
        while True:
            inner = [each for each in body if first_line(each) <= line <= (each.end_lineno or 0)]  # type: ignore[attr-defined]
            if not inner:
                return
            if isinstance(inner[0], ast.stmt):
                yield inner[0]
            body = [
                each
                for each in ast.iter_child_nodes(inner[0])
                if isinstance(each, ast.stmt | ast.ExceptHandler | ast.match_case) and hasattr(each, "lineno")
            ] or [one for case in getattr(inner[0], "cases", ()) for one in case.body]


def first_line(node: ast.AST) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(each.lineno for each in decorators)])  # type: ignore[attr-defined]


def header_of(statement: ast.stmt) -> range:
    """The lines of a statement without its body."""
    body = getattr(statement, "body", None) or getattr(statement, "cases", None)
    first = body[0] if body else None
    last = (
        (first.lineno - 1 if hasattr(first, "lineno") else statement.lineno)
        if first
        else statement.end_lineno
    )
    return range(first_line(statement), max(last or 0, statement.lineno) + 1)


def names_bound(statement: ast.stmt) -> list[str]:
    targets = getattr(statement, "targets", None) or [getattr(statement, "target", None)]
    names = [node.id for each in targets if each for node in ast.walk(each) if isinstance(node, ast.Name)]
    return [statement.name] if isinstance(statement, ast.ClassDef) else names


class Selection:
    """Which tests run a line, the most specific first."""

    def __init__(self, folder: Path, most_seconds: float) -> None:
        from coverage import CoverageData

        self._data = CoverageData(str(folder / "coverage"))
        self._data.read()
        self._seconds: dict[str, float] = read_json(folder / "durations.json")
        self._most_seconds = most_seconds
        self._lines: dict[str, dict[int, list[str]]] = {}
        self._modules: dict[str, Module] = {}
        everything = (self._of(str(path)) for area in AREAS for path in files_of(area, ()))
        self._breadth = Counter(test for lines in everything for tests in lines.values() for test in tests)

    def _of(self, path: str) -> dict[int, list[str]]:
        if path not in self._lines:
            found = self._data.contexts_by_lineno(path)
            self._lines[path] = {
                line: [name_of(one) for one in tests if one] for line, tests in found.items()
            }
        return self._lines[path]

    @cached_property
    def _everywhere(self) -> dict[str, list[tuple[str, int]]]:
        """Name to the places that read it, in the whole project."""
        places: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for path in sorted((ROOT / "sts_tui").rglob("*.py")):
            for name, lines in self._module(str(path)).reads.items():
                places[name] += [(str(path), line) for line in lines]
        return places

    def _module(self, path: str) -> Module:
        if path not in self._modules:
            self._modules[path] = Module(Path(path))
        return self._modules[path]

    def _candidates(self, mutant: Mutant) -> Iterator[set[str]]:
        """Sets of tests, the most telling set first."""
        path = str(ROOT / mutant.path)
        around = list(self._module(path).enclosing(mutant.line))
        for depth, statement in reversed(list(enumerate(around))):
            if isinstance(statement, FUNCTIONS):
                yield self._running(path, range(statement.body[0].lineno, (statement.end_lineno or 0) + 1))
            elif any(isinstance(each, FUNCTIONS) for each in around[:depth]):
                yield self._running(path, header_of(statement))
            else:
                yield {
                    test
                    for name in names_bound(statement)
                    for place, line in self._everywhere[name]
                    for test in self._running(place, range(line, line + 1))
                }
        yield self._running(path, self._of(path))

    def _running(self, path: str, lines: Iterable[int]) -> set[str]:
        known = self._of(path)
        return {test for line in lines for test in known.get(line, ())}

    def tests(self, mutant: Mutant) -> tuple[list[str], float]:
        """Node ids and their usual seconds."""
        names = next(
            (found for each in self._candidates(mutant) if (found := each & self._seconds.keys())), set()
        )
        chosen: list[str] = []
        total = 0.0
        for name in sorted(names, key=lambda each: (self._breadth[each], self._seconds[each], each)):
            seconds = self._seconds[name]
            if total + seconds > self._most_seconds:
                continue
            chosen.append(name)
            total += seconds
        return chosen, total


def name_of(context: str) -> str:
    return context.rpartition("|")[0] or context
