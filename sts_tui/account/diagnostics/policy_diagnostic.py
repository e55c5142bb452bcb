"""What would AWS refuse in a policy document, and where in the document?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps, json_path, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean

SYNTAX: Final = "Syntax errors in policy."
MALFORMED: Final = "MalformedPolicyDocument"


class PolicyDiagnostic(Struct, frozen=True):
    """One error in a document. `message` is AWS's text, `detail` adds in our words what it leaves out."""

    steps: Steps
    message: str
    detail: str = ""
    hint: str = ""
    code: str = MALFORMED

    @property
    def path(self) -> str:
        """Where in the document: `Statement[0].Principal`; empty for the whole of it."""
        return json_path(self.steps)


class PolicyDiagnostics:
    """Collects the errors of one document; AWS reports syntax errors before all others."""

    __slots__ = ("_semantic", "_syntax")

    def __init__(self) -> None:
        self._syntax: list[PolicyDiagnostic] = []
        self._semantic: list[PolicyDiagnostic] = []

    def add(self, steps: Steps, message: str, detail: str = "", hint: str = "") -> None:
        self._semantic.append(PolicyDiagnostic(steps, message, detail, hint))

    def syntax(self, steps: Steps, detail: str, hint: str = "") -> None:
        self._syntax.append(PolicyDiagnostic(steps, SYNTAX, detail, hint))

    def unknown(self, steps: Steps, key: str, known: Iterable[str], what: str) -> None:
        self.syntax((*steps, key), f"Unknown {what} {shown(key)}.", did_you_mean(key, known))

    def unknown_value(self, steps: Steps, value: Any, known: Iterable[str]) -> None:
        known = tuple(known)
        hint = did_you_mean(value, known) if isinstance(value, str) else ""
        self.syntax(steps, f"{shown(value)} is none of {', '.join(known)}.", hint)

    def in_order(self) -> tuple[PolicyDiagnostic, ...]:
        if not self._syntax and not self._semantic:
            return ()
        return (*self._syntax, *self._semantic)
