"""Which tests run the code that a mutant changes?

Coverage is measured once for each version of the code, with one context per test; when only files of tests
have changed, only those are measured again. For a mutant inside a function, those are the tests that run its
statement; for a default, a decorator or a field, those that run the function or read the field; for a
constant, those that run code that reads it, in any module. The module's own tests come first, then the most
specific (they run the fewest lines).
"""

from __future__ import annotations

import ast
import gc
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from mutants import AREAS, ROOT, Mutant, files_of

STATE = Path(os.environ.get("MUTATE_STATE") or ROOT / ".venv" / ".mutate")
"""Holds nothing that depends on where the checkout is: another checkout of the same code continues."""
FILES_AT_A_TIME = 6
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
    """A pytest plugin: how much processor time did each test take, and which did not pass?"""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self._began = 0.0

    def pytest_runtest_logstart(self) -> None:
        self._began = processor_time()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.seconds[nodeid] = processor_time() - self._began

    def pytest_runtest_logreport(self, report: Any) -> None:
        if not report.passed:
            self.failed.add(report.nodeid)


def processor_time() -> float:
    """Of this process and of those that it has waited for."""
    return sum(os.times()[:4])


def digest_of(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def test_files(tests: Sequence[str]) -> dict[str, str]:
    """Path to digest of each file of tests."""
    places = [ROOT / test for test in tests]
    found = [path for place in places for path in ([place] if place.is_file() else place.rglob("test_*.py"))]
    return {str(path.relative_to(ROOT)): digest_of([path]) for path in sorted(found)}


def measured(jobs: int, tests: Sequence[str]) -> Path:
    """The folder with coverage and time of each test. What was measured is kept, also if this is stopped."""
    ours = sorted((ROOT / "sts_tui").rglob("*.py"))
    shared = [each for each in sorted((ROOT / "tests").rglob("*.py")) if not each.name.startswith("test_")]
    folder = STATE / digest_of([*ours, *shared])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "coveragerc").write_text("[run]\nsource = sts_tui\nbranch = false\nrelative_files = true\n")
    known, wanted = read_json(folder / "files.json"), test_files(tests)
    changed = [path for path, digest in wanted.items() if known.get(path) != digest]
    parts = [changed[first : first + FILES_AT_A_TIME] for first in range(0, len(changed), FILES_AT_A_TIME)]
    if parts:
        print(f"Which tests run which line? {len(changed)} files of tests …", flush=True)
    with ThreadPoolExecutor(jobs) as pool:
        running = {
            pool.submit(measured_apart, folder, number, part): part for number, part in enumerate(parts)
        }
        for done in as_completed(running):
            unite(folder, done.result(), running[done])
            known |= {path: wanted[path] for path in running[done]}
            (folder / "files.json").write_text(json.dumps(known))
    return folder


def measured_apart(folder: Path, number: int, tests: Sequence[str]) -> Path:
    """Measures files of tests in a process of their own; the folder with the results."""
    part = folder / f"part-{number}"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir()
    command = [sys.executable, str(Path(__file__).with_name("mutate.py")), "--measure", str(part)]
    environment = {**os.environ, **ENVIRONMENT, "COVERAGE_FILE": str(part / "coverage")}
    with (folder / "measure.log").open("a") as log:
        tests = [word for test in tests for word in ("--tests", test)]
        subprocess.run([*command, *tests], cwd=ROOT, env=environment, check=True, stdout=log, stderr=log)
    return part


def measure(folder: Path, tests: Sequence[str]) -> int:
    """Runs files of tests and writes their coverage and durations into the folder."""
    import pytest

    durations = Durations()
    coverage = ["--cov=sts_tui", "--cov-context=test", "--cov-report="]
    coverage += [f"--cov-config={folder.parent / 'coveragerc'}"]
    pytest.main([*PYTEST, "-p", "no:xdist", *coverage, *tests], plugins=[durations, Apart()])
    passed = {name: seconds for name, seconds in durations.seconds.items() if name not in durations.failed}
    (folder / "durations.json").write_text(json.dumps(passed))
    return 0


