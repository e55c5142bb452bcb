"""Which tests run the code that a mutant changes?

For a mutant inside a function, those are the tests that run its statement; for a default, a decorator or a
field, those that run the function or read the field; for a constant, those that run code that reads it, in
any module. The module's own tests come first, then the most specific (they run the fewest lines).
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path

from coverage_map import CoverageMap
from mutants import AREAS, ROOT, Mutant, files_of

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


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
        """The statements that contain a line, the innermost last."""
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

    def __init__(self, coverage: CoverageMap, most_seconds: float) -> None:
        self.coverage = coverage
        self._most_seconds = most_seconds
        self._modules: dict[str, Module] = {}
        paths = (str(path.relative_to(ROOT)) for area in AREAS for path in files_of(area, ()))
        everything = (coverage.tests(path) for path in paths)
        self._breadth = Counter(test for lines in everything for tests in lines.values() for test in tests)

    @cached_property
    def _everywhere(self) -> dict[str, list[tuple[str, int]]]:
        """Name → the places in the project that read it."""
        places: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for path in sorted((ROOT / "sts_tui").rglob("*.py")):
            name_of_path = str(path.relative_to(ROOT))
            for name, lines in self._module(name_of_path).reads.items():
                places[name] += [(name_of_path, line) for line in lines]
        return places

    def _module(self, path: str) -> Module:
        if path not in self._modules:
            self._modules[path] = Module(ROOT / path)
        return self._modules[path]

    def _candidates(self, mutant: Mutant) -> Iterator[set[str]]:
        """Sets of tests, the most specific set first."""
        path = mutant.path
        around = list(self._module(path).enclosing(mutant.line))
        for depth, statement in reversed(list(enumerate(around))):
            if isinstance(statement, FUNCTIONS):
                yield self._running(path, range(statement.body[0].lineno, (statement.end_lineno or 0) + 1))
            elif any(isinstance(each, FUNCTIONS) for each in around[:depth]):
                yield self._running(path, header_of(statement))
            else:
                yield set().union(*map(self._reading, names_bound(statement)))
        yield self._running(path, self.coverage.tests(path))

    def _reading(self, name: str, through: frozenset[str] = frozenset()) -> set[str]:
        """The tests that run code that reads a name, or a constant that is computed from it."""
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
        known = self.coverage.tests(path)
        return {test for line in lines for test in known.get(line, ())}

    def runs_at_import(self, mutant: Mutant) -> bool:
        """Whether the mutant's statement runs at import, outside every test."""
        path = mutant.path
        around = list(self._module(path).enclosing(mutant.line))
        return not around or not self.coverage.at_import(path).isdisjoint(header_of(around[-1]))

    def tests(self, mutant: Mutant) -> tuple[list[str], float]:
        """Node ids and their usual seconds: the module's own tests, those of its folder, then the others."""
        usual = self.coverage.usual_seconds
        candidates = (each & usual.keys() for each in self._candidates(mutant))
        names = next((found for found in candidates if found), set())
        own = Path(mutant.path.replace("sts_tui", "tests", 1))
        own = own.with_name(f"test_{own.name}")
        around = self._module(mutant.path).enclosing(mutant.line)
        if not any(
            isinstance(each, FUNCTIONS) for each in around
        ):  # its tests may read a constant themselves
            names |= {name for name in usual if name.startswith(f"{own}::")}

        def rank(name: str) -> tuple[int, int, float, str]:
            path = Path(name.partition("::")[0])
            distance = 0 if path == own else 1 if path.parent == own.parent else 2
            return distance, self._breadth[name], usual[name], name

        chosen: list[str] = []
        total = 0.0
        for name in sorted(names, key=rank):
            seconds = usual[name]
            if total + seconds <= self._most_seconds:
                chosen.append(name)
                total += seconds
        return chosen, total
