"""How is the policy in view edited? The AWS call that writes it, its effect, and $EDITOR."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from sts_tui.account.json_value import Json
from sts_tui.simulation.identities import Identity, IdentityKind, operator_identity
from sts_tui.simulation.views.function_policy_calls import NotWritableError
from sts_tui.simulation.views.policy_calls import why_not_writable, writing_call
from sts_tui.simulation.views.rows import PolicyRow
from sts_tui.tui.dialogs.revoking import caller_in
from sts_tui.tui.editor.edit_policy import EditPolicyScreen
from sts_tui.tui.editor.policy_completion import known_arns, words_at
from sts_tui.tui.editor.policy_review import WritingCalls, effects, review, services_in
from sts_tui.tui.text.styled_text import text_of

if TYPE_CHECKING:
    from sts_tui.tui.host import Host

TRUST_EFFECT = "affects new sessions only; existing sessions keep working"
OTHER_EFFECT = "affects every active session at its next request"


def edit(app: Host) -> None:
    """Opens the editor on the policy in view."""
    row = app.main.policies.shown
    if row is None:
        return
    configuration = app.simulation.world.configuration
    try:
        opened = writing_call(row, row.text, configuration)
        why_not = "" if opened is not None else why_not_writable(row)
    except NotWritableError as error:
        opened, why_not = None, str(error)
    if opened is None:
        app.say(f"{row.name}: {why_not}.", "warning")
        return
    caller = operator_identity(opened.account) if app.acting.kind is IdentityKind.OPERATOR else app.acting

    def calls_for(text: str) -> tuple[tuple[str, dict[str, Json]], ...]:
        made = writing_call(row, _compact(text), configuration)
        assert made is not None
        return made.calls

    def answered(text: str | None) -> bool:
        if text is None or text == row.text:
            app.say("No changes.")
            return True
        try:
            calls = calls_for(text)
        except ValueError as error:  # not JSON, or a part that no call writes
            _say_kept(app, f"{row.name} is not saved: {error}")
            return False
        for number, (action, params) in enumerate(calls):
            if app.call(action, params, caller=caller, joins=number > 0) is None:
                _say_kept(app, text_of(app.command_log.status))
                return False
        app.say(f"{row.name} saved; it {opened.effect}.")
        return True

    _open(app, _title(row), row.text, row.text, opened.effect, calls_for, caller, opened.account, answered)


def _say_kept(app: Host, why: str) -> None:
    app.say(f"{why.rstrip('.')}. {app.keymap.first('edit_policy')} opens your text again.", "warning")


def edit_call(app: Host, action: str, params: Mapping[str, object], document: str) -> None:
    """Opens the editor on the document of a call, for example of a fix; saving makes the call as the acting
    identity.
    """
    name = next(key for key in ("PolicyDocument", "Policy", "Content") if key in params)
    text = json.dumps(json.loads(document), indent=2, ensure_ascii=False)
    role = app.simulation.world.configuration.roles.get(app.selection.role_arn)
    caller = caller_in(app, role.arn) if role is not None else app.acting

    def writing(text: str) -> list[tuple[str, dict[str, Json]]]:
        return [(action, {**params, name: _compact(text)})]  # type: ignore[dict-item]

    def answered(text: str | None) -> bool:
        if text is None:
            return True
        if app.call(action, {**params, name: _compact(text)}, caller=caller) is None:
            return False
        app.say("Saved.")
        return True

    subject = params.get("PolicyName") or params.get("PolicyArn") or params.get("Bucket") or ""
    of = params.get("RoleName") or params.get("UserName") or params.get("GroupName") or ""
    effect = TRUST_EFFECT if action == "iam:UpdateAssumeRolePolicy" else OTHER_EFFECT
    title = f"Edit {subject or 'policy'}{f' of {of}' if of else ''} with the fix applied"
    stored = stored_document(app, action, params)
    _open(app, title, text, stored, effect, writing, caller, caller.account, answered)


def _open(
    app: Host,
    title: str,
    text: str,
    stored: str,
    effect: str,
    writing: WritingCalls,
    caller: Identity,
    account: str | None,
    answered: Callable[[str | None], bool],
) -> None:
    """Opens the editor on `text`, or on the unsaved draft; `stored` is what the difference is from.
    `answered` returns whether the text was saved or discarded.
    """
    simulation, arns = app.simulation, known_arns(app.simulation.world.configuration)
    drafts, policy = app.command_log.drafts, f"{account} {title}"  # names are unique within an account

    def left(text: str | None) -> None:
        if answered(text):
            drafts.drop(policy)

    screen = EditPolicyScreen(
        title,
        text,
        effect,
        lambda t: review(simulation, writing, caller, stored, t),
        lambda t: in_editor(app, t),
        lambda t: effects(simulation, writing, account, t),
        lambda place, t: words_at(place, services_in(t), arns),
        draft=drafts.of(policy, text),
        typed=lambda t: drafts.keep(policy, t),
        patience=app.background.patience if app.background.is_still else 0.0,
    )
    app.ask(screen, left)


def stored_document(app: Host, action: str, params: Mapping[str, object]) -> str:
    """The policy that a call of a fix replaces; empty where it writes a new one."""
    configuration = app.simulation.world.configuration
    role = app.selection.role_arn
    for row in app.row_cache.policies("roles", role) if role else ():
        call = writing_call(row, "", configuration)
        same = ("RoleName", "PolicyName", "PolicyArn")
        if call and call.action == action and all(call.params.get(key) == params.get(key) for key in same):
            return row.text
    return ""


def _title(row: PolicyRow) -> str:
    kind = "" if row.name == row.kind else f" ({row.kind})"
    of = row.holder.rsplit("/", 1)[-1] if row.kind in ("trust policy", "inline") else row.attached_at
    return f"Edit {row.name}{kind} of {of}"


def _compact(text: str) -> str:
    """Without whitespace, which AWS does not count and a command line does not need."""
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return (
        json.dumps(value, separators=(",", ":"), ensure_ascii=False) if isinstance(value, Mapping) else text
    )


def in_editor(app: Host, text: str) -> str | None:
    """The text saved in $VISUAL or $EDITOR; None, with a message, if that fails."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "")
    if not command:
        app.say("Set $EDITOR to use it here.", "warning")
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "policy.json"
        path.write_text(text, encoding="utf-8")
        try:
            with app.suspend():
                subprocess.run([*command, str(path)], check=True)
        except SuspendNotSupported:
            app.say("An editor cannot be started in this terminal.", "warning")
            return None
        except (OSError, subprocess.SubprocessError) as error:
            app.say(f"{command[0]}: {error}", "warning")
            return None
        return path.read_text(encoding="utf-8")
