"""Revoking: who is hit, who is not, who can come back, and how it is done; then the call.

*Revoke active sessions* is an inline policy with a date, as the console writes it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sts_tui.simulation.containment.revocation import (
    CannotRevokeError,
    RevocationPreview,
    preview_revocation,
    revocation_call,
)
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.operations.equivalent_cli import cli_line
from sts_tui.simulation.world import World
from sts_tui.sts.revoke import POLICY_NAME
from sts_tui.sts.session import Session
from sts_tui.tui.dialogs.confirm import ConfirmScreen, Fact
from sts_tui.tui.dialogs.dry_run import dry_run
from sts_tui.tui.text.event_text import name_of
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, line, one_line

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

NAMED = 3
"""Sessions named one by one; the others are counted."""
LABEL = 12
"""Cells that a fact's label has."""


def ask(app: Host, *subjects: str) -> None:
    """Opens the dialog for a user, a role or several roles; the calls are made only when its button was
    pressed.
    """
    try:
        previews = [preview_revocation(app.simulation, subject) for subject in subjects]
    except CannotRevokeError as error:
        app.say(str(error), "warning")
        return
    world, undo = app.simulation.world, app.keymap.first("undo")
    facts = _facts_of_many(previews, world, undo) if len(previews) > 1 else _facts(previews[0], world, undo)
    facts += [fact for preview in previews for fact in _as_whom(app, preview)]

    def answered(confirmed: bool | None) -> None:
        if not confirmed:
            app.say("Nothing was revoked.")
        for subject in subjects if confirmed else ():
            carry_out(app, subject)

    command = "\n".join(cli_line(preview.action, preview.params) for preview in previews)
    verb = "Cut off" if _is_user(subjects[0]) else "Revoke"
    app.ask(ConfirmScreen(_title(subjects), facts, verb, command, len(subjects)), answered)


def _is_user(subject: str) -> bool:
    return ":user/" in subject


def _title(subjects: Sequence[str]) -> str:
    if _is_user(subjects[0]):
        return f"Cut off what {name_of(subjects[0])} issued?"
    what = name_of(subjects[0]) if len(subjects) == 1 else f"{len(subjects)} roles"
    return f"Revoke active sessions of {what}?"


def carry_out(app: Host, subject: str) -> None:
    """Makes the call, as whoever acts, and brings what it did into view."""
    action, params = revocation_call(
        subject, app.simulation.world
    )  # the clock may have gone on since the dialog
    if app.call(action, params, caller=caller_in(app, subject)) is None:
        return
    app.clear_status()
    revocation = app.selection.revocation
    if revocation is not None and revocation.hit and not app.main.sessions.table.has_focus:
        app.main.sessions.table.choose(revocation.hit[0])


def caller_in(app: Host, subject: str) -> Identity:
    """The operator works in the account of what it edits; everybody else is who they are."""
    return (
        operator_identity(subject.split(":")[4]) if app.acting.kind is IdentityKind.OPERATOR else app.acting
    )


def _facts(preview: RevocationPreview, world: World, undo: str) -> list[Fact]:
    return [
        ("Hits now", _hit(preview, _users_of(preview.hit, world))),
        ("Stays alive", _alive(preview.surviving)),
        ("Comes back", _comes_back(preview)),
        _how(preview, world, undo),
    ]


def _facts_of_many(previews: Sequence[RevocationPreview], world: World, undo: str) -> list[Fact]:
    """Role by role who is hit; then what outlives all of it, and who can come back."""
    hit = {session.access_key_id for preview in previews for session in preview.hit}
    surviving = {
        session.access_key_id: session
        for preview in previews
        for session in preview.surviving
        if session.access_key_id not in hit
    }
    return [
        *((name_of(each.subject)[:LABEL], _hit(each, _users_of(each.hit, world))) for each in previews),
        ("Stays alive", _alive(tuple(surviving.values()))),
        *((f"{name_of(each.subject)[: LABEL - 5]} back", _comes_back(each)) for each in previews),
        _how(previews[0], world, undo),
    ]


def _how(preview: RevocationPreview, world: World, undo: str) -> Fact:
    padding = world.settings.revoke_padding_seconds
    return (
        "How",
        [
            line(
                "inline policy ",
                (POLICY_NAME, "strong"),
                ": a Deny for sessions issued before ",
                (clock_time(preview.cutoff), "strong"),
                f" (now + {padding} s). Sessions issued from then on live.",
            ),
            line((f"Credentials still authenticate; every request is denied. {undo} undoes it.", "muted")),
        ],
    )


def _users_of(sessions: Sequence[Session], world: World) -> list[str]:
    """The workloads that sign with these sessions, those that copied the credentials among them."""
    keys = {session.access_key_id for session in sessions}
    return [
        name
        for name, state in world.workload_states.items()
        if state.stolen in keys or not keys.isdisjoint(state.keys[-1:])
    ]


def _hit(preview: RevocationPreview, users: Sequence[str]) -> list[Line]:
    lines: list[Line] = []
    if preview.hit:
        lines.append(line((f"{_count(preview.hit, 'session')} ", "revoked"), _named(preview.hit)))
        rate = preview.requests_per_minute
        counted = f"{rate} request{'s' if rate != 1 else ''} in the last minute"
        if users:
            lines.append(line("used by ", (one_line(", ".join(users)), "strong"), (f"; {counted}", "muted")))
        else:
            lines.append(line((counted, "muted")))
    else:
        lines.append(line(("no session: there is none that works", "muted")))
    if preview.already_revoked:
        lines.append(line((f"{_count(preview.already_revoked, 'session')} revoked before", "muted")))
    return lines


def _count(sessions: Sequence[Session], what: str) -> str:
    return f"{len(sessions)} {what}{'s' if len(sessions) != 1 else ''}"


def _named(sessions: Sequence[Session]) -> str:
    names = ", ".join(one_line(session.label) for session in sessions[:NAMED])
    return f"{names} and {len(sessions) - NAMED} more" if len(sessions) > NAMED else names


def _alive(surviving: Sequence[Session]) -> list[Line]:
    if not surviving:
        return [line(("no session was chained from these", "muted"))]
    return [
        line((f"{_count(surviving, 'chained session')} ", "warning"), _named(surviving)),
        line(("another role, another policy: revoke that role too", "muted")),
    ]


def _comes_back(preview: RevocationPreview) -> list[Line]:
    if _is_user(preview.subject):
        return [line("whoever holds the user's long-term keys: a date does not touch them")]
    if not preview.can_come_back:
        return [line(("nobody: the trust policy lets nobody in", "muted"))]
    lines = [line(one_line(preview.can_come_back), ("  (the trust policy stays as it is)", "muted"))]
    if preview.returning_workloads:
        names = ", ".join(map(one_line, preview.returning_workloads))
        is_one = len(preview.returning_workloads) == 1
        renews = "renews before its credentials expire" if is_one else "renew before their credentials expire"
        because = "it is" if is_one else "they are"
        lines.append(line((f"{names} {renews}, not because {because} denied", "muted")))
    return lines


def _as_whom(app: Host, preview: RevocationPreview) -> list[Fact]:
    """The verdict for the acting identity; for the operator, who could revoke instead."""
    caller = caller_in(app, preview.subject)
    tried = dry_run(app.simulation, preview.action, preview.params, caller)
    others = tried.lines if not tried.is_evaluated else ()
    return [("As", [line(f"{one_line(app.acting.label)}  ", *tried.verdict), *others])]
