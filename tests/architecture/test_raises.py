"""Do public functions say what they raise?

Looked at is every public function and method of the package. What it raises is found in its own body and in
the functions of its module that it calls; what it catches itself does not count. Its docstring, or for
`__init__` that of the class, has to name the exception, or a base class of it.

By convention not looked at: `AssertionError` and `NotImplementedError` (faults of ours), and AwsError from
operations: every function whose first parameter is a `Call` may refuse it, as the docstring of
`sts_tui.sts.operation.Perform` says.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.syntax import trees

PACKAGE = Path(__file__).parents[2] / "sts_tui"
OURS = {"AssertionError", "NotImplementedError", "StopIteration", "SystemExit", "KeyboardInterrupt"}
BROADER = {
    "KeyError": {"LookupError"}, "IndexError": {"LookupError"}, "UnicodeDecodeError": {"ValueError"},
    "JSONDecodeError": {"ValueError"}, "RecursionError": {"RuntimeError"}, "FileNotFoundError": {"OSError"},
    "IsADirectoryError": {"OSError"},
}  # fmt: skip
"""What else catches a built-in exception; classes of the package are looked up."""

NEVER = {
    "simulation.clock: SimClock.faster": "the next of SPEEDS",
    "simulation.clock: SimClock.slower": "the previous of SPEEDS",
}
"""Functions that call one that may raise, but never with what it refuses."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """One file of the package, its functions by name (`Class.method` for methods)."""

    name: str
    functions: dict[str, tuple[Function, str]] = field(default_factory=dict)
    """Each with the docstring that speaks for it."""
    raised: dict[str, set[str]] = field(default_factory=dict)
    derived: set[str] = field(default_factory=set)
    """Classes with bases of their own."""


def modules() -> list[Module]:
    found = []
    for path, tree in trees().items():
        module = Module(".".join(path.relative_to(PACKAGE).with_suffix("").parts))
        for node in tree.body:
            if isinstance(node, Function):
                module.functions[node.name] = node, ast.get_docstring(node) or ""
            elif isinstance(node, ast.ClassDef):
                if {ast.unparse(base).partition("[")[0] for base in node.bases} - {
                    "Struct",
                    "Protocol",
                    "Generic",
                }:
                    module.derived.add(node.name)
                for method in node.body:
                    if isinstance(method, Function):
                        said = ast.get_docstring(method) or ""
                        if method.name == "__init__":
                            said += ast.get_docstring(node) or ""
                        module.functions[f"{node.name}.{method.name}"] = method, said
        found.append(module)
    return found


def bases() -> dict[str, set[str]]:
    """The direct bases of every exception class of the package."""
    return {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees().values()
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }


def makers(every: list[Module]) -> dict[str, str]:
    """Functions that make an exception for `raise access_denied(…)`, and its type."""
    return {
        name: returned.id
        for module in every
        for name, (function, _) in module.functions.items()
        if isinstance(returned := function.returns, ast.Name) and returned.id.endswith("Error")
    }


class Raises:
    """What functions raise."""

    def __init__(self) -> None:
        self.every = modules()
        self.bases = bases()
        self.makers = makers(self.every)

    def caught(self, name: str) -> set[str]:
        """The names in an `except` that catch it."""
        up = {name, "Exception", "BaseException"} | BROADER.get(name, set())
        for base in self.bases.get(name, ()):
            up |= self.caught(base)
        return up

    def of(self, module: Module, name: str, *, seen: frozenset[str] = frozenset()) -> set[str]:
        """What a function raises, with the functions of its module that it calls."""
        if name in module.raised:
            return module.raised[name]
        function, _ = module.functions[name]
        owner = name.rpartition(".")[0]
        found: set[str] = set()
        for node, handled in statements(function.body, frozenset()):
            if isinstance(node, ast.Raise):
                raised = {self.raised(node.exc)} - {""}
            else:
                callee = called(node, owner)
                if callee not in module.functions or callee in seen or callee == name:
                    continue
                raised = self.of(module, callee, seen=seen | {name})
            found |= {each for each in raised if not self.caught(each) & handled}
        module.raised[name] = found
        return found

    def raised(self, node: ast.expr | None) -> str:
        """The type of what is raised; empty where a variable is raised again."""
        if isinstance(node, ast.Call):
            node = node.func
        name = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
        return name if name[:1].isupper() else self.makers.get(name, "")


def statements(nodes: list[ast.stmt], handled: frozenset[str]) -> Iterator[tuple[ast.AST, frozenset[str]]]:
    """Every `raise` and call of a body, with what is caught around it. Nested functions are left out."""
    stack: list[tuple[ast.AST, frozenset[str]]] = [(node, handled) for node in nodes]
    while stack:
        node, around = stack.pop()
        if isinstance(node, Function | ast.ClassDef | ast.Lambda):
            continue
        if isinstance(node, ast.Raise | ast.Call):
            yield node, around
        if isinstance(node, ast.Raise):
            continue
        if isinstance(node, ast.Try):
            inside = around | {name for handler in node.handlers for name in names_of(handler.type)}
            stack += [(each, inside) for each in node.body]
            stack += [(each, around) for each in (*node.handlers, *node.orelse, *node.finalbody)]
            continue
        stack += [(child, around | suppressed(node)) for child in ast.iter_child_nodes(node)]


def names_of(node: ast.expr | None) -> set[str]:
    """The names of an `except`; a bare one catches everything."""
    if node is None:
        return {"BaseException"}
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return {part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "") for part in parts}


def suppressed(node: ast.AST) -> set[str]:
    """What `with suppress(…)` catches."""
    if not isinstance(node, ast.With):
        return set()
    calls = [item.context_expr for item in node.items if isinstance(item.context_expr, ast.Call)]
    return {
        getattr(argument, "id", "")
        for call in calls
        if getattr(call.func, "id", "") == "suppress"
        for argument in call.args
    }


def called(node: ast.AST, owner: str) -> str:
    """`_helper` or `Class._helper`; empty for anything else."""
    match node:
        case ast.Call(func=ast.Name(id=name)):
            return name
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self" | "cls"), attr=name)):
            return f"{owner}.{name}"
    return ""


def is_public(module: Module, name: str) -> bool:
    parts = [*module.name.split("."), *name.split(".")]
    return not any(part.startswith("_") and part != "__init__" for part in parts)


def is_operation(function: Function) -> bool:
    """Whether the first parameter is a `Call`."""
    arguments = [each for each in function.args.args if each.arg not in ("self", "cls")]
    annotation = ast.unparse(arguments[0].annotation) if arguments and arguments[0].annotation else ""
    return re.match(r"Call\b", annotation) is not None


def unnamed(raises: Raises, module: Module, name: str) -> set[str]:
    """The exceptions that a function raises and does not name."""
    function, said = module.functions[name]
    words = set(re.findall(r"\w+", said))
    left = {each for each in raises.of(module, name) - OURS if not raises.caught(each) & words}
    if "AwsError" in left and (is_operation(function) or re.search(r"\b[Rr]aises\b", said)):
        left.remove("AwsError")  # "Raises AccessDenied, NoSuchEntity" names AWS's codes
    return left


def test_public_functions_name_what_they_raise() -> None:
    raises = Raises()
    faults = [
        f"{module.name}: {name} raises {', '.join(sorted(left))}"
        for module in raises.every
        for name in module.functions
        if is_public(module, name)
        and f"{module.name}: {name}" not in NEVER
        and (left := unnamed(raises, module, name))
    ]
    assert not faults, "\n".join(faults)


def test_what_is_raised_is_found_through_helpers_and_not_where_it_is_caught() -> None:
    module = Module("example")
    code = """
def asked(text):
    try:
        return _read(text)
    except LookupError:
        return None

def _read(text):
    if not text:
        raise KeyError(text)
    raise TypeError(text)
"""
    for node in ast.parse(code).body:
        assert isinstance(node, ast.FunctionDef)
        module.functions[node.name] = node, ""
    assert Raises().of(module, "asked") == {"TypeError"}
