"""Would the tests notice a fault? `make mutate` plants one at a time and runs the tests of its line.

Cosmic Ray makes the mutants (https://cosmic-ray.readthedocs.io/en/latest/reference/operators/). A seeded,
stratified sample is taken: every area has its share, and within an area files and kinds of fault take turns.
Coverage with one context per test says which tests run a line; of those the most specific come first (the
tests that run the fewest lines), up to `--seconds` of their usual time. A line that runs at import belongs to
all tests of its file.

Each mutant is tried in a forked process in which only its module is replaced, so that nothing is written to
the checkout. A mutant is killed where a test fails, or where the tests take far longer than without it.

Left out, because no test could notice them: annotations, what only type checkers read, `frozen` and its like,
decorators that cache, and `==` for `is` (and the other way round), the same for the values compared here.

    make mutate                          1,500 mutants
    make mutate ARGS='--sample 100'      a smaller sample
    make mutate ARGS='--only sts_tui/iam/match.py'
"""

from __future__ import annotations

import argparse
import ast
import gc
import hashlib
import importlib.abc
import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

ROOT = Path(__file__).resolve().parents[1]
STATE = ROOT / ".venv" / ".mutate"
ACCEPTED = ROOT / ".ci" / "surviving_mutants.json"
"""Survivors that no test should kill: `{"module: mutated line": "reason"}`."""
AREAS = {
    "iam": ["sts_tui/iam"],
    "sts": ["sts_tui/sts"],
    "authorization": ["sts_tui/simulation/authorization"],
    "journal": ["sts_tui/simulation/journal"],
    "files": ["sts_tui/account/bounded_file.py", "sts_tui/account/writing/private_file.py"],
}
TESTS = [
    "tests/account", "tests/iam", "tests/identity_providers", "tests/simulation", "tests/sts", "tests/tours",
    "tests/tui/start/test_persistence.py",
]  # fmt: skip
SAME_VALUES = ("_Eq_Is", "_Is_Eq", "_NotEq_IsNot", "_IsNot_NotEq")
CACHES = ("cache", "lru_cache", "cached_property", "overload", "final", "runtime_checkable")
SHARE_AT_LEAST = 0.06
"""Of the sample, for the smallest area."""
AIM = 0.9


@dataclass(frozen=True)
class Mutant:
    path: str
    area: str
    operator: str
    occurrence: int
    line: int

    @property
    def module(self) -> str:
        return self.path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


# Operators ----------------------------------------------------------------------------------------------


class SwapBuiltins(Operator):
    """`min` for `max`, `any` for `all`, and the other way round."""

    SWAPPED = {"min": "max", "max": "min", "any": "all", "all": "any"}

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "name" and node.value in self.SWAPPED:
            following = node.get_next_leaf()
            if following is not None and following.value == "(":
                yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        node.value = self.SWAPPED[node.value]
        return node

    @classmethod
    def examples(cls) -> Sequence[Any]:
        return ()


def operator_of(name: str) -> Operator:
    return SwapBuiltins() if name == SwapBuiltins.__name__ else plugins.get_operator(name)()


def operator_names() -> Iterator[str]:
    yield SwapBuiltins.__name__
    for name in plugins.operator_names():
        if not plugins.get_operator(name).arguments() and not name.endswith((*SAME_VALUES, "NoOp")):
            yield name


# Mutants ------------------------------------------------------------------------------------------------


def files_of(area: str, only: Sequence[str]) -> list[Path]:
    found = []
    for name in AREAS[area]:
        place = ROOT / name
        found += [place] if place.is_file() else sorted(place.rglob("*.py"))
    return [one for one in found if not only or str(one.relative_to(ROOT)) in only]


def all_mutants(area: str, path: Path) -> Iterator[Mutant]:
    tree, spared = get_ast_from_path(path), list(spared_of(ast.parse(path.read_text())))
    nodes = list(ast_nodes(tree))
    for name in operator_names():
        operator = operator_of(name)
        positions = (each for node in nodes for each in operator.mutation_positions(node))
        for occurrence, (start, _) in enumerate(positions):
            if not any(first <= start < last for first, last in spared):
                yield Mutant(str(path.relative_to(ROOT)), area, name, occurrence, start[0])


