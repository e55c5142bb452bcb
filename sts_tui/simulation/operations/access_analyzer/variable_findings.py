"""What does Access Analyzer find in the policy variables of a statement?

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from sts_tui.account.diagnostics.json_path import Steps
from sts_tui.simulation.operations.access_analyzer.checked_statement import CheckedStatement
from sts_tui.simulation.operations.access_analyzer.finding import Finding, finding

_VARIABLE: Final = re.compile(r"\$\{([^}]*)(\}?)")
_ESCAPED: Final = ("*", "?", "$")


def variable_findings(statement: CheckedStatement) -> Iterator[Finding]:
    """Findings of variables where elements or versions do not support them, and of their syntax elsewhere."""
    for element in ("Sid", "Effect", "Action", "NotAction"):
        for steps, text in statement.texts(element):
            yield from _out_of_place(steps, text)
    for steps, _, text in statement.principals():
        yield from _out_of_place(steps, text)
    for steps, text in _with_variables(statement):
        found = [match for match in _VARIABLE.finditer(text)]
        if found and not statement.is_current:
            yield finding("VARIABLE_UNSUPPORTED_IN_VERSION", steps)
            continue
        for match in found:
            if check := _fault(match[1], is_closed=bool(match[2])):
                yield finding(check, steps)


def _out_of_place(steps: Steps, text: str) -> Iterator[Finding]:
    for match in _VARIABLE.finditer(text):
        yield finding("VARIABLE_UNSUPPORTED_IN_ELEMENT", steps, variable=match[0])


def _with_variables(statement: CheckedStatement) -> Iterator[tuple[Steps, str]]:
    yield from statement.texts("Resource")
    yield from statement.texts("NotResource")
    for test in statement.tests():
        yield from test.texts()


def _fault(text: str, *, is_closed: bool) -> str | None:
    """The check that the inside of a variable fails."""
    name, comma, default = text.partition(",")
    if not is_closed:
        return "MISSING_BRACE_IN_VARIABLE"
    if not text.strip():
        return "EMPTY_VARIABLE"
    if text in _ESCAPED:
        return None
    if " " in name.strip() or name != name.strip():
        return "UNSUPPORTED_SPACE_IN_VARIABLE"
    default = default.strip()
    if comma and not (len(default) > 1 and default.startswith("'") and default.endswith("'")):
        return "MISSING_QUOTE_IN_VARIABLE"
    return None
