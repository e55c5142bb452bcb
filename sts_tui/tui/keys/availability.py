"""Why an action cannot be done now: in words that say what to do about it; None when it can be done."""

from __future__ import annotations

from typing import Final

from sts_tui.tui.keys.action_context import ActionContext

SORTABLE: Final = ("roles", "sessions")
"""Panes whose rows have no order of their own."""
LISTS: Final = (*SORTABLE, "requests")


def needs_role(context: ActionContext) -> str | None:
    if context.focus == "sessions" and context.session_key and not context.session_role_arn:
        return f"{context.session_label} is no role session"
    return None if context.role_arn or context.session_role_arn else "Choose a role or a role session first"


def cannot_revoke(context: ActionContext) -> str | None:
    if context.marked and context.focus in SORTABLE:
        return None
    if reason := needs_role(context):
        hint = "; U cuts off what a user issued" if context.session_user_arn else ""
        return reason + hint
    if context.role_is_service_linked:
        return "AWS refuses edits of service-linked roles, so their sessions cannot be revoked"
    return None


def cannot_assume(context: ActionContext) -> str | None:
    return None if context.role_arn else "There is no role to assume: the account file holds none"


def needs_session(context: ActionContext) -> str | None:
    return None if context.session_key else "Choose a session first (pane 3)"


def cannot_chain(context: ActionContext) -> str | None:
    return needs_session(context) or cannot_assume(context)


def cannot_cut_off_user(context: ActionContext) -> str | None:
    if not context.session_key:
        return "Choose a session that a user issued for itself first (GetSessionToken, GetFederationToken)"
    if not context.session_user_arn:
        return f"{context.session_label} has a role's permissions: R revokes those"
    return None


def needs_request(context: ActionContext) -> str | None:
    if context.request_number:
        return None
    return "No request was made yet: r makes one" + ("; space runs the clock" if context.is_paused else "")


def cannot_step_out(context: ActionContext) -> str | None:
    return None if context.acting_is_session else f"You act as {context.acting}, which is no session"


def cannot_edit(context: ActionContext) -> str | None:
    if not context.role_arn:
        return "Choose a role first (pane 1)"
    if context.role_is_service_linked:
        return "AWS refuses edits of service-linked roles"
    return None


def nothing_to_undo(context: ActionContext) -> str | None:
    return None if context.undoable else "Nothing to undo: no call has changed the model"


def nothing_to_redo(context: ActionContext) -> str | None:
    return None if context.redoable else "Nothing to redo"


def not_before(context: ActionContext) -> str | None:
    return None if context.assumed_before else "Nothing was assumed yet: a opens the form"


def nothing_shown(context: ActionContext) -> str | None:
    return None if context.rows_shown else "Nothing to copy: this list is empty"


def cannot_mark(context: ActionContext) -> str | None:
    if context.focus not in LISTS:
        return "Rows are marked in the roles (1), the sessions (3) and the requests (4)"
    return None if context.rows_shown else "Nothing to mark: this list is empty"


def cannot_sort(context: ActionContext) -> str | None:
    return None if context.focus in SORTABLE else "The roles (1) and the sessions (3) can be sorted"


def no_policies(context: ActionContext) -> str | None:
    return None if context.role_arn else "Choose a role first (pane 1)"


def no_tour(context: ActionContext) -> str | None:
    return None if context.is_presenting else "No tour is presented: sts-tui --tour FILE"