def unite(folder: Path, part: Path, tests: Sequence[str]) -> None:
    """Adds what a process measured to what is known, in place of what was known of these files."""
    from coverage import CoverageData

    known, more = CoverageData(str(folder / "coverage")), CoverageData(str(part / "coverage"))
    for each in (known, more):
        each.read()  # an unread one would replace its file
    known.update(more)
    before = read_json(folder / "durations.json")
    kept = {name: seconds for name, seconds in before.items() if name.partition("::")[0] not in tests}
    durations = kept | read_json(part / "durations.json")
    (folder / "durations.json").write_text(json.dumps(durations))
    shutil.rmtree(part)


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

        self.folder = folder
        self.test_files: dict[str, str] = read_json(folder / "files.json")
        """Path to digest of each file of tests."""
        self._data = CoverageData(str(folder / "coverage"))
        self._data.read()
        self.usual_seconds: dict[str, float] = read_json(folder / "durations.json")
        self._most_seconds = most_seconds
        self._lines: dict[str, dict[int, list[str]]] = {}
        self._modules: dict[str, Module] = {}
        everything = (self._of(str(path)) for area in AREAS for path in files_of(area, ()))
        self._breadth = Counter(test for lines in everything for tests in lines.values() for test in tests)

    def _of(self, path: str) -> dict[int, list[str]]:
        if path not in self._lines:
            found = self._data.contexts_by_lineno(str(Path(path).relative_to(ROOT)))
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
                yield set().union(*map(self._reading, names_bound(statement)))
        yield self._running(path, self._of(path))

    def _reading(self, name: str, through: frozenset[str] = frozenset()) -> set[str]:
        """The tests that run what reads a name, also through a constant that is made of it."""
        found: set[str] = set()
        for path, line in self._everywhere[name]:
            around = list(self._module(path).enclosing(line))
            if any(isinstance(each, FUNCTIONS) for each in around):
                found |= self._running(path, (line,))
            elif around and name not in through:
                others = (other for each in around for other in names_bound(each) if other != name)
                found |= set().union(*(self._reading(other, through | {name}) for other in others))
        return found

    def _running(self, path: str, lines: Iterable[int]) -> set[str]:
        known = self._of(path)
        return {test for line in lines for test in known.get(line, ())}

    def runs_at_import(self, mutant: Mutant) -> bool:
        """Whether its statement runs while no test does."""
        path = str(ROOT / mutant.path)
        around = list(self._module(path).enclosing(mutant.line))
        return not around or not self._at_import(path).isdisjoint(header_of(around[-1]))

    @cache  # noqa: B019 - one selection lives as long as the program
    def _at_import(self, path: str) -> set[int]:
        found = self._data.contexts_by_lineno(str(Path(path).relative_to(ROOT)))
        return {line for line, tests in found.items() if "" in tests}

    def tests(self, mutant: Mutant) -> tuple[list[str], float]:
        """Node ids and their usual seconds: the module's own tests, those of its folder, then the others."""
        candidates = (each & self.usual_seconds.keys() for each in self._candidates(mutant))
        names = next((found for found in candidates if found), set())
        own = Path(mutant.path.replace("sts_tui", "tests", 1))
        own = own.with_name(f"test_{own.name}")
        around = self._module(str(ROOT / mutant.path)).enclosing(mutant.line)
        if not any(
            isinstance(each, FUNCTIONS) for each in around
        ):  # its tests may read a constant themselves
            names |= {name for name in self.usual_seconds if name.startswith(f"{own}::")}

        def rank(name: str) -> tuple[int, int, float, str]:
            path = Path(name.partition("::")[0])
            distance = 0 if path == own else 1 if path.parent == own.parent else 2
            return distance, self._breadth[name], self.usual_seconds[name], name

        chosen: list[str] = []
        total = 0.0
        for name in sorted(names, key=rank):
            seconds = self.usual_seconds[name]
            if total + seconds <= self._most_seconds:
                chosen.append(name)
                total += seconds
        return chosen, total


def name_of(context: str) -> str:
    return context.rpartition("|")[0] or context
