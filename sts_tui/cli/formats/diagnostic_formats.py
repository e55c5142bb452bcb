"""How are diagnostics printed: as lines, as JSON, as SARIF?

Code hosts show SARIF findings next to the lines of a change.
https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import PurePath
from urllib.parse import quote

from sts_tui import __version__
from sts_tui.account.diagnostics.diagnostic import Diagnostic, Severity
from sts_tui.account.diagnostics.printable import one_line
from sts_tui.account.lazy_pattern import lazy_pattern

_VARIABLE = lazy_pattern(r"""arn:[^\s,;)]+|"[^"]*"|'[^']*'|\d+(?:\.\d+)?""")
_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def kind_of(diagnostic: Diagnostic) -> str:
    """The kind of a diagnostic: its message without names, ARNs and numbers."""
    return _VARIABLE.sub("…", diagnostic.message)


def warning_lines(warnings: Sequence[Diagnostic], others: str = "--json lists all") -> Iterator[str]:
    """One line for each kind of warning: the first of the kind, how many there are, and how to see the
    `others`.
    """
    by_kind: dict[str, list[Diagnostic]] = {}
    for warning in warnings:
        by_kind.setdefault(kind_of(warning), []).append(warning)
    for alike in by_kind.values():
        count = f" (×{len(alike)}; {others})" if len(alike) > 1 else ""
        yield f"warning: {one_line(str(alike[0]))}{count}"


def as_json_lines(diagnostics: Iterable[Diagnostic]) -> Iterator[str]:
    """One JSON object for each diagnostic; `line` is null and `path` empty for a whole file."""
    for one in diagnostics:
        members = {
            "file": one.file,
            "line": one.line or None,
            "path": one.path,
            "severity": one.severity.value,
            "message": one.message,
            "hint": one.hint,
        }
        yield json.dumps(members, ensure_ascii=False)


def as_sarif(diagnostics: Sequence[Diagnostic]) -> str:
    """One SARIF log with one run; each kind of diagnostic is a rule."""
    rules: dict[str, str] = {}
    for one in diagnostics:
        rules.setdefault(kind_of(one), _rule_id(kind_of(one), rules.values()))
    driver = {
        "name": "sts-tui",
        "version": __version__,
        "rules": [{"id": rule, "shortDescription": {"text": kind}} for kind, rule in rules.items()],
    }
    run = {"tool": {"driver": driver}, "results": [_result(one, rules[kind_of(one)]) for one in diagnostics]}
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False)


def _result(one: Diagnostic, rule: str) -> Mapping[str, object]:
    text = f"{one.message} ({one.hint})" if one.hint else one.message
    place: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(PurePath(one.file).as_posix())},
            "region": {"startLine": max(one.line, 1)},
        }
    }
    if one.path:
        place["logicalLocations"] = [{"fullyQualifiedName": one.path}]
    level = "warning" if one.severity is Severity.WARNING else "error"
    return {"ruleId": rule, "level": level, "message": {"text": text}, "locations": [place]}


def _rule_id(kind: str, taken: Iterable[str]) -> str:
    """The first words of a kind (`no-maxsessionduration-seconds-are-assumed`), with a number if taken."""
    words = re.findall(r"[a-z0-9]+", kind.lower())[:6] or ["diagnostic"]
    name, used = "-".join(words), set(taken)
    number = 2
    while name in used:
        name = f"{'-'.join(words)}-{number}"
        number += 1
    return name
