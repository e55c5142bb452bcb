"""How is the statement that decided a request shown to an audience? By itself, with what it compared."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from sts_tui.iam.explaining.explanation import ElementExplanation, ElementStatus, StatementExplanation
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.text.event_text import short_resource
from sts_tui.tui.text.styled_text import Line, Span, Style, one_line

_MOST_VALUES = 3
"""Values of one element that are shown; the rest are counted."""
_VERDICTS: dict[Verdict, tuple[str, Style]] = {
    Verdict.ALLOWED: ("+ allowed", "allow"),
    Verdict.EXPLICIT_DENY: ("✖ denied", "denied"),
}


class DecidingStatement(Struct, frozen=True):
    """The lines of a statement, with the name of its policy."""

    label: str
    lines: tuple[tuple[Line, int], ...]
    """(line, indent of its continuation)"""


def deciding_statement(event: RequestAnswered, simulation: Simulation) -> DecidingStatement | None:
    """The first statement that decided the request; None where none did, as in an implicit denial."""
    if event.verdict not in _VERDICTS:
        return None
    explanation = simulation.explain(event)
    if explanation is None:
        return None
    statements = (each for layer in explanation.layers for each in layer.counted if each.decided)
    wanted = "Allow" if event.verdict is Verdict.ALLOWED else "Deny"
    statement = next((each for each in statements if each.effect == wanted), None)
    if statement is None:
        return None
    return DecidingStatement(statement.provenance.label, tuple(_lines(event, statement)))


def _lines(event: RequestAnswered, statement: StatementExplanation) -> Iterator[tuple[Line, int]]:
    """The verdict, and the statement with its conditions first: on a small screen the rest can be cut."""
    word, style = _VERDICTS[event.verdict]
    resource = short_resource(event.resource)
    asked = Span(f"  {one_line(event.action)}  {one_line(resource)}", "strong")
    yield (Span(word, style), asked), 4
    policy = Span(f"  {statement.provenance.policy_type.value}", "muted")
    yield (Span(statement.effect, style), policy), 4
    matched = [each for each in statement.elements if each.status is ElementStatus.MATCHED]
    conditions = [each for each in matched if " " in each.element]
    for condition in conditions:
        actual = "(absent)" if condition.actual is None else _values(condition.actual)
        yield _wanted(condition), 6
        yield (Span("    the request has  ", "muted"), Span(actual, "strong")), 6
    for element in matched:
        if element not in conditions:
            yield _wanted(element), 6


def _wanted(element: ElementExplanation) -> Line:
    values = Span(_values(element.wanted), "json-string")
    return (Span(f"  {one_line(element.element)}  ", "json-key"), values)


def _values(values: tuple[str, ...]) -> str:
    more = f" and {len(values) - _MOST_VALUES} more" if len(values) > _MOST_VALUES else ""
    return one_line(", ".join(values[:_MOST_VALUES])) + more
