"""Which mutants exist, and which of them are tried?

Cosmic Ray makes the mutants (https://cosmic-ray.readthedocs.io/en/latest/reference/operators/). A seeded,
stratified sample is taken: every area has its share, and within an area files and kinds of fault take turns.

Left out, because no test could notice them: annotations, protocols and what else only type checkers read, the
`*` that begins keyword parameters (Cosmic Ray takes it for a product), `frozen` and its like, decorators that
cache, `strict` of `zip` (it asserts what holds), numbers that only change speed (`TUNING`), and `==` for `is`
(and the other way round), the same for the values compared here; `+` and `^` for `|` between flags.
"""

from __future__ import annotations

import ast
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray import plugins
from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

ROOT = Path(__file__).resolve().parents[1]
AREAS = {
    "iam": ["sts_tui/iam"],
    "sts": ["sts_tui/sts"],
    "authorization": ["sts_tui/simulation/authorization"],
    "journal": ["sts_tui/simulation/journal"],
    "files": ["sts_tui/account/loading/bounded_file.py", "sts_tui/account/writing/private_file.py"],
}
BY_HAND = "planted by hand"
PLANTED = ROOT / ".ci" / "planted_faults.json"
TUNING = (
    "_LONG", "_STEP", "REMEMBERED_ACTIONS", "_GATHERED",
    "CHECKPOINT_EVERY", "CHECKPOINT_BYTES", "COMPACT_AT", "_CROWDED", "_ALTERNATIVES",
    "_BLOCK",
)  # fmt: skip
"""Constants that change speed only: sizes of caches and blocks, thresholds for an index, intervals between
saves.
"""
SAME_FOR_FLAGS = ("_BitOr_Add", "_BitOr_BitXor")
SAME_VALUES = ("_Eq_Is", "_Is_Eq", "_NotEq_IsNot", "_IsNot_NotEq")
CACHES = ("cache", "lru_cache", "cached_property", "overload", "final", "runtime_checkable")
NODES_OF = {
    "ReplaceBinaryOperator": ("operator",),
    "ReplaceComparisonOperator": ("comparison",),
    "ReplaceUnaryOperator": ("factor", "not_test"),
}
"""Family of operators → the syntax nodes that it changes."""
SHARE_AT_LEAST = 0.06
"""The smallest area's share of the sample."""


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
    """Replaces `max` by `min`, `all` by `any`, and vice versa."""

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
    places = [ROOT / name for name in only]
    return [one for one in found if not only or any(one.is_relative_to(place) for place in places)]


def all_mutants(area: str, path: Path) -> Iterator[Mutant]:
    tree, read = get_ast_from_path(path), ast.parse(path.read_text())
    spared, flags = list(spared_of(read)), [span(each) for each in ast.walk(read) if is_flags(each)]
    nodes = list(ast_nodes(tree))
    for name in operator_names():
        operator = operator_of(name)
        types = next((types for kind, types in NODES_OF.items() if kind in name), None)
        concerned = nodes if types is None else [node for node in nodes if node.type in types]
        positions = ((node, each) for node in concerned for each in operator.mutation_positions(node))
        for occurrence, (node, (start, _)) in enumerate(positions):
            if name.endswith(SAME_FOR_FLAGS) and any(first <= start < last for first, last in flags):
                continue
            marks_parameters = node.parent is not None and node.parent.type == "parameters"
            if not marks_parameters and not any(first <= start < last for first, last in spared):
                yield Mutant(str(path.relative_to(ROOT)), area, name, occurrence, start[0])


Span = tuple[tuple[int, int], tuple[int, int]]


def spared_of(tree: ast.AST) -> Iterator[Span]:
    """(start, end) of each part that no test could detect a change of."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from spared_of_function(node)
        elif isinstance(node, ast.ClassDef):
            is_protocol = "Protocol" in map(called, node.bases)
            yield from ([span(node)] if is_protocol else (span(each) for each in node.keywords))
        elif isinstance(node, ast.Call) and called(node) == "zip":
            yield from (span(each.value) for each in node.keywords)
        elif isinstance(node, ast.AnnAssign):
            is_tuning = isinstance(node.target, ast.Name) and node.target.id in TUNING
            yield span(node if is_tuning else node.annotation)
        elif isinstance(node, ast.If) and called(node.test) == "TYPE_CHECKING":
            yield span(node)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp) and is_type(node.value):
            yield span(node.value)


def spared_of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Span]:
    for each in node.decorator_list:
        if called(each) in CACHES:
            yield (each.lineno, each.col_offset - 1), span(each)[1]  # with its @
    arguments = node.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [each for each in (arguments.vararg, arguments.kwarg) if each is not None]
    annotations = [node.returns, *(each.annotation for each in every)]
    yield from (span(each) for each in annotations if each is not None)


def is_type(node: ast.expr) -> bool:
    """Whether a node is a union of types (`A | B`), as in an alias."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and is_type(node.left) and is_type(node.right)
    return isinstance(node, ast.Name | ast.Subscript | ast.Constant) and (
        not isinstance(node, ast.Name) or node.id[:1].isupper() or node.id in dir(__builtins__)
    )


def is_flags(node: ast.AST) -> bool:
    """Whether a node combines flags with different bits, such as `os.O_WRONLY | os.O_CREAT`."""
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.BitOr) and is_flags(node.left) and is_flags(node.right)
    return isinstance(node, ast.Attribute) and node.attr.startswith(("O_", "LOCK_"))


def called(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def span(node: ast.AST) -> Span:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def sample_of(size: int, seed: int, only: Sequence[str]) -> list[Mutant]:
    """A sample in which each area has a share in proportion to its mutants, and at least the minimum; within
    an area, files and operators take turns.
    """
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
    """This many mutants, in proportion to those of each file; within a file, one of each kind of fault before
    a second one.
    """
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


# Planted by hand ----------------------------------------------------------------------------------------


def planted() -> list[tuple[Mutant, str]]:
    """Handwritten faults that the tests must detect, each with the whole text of its module.

    Raises ValueError where the code no longer has the text that a fault replaces.
    """
    found = []
    for number, fault in enumerate(json.loads(PLANTED.read_text())):
        text = (ROOT / fault["path"]).read_text()
        if text.count(fault["code"]) != 1:
            raise ValueError(f"{PLANTED.name}: {fault['path']} does not have {fault['code']!r} once")
        line = text[: text.index(fault["code"])].count("\n") + 1
        mutant = Mutant(fault["path"], BY_HAND, fault["fault"], number, line)
        found.append((mutant, text.replace(fault["code"], fault["instead"])))
    return found


# Text ---------------------------------------------------------------------------------------------------


def mutated(mutant: Mutant) -> str | None:
    """The module with the mutation; None where Cosmic Ray finds nothing to change."""
    try:
        return mutate_code((ROOT / mutant.path).read_text(), operator_of(mutant.operator), mutant.occurrence)
    except AttributeError:  # it cannot replace `module.Error` in an except clause
        return None


def line_of(mutant: Mutant, text: str) -> str:
    """The first line that differs, with the mutation."""
    before = (ROOT / mutant.path).read_text().splitlines()
    for old, new in zip(before, text.splitlines(), strict=False):
        if old != new:
            return new.strip()
    return ""
