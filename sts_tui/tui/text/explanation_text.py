"""How is an explanation written? The verdict in a sentence, what decided it, then every policy type in AWS's
order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import TYPE_CHECKING, Final

from sts_tui.iam.decision import Outcome
from sts_tui.iam.explaining.explanation import (
    MOST_NEAR_MISSES,
    ElementExplanation,
    ElementStatus,
    LayerExplanation,
    LayerVerdict,
    StatementExplanation,
)
from sts_tui.iam.provenance import PolicyType
from sts_tui.simulation.events import ClientCall, RequestAnswered, Verdict
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.time.propagation import not_in_force
from sts_tui.tui.text.event_text import bypasses_iam, result_span, short_resource, verdict_span
from sts_tui.tui.text.explained import Explained
from sts_tui.tui.text.styled_text import Line, Span, Style, cells, line, one_line

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explain import Explanation

Lines = Iterator[tuple[Line, int]]
"""(line, indent of its continuation)"""
_OF_LEVELS: Final = (PolicyType.SCP, PolicyType.RCP)
"""Attached to the root, to OUs and to accounts."""
WIDEST_LABEL: Final = 44
"""Cells up to which the labels of near misses are in a column."""

_MARKS: Final[Mapping[LayerVerdict, tuple[str, Style]]] = {
    LayerVerdict.EXPLICIT_DENY: ("✖", "denied"),
    LayerVerdict.UNDECIDED: ("?", "undecided"),
    LayerVerdict.ALLOWS: ("+", "allow"),
    LayerVerdict.NO_ALLOW: ("-", "deny"),
    LayerVerdict.NONE: (".", "muted"),
    LayerVerdict.UNKNOWN: ("?", "undecided"),
    LayerVerdict.NOT_CONSULTED: (".", "muted"),
}
_ELEMENT_MARKS: Final[Mapping[ElementStatus, tuple[str, Style]]] = {
    ElementStatus.MATCHED: ("+", "allow"),
    ElementStatus.FAILED: ("-", "deny"),
    ElementStatus.UNDECIDED: ("?", "undecided"),
    ElementStatus.NOT_REACHED: (".", "muted"),
}


def explained(event: RequestAnswered, simulation: Simulation) -> Explained:
    """The explanation of one request."""
    title = f"{event.caller}  {event.action}  {short_resource(event.resource)}"
    explanation = simulation.explain(event)
    if explanation is None:
        return Explained(title, (*_recorded(event), *_unasked(event)))
    if event.recorded:  # the verdict of the event is AWS's, that of the explanation the model's
        verdict = Verdict.of(explanation.decision.outcome)
        lines = (*_recorded(event), *explanation_lines(verdict, event, explanation))
        return Explained(title, lines, explanation.decision.statements, tuple(_context(event, simulation)))
    return Explained(
        title,
        (*_not_in_force(simulation.writes_not_in_force(event)), *_asked(event, explanation)),
        explanation.decision.statements,
        tuple(_context(event, simulation)),
    )


def _recorded(event: RequestAnswered) -> Lines:
    """How the model's verdict on a request of a trail compares with AWS's."""
    if event.recorded:
        yield (Span("CloudTrail  ", "muted"), result_span(event), Span(f"  {one_line(event.recorded)}")), 4


def _not_in_force(writes: int) -> Lines:
    """A reason why an edit seems to have had no effect."""
    if writes:
        yield line((not_in_force(writes), "warning")), 0


def fix_lines(event: RequestAnswered, simulation: Simulation) -> Lines:
    """Fixes that would make AWS allow the request now, each tried on a copy of the world."""
    fixes = simulation.fixes(event) if event.verdict is not Verdict.ALLOWED else ()
    if not fixes:
        from sts_tui.simulation.fixes.why_no_fix import why_no_fix  # lazily: rarely needed

        reason = why_no_fix(event, simulation.world) if event.verdict is not Verdict.ALLOWED else ""
        if reason:
            yield (), 0
            yield line((f"No fix is suggested: {reason}.", "muted")), 0
        return
    yield (), 0
    yield _heading("Fixes that would allow it now (each was tried on a copy; nothing was changed)"), 0
    for letter, fix in zip("abcdefgh", fixes, strict=False):
        for number, step in enumerate(fix.steps):
            mark = f"  {letter}) " if number == 0 else "     "
            yield (Span(mark, "key"), Span(one_line(step.what))), 7
            yield (Span("     "), Span(one_line(step.command), "muted")), 9
        if fix.also_allowed:
            others = ", ".join(map(one_line, fix.also_allowed[:3]))
            yield (Span(f"     would also allow: {others}", "warning"),), 7


def _unasked(event: RequestAnswered) -> Lines:
    """No policy was evaluated: the request was refused before that, or the operator made it."""
    yield (result_span(event), Span(f"  {one_line(event.decided_by)}", "strong")), 4
    yield from _request(event)
    if event.message:
        yield (), 0
        yield _heading("What AWS answers"), 0
        yield (Span(f"  {event.code}", "strong"), Span(f": {one_line(event.message)}")), 4
    yield (), 0
    why = "Not evaluated: the operator bypasses IAM." if bypasses_iam(event) else "No policy was evaluated."
    yield line((why, "muted")), 0


def explanation_lines(verdict: Verdict, event: RequestAnswered, explanation: Explanation) -> Lines:
    """The verdict, what decided it, and every policy type. A what-if's `verdict` is not the event's."""
    yield (verdict_span(verdict), Span(f"  {one_line(explanation.decision.reason)}", "strong")), 4
    yield from _request(event)
    yield (), 0
    yield from evidence_lines(explanation)


def evidence_lines(explanation: Explanation) -> Lines:
    """What decided, what came near, and every policy type."""
    yield from _evidence(explanation)
    yield from _near_misses(explanation)
    yield _heading("Policy types, in the order AWS evaluates them"), 0
    rows = list(_rows(explanation.layers))
    width = max((len(name) for name, _ in rows), default=0)
    verdict = max((len(layer.verdict.value) for _, layer in rows), default=0)
    for name, layer in rows:
        yield from _layer(layer, f"{name:<{width}}", verdict)


def _refused(event: RequestAnswered, explanation: Explanation) -> Lines:
    """AWS refused it for its parameters, whatever the policies say: the refusal comes first."""
    reason = f"  {one_line(event.code)}: {one_line(event.message or event.decided_by)}"
    yield (result_span(event), Span(reason, "strong")), 4
    yield from _request(event)
    yield (), 0
    yield _heading("What the policies say; the request was refused whatever they say"), 0
    verdict = Verdict.of(explanation.decision.outcome)
    yield (Span("  "), verdict_span(verdict), Span(f"  {one_line(explanation.decision.reason)}")), 4
    yield (), 0
    yield from evidence_lines(explanation)


def _asked(event: RequestAnswered, explanation: Explanation) -> Lines:
    if event.verdict is Verdict.REFUSED:
        yield from _refused(event, explanation)
        return
    yield from explanation_lines(event.verdict, event, explanation)
    if event.message:
        yield (), 0
        yield _heading("What AWS answers"), 0
        yield (Span(f"  {event.code}", "strong"), Span(f": {one_line(event.message)}")), 4


def _context(event: RequestAnswered, simulation: Simulation) -> Lines:
    """Every context key, and where its value came from."""
    part = simulation.context(event)
    if part is None:
        return
    yield (), 0
    yield _heading("Request context, and the source of each key"), 0
    for key in sorted(part.values, key=str.lower):
        value = part.values[key]
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        origin = Span(f"  {part.origins[key].value}", "muted")
        yield (Span(f"  {one_line(key)} ", "muted"), Span(one_line(text)), origin), 6


def _request(event: RequestAnswered) -> Lines:
    yield (
        (
            Span(f"  {one_line(event.caller)}"),
            Span(f"  {one_line(event.action)}", "strong"),
            Span(f"  {one_line(event.resource)}", "muted"),
        ),
        4,
    )
    if event.workload:
        yield (Span("  by workload ", "muted"), Span(one_line(event.workload))), 4
    if event.client is not None:
        yield from _client(event.client, event)


def _client(client: ClientCall, event: RequestAnswered) -> Lines:
    """Which real client sent it, and what is special about how it was decided and answered."""
    name = one_line(client.client or "an unnamed client")
    yield (Span("  sent by ", "muted"), Span(name), Span(f" as {one_line(client.operation)}", "muted")), 4
    if client.is_resource_unknown:
        told = "No ARN follows from this request: it was decided for the resource *."
        yield (Span(f"  {told}", "warning"),), 4
    if client.is_least_answer and event.code == "200":
        yield (Span("  Only authorized, not performed: the answer is the least valid one.", "muted"),), 4
    if client.is_soft and event.verdict.is_denial:
        yield (Span("  The client was answered as if it had been allowed (--soft).", "warning"),), 4


def _heading(text: str) -> Line:
    return (Span(text, "title"),)


def _evidence(explanation: Explanation) -> Lines:
    """The deciding statements, element by element; for an implicit deny, the nearest miss."""
    deciding = [each for layer in explanation.layers for each in layer.counted if each.decided]
    if deciding:
        yield _heading("Decided by"), 0
        for statement in deciding:
            yield from _statement(statement)
        yield (), 0
    nearest = explanation.nearest_miss
    if nearest is not None:
        yield _heading("Nearest miss: the Allow that matched furthest"), 0
        yield from _statement(nearest)
        yield (), 0
    elif explanation.decision.outcome is Outcome.IMPLICIT_DENY and not deciding:
        yield line(("No policy of that type has an Allow statement.", "muted")), 0
        yield (), 0


def _near_misses(explanation: Explanation) -> Lines:
    """What did not match, nearest first; the nearest Allow is already shown element by element."""
    nearest = explanation.nearest_miss
    shown = nearest.provenance if nearest is not None else None
    found = explanation.near_misses
    others = (each for each in found.listed if each.provenance != shown)
    listed = list(islice(others, MOST_NEAR_MISSES))
    if not listed:
        return
    yield _heading("Evaluated, did not match (nearest first)"), 0
    labels = [one_line(miss.provenance.label) for miss in listed]
    width = min(WIDEST_LABEL, max(map(cells, labels)))
    for miss, label in zip(listed, labels, strict=True):
        style: Style = "denied" if miss.effect == "Deny" else "allow"
        named = Span(f"  {label}{' ' * (width - cells(label))}  ")
        gap = " " * (7 - len(miss.effect))
        yield (named, Span(miss.effect, style), Span(f"{gap}{one_line(miss.distance)}", "muted")), 6
    rest = found.rest(len(listed) + (shown is not None))
    if rest:
        yield (Span(f"  {rest}", "muted"),), 4
    yield (), 0


def _statement(statement: StatementExplanation) -> Lines:
    matched = statement.status is ElementStatus.MATCHED
    style: Style = "deny" if not matched else "denied" if statement.effect == "Deny" else "allow"
    mark = "✖" if statement.effect == "Deny" and matched else "+" if matched else "-"
    label = Span(f"{mark} {one_line(statement.provenance.label)}", style)
    yield (
        (
            Span("  "),
            label,
            Span(f"  {statement.effect}, {statement.provenance.policy_type.value}", "muted"),
        ),
        6,
    )
    for element in statement.elements:
        yield from _element(element)
    if statement.note:
        yield (Span(f"      {one_line(statement.note)}", "muted"),), 8


def _element(element: ElementExplanation) -> Lines:
    mark, style = _ELEMENT_MARKS[element.status]
    name_style: Style = "muted" if element.status is ElementStatus.NOT_REACHED else "plain"
    yield (Span(f"    {mark} ", style), Span(one_line(element.element), name_style)), 8
    if element.status is ElementStatus.NOT_REACHED:
        return
    wanted = one_line(", ".join(element.wanted)) or "(nothing)"
    yield (Span("        policy   ", "muted"), Span(wanted, "json-string")), 17
    actual = (
        "(key not in the request)"
        if element.actual is None
        else one_line(", ".join(element.actual)) or "(empty)"
    )
    yield (Span("        request  ", "muted"), Span(actual, style), *_matched_by(element)), 17
    if len(element.values) > 1:
        for value in element.values:
            held = {True: "+", False: "-", None: "?"}[value.held]
            yield (
                (
                    Span(f"          {held} {one_line(value.value)}"),
                    Span(f"  {one_line(value.matched_by or '')}", "muted"),
                ),
                14,
            )
    if element.note:
        yield (Span(f"        {one_line(element.note)}", "muted"),), 8


def _matched_by(element: ElementExplanation) -> Line:
    if element.matched_by is None or (element.wanted == (element.matched_by,)):
        return ()
    return (Span(f"  by {one_line(element.matched_by)}", "muted"),)


def dry_run_lines(explanation: Explanation) -> list[Line]:
    """For a form: the policy types that apply, and for a missing Allow the nearest miss."""
    lines: list[Line] = []
    for layer in explanation.layers:
        if layer.verdict in (LayerVerdict.NONE, LayerVerdict.UNKNOWN, LayerVerdict.NOT_CONSULTED):
            continue
        if layer.level is not None and layer.verdict is LayerVerdict.ALLOWS:
            continue  # an SCP or RCP level that allows is not worth a line
        mark, style = _MARKS[layer.verdict]
        nearest = layer.nearest_miss if layer.is_missing_in(explanation.decision) else None
        remark = f"nearest miss {nearest.provenance.label}" if nearest else _statements_of(layer)
        head = (
            Span(f"{mark} ", style),
            Span(f"{_name((layer,), explanation.layers)}: {layer.verdict.value}"),
        )
        lines.append((*head, Span(f"  {one_line(remark)}", "muted")))
        failed = nearest.failed if nearest is not None else None
        if failed is not None:
            actual = "nothing" if failed.actual is None else ", ".join(failed.actual) or "empty"
            wanted = Span(one_line(", ".join(failed.wanted)), "json-string")
            lines.append(
                (
                    Span(f"  {failed.element} must match "),
                    wanted,
                    Span(f"; the request has {one_line(actual)}"),
                )
            )
    return lines


def _rows(layers: Sequence[LayerExplanation]) -> Iterator[tuple[str, LayerExplanation]]:
    """(name, layer): levels of the organization that say the same are one row, `service control policy of
    every level`.
    """

    def says(layer: LayerExplanation) -> object:
        is_level = layer.policy_type in _OF_LEVELS and layer.level is not None
        return (layer.policy_type, layer.verdict, _remark(layer)) if is_level else id(layer)

    for _, group in groupby(layers, says):
        same = list(group)
        if len(same) > 1 and len(same) == sum(each.policy_type is same[0].policy_type for each in layers):
            yield f"{same[0].policy_type.value} of every level", same[0]
        else:
            yield _name(same, layers), same[0]


def _name(same: Sequence[LayerExplanation], layers: Sequence[LayerExplanation]) -> str:
    """`service control policy of the OU`: levels as Organizations has them, from the root down."""
    first = same[0]
    if first.policy_type not in _OF_LEVELS or first.level is None:
        return first.name
    count = sum(each.policy_type is first.policy_type for each in layers)
    named = ", ".join(_level_name(each.level or 0, count) for each in same)
    return f"{first.policy_type.value} of the {named}"


def _level_name(level: int, count: int) -> str:
    """Level 0 of `count` is the organization's root, the last is the account, OUs are between them."""
    if level == 0:
        return "root"
    if level == count - 1:
        return "account"
    return "OU" if count == 3 else f"OU {level}"


