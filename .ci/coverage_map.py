"""Which tests ran which line when they were last measured?

Coverage is measured with one context per test, one test file at a time, and again only for test files that
have changed. Where the code has changed since, its lines are mapped to their present numbers. That only
selects the tests to run; they run on the present code. `--fresh` measures everything again.
"""

from __future__ import annotations

import difflib
import gc
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from mutants import ROOT

STATE = Path(os.environ.get("MUTATE_STATE") or ROOT / ".venv" / ".mutate")
"""Nothing in it depends on the path of the checkout, so that another checkout can continue."""
FILES_AT_A_TIME = 6
PYTEST = ["-q", "-p", "no:cacheprovider", "--capture=sys", "--tb=no"]
ENVIRONMENT = {"CI": "true", "PYTHONPATH": str(ROOT)}
"""`CI` makes Hypothesis deterministic and keeps it from remembering examples of an earlier mutant."""


# Measuring ----------------------------------------------------------------------------------------------


class Apart:
    """A pytest plugin: clears the project's caches before each test, so that the test runs all the code it
    needs.
    """

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
    """Seconds of processor time of this process and of the child processes that it has waited for."""
    return sum(os.times()[:4])


def digest_of(paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def test_files(tests: Sequence[str]) -> dict[str, str]:
    """Path → digest of each test file."""
    places = [ROOT / test for test in tests]
    found = [path for place in places for path in ([place] if place.is_file() else place.rglob("test_*.py"))]
    return {str(path.relative_to(ROOT)): digest_of([path]) for path in sorted(found)}


def measured(jobs: int, tests: Sequence[str]) -> None:
    """Measures the test files that have changed. Finished measurements are kept when this is stopped."""
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / "coveragerc").write_text("[run]\nsource = sts_tui\nbranch = false\nrelative_files = true\n")
    known, wanted = read_json(STATE / "files.json"), test_files(tests)
    changed = [path for path, digest in wanted.items() if known.get(path, ("",))[0] != digest]
    groups = [changed[first : first + FILES_AT_A_TIME] for first in range(0, len(changed), FILES_AT_A_TIME)]
    if not groups:
        return
    print(f"Which tests run which line? {len(changed)} files of tests …", flush=True)
    code = kept_code()
    with ThreadPoolExecutor(jobs) as pool:
        running = {pool.submit(measured_apart, code, group): group for group in groups}
        for done in as_completed(running):
            known |= {path: (wanted[path], done.result()) for path in running[done]}
            (STATE / "files.json").write_text(json.dumps(known))
    for part in (STATE / "parts").iterdir():
        if part.name not in {name for _, name in known.values()}:
            shutil.rmtree(part)


def kept_code() -> str:
    """Stores the text of every module; returns the name under which it is stored."""
    texts = {
        str(path.relative_to(ROOT)): path.read_text() for path in sorted((ROOT / "sts_tui").rglob("*.py"))
    }
    whole = json.dumps(texts).encode()
    name = hashlib.sha256(whole).hexdigest()[:16]
    (STATE / "code").mkdir(exist_ok=True)
    (STATE / "code" / f"{name}.json.gz").write_bytes(gzip.compress(whole, mtime=0))
    return name


def measured_apart(code: str, tests: Sequence[str]) -> str:
    """Measures test files in a process of their own; returns the name of the folder with the results."""
    name = f"{code}-{digest_of([ROOT / test for test in tests])}"
    part = STATE / "parts" / name
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    command = [sys.executable, str(Path(__file__).with_name("mutate.py")), "--measure", str(part)]
    environment = {**os.environ, **ENVIRONMENT, "COVERAGE_FILE": str(part / "coverage")}
    with (STATE / "measure.log").open("a") as log:
        tests = [word for test in tests for word in ("--tests", test)]
        subprocess.run([*command, *tests], cwd=ROOT, env=environment, check=True, stdout=log, stderr=log)
    return name


