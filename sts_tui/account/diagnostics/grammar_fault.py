"""One thing that AWS would refuse in a policy document, and the list they are gathered in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps, json_path, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean

SYNTAX: Final = "Syntax errors in policy."
MALFORMED: Final = "MalformedPolicyDocument"


class GrammarFault(Struct, frozen=True):
    """`message` is AWS's text, `detail` says in our words what it does not."""

    steps: Steps
    message: str
    detail: str = ""
    hint: str = ""
    code: str = MALFORMED

    @property
    def path(self) -> str:
        """Where in the document: `Statement[0].Principal`; empty for the whole of it."""
        return json_path(self.steps)


class FaultList:
    """Collects faults; AWS reports syntax before everything else."""

    __slots__ = ("_semantic", "_syntax")

    def __init__(self) -> None:
        self._syntax: list[GrammarFault] = []
        self._semantic: list[GrammarFault] = []

    def add(self, steps: Steps, message: str, detail: str = "", hint: str = "") -> None:
        self._semantic.append(GrammarFault(steps, message, detail, hint))

    def syntax(self, steps: Steps, detail: str, hint: str = "") -> None:
        self._syntax.append(GrammarFault(steps, SYNTAX, detail, hint))

    def unknown(self, steps: Steps, key: str, known: Iterable[str], what: str) -> None:
        self.syntax((*steps, key), f"Unknown {what} {shown(key)}.", did_you_mean(key, known))

    def unknown_value(self, steps: Steps, value: Any, known: Iterable[str]) -> None:
        known = tuple(known)
        hint = did_you_mean(value, known) if isinstance(value, str) else ""
        self.syntax(steps, f"{shown(value)} is none of {', '.join(known)}.", hint)

    def in_order(self) -> tuple[GrammarFault, ...]:
        if not self._syntax and not self._semantic:
            return ()
        return (*self._syntax, *self._semantic)
