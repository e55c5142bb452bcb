"""What does the editor say of a text? Its faults with their places, AWS's answer to the call that writes it,
the difference to the stored policy, and what it would change for recent requests and live sessions.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Final

from msgspec import Struct

from sts_tui.account.diagnostics.locate import Locator
from sts_tui.account.json_value import Json
from sts_tui.account.policies.policy_diagnostic import PolicyDiagnostic
from sts_tui.simulation.containment.edit_consequences import (
    ChangedRequest,
    EditConsequences,
    edit_consequences,
)
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.operations.policy_warnings import policy_advice, policy_errors
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.function_policy_calls import NotWritableError
from sts_tui.tui.dialogs.dry_run import dry_run
from sts_tui.tui.dialogs.pending_call import DryRun
from sts_tui.tui.text.event_text import short_resource
from sts_tui.tui.text.json_source import token_at
from sts_tui.tui.text.styled_text import Line, line, one_line
from sts_tui.tui.widgets.json_area import Mark

MOST_NAMED: Final = 3
"""Sessions and principals that are named in one line."""
MOST_LISTED: Final = 12
"""Changed requests that are listed."""
_PLAINLY: Final = {
    "Invalid control character at": "the string is not closed before the end of the line",
    "Unterminated string starting at": "the string is not closed",
    "Expecting property name enclosed in double quotes": "a member begins with its name in double quotes",
    "Expecting value": "a value is missing",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon is missing after the name",
    "Extra data": "nothing may follow the document",
}
"""What the author must do, by the messages of Python's parser."""
_SERVICES: Final = re.compile(r'"([a-z0-9-]+):[A-Za-z*?]')
WritingCalls = Callable[[str], Sequence[tuple[str, Mapping[str, Json]]]]
"""Text → (action, parameters) of the calls that write it, in order. Raises NotWritableError."""


class Review(Struct, frozen=True, kw_only=True):
    """What is known about a text at once."""

    tried: DryRun
    marks: tuple[Mark, ...] = ()
    """Errors first, each in AWS's order."""
    faults: tuple[Line, ...] = ()
    """One line for each mark, with line and column."""
    difference: tuple[Line, ...] = ()
    """Lines that differ from the stored policy; `in brief` is a count of them."""
    in_brief: str = ""


def review(simulation: Simulation, calls: WritingCalls, caller: Identity, stored: str, text: str) -> Review:
    """Faults, AWS's answer and the difference to `stored`; nothing is changed."""
    fault = json_fault(text)
    if fault is not None:
        row, column, message = fault
        start, end = token_at(_row(text, row), column)
        said = f"line {row + 1}, column {column + 1}: {message}"
        mark = Mark(line=row, start=start, end=max(end, start + 1), is_error=True)
        tried = _tried_malformed(simulation, calls, caller, text)
        return Review(tried=tried, marks=(mark,), faults=(_fault_line("error", said),))
    difference = tuple(_difference(stored, text))
    try:
        action, params = calls(text)[0]
    except NotWritableError as error:
        return _not_writable(str(error), difference)
    configuration = simulation.world.configuration
    errors = policy_errors(action, params, configuration)
    warnings = policy_advice(action, params, configuration)
    tried = dry_run(simulation, action, params, caller, with_warnings=False)
    locator = Locator(text)
    found = [(one, True) for one in errors] + [(one, False) for one in warnings]
    marks = [_mark(one, is_error, text, locator) for one, is_error in found]
    return Review(
        tried=tried,
        marks=tuple(marks),
        faults=tuple(_said(one, mark) for (one, _), mark in zip(found, marks, strict=True)),
        difference=difference,
        in_brief=_counted(difference),
    )


def _tried_malformed(simulation: Simulation, calls: WritingCalls, caller: Identity, text: str) -> DryRun:
    """AWS authorizes first: who may not write a policy is not told that its document is malformed."""
    try:
        action, params = calls(text)[0]
    except ValueError:  # what no call writes, or a part of a document that cannot be put back into the whole
        return DryRun(is_allowed=False, is_refusal=True, result="MalformedPolicyDocument")
    return dry_run(simulation, action, params, caller, with_warnings=False)


def _not_writable(why: str, difference: tuple[Line, ...]) -> Review:
    tried = DryRun(is_allowed=False, is_refusal=True, result="no call writes this")
    fault = _fault_line("error", why)
    return Review(tried=tried, faults=(fault,), difference=difference, in_brief=_counted(difference))


def effects(simulation: Simulation, calls: WritingCalls, account: str | None, text: str) -> EditConsequences:
    """What the text would change. It runs in a thread and yields to others between two evaluations."""
    if json_fault(text) is not None:
        return EditConsequences(refused="invalid JSON")
    try:
        (action, params), *then = calls(text)
    except NotWritableError as error:
        return EditConsequences(refused=str(error))
    return edit_consequences(simulation, action, params, account, lambda: time.sleep(0), then)


def services_in(text: str) -> frozenset[str]:
    """The prefixes of the actions that a document names."""
    return frozenset(_SERVICES.findall(text))


# Faults ----------------------------------------------------------------------------------------------------


