"""Why is an action unavailable? A reason that says what to do about it; None when the action is available."""

from __future__ import annotations

from typing import Final

from sts_tui.tui.keys.action_context import ActionContext

SORTABLE: Final = ("roles", "sessions")
"""Panes whose rows can be sorted."""
LISTS: Final = (*SORTABLE, "requests")


def needs_role(context: ActionContext) -> str | None:
    if context.focus == "sessions" and context.session_key and not context.session_role_arn:
        return f"{context.session_label} is not a role session"
    return None if context.role_arn else "Select a role or a role session first"


def _is_user(context: ActionContext) -> bool:
    return context.noun == "users" and bool(context.subject)


def no_trail(context: ActionContext) -> str | None:
    return None if context.has_trail else "No CloudTrail trail is open: sts-tui FILE --trail TRAIL"


def no_row(context: ActionContext) -> str | None:
    return None if context.subject else "Nothing is selected in pane 1"


def cannot_revoke(context: ActionContext) -> str | None:
    if (context.marked and context.focus in SORTABLE) or _is_user(context):
        return None
    if reason := needs_role(context):
        hint = "; U revokes the sessions of its user" if context.session_user_arn else ""
        return reason + hint
    if context.role_is_service_linked:
        return "IAM refuses edits of a service-linked role; remove what its service uses and delete it"
    return None


def cannot_assume(context: ActionContext) -> str | None:
    if context.role_arn or context.noun != "roles":  # the form lists the roles
        return None
    hidden = context.focus == "roles" and context.is_filtered
    return "The filter shows no role" if hidden else "The account file has no roles"


def needs_session(context: ActionContext) -> str | None:
    return None if context.session_key else "Select a session first (pane 3)"


def cannot_chain(context: ActionContext) -> str | None:
    return needs_session(context) or cannot_assume(context)


def cannot_cut_off_user(context: ActionContext) -> str | None:
    if _is_user(context) and context.focus != "sessions":
        return None
    if not context.session_key:
        return "Select a session from GetSessionToken or GetFederationToken first"
    if not context.session_user_arn:
        return f"{context.session_label} is a role session; R revokes it"
    return None


def needs_role_or_session(context: ActionContext) -> str | None:
    if context.noun in ("users", "keys") and context.subject:
        return None
    return None if context.role_arn or context.session_key else "Select a role or a session first"


def needs_principal(context: ActionContext) -> str | None:
    if context.noun in ("users", "keys", "roles") and context.subject:
        return None
    return None if context.session_key else "Select a session, a role or a user first"


def needs_request(context: ActionContext) -> str | None:
    if context.request_number:
        return None
    return "No requests yet; r makes one" + (", space runs the clock" if context.is_paused else "")


def nothing_denied(context: ActionContext) -> str | None:
    return None if context.denied_since_revocation else "No request was denied by a revocation yet"


def cannot_step_out(context: ActionContext) -> str | None:
    return (
        None if context.acting_is_session else f"You are acting as {context.acting}, which is not a session"
    )


def cannot_edit(context: ActionContext) -> str | None:
    if not context.policies:
        return no_policies(context)
    if context.role_is_service_linked:
        return "AWS does not allow edits of service-linked roles"
    return None


def nothing_to_undo(context: ActionContext) -> str | None:
    return None if context.undoable else "Nothing to undo; no call has changed the model"


def nothing_to_redo(context: ActionContext) -> str | None:
    return None if context.redoable else "Nothing to redo"


def not_before(context: ActionContext) -> str | None:
    return None if context.assumed_before else "No role has been assumed yet; a opens the form"


def nothing_shown(context: ActionContext) -> str | None:
    return None if context.rows_shown else "This list is empty"


def cannot_mark(context: ActionContext) -> str | None:
    if context.focus not in LISTS:
        return "Only Roles (1), Sessions (3) and Requests (4) have rows to mark"
    return None if context.rows_shown else "This list is empty"


def cannot_sort(context: ActionContext) -> str | None:
    return None if context.focus in SORTABLE else "Only Roles (1) and Sessions (3) can be sorted"


def no_policies(context: ActionContext) -> str | None:
    if context.policies:
        return None
    return f"No policy applies to {context.subject}" if context.subject else "Select a role first (pane 1)"


def no_game_day(context: ActionContext) -> str | None:
    if context.has_game_day or context.has_exercise:
        return None
    return "No game day (:gameday 2h) and no exercise; B opens one"


def cannot_open(context: ActionContext) -> str | None:
    return "A recording contains one model; quit to finish it" if context.is_recording else None


def no_tour(context: ActionContext) -> str | None:
    return None if context.is_presenting else "No tour is running (sts-tui --tour FILE)"
