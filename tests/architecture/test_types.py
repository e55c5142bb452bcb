"""How much of the package does the type checker see? `Any` switches it off, so it is counted."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.support.syntax import trees

PACKAGE = Path(__file__).parents[2] / "sts_tui"

MOST_ANY_PER_THOUSAND_LINES = 5


def uses_of_any(tree: ast.AST) -> int:
    """How often code names `Any`, imports aside; text in docstrings and comments does not count."""
    return sum(
        (isinstance(node, ast.Name) and node.id == "Any")
        or (isinstance(node, ast.Attribute) and node.attr == "Any")
        for node in ast.walk(tree)
    ) + sum(
        uses_of_any(ast.parse(written))
        for node in ast.walk(tree)
        if isinstance(node, ast.AnnAssign) and (written := quoted(node.value or node.annotation))
    )


def quoted(node: ast.expr) -> str:
    """A type that is written as text: `CallerLike: TypeAlias = "str | Mapping[str, Any]"`."""
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    try:
        ast.parse(text)
    except SyntaxError:
        return ""
    return text


def test_any_is_rare() -> None:
    lines = uses = 0
    by_file: dict[str, int] = {}
    for path, tree in trees().items():
        text = path.read_text("utf-8")
        lines += text.count("\n")
        found = uses_of_any(tree) if "Any" in text else 0
        uses += found
        by_file[str(path.relative_to(PACKAGE))] = found
    most = sorted(by_file.items(), key=lambda entry: -entry[1])[:10]
    assert uses * 1000 <= lines * MOST_ANY_PER_THOUSAND_LINES, f"{uses} uses in {lines} lines; most: {most}"


def test_a_use_of_any_is_counted_wherever_it_hides() -> None:
    alias = 'from typing import Any\nimport typing\nA: TypeAlias = "Mapping[str, Any]"\n'
    code = f"{alias}def f(x: typing.Any) -> Any: ..."
    assert uses_of_any(ast.parse(code)) == 3
    assert uses_of_any(ast.parse('"""Any holder can renew."""')) == 0