def spared_of(tree: ast.AST) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """(start, end) of what no test could notice."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from map(span, (each for each in node.decorator_list if called(each) in CACHES))
            arguments = node.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            every += [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
            annotations = [node.returns, *(each.annotation for each in every)]
            yield from (span(each) for each in annotations if each is not None)
        elif isinstance(node, ast.ClassDef):
            yield from (span(each) for each in node.keywords)
        elif isinstance(node, ast.AnnAssign):
            yield span(node.annotation)
        elif isinstance(node, ast.If) and called(node.test) == "TYPE_CHECKING":
            yield span(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and is_type(node.value):
            yield span(node.value)


def is_type(node: ast.expr) -> bool:
    """`A | B` of types, as in an alias."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and is_type(node.left) and is_type(node.right)
    return isinstance(node, ast.Name | ast.Subscript | ast.Constant) and (
        not isinstance(node, ast.Name) or node.id[:1].isupper() or node.id in dir(__builtins__)
    )


def called(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def span(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def sample_of(size: int, seed: int, only: Sequence[str]) -> list[Mutant]:
    """Each area by its number of mutants, but a minimum; then files and operators in turn."""
    dice = random.Random(seed)
    whole = {
        area: [one for path in files_of(area, only) for one in all_mutants(area, path)] for area in AREAS
    }
    total = sum(map(len, whole.values())) or 1
    chosen: list[Mutant] = []
    for mutants in whole.values():
        share = max(SHARE_AT_LEAST, len(mutants) / total) if mutants else 0
        chosen += in_turns(mutants, min(len(mutants), round(size * share)), dice)
    dice.shuffle(chosen)
    return chosen[:size]


def in_turns(mutants: Iterable[Mutant], count: int, dice: random.Random) -> list[Mutant]:
    """By file as many as its mutants ask for; within a file one of each kind of fault before the next."""
    keyed: list[tuple[float, Mutant]] = []
    by_file: dict[str, dict[str, list[Mutant]]] = defaultdict(lambda: defaultdict(list))
    for one in mutants:
        by_file[one.path][one.operator.partition("_")[0]].append(one)
    for kinds in by_file.values():
        rows = [sorted(kind, key=lambda _: dice.random()) for kind in kinds.values()]
        dice.shuffle(rows)
        turns = [one for turn in range(max(map(len, rows))) for row in rows for one in row[turn : turn + 1]]
        keyed += [((place + dice.random()) / len(turns), one) for place, one in enumerate(turns)]
    return [one for _, one in sorted(keyed, key=lambda pair: pair[0])[:count]]


# Which tests run a line ---------------------------------------------------------------------------------


class Durations:
    """A pytest plugin: how long did each test take?"""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: Any) -> None:
        self.seconds[report.nodeid] += report.duration
        if not report.passed:
            self.failed.add(report.nodeid)


def version_of_the_code(tests: Sequence[str]) -> str:
    digest = hashlib.sha256(" ".join(tests).encode())
    for folder in ("sts_tui", "tests"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def measured(jobs: int, tests: Sequence[str]) -> Path:
    """The folder with coverage and time of each test; measured once for each version of the code."""
    folder = STATE / version_of_the_code(tests)
    if not (folder / "durations.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        print("Which tests run which line? …", flush=True)
        command = [sys.executable, __file__, "--measure", str(folder), "--jobs", str(jobs)]
        command += [word for test in tests for word in ("--tests", test)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COVERAGE_FILE": str(folder / "coverage")}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    return folder


def measure(folder: Path, jobs: int, tests: Sequence[str]) -> int:
    import pytest

    (folder / "coveragerc").write_text("[run]\nsource = sts_tui\nbranch = false\n")
    durations = Durations()
    config = f"--cov-config={folder / 'coveragerc'}"
    options = ["-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", "--cov=sts_tui", "--cov-context=test"]
    parallel = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 else []
    pytest.main([*options, config, "--cov-report=", *parallel, *tests], plugins=[durations])
    passed = {name: seconds for name, seconds in durations.seconds.items() if name not in durations.failed}
    (folder / "durations.json").write_text(json.dumps(passed))
    if durations.failed:
        print("Left out, since they fail without any mutant:", *sorted(durations.failed), sep="\n  ")
    return 0


class Selection:
    """Which tests run a line, the most specific first."""

    def __init__(self, folder: Path, most_seconds: float) -> None:
        from coverage import CoverageData

        self._data = CoverageData(str(folder / "coverage"))
        self._data.read()
        self._seconds: dict[str, float] = json.loads((folder / "durations.json").read_text())
        self._most_seconds = most_seconds
        self._lines: dict[str, dict[int, list[str]]] = {}
        self._breadth = Counter(
            test
            for area in AREAS
            for path in files_of(area, ())
            for tests in self._of(str(path)).values()
            for test in tests
        )

    def _of(self, path: str) -> dict[int, list[str]]:
        if path not in self._lines:
            found = self._data.contexts_by_lineno(path)
            self._lines[path] = {
                line: [name_of(one) for one in tests if one] for line, tests in found.items()
            }
        return self._lines[path]

    def tests(self, mutant: Mutant) -> tuple[list[str], float]:
        """Node ids and their usual seconds. Of a line that no test runs by itself: all tests of its file."""
        lines = self._of(str(ROOT / mutant.path))
        names = set(lines.get(mutant.line, ())) or {one for tests in lines.values() for one in tests}
        chosen: list[str] = []
        total = 0.0
        for name in sorted(names, key=lambda each: (self._breadth[each], self._seconds.get(each, 0), each)):
            seconds = self._seconds.get(name)
            if seconds is None or seconds > self._most_seconds:
                continue
            if total + seconds > self._most_seconds and chosen:
                break
            chosen.append(name)
            total += seconds
        return chosen, total


def name_of(context: str) -> str:
    return context.rpartition("|")[0] or context


# Trying a mutant ----------------------------------------------------------------------------------------


class Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a text instead of its file."""

    def __init__(self, name: str, path: Path, text: str) -> None:
        self._name, self._path, self._text = name, path, text

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        is_package = self._path.name == "__init__.py"
        places = [str(self._path.parent)] if is_package else None
        return importlib.util.spec_from_file_location(
            fullname, self._path, loader=self, submodule_search_locations=places
        )

    def exec_module(self, module: Any) -> None:
        exec(compile(self._text, str(self._path), "exec"), module.__dict__)  # noqa: S102 (our own text)


def preload() -> None:
    """What every child needs, except the project itself."""
    import textual.app  # noqa: F401

    assert not [name for name in sys.modules if name.startswith("sts_tui")]
    gc.collect()
    gc.freeze()


def child(mutant: Mutant | None, text: str, tests: Sequence[str]) -> None:
    """Runs the tests with the mutant and ends the process with pytest's exit code."""
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    code = 70
    try:
        import pytest

        if mutant is not None:
            sys.meta_path.insert(0, Replaced(mutant.module, ROOT / mutant.path, text))
        quiet = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov", "--tb=no"]
        code = int(pytest.main([*quiet, "--hypothesis-seed=0", *tests]))
    finally:
        os._exit(code)


def begin(mutant: Mutant | None, text: str, tests: Sequence[str]) -> int:
    process = os.fork()
    if process == 0:
        child(mutant, text, tests)
    return process


def mutated(mutant: Mutant) -> str | None:
    return mutate_code((ROOT / mutant.path).read_text(), operator_of(mutant.operator), mutant.occurrence)


def tried(mutants: Sequence[Mutant], selection: Selection, jobs: int) -> Iterator[tuple[Mutant, str, str]]:
    """(mutant, outcome, mutated line): killed, time, survived, not covered, no mutant."""
    waiting = list(reversed(mutants))
    running: dict[int, tuple[Mutant, str, float]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            mutant = waiting.pop()
            text = mutated(mutant)
            if text is None:
                continue
            tests, seconds = selection.tests(mutant)
            if not tests:
                yield mutant, "not covered", line_of(mutant, text)
                continue
            deadline = time.monotonic() + 20 + 5 * seconds
            running[begin(mutant, text, tests)] = (mutant, text, deadline)
        time.sleep(0.02)
        for process in list(running):
            mutant, text, deadline = running[process]
            ended, status = os.waitpid(process, os.WNOHANG)
            if not ended and time.monotonic() < deadline:
                continue
            if not ended:
                os.killpg(process, signal.SIGKILL)
                os.waitpid(process, 0)
            del running[process]
            code = os.waitstatus_to_exitcode(status) if ended else 0
            outcome = "time" if not ended else "survived" if code == 0 else "killed"
            yield mutant, outcome, line_of(mutant, text)


def line_of(mutant: Mutant, text: str) -> str:
    """The first line that differs."""
    before = (ROOT / mutant.path).read_text().splitlines()
    for old, new in zip(before, text.splitlines(), strict=False):
        if old != new:
            return new.strip()
    return ""


# Report -------------------------------------------------------------------------------------------------


def report(results: Sequence[tuple[Mutant, str, str]], seconds: float) -> int:
    """Prints a table and the survivors; 1 where less than nine of ten are killed."""
    accepted: dict[str, str] = json.loads(ACCEPTED.read_text()) if ACCEPTED.exists() else {}
    by_area: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant, outcome, _ in results:
        by_area[mutant.area][outcome] += 1
    print("\n| area | mutants | killed | survived | not covered | killed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    everything: Counter[str] = sum(by_area.values(), Counter())
    for area, counts in [*by_area.items(), ("all", everything)]:
        total, killed = sum(counts.values()), counts["killed"] + counts["time"]
        share = f"{100 * killed / max(1, total):.1f} %"
        print(f"| {area} | {total} | {killed} | {counts['survived']} | {counts['not covered']} | {share} |")
    print(f"\n{len(results)} mutants in {seconds / 60:.1f} minutes\n")
    for mutant, outcome, text in sorted(results, key=lambda each: (each[0].path, each[0].line)):
        if outcome in ("survived", "not covered"):
            reason = accepted.get(f"{mutant.module}: {text}", "")
            print(f"{mutant.path}:{mutant.line}: {outcome}: {text}{f'  # {reason}' if reason else ''}")
    (STATE / "results.json").write_text(
        json.dumps([[each.path, each.line, each.operator, outcome, text] for each, outcome, text in results])
    )
    killed = everything["killed"] + everything["time"]
    return int(killed < AIM * len(results))


def main() -> int:
    parser = argparse.ArgumentParser(description="Plant faults and see whether the tests notice them.")
    parser.add_argument("--sample", type=int, default=1500, help="how many mutants (default 1500)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default 0)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--seconds", type=float, default=6, help="time for the tests of a mutant (default 6)")
    parser.add_argument(
        "--tests", action="append", default=[], help="a file or folder of tests (default: all)"
    )
    parser.add_argument("--only", action="append", default=[], help="a file of the areas")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    sys.dont_write_bytecode = False
    if options.measure is not None:
        return measure(options.measure, options.jobs, options.tests)
    began = time.monotonic()
    selection = Selection(measured(options.jobs, options.tests or TESTS), options.seconds)
    mutants = sample_of(options.sample, options.seed, options.only)
    preload()
    results = []
    for number, (mutant, outcome, text) in enumerate(tried(mutants, selection, options.jobs), 1):
        results.append((mutant, outcome, text))
        print(f"\r{number} of {len(mutants)}: {outcome:<12}", end="", flush=True, file=sys.stderr)
    return report(results, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