def measure(part: Path, tests: Sequence[str]) -> int:
    """Runs test files and writes their coverage and durations into the folder."""
    import pytest

    durations = Durations()
    coverage = [
        "--cov=sts_tui",
        "--cov-context=test",
        "--cov-report=",
        f"--cov-config={STATE / 'coveragerc'}",
    ]
    code = pytest.main([*PYTEST, "-p", "no:xdist", *coverage, *tests], plugins=[durations, Apart()])
    if code not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED):
        return int(code)  # not collected: they must not count as tests that run nothing
    passed = {name: seconds for name, seconds in durations.seconds.items() if name not in durations.failed}
    (part / "durations.json").write_text(json.dumps(passed))
    return 0


def read_json(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text()) if path.exists() else {}


# Reading ------------------------------------------------------------------------------------------------


class Part:
    """The results of one measuring process."""

    def __init__(self, name: str) -> None:
        from coverage import CoverageData

        self._data = CoverageData(str(STATE / "parts" / name / "coverage"))
        self._data.read()
        self._code = STATE / "code" / f"{name.partition('-')[0]}.json.gz"
        self.durations: dict[str, float] = read_json(STATE / "parts" / name / "durations.json")

    @cached_property
    def _texts(self) -> dict[str, str]:
        return json.loads(gzip.decompress(self._code.read_bytes()))

    def lines(self, path: str) -> Iterator[tuple[int, list[str]]]:
        """The lines of a module, where they are now, with the tests that ran them; "" for an import."""
        found = self._data.contexts_by_lineno(path)
        if not found:
            return
        now = followed(self._texts.get(path, ""), (ROOT / path).read_text())
        for line, contexts in found.items():
            if line in now:
                yield now[line], [name_of(context) for context in contexts]


@cache
def name_of(context: str) -> str:
    """The test of a coverage context. Equal names are one object, since there are millions of them."""
    return context.rpartition("|")[0] or context


@lru_cache(maxsize=64)
def followed(before: str, after: str) -> Mapping[int, int]:
    """Old line number → present one, for the lines that still exist or were replaced by others."""
    old, new = before.splitlines(), after.splitlines()
    if old == new:
        return {line: line for line in range(1, len(old) + 1)}
    changes = difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return {
        line + 1: min(there + line - first, there_end - 1) + 1
        for _, first, last, there, there_end in changes
        if there < there_end
        for line in range(first, last)
    }


class CoverageMap:
    """The tests that ran each line."""

    def __init__(self) -> None:
        known: dict[str, tuple[str, str]] = read_json(STATE / "files.json")
        present = test_files([path for path in known if (ROOT / path).exists()])
        self.test_files = {path: digest for path, (digest, _) in known.items() if present.get(path) == digest}
        """Path → digest of each test file that has not changed since it was measured."""
        names = {path: known[path][1] for path in self.test_files}
        parts = {name: Part(name) for name in sorted(set(names.values()))}
        self.usual_seconds: dict[str, float] = {}
        """Test → its usual processor time, for each test that passed."""
        self._of_part: list[tuple[Part, set[str]]] = []
        for name, part in parts.items():
            files = {path for path, of in names.items() if of == name}
            own = {test for test in part.durations if test.partition("::")[0] in files}
            self.usual_seconds |= {test: part.durations[test] for test in own}
            self._of_part.append((part, own))
        self._lines: dict[str, tuple[dict[int, set[str]], set[int]]] = {}

    def tests(self, path: str) -> Mapping[int, set[str]]:
        """Line → the tests that run it, for one module."""
        return self._read(path)[0]

    def at_import(self, path: str) -> set[int]:
        """The lines of a module that run while no test does."""
        return self._read(path)[1]

    def _read(self, path: str) -> tuple[dict[int, set[str]], set[int]]:
        if path not in self._lines:
            lines: dict[int, set[str]] = defaultdict(set)
            imported: set[int] = set()
            for part, own in self._of_part:
                for line, tests in part.lines(path):
                    lines[line].update(test for test in tests if test in own)
                    if "" in tests:
                        imported.add(line)
            self._lines[path] = dict(lines), imported
        return self._lines[path]
