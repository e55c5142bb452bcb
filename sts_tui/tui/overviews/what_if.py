"""What if? The selected request evaluated again, at the time it was made, without some policy types or with a
fix. The running simulation is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar, Final, TypeAlias

from textual.binding import Binding, BindingType

from sts_tui.iam.decision import Decision
from sts_tui.iam.explaining.explanation import LayerVerdict
from sts_tui.iam.provenance import PolicyType
from sts_tui.simulation.authorization.denial_responses import decided_by
from sts_tui.simulation.events import RequestAnswered, Verdict
from sts_tui.simulation.fixes.fix_steps import Step
from sts_tui.simulation.fixes.fixes import Fix
from sts_tui.tui.dialogs.choose import Choice, ChooseScreen
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.editor.editing import edit_call
from sts_tui.tui.text.event_text import verdict_span
from sts_tui.tui.text.explanation_text import explanation_lines
from sts_tui.tui.text.styled_text import Line, Span, one_line

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explain import Explanation
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host

_SHOW: Final = "show"
_Decided: TypeAlias = tuple[str, Choice]
"""The verdict with a change, and the change."""
_SAYS_NOTHING: Final = (LayerVerdict.NONE, LayerVerdict.UNKNOWN, LayerVerdict.NOT_CONSULTED)


def ask(app: Host, event: RequestAnswered, without: tuple[PolicyType, ...] = ()) -> None:
    """Opens the dialog; choosing a policy type opens it again without that type."""
    explanation = app.simulation.explain(event, without)
    if explanation is None:
        app.say(f"No policy was evaluated for #{event.number}, so there is nothing to leave out.", "warning")
        return

    def compute(_: Progress) -> tuple[tuple[Fix, ...], list[_Decided]]:
        wants_fixes = event.verdict is not Verdict.ALLOWED and not without
        fixes = app.simulation.fixes(event) if wants_fixes else ()
        rows = sorted(_rows(app, event, explanation, without), key=itemgetter(0))
        return fixes, [*_fix_choices(fixes, event.action), *(decided for _, decided in rows)]

    def show(found: tuple[tuple[Fix, ...], list[_Decided]]) -> None:
        app.clear_status()
        _choose(app, event, explanation, without, *found)

    app.background.soon("Trying what would change the decision", compute, show)


def _choose(
    app: Host,
    event: RequestAnswered,
    explanation: Explanation,
    without: tuple[PolicyType, ...],
    fixes: tuple[Fix, ...],
    decided: list[_Decided],
) -> None:
    def chosen(what: str | None) -> None:
        if what is None:
            return
        if what == _SHOW:
            _show(app, event, explanation, without)
        elif what.startswith("fix "):
            fix = fixes[int(what.removeprefix("fix "))]
            title = f"What if … request #{event.number} with a fix"
            app.ask(FixScreen(title, fix), lambda answer: _answered(app, fix, answer))
        else:
            ask(app, event, (*without, PolicyType[what]))

    verdicts = {choice[0]: verdict for verdict, choice in decided}
    above = list(_above(event, explanation, without))
    choices = [choice for _, choice in decided]
    app.ask(ChooseScreen("What if …", choices, above, ways=verdicts, notes_hold_names=True), chosen)


def _above(event: RequestAnswered, explanation: Explanation, without: Sequence[PolicyType]) -> Iterator[str]:
    yield f"#{event.number} {one_line(event.caller)} {one_line(event.action)} {one_line(event.resource)}"
    yield f"was   {verdict_span(event.verdict).text.strip()}  {one_line(event.decided_by)}"
    if without:
        yield f"without  {_names(without)}"
        yield f"then  {_result(explanation.decision)}"
    yield "Nothing in the running simulation is changed."


def _rows(
    app: Host, event: RequestAnswered, explanation: Explanation, without: tuple[PolicyType, ...]
) -> Iterator[tuple[bool, _Decided]]:
    """(whether the verdict stays, what is decided): those that change it come first."""
    now = explanation.decision.is_allowed
    for policy_type in dict.fromkeys(
        layer.policy_type for layer in explanation.layers if layer.verdict not in _SAYS_NOTHING
    ):
        then = app.simulation.explain(event, (*without, policy_type))
        if then is not None:
            also = "also without" if without else "without"
            what = f"{also} {policy_type.value}"
            yield (
                then.decision.is_allowed is now,
                _decided(policy_type.name, what, then.decision, event.action),
            )
    yield True, _decided(_SHOW, "show the whole explanation", explanation.decision, event.action)


def _fix_choices(fixes: Sequence[Fix], action: str) -> Iterator[_Decided]:
    for number, fix in enumerate(fixes):
        yield _decided(f"fix {number}", "; ".join(step.what for step in fix.steps), fix.decision, action)


def _decided(value: str, what: str, decision: Decision, action: str) -> _Decided:
    """A choice with the verdict and what decides, in the words of the request log."""
    verdict = verdict_span(Verdict.of(decision.outcome)).text.strip()
    return verdict, (value, what, decided_by(decision, action))


def _result(decision: Decision) -> str:
    return f"{Verdict.of(decision.outcome).value}  {decision.reason}"


def _names(without: Sequence[PolicyType]) -> str:
    return ", ".join(each.value for each in without)


def _show(app: Host, event: RequestAnswered, explanation: Explanation, without: Sequence[PolicyType]) -> None:
    left_out = _names(without) or "nothing"
    head: list[tuple[Line, int]] = [
        ((Span("Without: ", "muted"), Span(left_out, "strong")), 10),
        ((Span("The running simulation was not changed.", "muted"),), 0),
        ((), 0),
    ]
    lines = [*head, *explanation_lines(Verdict.of(explanation.decision.outcome), event, explanation)]
    app.ask(ReadingScreen(f"What if … request #{event.number}", lines), app.copied("what-if"))


class FixScreen(ReadingScreen):
    """A fix and its calls; `e` answers `EDIT`."""

    EDIT: ClassVar[str] = "edit"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("e", "edit", "Edit", show=False)]

    def __init__(self, title: str, fix: Fix) -> None:
        hint = "e edit the policy with this fix   / search   y copy   esc close"
        super().__init__(title, list(_fixed(fix)), hint if _editable(fix) else "")
        self._is_editable = _editable(fix) is not None

    def action_edit(self) -> None:
        if self._is_editable:
            self.dismiss(self.EDIT)


def _editable(fix: Fix) -> Step | None:
    """The first call of a fix that writes a document."""
    return next((step for step in fix.steps if _document(step)), None)


def _document(step: Step) -> str:
    for name in ("PolicyDocument", "Policy", "Content"):
        value = step.params.get(name)
        if value is not None:
            return value if isinstance(value, str) else json.dumps(value)
    return ""


def _answered(app: Host, fix: Fix, answer: str | None) -> None:
    step = _editable(fix)
    if answer == FixScreen.EDIT and step is not None:
        edit_call(app, step.action, step.params, _document(step))
    elif answer is not None:
        app.copy_text("fix", answer)


def _fixed(fix: Fix) -> Iterator[tuple[Line, int]]:
    verdict = verdict_span(Verdict.of(fix.decision.outcome))
    yield (verdict, Span(f"  {one_line(fix.decision.reason)}", "strong")), 4
    yield (Span("Tried on a copy; the running simulation was not changed.", "muted"),), 0
    yield (), 0
    for step in fix.steps:
        yield (Span(f"  {one_line(step.what)}"),), 4
        yield (Span(f"    {one_line(step.command)}", "muted"),), 6
    for other in fix.also_allowed:
        yield (Span(f"  would also allow: {one_line(other)}", "warning"),), 4
