"""Overviews, the command log, messages and the steps of a tour."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.text.instants import clock_time
from sts_tui.tui.text.styled_text import Line, Span, one_line

if TYPE_CHECKING:
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host


def reach(app: Host) -> None:
    from sts_tui.tui.overviews.reach.reaching import open_reach

    open_reach(app)


def access(app: Host) -> None:
    from sts_tui.tui.overviews.access import open_access, selected_subject

    subject = selected_subject(app)
    if subject is not None:
        open_access(app, subject)


def incident(app: Host) -> None:
    """Opens the incident desk for the selected session, the caller of the selected request, or the selected
    role.
    """
    from sts_tui.tui.overviews.incident_desk import open_incident

    open_incident(app, app.selection.holder())


def matrix(app: Host) -> None:
    from sts_tui.tui.overviews.cuts_by_credentials import open_matrix

    open_matrix(app)


def score(app: Host) -> None:
    """Shows the score of the open exercise, else of the game day."""
    if app.attempt is not None:
        from sts_tui.tui.overviews.exercise import open_exercise

        open_exercise(app, app.attempt)
        return
    from sts_tui.tui.overviews.game_day import open_score

    open_score(app)


def open_other(app: Host) -> None:
    from sts_tui.tui.overviews.other_models import open_other

    open_other(app)


def trail(app: Host) -> None:
    from sts_tui.tui.overviews.trail import open_trail_report

    open_trail_report(app)


def otherwise(app: Host) -> None:
    from sts_tui.tui.overviews.otherwise import ask_otherwise

    ask_otherwise(app)


def open_trail(app: Host) -> None:
    from sts_tui.tui.overviews.other_models import ask_for_trail

    ask_for_trail(app)


def choose_incident(app: Host, keys: Sequence[str]) -> None:
    """Asks for one of these sessions, the newest first, and opens its incident desk."""
    from sts_tui.tui.dialogs.choose import ChooseScreen
    from sts_tui.tui.overviews.incident_desk import open_incident

    sessions = app.simulation.world.sessions
    held = [sessions[key] for key in keys if key in sessions]
    newest = sorted(held, key=lambda one: one.issued_at, reverse=True)
    choices = [(one.access_key_id, one.label, f"issued {clock_time(one.issued_at)}") for one in newest]

    def chosen(who: str | None) -> None:
        if who is not None:
            open_incident(app, who)

    app.ask(ChooseScreen("Incident desk of …", choices), chosen)


def operations(app: Host) -> None:
    from sts_tui.tui.overviews.operations_screen import open_operations

    open_operations(app)


def timeline(app: Host) -> None:
    from sts_tui.tui.looking_back import look_back
    from sts_tui.tui.overviews.timeline import Timeline, gather
    from sts_tui.tui.overviews.timeline_screen import WIDEST, TimelineScreen, empty

    width = max(60, min(app.size.width * 96 // 100, WIDEST) - 6)  # the room inside the dialog
    past = app.looking_back
    now = past.present.now if past else app.simulation.now
    rows = past.present_rows.sessions() if past else app.row_cache.sessions()
    events = tuple(past.present.events if past else app.simulation.events)  # as they are now
    begins = app.trail.trail.first if app.trail is not None else None

    def compute(progress: Progress) -> Timeline:
        return gather(now, rows, events, progress, begins)

    def show(found: Timeline) -> None:
        app.clear_status()
        desk = ("incident desk", partial(choose_incident, app, tuple(row.access_key_id for row in rows)))
        look = partial(look_back, app)
        if not found.rows:
            app.ask(empty(), app.copied("timeline"))
            return
        screen = TimelineScreen(found, app.simulation.now, width, look, desk)
        if app.trail is not None:
            from sts_tui.tui.overviews.otherwise import ask_otherwise

            screen.allow_what_if(partial(ask_otherwise, app))
        app.ask(screen, app.copied("timeline"))

    app.background.soon("Drawing the timeline", compute, show)


def command_log(app: Host) -> None:
    """Newest last, as in a script."""
    lines: list[tuple[Line, int]] = []
    for done in app.command_log.commands:
        head = (Span(f"{clock_time(done.at)}  ", "muted"), Span(f"{one_line(done.caller)}  ", "muted"))
        lines.append(((*head, Span(one_line(done.command), "strong")), 10))
        if done.error:
            lines.append(((Span(f"          {one_line(done.error)}", "deny"),), 12))
    empty = "No calls yet. Every call is listed here as an aws command."
    app.ask(ReadingScreen("Commands", lines or [((Span(empty, "muted"),), 0)]), app.copied("commands"))


def messages(app: Host) -> None:
    lines: list[tuple[Line, int]] = [
        ((Span(f"{clock_time(said.at)}  ", "muted"), *said.spans), 10) for said in app.command_log.messages
    ]
    app.ask(
        ReadingScreen("Messages", lines or [((Span("No messages yet.", "muted"),), 0)]),
        app.copied("messages"),
    )


def tour_next(app: Host) -> None:
    if app.looking_back is not None:
        app.looking_back.end()
    if app.presentation is not None:
        app.presentation.advance()


def tour_back(app: Host) -> None:
    if app.looking_back is not None:
        app.looking_back.end()
    if app.presentation is not None:
        app.presentation.back()


HANDLERS: Final = {
    "tour_next": tour_next,
    "tour_back": tour_back,
    "reach": reach,
    "access": access,
    "incident": incident,
    "matrix": matrix,
    "score": score,
    "open": open_other,
    "open_trail": open_trail,
    "trail": trail,
    "otherwise": otherwise,
    "operations": operations,
    "timeline": timeline,
    "command_log": command_log,
    "messages": messages,
}