def json_fault(text: str) -> tuple[int, int, str] | None:
    """(line, column, what is wrong), both counted from 0; None where the text is JSON."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return error.lineno - 1, error.colno - 1, f"invalid JSON: {_PLAINLY.get(error.msg, error.msg)}"
    except (ValueError, RecursionError) as error:
        return 0, 0, f"invalid JSON: {error}"
    return None


def _row(text: str, number: int) -> str:
    rows = text.split("\n")
    return rows[number] if number < len(rows) else ""


def _mark(one: PolicyDiagnostic, is_error: bool, text: str, locator: Locator) -> Mark:
    row, column = locator.position(one.steps)
    start, end = token_at(_row(text, row - 1), column - 1)
    return Mark(line=row - 1, start=start, end=end, is_error=is_error)


def _said(one: PolicyDiagnostic, mark: Mark) -> Line:
    hint = f" ({one.hint})" if one.hint else ""
    where = f"line {mark.line + 1}, column {mark.start + 1}: "
    text = f"{where}{one.text}"
    return _fault_line("error" if mark.is_error else "warning", f"{text}{hint}")


def _fault_line(kind: str, text: str) -> Line:
    return line((kind, "denied" if kind == "error" else "warning"), "  ", one_line(text))


# Difference ------------------------------------------------------------------------------------------------


def _difference(stored: str, text: str) -> Iterator[Line]:
    """Removed and added lines; layout and the order of members do not count as differences."""
    before, after = _laid_out(stored), _laid_out(text)
    for kind, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield from (line((f"- {one_line(row.strip())}", "deny")) for row in before[first:last])
            yield from (line((f"+ {one_line(row.strip())}", "allow")) for row in after[start:end])


def _laid_out(text: str) -> list[str]:
    try:
        return json.dumps(json.loads(text), indent=1, ensure_ascii=False).splitlines()
    except (ValueError, RecursionError):
        return text.splitlines()


def _counted(difference: Sequence[Line]) -> str:
    if not difference:
        return "none"
    removed = sum(spans[0].text.startswith("-") for spans in difference)
    return f"{removed} {_lines(removed)} removed, {len(difference) - removed} added"


def _lines(count: int) -> str:
    return "line" if count == 1 else "lines"


# Consequences ----------------------------------------------------------------------------------------------


def consequence_lines(found: EditConsequences) -> tuple[list[Line], list[Line]]:
    """(a line each for requests, sessions and other principals, the changed requests one by one)."""
    if found.refused:
        return [], []
    brief = [_requests(found), _sessions(found)]
    if len(found.also_on) > 1:
        names = ", ".join(map(one_line, found.also_on[:MOST_NAMED]))
        more = f" and {len(found.also_on) - MOST_NAMED} more" if len(found.also_on) > MOST_NAMED else ""
        brief.append(line(("attached  ", "muted"), f"to {len(found.also_on)}: {names}{more}"))
    listed = [_request(one) for one in found.requests[:MOST_LISTED]]
    if len(found.requests) > MOST_LISTED:
        listed.append(line((f"{len(found.requests) - MOST_LISTED} more requests", "muted")))
    return brief, listed


def _requests(found: EditConsequences) -> Line:
    denied = sum(one.count for one in found.requests if not one.is_allowed)
    allowed = sum(one.count for one in found.requests if one.is_allowed)
    head = line(("requests  ", "muted"), f"of the last {found.requests_seen}, ")
    if not denied and not allowed:
        return (*head, *line(("none would change", "muted")))
    said = [
        *([(f"{denied} allowed → denied", "deny")] if denied else []),
        *([(f"{allowed} denied → allowed", "allow")] if allowed else []),
    ]
    joined = line(f"{denied + allowed} would change: ", said[0])  # type: ignore[arg-type]
    return (*head, *joined, *(line(", ", said[1]) if len(said) > 1 else ()))  # type: ignore[arg-type]


def _sessions(found: EditConsequences) -> Line:
    head = line(("sessions  ", "muted"), f"of {found.sessions_seen} live, ")
    if not found.sessions:
        return (*head, *line(("none would be cut", "muted")))
    spans: list[Line] = []
    for word in ("cut", "partly cut", "restored", "restored in part"):
        named = [one.label for one in found.sessions if one.becomes == word]
        if named:
            more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
            names = f"{', '.join(map(one_line, named[:MOST_NAMED]))}{more}"
            style = "allow" if word.startswith("restored") else "deny"
            spans.append(line((f"{len(named)} {word}", style), f": {names}"))  # type: ignore[arg-type]
    parts = [part for number, one in enumerate(spans) for part in (*(line("; ") if number else ()), *one)]
    return (*head, *parts)


def _request(one: ChangedRequest) -> Line:
    mark, style = ("+ allowed", "allow") if one.is_allowed else ("- denied ", "deny")
    times = f" ×{one.count}" if one.count > 1 else ""
    what = f" {one_line(one.caller)} {one_line(one.action)} {one_line(short_resource(one.resource))}{times}"
    return line((mark, style), what, (f"  {one_line(one.by)}", "muted"))  # type: ignore[arg-type]
