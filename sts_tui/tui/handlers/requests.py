"""Explaining and making requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sts_tui.simulation.events import RequestAnswered
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host
    from sts_tui.tui.text.styled_text import Line


def explain(app: Host) -> None:
    event = app.selection.request()
    if event is not None:
        _explain(app, event)


def explain_denial(app: Host) -> None:
    """The request that the status line refers to after a revocation."""
    app.presenter.denied_since()
    event = app.row_cache.newest_denied
    if event is not None:
        app.presenter.go_to_request(event.number)
        _explain(app, event)


def _explain(app: Host, event: RequestAnswered) -> None:
    from sts_tui.tui.dialogs.reading import ReadingScreen
    from sts_tui.tui.text.explanation_text import fix_lines

    explained = app.row_cache.explanation(event)

    def answered(text: str | None) -> None:
        if text is not None:
            app.copy_text("explanation", text)

    def show(fixes: list[tuple[Line, int]]) -> None:
        app.clear_status()
        lines = (*explained.lines, *fixes, *explained.context)
        title = f"Explain request #{event.number}"
        app.ask(ReadingScreen(title, lines, "j k scroll   / search   y copy   x or esc close"), answered)

    def compute(_: Progress) -> list[tuple[Line, int]]:
        return list(fix_lines(event, app.simulation))

    app.background.soon("Looking for fixes", compute, show)


def what_if(app: Host) -> None:
    from sts_tui.tui.overviews.what_if import ask

    event = app.selection.request()
    if event is not None:
        ask(app, event)


def request(app: Host) -> None:
    """Opens the form with the selected request, as the acting identity."""
    from sts_tui.tui.dialogs.requesting import open_request_form

    event = app.selection.request()
    values = {"action": event.action, "resource": event.resource} if event is not None else {}
    open_request_form(app, values)


HANDLERS: Final = {
    "explain": explain,
    "explain_denial": explain_denial,
    "what_if": what_if,
    "request": request,
}
