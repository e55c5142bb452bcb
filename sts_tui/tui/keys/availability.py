"""Why an action cannot be done now: in words that say what to do about it; None when it can be done."""

from __future__ import annotations

from typing import Final

from sts_tui.tui.keys.action_context import Situation

SORTABLE: Final = ("roles", "sessions")
"""Panes whose rows have no order of their own."""
LISTS: Final = (*SORTABLE, "requests")


def needs_role(situation: Situation) -> str | None:
    if situation.focus == "sessions" and situation.session_key and not situation.session_role_arn:
        return f"{situation.session_label} is no role session"
    return (
        None if situation.role_arn or situation.session_role_arn else "Choose a role or a role session first"
    )


def cannot_revoke(situation: Situation) -> str | None:
    if situation.marked and situation.focus in SORTABLE:
        return None
    if reason := needs_role(situation):
        hint = "; U cuts off what a user issued" if situation.session_user_arn else ""
        return reason + hint
    if situation.role_is_service_linked:
        return "AWS refuses edits of service-linked roles, so their sessions cannot be revoked"
    return None


def cannot_assume(situation: Situation) -> str | None:
    return None if situation.role_arn else "There is no role to assume: the account file holds none"


def needs_session(situation: Situation) -> str | None:
    return None if situation.session_key else "Choose a session first (pane 3)"


def cannot_chain(situation: Situation) -> str | None:
    return needs_session(situation) or cannot_assume(situation)


def cannot_cut_off_user(situation: Situation) -> str | None:
    if not situation.session_key:
        return "Choose a session that a user issued for itself first (GetSessionToken, GetFederationToken)"
    if not situation.session_user_arn:
        return f"{situation.session_label} has a role's permissions: R revokes those"
    return None


def needs_request(situation: Situation) -> str | None:
    if situation.request_number:
        return None
    return "No request was made yet: r makes one" + ("; space runs the clock" if situation.is_paused else "")


def cannot_step_out(situation: Situation) -> str | None:
    return None if situation.acting_is_session else f"You act as {situation.acting}, which is no session"


def cannot_edit(situation: Situation) -> str | None:
    if not situation.role_arn:
        return "Choose a role first (pane 1)"
    if situation.role_is_service_linked:
        return "AWS refuses edits of service-linked roles"
    return None


def nothing_to_undo(situation: Situation) -> str | None:
    return None if situation.undoable else "Nothing to undo: no call has changed the model"


def nothing_to_redo(situation: Situation) -> str | None:
    return None if situation.redoable else "Nothing to redo"


def not_before(situation: Situation) -> str | None:
    return None if situation.assumed_before else "Nothing was assumed yet: a opens the form"


def nothing_shown(situation: Situation) -> str | None:
    return None if situation.rows_shown else "Nothing to copy: this list is empty"


def cannot_mark(situation: Situation) -> str | None:
    if situation.focus not in LISTS:
        return "Rows are marked in the roles (1), the sessions (3) and the requests (4)"
    return None if situation.rows_shown else "Nothing to mark: this list is empty"


def cannot_sort(situation: Situation) -> str | None:
    return None if situation.focus in SORTABLE else "The roles (1) and the sessions (3) can be sorted"


def no_policies(situation: Situation) -> str | None:
    return None if situation.role_arn else "Choose a role first (pane 1)"


def no_tour(situation: Situation) -> str | None:
    return None if situation.is_touring else "No tour is presented: sts-tui --tour FILE"
