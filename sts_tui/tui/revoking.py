"""Revoking: who is hit, who is not, who can come back, and how it is done; then the call.

*Revoke active sessions* is an inline policy with a date, as the console writes it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sts_tui.simulation.equivalent_cli import cli_line
from sts_tui.simulation.rows import trusted_in_words
from sts_tui.simulation.session_state import state_of
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.world import World
from sts_tui.sts.revoke import POLICY_NAME, revocation_policy
from sts_tui.sts.session import Session
from sts_tui.tui.durations import clock_time
from sts_tui.tui.event_text import name_of
from sts_tui.tui.pieces import Line, line, one_line
from sts_tui.tui.screens.confirm import ConfirmScreen, Fact

if TYPE_CHECKING:
    from sts_tui.tui.app import StsApp

NAMED = 3
"""Sessions named one by one; the others are counted."""


def revocation(simulation: Simulation, subject: str) -> tuple[str, dict[str, Any], datetime]:
    """(action, parameters, cutoff) of the call that revokes a role's, or cuts off a user's, sessions."""
    cutoff = simulation.now + timedelta(seconds=simulation.world.settings.revoke_padding_seconds)
    document = json_text(revocation_policy(cutoff))
    name = subject.rsplit("/", 1)[-1]
    if ":user/" in subject:
        return "iam:PutUserPolicy", {"UserName": name, "PolicyName": POLICY_NAME, "PolicyDocument": document}, cutoff
    return "iam:PutRolePolicy", {"RoleName": name, "PolicyName": POLICY_NAME, "PolicyDocument": document}, cutoff


def json_text(document: Mapping[str, Any]) -> str:
    import json

    return json.dumps(document)


def ask(app: StsApp, subject: str) -> None:
    """Opens the dialog; the call is made only when its button was pressed."""
    simulation = app.simulation
    action, params, cutoff = revocation(simulation, subject)
    command = cli_line(action, params)
    verb = "Cut off" if ":user/" in subject else "Revoke"
    title = f"Cut off what {name_of(subject)} issued?" if ":user/" in subject else f"Revoke active sessions of {name_of(subject)}?"
    facts = [*_facts(simulation, subject, cutoff), *_refusals(app, action, params)]

    def answered(confirmed: bool | None) -> None:
        if confirmed:
            carry_out(app, subject)
        else:
            app.say("Nothing was revoked.")

    app.push_screen(ConfirmScreen(title, facts, verb, command), answered)


def carry_out(app: StsApp, subject: str) -> None:
    """Makes the call, as whoever acts, in the account of the role."""
    action, params, _ = revocation(app.simulation, subject)
    caller = operator_in(app, subject)
    if app.call(action, params, caller=caller) is not None:
        app.clear_status()
        app.main.go_to("sessions") if app.main.has_class("-compact") else None
        app.view.show_status()


def operator_in(app: StsApp, subject: str) -> Any:
    """The operator works in the account of what it edits; everybody else is who they are."""
    from sts_tui.simulation.identities import IdentityKind, operator_identity

    return operator_identity(subject.split(":")[4]) if app.acting.kind is IdentityKind.OPERATOR else app.acting


def _facts(simulation: Simulation, subject: str, cutoff: datetime) -> list[Fact]:
    world = simulation.world
    hit = [s for s in world.sessions.values() if s.issuer_arn == subject and state_of(s, world).counts_as_active]
    chained = _descendants(world, hit)
    padding = world.settings.revoke_padding_seconds
    return [
        ("Hits now", _hit(simulation, hit)),
        ("Stays alive", _alive(chained)),
        ("Comes back", _comes_back(world, subject)),
        (
            "How",
            [
                line(("inline policy ", "plain"), (POLICY_NAME, "strong"), " with a Deny for every session issued before"),
                line((clock_time(cutoff), "strong"), f" (now + {padding} s). Sessions issued from then on live."),
                line(("The credentials still authenticate; every request is denied. u undoes it.", "muted")),
            ],
        ),
    ]


def _hit(simulation: Simulation, hit: list[Session]) -> list[Line]:
    if not hit:
        return [line(("no session: there is none that works", "muted"))]
    names = ", ".join(one_line(session.label) for session in hit[:NAMED])
    more = f" and {len(hit) - NAMED} more" if len(hit) > NAMED else ""
    count = f"{len(hit)} session{'s' if len(hit) != 1 else ''}"
    rate = _per_minute(simulation, hit)
    lines = [line((f"{count} ", "revoked"), f"{names}{more}")]
    holders = [
        workload.name
        for workload in simulation.world.workloads.values()
        if set(simulation.world.workload_states[workload.name].keys) & {session.access_key_id for session in hit}
    ]
    if holders:
        lines.append(line((f"about {rate} requests a minute, by {', '.join(map(one_line, holders))}", "muted")))
    return lines


def _per_minute(simulation: Simulation, hit: list[Session]) -> int:
    keys = {session.access_key_id for session in hit}
    world = simulation.world
    return round(
        sum(
            60 / workload.every_seconds
            for name, workload in world.workloads.items()
            if workload.every_seconds and set(world.workload_states[name].keys[-1:]) & keys
        )
    )


def _descendants(world: World, hit: list[Session]) -> list[Session]:
    keys = {session.access_key_id for session in hit}
    found = []
    for session in world.sessions.values():  # a child is always issued after its parent
        if session.parent in keys and session.access_key_id not in keys:
            keys.add(session.access_key_id)
            if state_of(session, world).counts_as_active:
                found.append(session)
    return found


def _alive(chained: list[Session]) -> list[Line]:
    if not chained:
        return [line(("no session was chained from these", "muted"))]
    names = ", ".join(one_line(session.label) for session in chained[:NAMED])
    count = f"{len(chained)} chained session{'s' if len(chained) != 1 else ''}"
    return [line((f"{count} ", "warning"), names), line(("another role, another policy: revoke that role too", "muted"))]


def _comes_back(world: World, subject: str) -> list[Line]:
    role = world.configuration.roles.get(subject)
    if role is None:
        return [line("whoever holds the user's long-term keys: they are not touched")]
    trusted = trusted_in_words(role.assume_role_policy_document.document)
    if not trusted:
        return [line(("nobody: the trust policy lets nobody in", "muted"))]
    return [line(one_line(trusted)), line(("the trust policy stays: who may assume the role may do so again", "muted"))]


def _refusals(app: StsApp, action: str, params: Mapping[str, Any]) -> list[Fact]:
    """Said before the button is pressed, where AWS would refuse."""
    from sts_tui.tui.asking import dry_run

    subject = str(params.get("RoleName") or params.get("UserName"))
    caller = app.acting
    if caller.label.startswith("operator"):
        return []
    tried = dry_run(app.simulation, action, params, caller)
    if tried.is_allowed:
        return [("As", [line(caller.label, ("  AWS would allow it", "allow"))])]
    return [("As", [line(caller.label, (f"  AWS would refuse it for {one_line(subject)}: {tried.result}", "denied"))])]
