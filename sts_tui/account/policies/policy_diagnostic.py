"""Which rule does a policy document break, and at which place?"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps, json_path, shown
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.account.policies.rule_book import SYNTAX, Force, Rule


class PolicyDiagnostic(Struct, frozen=True):
    """One broken rule. `message` is AWS's sentence; `detail` adds, in our words, what the sentence does not
    say.
    """

    steps: Steps
    rule: Rule
    message: str
    detail: str = ""
    hint: str = ""

    @property
    def code(self) -> str:
        """The code of AWS's error."""
        return self.rule.code

    @property
    def text(self) -> str:
        """AWS's sentence and our detail. Some of AWS's sentences end without a period."""
        separator = " " if self.message.endswith((".", "]")) else ". "
        return f"{self.message}{separator}{self.detail}" if self.detail else self.message

    @property
    def path(self) -> str:
        """The JSON path in the document: `Statement[0].Principal`; empty for the whole document."""
        return json_path(self.steps)


class PolicyDiagnostics:
    """Collects the broken rules of one document."""

    __slots__ = ("_all",)

    def __init__(self) -> None:
        self._all: list[PolicyDiagnostic] = []

    def add(self, steps: Steps, rule: Rule, *values: str, detail: str = "", hint: str = "") -> None:
        """Add a broken rule. `values` replace the `{}` of its sentence."""
        message = rule.sentence.format(*values) if values else rule.sentence.replace("{}", "")
        self._all.append(PolicyDiagnostic(steps, rule, message, detail, hint))

    def syntax(self, steps: Steps, detail: str, hint: str = "") -> None:
        self._all.append(PolicyDiagnostic(steps, SYNTAX, SYNTAX.sentence, detail, hint))

    def unknown(self, steps: Steps, key: str, known: Iterable[str], what: str) -> None:
        self.syntax((*steps, key), f"Unknown {what} {shown(key)}.", did_you_mean(key, known))

    def unknown_value(self, steps: Steps, value: object, known: Iterable[str]) -> None:
        known = tuple(known)
        hint = did_you_mean(value, known) if isinstance(value, str) else ""
        self.syntax(steps, f"{shown(value)} is not one of {', '.join(known)}.", hint)

    def in_order(self, *forces: Force) -> tuple[PolicyDiagnostic, ...]:
        """The diagnostics whose rule has one of the forces, in AWS's order."""
        if not self._all:
            return ()
        chosen = (one for one in self._all if one.rule.force in forces)
        return tuple(sorted(chosen, key=lambda one: one.rule.step))
