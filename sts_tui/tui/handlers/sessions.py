"""Assuming, acting as, chaining, revoking."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.tui.dialogs import dry_run
from sts_tui.tui.dialogs.pending_call import PendingCall, Verdict
from sts_tui.tui.dialogs.signing_in import sign_in, sign_in_as

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def assume(app: Host) -> None:
    role = dry_run.short_name(app.simulation, app.selection.role_arn)
    _open_form(app, app.acting, {"role": role, "name": dry_run.session_name(app.acting)})


def assume_again(app: Host) -> None:
    _open_form(app, app.acting, dict(app.row_cache.last_assumed or {}))


def chain(app: Host) -> None:
    row = app.selection.session()
    if row is not None:
        caller = app.simulation.resolve(row.access_key_id)
        _open_form(
            app, caller, {"role": "", "name": dry_run.session_name(caller)}, title=f"Chain from {row.label}"
        )


def _open_form(app: Host, caller: Identity, values: Mapping[str, str], *, title: str = "Assume role") -> None:
    from sts_tui.tui.dialogs.assume_role import AssumeRoleScreen

    def verdict(params: Mapping[str, object]) -> Verdict:
        return dry_run.role_verdict(app.simulation, params, caller)

    screen = AssumeRoleScreen(
        dry_run.caller_facts(app.simulation, caller),
        dry_run.role_facts(app.simulation),
        values,
        lambda params: dry_run.dry_run(app.simulation, "sts:AssumeRole", params, caller),
        lambda: dry_run.mfa_code(app.simulation, caller),
        None if caller.kind is IdentityKind.OPERATOR else verdict,
        title=title,
    )

    def answered(answer: PendingCall | Identity | None) -> None:
        if isinstance(answer, Identity):
            app.act_as(answer)
            _open_form(app, answer, screen.values, title=title)
        elif answer is not None:
            app.row_cache.last_assumed = screen.values
            _assumed(app, app.call(answer.action, answer.params, caller=caller), caller)

    app.ask(screen, answered)


def _assumed(app: Host, answer: Mapping[str, object] | None, caller: Identity) -> None:
    """Selects the new session, so that enter acts as it."""
    credentials = None if answer is None else answer["Credentials"]
    if not isinstance(credentials, Mapping):
        return
    key = str(credentials["AccessKeyId"])
    app.presenter.go_to_session(key)
    row = app.row_cache.session(key)
    if row is not None:
        app.say(
            f"{row.label} issued: enter acts as it, {app.keymap.first('chain')} chains from it. "
            f"Caller {caller.label}, {row.limit}."
        )


def act_as(app: Host) -> None:
    row = app.selection.session()
    if row is not None:
        app.act_as(app.simulation.resolve(row.access_key_id))
        app.presenter.refresh()


def step_out(app: Host) -> None:
    session = app.simulation.world.sessions.get(app.acting.access_key_id or "")
    before = app.command_log.before.pop() if app.command_log.before else None
    parent = dry_run.parent_of(app.simulation, session) or before
    app.act_as(parent or app.command_log.first)


def identity(app: Host) -> None:
    from sts_tui.tours.playing.subjects import has_to_sign_in
    from sts_tui.tui.dialogs.choose import ChooseScreen

    choices, above = dry_run.identities(app.simulation, app.acting)

    def chosen(who: str | None) -> None:
        if who is not None and has_to_sign_in(who, app.simulation):
            sign_in_as(app, who)
        elif who is not None:
            app.act_as(app.simulation.resolve(who))
            app.presenter.refresh()

    def desk(who: str) -> None:
        from sts_tui.tui.overviews.incident_desk import open_incident

        open_incident(app, who)

    words = dry_run.identity_words(app.simulation)
    app.ask(ChooseScreen("Act as …", choices, above, words, ("incident desk", desk)), chosen)


def revoke(app: Host) -> None:
    from sts_tui.tui.dialogs import revoking

    subjects = app.selection.revocable()
    if app.looking_back is not None and subjects:
        from sts_tui.tui.overviews.otherwise import ask_of_revocation

        ask_of_revocation(app, app.looking_back.instant, subjects[0])
    elif subjects:
        revoking.ask(app, *subjects)


def cut_off_user(app: Host) -> None:
    from sts_tui.tui.dialogs import revoking

    if app.selection.subject.noun == "users" and app.main.focused_name != "sessions":
        revoking.ask(app, *app.selection.revocable())
    elif (row := app.selection.session()) is not None:
        revoking.ask(app, app.row_cache.issuing_user(row))


def will_it_last(app: Host) -> None:
    from sts_tui.tui.overviews.expiry_check import ask

    row = app.selection.session()
    if row is not None:
        ask(app, row.access_key_id)


HANDLERS: Final = {
    "assume": assume,
    "assume_again": assume_again,
    "chain": chain,
    "act_as": act_as,
    "sign_in": sign_in,
    "step_out": step_out,
    "identity": identity,
    "revoke": revoke,
    "cut_off_user": cut_off_user,
    "will_it_last": will_it_last,
}
