"""A frozen value is never rewritten: not through a back door, and not in a container that it holds."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.syntax import trees

PACKAGE = Path(__file__).parents[2] / "sts_tui"
BACK_DOORS = ("object.__setattr__", "force_setattr", "__dict__[")
CHANGES = frozenset(
    (
        "append",
        "add",
        "update",
        "extend",
        "insert",
        "pop",
        "popitem",
        "remove",
        "clear",
        "setdefault",
        "discard",
    )
)


def is_frozen(node: ast.AST) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        keyword.arg == "frozen" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        for keyword in node.keywords
    )


def of_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def changes(tree: ast.AST) -> Iterator[str]:
    """Where a method of a frozen class changes what an attribute of the value holds."""
    for owner in filter(is_frozen, ast.walk(tree)):
        for node in ast.walk(owner):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in CHANGES and of_self(node.func.value):
                    yield ast.unparse(node)
            elif isinstance(node, ast.Assign | ast.AugAssign | ast.Delete):
                targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
                for target in targets:
                    if isinstance(target, ast.Subscript) and of_self(target.value):
                        yield ast.unparse(node)


def test_no_frozen_value_is_rewritten() -> None:
    found = []
    for path, tree in trees().items():
        text = path.read_text("utf-8")
        found += [(path.name, door) for door in BACK_DOORS if door in text]
        if "frozen=True" in text:
            found += [(path.name, change) for change in changes(tree)]
    assert found == []


@pytest.mark.parametrize(
    "line", ["self.known.append(1)", "self.known[1] = 2", "self.known[1] += 2", "del self.known[1]"]
)
def test_a_change_is_found(line: str) -> None:
    frozen = f"class A(Struct, frozen=True):\n    def f(self):\n        {line}\n"
    assert list(changes(ast.parse(frozen))) == [line]
    assert not list(changes(ast.parse(frozen.replace(", frozen=True", ""))))
