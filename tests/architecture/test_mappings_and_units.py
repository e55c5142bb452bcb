"""Do public functions say what the keys of a mapping are, and the unit of a number?

`CONTRIBUTING.md` says once what `params`, `context` and a few other names hold. Every other parameter that is
a mapping is named by the docstring of its function, and a mapping that is returned is described by what its
keys are. A number that is a time or a size has its unit in its name or in the docstring. Looked at are the
packages that others import, not the front ends.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.test_raises import Function, Module, is_public, modules

CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"
FRONT_ENDS = {"tui", "cli", "__main__"}

CONVENTIONAL = {
    "params", "response", "members", "context", "document", "statement", "claims", "raw", "sessions", "state",
}  # fmt: skip
"""Mappings that have the same shape wherever they go."""

MAPPING = re.compile(r"\b(Mapping|MutableMapping|dict|PersistentMap)\[")
KEYS_IN_WORDS = re.compile(r"\b[Bb]y\b|\b[Kk]eys?\b|\bJSON\b|`[^`]+`|\bparameters\b|\bstatements\b")
NUMBER = re.compile(r"(int|float)( \| None)?")
MEASURED = re.compile(r"time|duration|age$|delay|interval|ttl|wait|size|length|maximum|minimum|limit|most")
UNIT = re.compile(
    r"second|microsecond|minute|hour|byte|character|cell|column|row|entr|item|event|percent|things|polic|tokens?",
    re.IGNORECASE,
)


def described(function: Function, said: str) -> Iterator[str]:
    """The parameters and the result whose shape or unit is left open."""
    words = set(re.findall(r"\w+", said))
    for argument in (*function.args.args, *function.args.kwonlyargs):
        kind = ast.unparse(argument.annotation) if argument.annotation else ""
        if MAPPING.search(kind) and argument.arg not in CONVENTIONAL | words:
            yield f"what {argument.arg} holds"
        if (
            NUMBER.fullmatch(kind)
            and MEASURED.search(argument.arg)
            and not UNIT.search(f"{argument.arg} {said}")
        ):
            yield f"the unit of {argument.arg}"
    result = ast.unparse(function.returns) if function.returns else ""
    if MAPPING.search(result) and not KEYS_IN_WORDS.search(said) and not words & CONVENTIONAL:
        yield "what the keys of the result are"


def overrides(module: Module, name: str) -> bool:
    """Whether the class has bases: what a method of theirs means is documented there."""
    return name.rpartition(".")[0] in module.derived


def test_public_functions_say_what_mappings_hold_and_what_numbers_count() -> None:
    faults = [
        f"{module.name}: {name} does not say {', '.join(open_)}"
        for module in modules()
        if module.name.partition(".")[0] not in FRONT_ENDS
        for name, (function, said) in module.functions.items()
        if is_public(module, name)
        and not overrides(module, name)
        and (open_ := list(described(function, said)))
    ]
    assert not faults, "\n".join(faults)


def test_the_conventional_names_are_explained_once() -> None:
    explained = set(re.findall(r"^\| `(\w+)`", CONTRIBUTING.read_text("utf-8"), re.MULTILINE))
    assert explained >= CONVENTIONAL
