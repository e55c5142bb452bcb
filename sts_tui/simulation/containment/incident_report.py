"""What is in the report of an incident? Markdown: who and what, timeline, cuts, commands, proof.

The commands are for the real account: a cutoff is computed when the command runs, because simulated time
means nothing there. Each has its undo command, if one call is enough for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sts_tui.simulation.authorization.context import iso
from sts_tui.simulation.containment.desk import Incident, Row
from sts_tui.simulation.containment.incident_text import NO_USER, NOT_ASKED, NOTHING_CUT
from sts_tui.simulation.containment.renewals import Broken
from sts_tui.simulation.containment.revocation import with_real_cutoff
from sts_tui.simulation.containment.undo_commands import undo_commands
from sts_tui.simulation.events import ConfigurationChanged, RequestAnswered, SessionStarted

if TYPE_CHECKING:
    from sts_tui.simulation.simulation import Simulation

_LINES: Final = 60
"""The maximum number of lines of the timeline, which names the first requests and counts repeated ones."""

NOT_MODELED: Final = (
    "Tokens and refresh of IAM Identity Center and of console sign-ins that the files do not hold.",
    "Credentials that an application passed on, and data that was read.",
    "Signed URLs: they end with the credentials that signed them.",
)


def report(incident: Incident, simulation: Simulation) -> str:
    """The whole report; ends with a line break."""
    return "\n".join([*_head(incident), *_timeline(incident, simulation), *_cuts(incident, simulation),
                      *_standing(incident), *_limits()]) + "\n"  # fmt: skip


def commands(row: Row, simulation: Simulation) -> tuple[str, ...]:
    """The `aws` commands that carry a cut out in a real account, in order."""
    return tuple(with_real_cutoff(step.command, simulation.world) for step in row.cut.steps)


def _head(incident: Incident) -> Iterator[str]:
    holder = incident.holder
    yield f"# Incident: {_text(holder.who)}"
    yield ""
    asked = f" ({holder.how_asked})" if holder.how_asked else ""
    account = f"in account {holder.account}{asked}"
    yield f"As of {iso(incident.at)}, {holder.kind.value} {_code(holder.label)} {account}."
    yield ""
    yield "## Who uses the credentials"
    yield ""
    for use in incident.used_by:
        since = f", since {iso(use.since)}" if use.since else ""
        copied = ", with copied credentials" if use.is_thief else ""
        where = f" from {', '.join(map(_text, use.addresses))}" if use.addresses else ""
        yield f"- {_code(use.name)}{where}: {round(use.per_minute, 1):g} requests a minute{since}{copied}"
    if not incident.used_by:
        yield f"- {NO_USER}"
    yield ""
    yield "## What they allow"
    yield ""
    if holder.has_no_credentials:
        yield f"- {NOT_ASKED}"
        yield ""
        return
    for one in incident.requests:
        needs = f" (with {_text(', '.join(one.needs))})" if one.needs else ""
        yield f"- {_code(one.action)} on {_code(one.resource)}: {one.verdict}{needs}"
    yield f"- Roles it can assume: {', '.join(map(_code, incident.can_go)) or 'none'}"
    yield f"- Ways to stay: {', '.join(map(_code, incident.can_stay)) or 'none found'}"
    if incident.undocumented:
        yield f"- Unknown, since no file has the document: {', '.join(map(_code, incident.undocumented))}"
    yield ""


def _timeline(incident: Incident, simulation: Simulation) -> Iterator[str]:
    yield "## Timeline"
    yield ""
    yield "| time | what |"
    yield "| --- | --- |"
    lines = list(_events(incident, simulation))
    for at, text in lines[:_LINES]:
        yield f"| {iso(at)} | {text} |"
    if len(lines) > _LINES:
        yield f"| | {len(lines) - _LINES} more |"
    yield ""


def _events(incident: Incident, simulation: Simulation) -> Iterator[tuple[datetime, str]]:
    """Sessions, the first request of each kind and verdict, and every write."""
    keys, seen = set(incident.holder.credentials), set()
    for event in simulation.events:
        if isinstance(event, SessionStarted) and event.access_key_id in keys:
            yield event.at, f"session {_code(event.label)} issued"
        elif isinstance(event, ConfigurationChanged):
            yield event.at, f"{_text(event.caller)}: {_code(event.command)}"
        elif isinstance(event, RequestAnswered) and event.access_key_id in keys:
            kind = (event.workload, event.action, event.resource, event.verdict)
            if kind not in seen:
                seen.add(kind)
                by = f", by {_text(event.decided_by)}" if event.decided_by else ""
                who = f"{_text(event.workload)}: " if event.workload else ""
                yield (
                    event.at,
                    f"{who}{_code(event.action)} {_code(event.resource)}: {event.verdict.value.lower()}{by}",
                )


def _cuts(incident: Incident, simulation: Simulation) -> Iterator[str]:
    yield "## Cuts, each tried in a copy"
    yield ""
    yield "| cut | holder | spares | breaks | back |"
    yield "| --- | --- | --- | --- | --- |"
    for row in incident.rows:
        trial = row.trial
        not_cut = f"{'refused' if trial.refused else 'not cut'}: {_text(row.why_not)}"
        holder = f"cut {iso(trial.at)}" if trial.is_cut and trial.at else not_cut
        if trial.widens:
            holder = f"{holder}, WIDENS the access: {_code(trial.widens[0])}"
        if trial.is_cut and trial.still_possible:
            holder = f"{holder}, can still {_code(trial.still_possible[0])}"
        if trial.locks_out:
            holder = f"locks out: {_text(trial.locks_out)}; {holder}"
        breaks = ", ".join(_breaks(one) for one in trial.broken) or "nothing"
        back = iso(row.back_at) if row.back_at else "never"
        best = (
            (" (best, with the others marked so)" if incident.is_together else " (best)")
            if row.is_best
            else ""
        )
        spared = f"{len(trial.spared)} sessions"
        yield f"| {_text(row.cut.title)}{best} | {holder} | {spared} | {breaks} | {back} |"
    yield ""
    for row in incident.best:
        yield f"### {_text(row.cut.title)}"
        yield ""
        yield from _hindsight(row)
        yield "```sh"
        yield from commands(row, simulation)
        yield "# to undo it:"
        yield from undo_commands(row.cut.steps, simulation.world.configuration)
        yield "```"
        yield ""


def _hindsight(row: Row) -> Iterator[str]:
    if not row.earlier:
        return
    yield "Had it been made earlier:"
    yield ""
    yield "| at | requests of the incident that would have happened | others that would have failed |"
    yield "| --- | --- | --- |"
    for one in row.earlier:
        happened = f"{one.suspect_happened} of {one.suspect}"
        yield f"| {iso(one.at)} | {happened} | {one.others_failed} of {one.others} |"
    yield ""


def _breaks(one: Broken) -> str:
    since = f" from {iso(one.since)}" if one.since else ""
    return f"{_text(one.name)} ({round(one.per_minute, 1):g}/min{since})"


def _standing(incident: Incident) -> Iterator[str]:
    after, proof = incident.aftermath, incident.proof
    yield "## Current state"
    yield ""
    for one in after.done:
        yield f"- {iso(one.at)} {_text(one.by)}: {_code(one.command)}"
    if not after.done:
        yield f"- {NOTHING_CUT}"
    yield f"- Requests denied so far: {after.denied}"
    for alive in after.alive:
        yield f"- Still works: {_code(alive.label)} ({alive.state}), until {iso(alive.expires_at)}"
    if after.came_back:
        yield f"- Came back: {', '.join(map(_code, after.came_back))}"
    if after.next_move:
        yield f"- Next: {_text(after.next_move)}"
    yield ""
    yield "## Proof"
    yield ""
    yield f"{proof.in_words}."
    for request in proof.still_allowed:
        yield f"- still allowed: {_code(request)}"
    for request in proof.denials:
        yield f"- {_code(request)}"
    yield ""


def _limits() -> Iterator[str]:
    yield "## Not modeled"
    yield ""
    yield from (f"- {one}" for one in NOT_MODELED)


def _code(text: str) -> str:
    """Text of a model as Markdown code, so that nothing in it is interpreted as markup."""
    fence = "``" if "`" in text else "`"
    return f"{fence}{_one_line(text)}{fence}"


def _text(text: str) -> str:
    return "".join(f"\\{one}" if one in "\\`*_{}[]<>#|" else one for one in _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())
