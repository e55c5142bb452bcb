"""Would the tests detect a fault? `make mutate` plants one at a time and runs the tests of its line.

`mutants.py` says which mutants; those of `planted_faults.json` are always among them. `mutant_tests.py` says
which tests, up to `--seconds` of their usual time.

Each mutant is tried in a forked process, and nothing is written to the checkout. First all tests are
collected once; a fork then puts the mutant's code objects into the live functions and runs its tests. That
does not reach what Python computes at import (constants, defaults, decorators). Such mutants, and survivors
in functions that run at import, are tried again in a process that imports everything from the start. A mutant
is killed where a test fails, or where the tests take far more processor time than without it.

Some forks get no mutant at all. Their tests must pass; otherwise the figures are invalid.

Each outcome is saved as soon as it is known (`Outcomes`). A run that is stopped, by ctrl+c or after
`--minutes`, reports the outcomes so far. Started again with the same seed and sample, it continues, also from
another checkout (`MUTATE_STATE` names the folder). Mutants are tried again when their module or their tests
have changed.

    make mutate                          1,500 mutants
    make mutate ARGS='--sample 100'      a smaller sample
    make mutate ARGS='--only sts_tui/iam/match.py'
"""

from __future__ import annotations

import argparse
import gc
import importlib.abc
import importlib.util
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from coverage_map import ENVIRONMENT, PYTEST, STATE, CoverageMap, digest_of, measure, measured
from mutant_tests import Selection
from mutants import BY_HAND, ROOT, Mutant, line_of, mutated, planted, sample_of

ACCEPTED = ROOT / ".ci" / "surviving_mutants.json"
"""Survivors that no test should kill: `{"module: mutated line": "reason"}`."""
TESTS = [
    "tests/iam", "tests/sts", "tests/identity_providers", "tests/simulation",
    "tests/account/loading/test_bounded_file.py", "tests/account/writing/test_private_file.py",
    "tests/tui/start/test_persistence.py", "tests/tui/start/test_web.py", "tests/endpoint/test_server.py",
]  # fmt: skip
"""The tests that are measured. Tests that run this code only incidentally are omitted: to measure all of them
would take far longer.
"""
AIM = 0.9
CONTROLS = 0.02
"""Control forks (without a mutant) for each mutant."""
ALONE = ("-p", "no:xdist", "-p", "no:cov")
NOT_NOW = 71
"""Exit code of a fork whose mutant takes effect at import only."""
LONGEST_WAIT = 40
"""Seconds that a test may wait, not counting those in which other processes have the processors."""
LAST_TEST = "last-test"
"""A file in the folder of a fork."""


UNTRIED = "untried"
AT_IMPORT = "takes effect at import"
RUNS_AT_IMPORT = "survived, but runs at import"


@dataclass
class Trial:
    mutant: Mutant
    text: str
    """The module with the mutation."""
    tests: Sequence[str]
    seconds: float
    """The usual processor time of the tests."""
    runs_at_import: bool
    is_control: bool = False
    """Without the mutant."""
    outcome: str = UNTRIED
    last_test: str = ""
    """The test that ran last: the one that failed, where the mutant was killed."""

    @property
    def line(self) -> str:
        return line_of(self.mutant, self.text)


# Forks --------------------------------------------------------------------------------------------------


