"""Paging through a role's policies, editing them, and the diff."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from sts_tui.tui.host import Host
    from sts_tui.tui.text.styled_text import Line


def next_policy(app: Host) -> None:
    _show(app)
    app.main.policies.next_policy(1)


def previous_policy(app: Host) -> None:
    _show(app)
    app.main.policies.next_policy(-1)


def _show(app: Host) -> None:
    """Where panes are tabs, Policies comes to the front first: no key changes what is not visible."""
    if not app.main.shows("policies"):
        app.main.go_to("policies")


def edit_policy(app: Host) -> None:
    from sts_tui.tui.editor.editing import edit

    edit(app)


def diff(app: Host) -> None:
    from sts_tui.tui.dialogs.reading import ReadingScreen
    from sts_tui.tui.overviews.model_diff import diff_lines

    def show(lines: list[tuple[Line, int]]) -> None:
        app.clear_status()
        app.ask(ReadingScreen("Changes since the start", lines), app.copied("diff"))

    app.background.soon("Comparing with the start", partial(diff_lines, app.simulation), show)


HANDLERS: Final = {
    "next_policy": next_policy,
    "previous_policy": previous_policy,
    "edit_policy": edit_policy,
    "diff": diff,
}
