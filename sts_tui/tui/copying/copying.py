"""What can be copied, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from sts_tui.simulation.events import Event, RequestAnswered
from sts_tui.simulation.views.nouns.noun import NounRow
from sts_tui.simulation.views.rows import RoleRow, SessionRow
from sts_tui.tui.text.event_text import as_text
from sts_tui.tui.text.styled_text import text_of

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def main_value(app: Host) -> tuple[str, str]:
    """(what it is, the text) of the selection in the focused pane."""
    focus = app.main.focused_name
    selection = app.selection
    if marked := selection.marked():
        return f"{len(marked)} marked rows", "\n".join(_value_of(row, app) for row in marked)
    if focus == "sessions" and (row := selection.session()) is not None:
        session = app.simulation.world.sessions.get(row.access_key_id)
        return "session ARN", session.arn if session else row.label
    if focus in ("requests", "explanation") and (event := selection.request()) is not None:
        return "resource ARN", event.resource
    if focus == "policies" and (policy := app.main.policies.shown) is not None:
        return "policy", policy.text
    if isinstance(subject := selection.subject_row(), NounRow):
        return _what_of(subject), subject.arn or subject.key
    return "role ARN", selection.role_arn


def _what_of(row: NounRow) -> str:
    return "ARN" if row.arn else "id"


def _value_of(row: object, app: Host) -> str:
    """The text that is copied for a row of a list: an ARN, a request as one types it, an event in words."""
    match row:
        case RoleRow():
            return row.arn
        case NounRow():
            return row.key
        case SessionRow():
            session = app.simulation.world.sessions.get(row.access_key_id)
            return session.arn if session else row.label
        case RequestAnswered():
            return f"request {row.action} {row.resource}"
        case _:
            return as_text(cast("Event", row))


def choices(app: Host) -> dict[str, str]:
    """Everything that can be copied now. Credentials are simulated, and copied only when they are chosen."""
    selection = app.selection
    found = {"role ARN": selection.role_arn} if selection.role_arn else {}
    if isinstance(noun := selection.subject_row(), NounRow):
        found |= {f"{_what_of(noun)} of {noun.name}": noun.arn or noun.key}
    if (policy := app.main.policies.shown) is not None:
        found[f"policy {policy.name} (JSON)"] = policy.text
    if (row := selection.session()) is not None and (
        session := app.simulation.world.sessions.get(row.access_key_id)
    ):
        found |= {
            "session ARN": session.arn,
            "access key id": session.access_key_id,
            "credentials as shell exports (simulated)": _exports(session.credentials),
        }
    if (event := selection.request()) is not None:
        explained = app.row_cache.explanation(event)
        found |= {
            "request": f"request {event.action} {event.resource}",
            "error message": event.message,
            "explanation": "\n".join(text_of(spans) for spans, _ in (*explained.lines, *explained.context)),
        }
    if app.command_log.commands:
        found["last command"] = app.command_log.commands[-1].command
    return {name: text for name, text in found.items() if text}


def _exports(credentials: object) -> str:
    names = {
        "AWS_ACCESS_KEY_ID": "access_key_id",
        "AWS_SECRET_ACCESS_KEY": "secret_access_key",
        "AWS_SESSION_TOKEN": "session_token",
    }
    lines = ["# simulated credentials: they are not valid in AWS"]
    return "\n".join(
        [*lines, *(f"export {name}={getattr(credentials, field)}" for name, field in names.items())]
    )