def tried(
    trials: Sequence[Trial], jobs: int, run: Callable[[Trial], int]
) -> Iterator[tuple[Trial, int | None]]:
    """Runs each trial in a fork, sets its last test, and yields it with its exit code: None when it ran out
    of time.
    """
    waiting = list(reversed(trials))
    running: dict[int, tuple[Trial, float, str]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            trial, place = waiting.pop(), tempfile.mkdtemp(prefix="mutant-")
            sys.stdout.flush()
            running[forked(trial, place, run)] = trial, wall_clock(), place
        time.sleep(0.005)
        for process in list(running):
            trial, began, place = running[process]
            ended, status = os.waitpid(process, os.WNOHANG)
            if not ended and wall_clock() < began + LONGEST_WAIT:
                continue
            last = Path(place, LAST_TEST)
            began = last.stat().st_mtime if last.exists() else began
            if not ended and wall_clock() < began + LONGEST_WAIT + kept_waiting(process):
                continue
            end_group(process)
            if not ended:
                os.waitpid(process, 0)
            del running[process]
            trial.last_test = last.read_text() if last.exists() else ""
            shutil.rmtree(place, ignore_errors=True)
            code = os.waitstatus_to_exitcode(status) if ended else None
            yield trial, None if code in (-signal.SIGXCPU, -signal.SIGPROF) else code


def wall_clock() -> float:
    """The present time on the clock that files' timestamps use, in seconds."""
    return time.time()  # noqa: TID251 - compared with the time of a file


def kept_waiting(process: int) -> float:
    """Seconds that a process could have run while others had the processors (0 where there is no Linux)."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def forked(trial: Trial, place: str, run: Callable[[Trial], int]) -> int:
    process = os.fork()
    if process:
        return process
    code = 70
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(nothing, descriptor)
        os.environ["PYTEST_DEBUG_TEMPROOT"] = place
        most = int(15 + 5 * trial.seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (most, most + 5))
        code = run(trial)
    finally:
        os._exit(code)


def note_test(name: str) -> None:
    """Records for the parent process which test begins."""
    Path(os.environ["PYTEST_DEBUG_TEMPROOT"], LAST_TEST).write_text(name)


def end_group(process: int) -> None:
    """Ends a fork and the processes that its tests have not ended."""
    try:
        os.killpg(process, signal.SIGKILL)
    except ProcessLookupError:
        return


# With everything imported -------------------------------------------------------------------------------


class Collected:
    """A pytest plugin: instead of running all tests, tries each mutant in a fork that has them collected."""

    def __init__(self, trials: Sequence[Trial], jobs: int, usual: Mapping[str, float], answers: int) -> None:
        self._trials, self._jobs, self._usual, self._answers = trials, jobs, usual, answers
        self._forked = False

    def pytest_runtestloop(self, session: Any) -> bool:
        items = {item.nodeid: item for item in session.items}
        functions = live_functions()
        gc.collect()
        gc.freeze()

        def run(trial: Trial) -> int:
            self._forked = True
            if not trial.is_control and not exchange(trial, functions):
                return NOT_NOW
            chosen = [items[name] for name in trial.tests if name in items]
            for item, following in zip(chosen, [*chosen[1:], None], strict=True):
                signal.setitimer(signal.ITIMER_PROF, 3 + 4 * self._usual.get(item.nodeid, 0))
                item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            return 0

        order = {id(trial): number for number, trial in enumerate(self._trials)}
        for trial, code in tried(self._trials, self._jobs, run):
            os.write(self._answers, f"{json.dumps([order[id(trial)], code, trial.last_test])}\n".encode())
        return True

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        note_test(nodeid)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if self._forked and report.failed:
            os._exit(1)


def live_functions() -> Mapping[tuple[str, str, int], Sequence[FunctionType]]:
    """(file, qualified name, first line) → the project's functions with that code."""
    gc.unfreeze()  # the tests freeze what was collected, and what is frozen is not listed
    found: dict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename.startswith(str(ROOT / "sts_tui")):
            found[key_of(each.__code__)].append(each)
    return found


def key_of(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def exchange(trial: Trial, functions: Mapping[tuple[str, str, int], Sequence[FunctionType]]) -> bool:
    """Puts the mutant's code into the live functions; returns False if more than functions differs."""
    path = str(ROOT / trial.mutant.path)
    before = compile((ROOT / trial.mutant.path).read_text(), path, "exec", dont_inherit=True)
    after = compile(trial.text, path, "exec", dont_inherit=True)
    changed = list(differing(before, after))
    if not changed or not all(inside for _, _, inside in changed):
        return False
    for old, new, _ in changed:
        if "<locals>" not in old.co_qualname and key_of(old) not in functions:
            return False
        for function in functions.get(key_of(old), ()):
            if len(function.__code__.co_freevars) != len(new.co_freevars):
                return False
            function.__code__ = new
    return True


def differing(
    before: CodeType, after: CodeType, inside: bool = False
) -> Iterator[tuple[CodeType, CodeType, bool]]:
    """(old code, new code, whether it is in a function) of what differs and of the functions around it."""
    pairs = list(zip(inner_of(before), inner_of(after), strict=False))
    own = shallow(before) != shallow(after) or len(inner_of(before)) != len(inner_of(after))
    below = [one for old, new in pairs for one in differing(old, new, inside or is_function(old))]
    yield from below
    if own or (below and inside):
        yield before, after, inside


def inner_of(code: CodeType) -> list[CodeType]:
    return [each for each in code.co_consts if isinstance(each, CodeType)]


def is_function(code: CodeType) -> bool:
    return bool(code.co_flags & 0x2)  # CO_NEWLOCALS: modules and class bodies lack it


def shallow(code: CodeType) -> tuple[object, ...]:
    constants = [repr(each) for each in code.co_consts if not isinstance(each, CodeType)]
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    return code.co_name, code.co_code, code.co_flags, constants, names


def with_everything_imported(
    trials: Sequence[Trial], jobs: int, usual: Mapping[str, float]
) -> Iterator[tuple[Trial, int | None]]:
    """(trial, exit code), from a process that collects the tests; `usual` are the seconds of each test."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            import pytest

            os.close(reading)
            files = sorted({name.partition("::")[0] for trial in trials for name in trial.tests})
            output = os.open(STATE / "pytest.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(output, 1)
            pytest.main([*PYTEST, *ALONE, *files], plugins=[Collected(trials, jobs, usual, writing)])
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answers:
        for answer in answers:
            number, code, trials[number].last_test = json.loads(answer)
            yield trials[number], code
    os.waitpid(process, 0)


# With a module replaced at import -----------------------------------------------------------------------


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
    """Imports what every fork needs, except the project itself."""
    import hypothesis
    import pytest
    import textual.app  # noqa: F401

    assert hypothesis
    assert pytest
    assert not [name for name in sys.modules if name.startswith("sts_tui")]
    gc.collect()
    gc.freeze()


class Chosen:
    """A pytest plugin: runs only these tests, in this order. A test that a mutant has renamed is not run."""

    def __init__(self, names: Sequence[str]) -> None:
        self._order = {name: number for number, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        kept = [item for item in items if item.nodeid in self._order]
        items[:] = sorted(kept, key=lambda item: self._order[item.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        note_test(nodeid)


def from_the_start(trial: Trial) -> int:
    """Imports the project, with the mutant, and runs the tests; pytest's exit code."""
    import pytest

    if not trial.is_control:
        sys.meta_path.insert(0, Replaced(trial.mutant.module, ROOT / trial.mutant.path, trial.text))
    files = dict.fromkeys(name.partition("::")[0] for name in trial.tests)
    code = pytest.main([*PYTEST, "-x", *ALONE, *files], plugins=[Chosen(trial.tests)])
    return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)


# Outcomes -----------------------------------------------------------------------------------------------


class Outcomes:
    """The outcomes, in a file with one line for each trial.

    An outcome is valid while the module is unchanged, and also the test that killed the mutant, or all tests
    of a survivor.
    """

    def __init__(self, path: Path, test_files: Mapping[str, str]) -> None:
        self._path = path
        self._test_files = test_files
        lines = path.read_text().splitlines() if path.exists() else []
        found = (json.loads(line) for line in lines if line.endswith("]"))
        self._known: dict[str, tuple[str, dict[str, str]]] = {name: (how, by) for name, how, by in found}

    def recall(self, trials: Sequence[Trial]) -> int:
        """Sets the outcomes of trials that are known; returns their number."""
        count = 0
        for trial in trials:
            outcome, by = self._known.get(self._name(trial), (UNTRIED, {}))
            expected = by if outcome in ("killed", "time") else self._files(trial.tests)
            if outcome != UNTRIED and by == expected and by.items() <= self._test_files.items():
                trial.outcome = outcome
                count += 1
        return count

    def note(self, trial: Trial) -> None:
        """Saves an outcome, unless the trial is to be repeated in a process that imports the mutant."""
        if trial.outcome in (AT_IMPORT, RUNS_AT_IMPORT):
            return
        tests = [trial.last_test] if trial.last_test and trial.outcome != "survived" else trial.tests
        with self._path.open("a") as file:
            file.write(json.dumps([self._name(trial), trial.outcome, self._files(tests)]) + "\n")

    def _files(self, tests: Sequence[str]) -> dict[str, str]:
        """Path → digest of the test files."""
        return {path: self._test_files[path] for path in sorted({name.partition("::")[0] for name in tests})}

    @staticmethod
    def _name(trial: Trial) -> str:
        one = trial.mutant
        kind = "control" if trial.is_control else "mutant"
        return f"{kind} {one.path} {digest_of([ROOT / one.path])} {one.operator} {one.occurrence}"


# Report -------------------------------------------------------------------------------------------------


def outcome_of(code: int | None) -> str:
    return "time" if code is None else "survived" if code == 0 else "killed"


class Run:
    """Tries mutants until all are tried, this many minutes have passed, or ctrl+c is pressed."""

    def __init__(
        self,
        trials: Sequence[Trial],
        jobs: int,
        outcomes: Outcomes,
        usual: Mapping[str, float],
        minutes: float,
    ) -> None:
        self._jobs = jobs
        self._usual = usual
        self._outcomes = outcomes
        self._began = time.monotonic()
        self._until = self._began + 60 * minutes
        if done := outcomes.recall(trials):
            print(f"{done} are known from an earlier run", file=sys.stderr)
        self._trials = trials
        self._covered = [trial for trial in trials if trial.tests and trial.outcome == UNTRIED]

    def try_all(self) -> None:
        """Sets the outcome of each trial."""
        try:
            self._take(with_everything_imported(self._covered, self._jobs, self._usual), is_last=False)
            again = [trial for trial in self._covered if trial.outcome in (AT_IMPORT, RUNS_AT_IMPORT)]
            print(f"\n{len(again)} again, from the import on", file=sys.stderr)
            preload()
            self._take(tried(again, self._jobs, from_the_start), is_last=True)
        except KeyboardInterrupt:
            print("\nstopped", file=sys.stderr)
        print(file=sys.stderr)
        for trial in self._trials:
            if not trial.tests:
                trial.outcome = "not covered"
            elif trial.outcome in (AT_IMPORT, RUNS_AT_IMPORT):
                trial.outcome = UNTRIED

    def _take(self, found: Iterator[tuple[Trial, int | None]], *, is_last: bool) -> None:
        for number, (trial, code) in enumerate(found, 1):
            trial.outcome = AT_IMPORT if code == NOT_NOW else outcome_of(code)
            if trial.outcome == "survived" and trial.runs_at_import and not is_last:
                trial.outcome = RUNS_AT_IMPORT
            self._outcomes.note(trial)
            now = time.monotonic()
            line = f"\r{number} of {len(self._covered)}, {now - self._began:.0f} s: {trial.outcome:<30}"
            print(line, end="", flush=True, file=sys.stderr)
            if now > self._until:
                return


def report(trials: Sequence[Trial], seconds: float) -> int:
    """Prints a table and the survivors; 1 where fewer than nine of ten are killed, or none should survive."""
    accepted: dict[str, str] = json.loads(ACCEPTED.read_text()) if ACCEPTED.exists() else {}
    tried_ones = [trial for trial in trials if trial.outcome != UNTRIED]
    if len(tried_ones) < len(trials):
        print(f"\nstopped: {len(tried_ones)} of {len(trials)} are tried; the same command continues")
    results = [trial for trial in tried_ones if not trial.is_control]
    controls = [trial for trial in tried_ones if trial.is_control]
    by_area: dict[str, Counter[str]] = defaultdict(Counter)
    for trial in results:
        by_area[trial.mutant.area][trial.outcome] += 1
    by_hand = by_area.pop(BY_HAND, Counter())
    print("\n| area | mutants | killed | survived | not covered | killed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    everything: Counter[str] = sum(by_area.values(), Counter())
    for area, counts in [*by_area.items(), ("all", everything), (BY_HAND, by_hand)]:
        total, killed = sum(counts.values()), counts["killed"] + counts["time"]
        share = f"{100 * killed / max(1, total):.1f} %"
        print(f"| {area} | {total} | {killed} | {counts['survived']} | {counts['not covered']} | {share} |")
    failed = [trial for trial in controls if trial.outcome != "survived"]
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = (used.ru_utime + used.ru_stime) / 60
    print(
        f"\n{len(results)} mutants, {seconds / 60:.1f} minutes and {processor:.1f} of processor time for "
        f"those tried now, {everything['time']} killed by time"
    )
    print(f"{len(controls)} controls without a mutant, {len(failed)} of them failed\n")
    for trial in sorted(results, key=lambda each: (each.mutant.path, each.mutant.line)):
        if trial.outcome not in ("killed", "time"):
            reason = accepted.get(f"{trial.mutant.module}: {trial.line}", "")
            place = f"{trial.mutant.path}:{trial.mutant.line}"
            print(f"{place}: {trial.outcome}: {trial.line}{f'  # {reason}' if reason else ''}")
    for trial in failed:
        print("control failed:", *trial.tests)
    rows = [
        [each.mutant.path, each.mutant.line, each.mutant.operator, each.outcome, each.line]
        for each in results
    ]
    (STATE / "results.json").write_text(json.dumps(rows))
    killed = everything["killed"] + everything["time"]
    missed = by_hand["survived"] + by_hand["not covered"]
    return int(bool(failed or missed) or killed < AIM * sum(everything.values()))


def trials_of(mutants: Sequence[tuple[Mutant, str | None]], selection: Selection) -> list[Trial]:
    """A trial for each mutant and its text, with control trials between them."""
    trials = []
    for number, (mutant, text) in enumerate(mutants):
        if text is None:
            continue
        trial = Trial(mutant, text, *selection.tests(mutant), selection.runs_at_import(mutant))
        trials.append(trial)
        if trial.tests and number % round(1 / CONTROLS) == 0:
            trials.append(replace(trial, is_control=True))
    return trials


def main() -> int:
    parser = argparse.ArgumentParser(description="Plant faults and see whether the tests notice them.")
    parser.add_argument("--sample", type=int, default=1500, help="how many mutants (default 1500)")
    parser.add_argument("--seed", type=int, default=0, help="of the sample (default 0)")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time (default 2)")
    parser.add_argument("--minutes", type=float, default=600, help="stop then; the same command continues")
    parser.add_argument("--seconds", type=float, default=25, help="for the tests of a mutant (default 25)")
    parser.add_argument(
        "--tests", action="append", default=[], help="a file or folder of tests (default: all)"
    )
    parser.add_argument("--only", action="append", default=[], help="a file or folder of the areas")
    parser.add_argument("--fresh", action="store_true", help="measure the coverage of all tests again")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.update(ENVIRONMENT)
    if options.measure is not None:
        return measure(options.measure, options.tests)
    began = time.monotonic()
    if options.fresh:
        (STATE / "files.json").unlink(missing_ok=True)
    measured(options.jobs, options.tests or TESTS)
    coverage = CoverageMap()
    selection = Selection(coverage, options.seconds)
    sample = [(each, mutated(each)) for each in sample_of(options.sample, options.seed, options.only)]
    trials = trials_of([*([] if options.only else planted()), *sample], selection)
    outcomes = Outcomes(STATE / "outcomes.jsonl", coverage.test_files)
    usual = coverage.usual_seconds
    del coverage, selection  # large, and each fork would have it
    Run(trials, options.jobs, outcomes, usual, options.minutes).try_all()
    return report(trials, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