def _remark(layer: LayerExplanation) -> str:
    return one_line(layer.note or _statements_of(layer))


def _layer(layer: LayerExplanation, name: str, verdict: int) -> Lines:
    """`name`: filled to its column; `verdict`: cells of the second one; the third continues under itself."""
    mark, style = _MARKS[layer.verdict]
    verdict_style: Style = "strong" if style == "denied" else style
    yield (
        (
            Span("  "),
            Span(mark, style),
            Span(" "),
            Span(name, "muted" if style == "muted" else "plain"),
            Span(f"  {layer.verdict.value:<{verdict}}", verdict_style),
            Span(f"  {_remark(layer)}", "muted"),
        ),
        len(name) + verdict + 8,
    )


def _statements_of(layer: LayerExplanation) -> str:
    """The matching statements; for a denying layer also what would otherwise have allowed the request."""
    if not layer.deciding:
        nearest = layer.nearest_miss
        if nearest is None:
            return ""
        failed = f", {nearest.failed.element} does not match" if nearest.failed else ""
        return f"nearest miss {nearest.provenance.label}{failed}"
    denies = [each.provenance.label for each in layer.deciding if each.effect == "Deny"]
    allows = [each.provenance.label for each in layer.deciding if each.effect != "Deny"]
    if not denies:
        return _some(allows)
    return _some(denies) + (f"; otherwise {_some(allows)} would allow" if allows else "")


def _some(labels: list[str]) -> str:
    more = f" and {len(labels) - 3} more" if len(labels) > 3 else ""
    return ", ".join(labels[:3]) + more
