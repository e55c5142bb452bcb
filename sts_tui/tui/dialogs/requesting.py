"""What does the request form know of the model, and what happens to the request that it returns?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

from sts_tui.account.entities import WorkloadRequest
from sts_tui.account.policies.unknown_words import about_unknown_action
from sts_tui.account.policies.vocabulary import can_apply, resource_formats_of
from sts_tui.account.policies.word_completion import actions_like, condition_keys_like
from sts_tui.simulation.events import RequestAnswered
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tui.dialogs.dry_run import dry_run_of
from sts_tui.tui.dialogs.pending_call import DryRun, PendingCall
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.dialogs.request_form import Asked, Notes, RequestScreen
from sts_tui.tui.text.explanation_text import evidence_lines
from sts_tui.tui.text.styled_text import line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

RECENT: Final = 200
"""Requests of the log whose actions and resources are offered."""


def open_request_form(app: Host, values: Mapping[str, str]) -> None:
    """The form with these values, as the acting identity."""

    actions, resources = list(_known(app, "action")), list(_known(app, "resource"))

    def try_out(call: PendingCall) -> DryRun:
        return dry_run_of(app.simulation, call, app.acting)

    screen = RequestScreen(
        app.acting.label,
        values,
        try_out,
        lambda asked: _notes(app, *asked),
        {
            "action": lambda text: [*_like(actions, text), *actions_like(text)] if text else [],
            "resource": lambda text: _like(resources, text) if text else [],
            "context": lambda text: _keys(screen.values.get("action", ""), text),
        },
        patience=app.background.patience if app.background.is_still else 0.0,
    )

    def answered(asked: Asked | None) -> None:
        if asked is None:
            return
        if asked.identity is not None:
            app.act_as(asked.identity)
            open_request_form(app, screen.values)
        elif asked.what == "explain":
            _explain(app, asked.call, screen.values)
        else:
            _send(app, asked.call)

    app.ask(screen, answered)


def _send(app: Host, call: PendingCall) -> None:
    """Sends it as a line of the command bar would; then selects the request and shows its explanation."""
    if app.is_left_to_steps(f"perform {call.command}") or app.is_unchangeable():
        return
    result = app.command_log.perform(parse_step(call.command), call.command)
    app.ticker.reanchor()
    if isinstance(result.event, RequestAnswered):
        app.presenter.go_to_request(result.event.number)
    error = result.error
    said = f"{error.code}: {error.message}" if error is not None else result.message or "Allowed."
    app.say(one_line(said), "deny" if error is not None else "plain")
    app.presenter.refresh()


def _explain(app: Host, call: PendingCall, values: Mapping[str, str]) -> None:
    """Shows every statement that the request would meet; the form opens again afterwards."""

    def back(text: str | None) -> None:
        if text is not None:
            app.copy_text("explanation", text)
        open_request_form(app, values)

    tried = dry_run_of(app.simulation, call, app.acting)
    explanation = call.explain(app.simulation, app.acting)
    evidence = evidence_lines(explanation) if explanation is not None else ((each, 4) for each in tried.lines)
    head = [(tried.verdict, 4), (line((call.command, "muted")), 4), ((), 0)]
    app.ask(ReadingScreen("Explain the request", [*head, *evidence]), back)


def _notes(app: Host, action: str, resource: str) -> Notes:
    """What AWS's lists say about the action, and the model about the resource."""
    notes: dict[str, tuple[str, bool]] = {}
    if action.count(":") != 1:
        return notes
    if fault := about_unknown_action(action):
        notes["action"] = (fault, True)
        return notes
    formats = resource_formats_of(action)
    works_on = " or ".join(dict.fromkeys(formats[:2])) or "no resource: only * matches"
    if not resource or resource == "*":
        notes["resource"] = (works_on, False)
    elif not can_apply(action, (resource,)):
        notes["resource"] = (f"{action} works on {works_on}", True)
    else:
        notes["resource"] = (_in_the_model(app, resource), False)
    return notes


def _in_the_model(app: Host, arn: str) -> str:
    """`in the model, with a policy of its own`; an object counts as its bucket."""
    resources = app.simulation.world.configuration.resources
    found = resources.get(arn) or resources.get(arn.partition("/")[0])
    if found is None:
        return "not in the model: no resource policy is evaluated"
    return f"in the model, {'with' if found.policy is not None else 'without'} a policy of its own"


def _known(app: Host, field: str) -> Iterator[str]:
    """Actions or resources of the newest requests, of the workloads and of the model."""
    events = (event for event in reversed(app.simulation.events) if isinstance(event, RequestAnswered))
    world = app.simulation.world
    asked: list[RequestAnswered | WorkloadRequest] = [*islice(events, RECENT)]
    asked += [each for workload in world.workloads.values() for each in workload.requests]
    found = [str(getattr(each, field)) for each in asked]
    if field == "resource":
        found += world.configuration.resources
    yield from dict.fromkeys(found)


def _like(known: list[str], text: str) -> list[str]:
    return [each for each in known if each.casefold().startswith(text.casefold())]


def _keys(action: str, text: str) -> list[str]:
    """Whole texts that complete the condition key typed last."""
    head, space, last = text.rpartition(" ")
    if not last or "=" in last:
        return []
    services = frozenset((action.partition(":")[0].lower(),))
    return [f"{head}{space}{key}=" for key in condition_keys_like(last, services)]
