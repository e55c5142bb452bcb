"""Panes, filters, help and copying: actions that change only the view."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from sts_tui.tui.main_screen import PANES
from sts_tui.tui.panes.pane import ListPane

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def _list(app: Host) -> ListPane[object] | None:
    pane = app.main.focused_pane or app.main.pane(app.main.focused_name)
    return pane if isinstance(pane, ListPane) else None


def filter_rows(app: Host) -> None:
    pane = _list(app)
    if pane is None:
        app.say("Only the list in pane 1, Sessions (3) and Requests (4) can be filtered.")
    else:
        pane.open_filter()


def sort(app: Host) -> None:
    pane = _list(app)
    if pane is not None:
        app.say(f"{pane.TITLE}: {pane.sort_next()}.")


def sort_reverse(app: Host) -> None:
    pane = _list(app)
    if pane is not None:
        app.say(f"{pane.TITLE}: {pane.sort_reverse()}.")


def mark(app: Host) -> None:
    pane = _list(app)
    if pane is not None:
        pane.mark()


def mark_range(app: Host) -> None:
    pane = _list(app)
    if pane is not None:
        pane.mark_range()


def fold(app: Host) -> None:
    app.say(app.main.requests.toggle_folds())


def command(app: Host) -> None:
    app.main.open_command_line()


def palette(app: Host) -> None:
    app.open_palette()


def show_help(app: Host) -> None:
    from sts_tui.tui.dialogs.help import HelpScreen

    pane = app.main.pane(app.main.focused_name)
    app.ask(
        HelpScreen(pane.TITLE, pane.help_text, app.keymap, app.presenter.action_context()), app.copied("help")
    )


def full_screen(app: Host) -> None:
    app.main.toggle_full_screen()


def back(app: Host) -> None:
    main = app.main
    pane = _list(app)
    if app.long_wait is not None:
        app.long_wait.stop()
    elif what := app.background.what:
        app.background.stop()
        app.say(f"Canceled: {what}.")
    elif main.is_drawer_open:
        main.show_output([])
    elif pane is not None and pane.table.marked:
        pane.clear_marks()
    elif pane is not None and pane.is_filtered:
        pane.clear_filter()
    elif main.has_class("-full-screen"):
        main.leave_full_screen()
    elif app.looking_back is not None:
        app.looking_back.end()
    elif app.presentation is not None:
        app.presentation.stop()
    else:
        app.clear_status()


def copy(app: Host) -> None:
    from sts_tui.tui.copying.copying import main_value

    what, text = main_value(app)
    app.copy_text(what, text)


def copy_menu(app: Host) -> None:
    from sts_tui.tui.copying.copying import choices
    from sts_tui.tui.dialogs.choose import ChooseScreen

    found = choices(app)

    def copied(chosen: str | None) -> None:
        if chosen is not None:
            app.copy_text(chosen, found[chosen])

    app.ask(ChooseScreen("Copy", [(name, name, "") for name in found]), copied)


def dump(app: Host) -> None:
    app.show_text("This screen as text", "\n".join(app.main.as_text()))


def theme(app: Host) -> None:
    from sts_tui.tui.text.theme import DARK, LIGHT

    app.theme = LIGHT if app.theme == DARK else DARK


def leave(app: Host) -> None:
    """Quits; asks first where work cannot be saved, but not a second time."""
    from sts_tui.tui.dialogs.quitting import QuitScreen

    journal = app.journal
    if journal is None or journal.save_again() or isinstance(app.screen, QuitScreen):
        app.leave()
        return

    def answered(is_certain: bool | None) -> None:
        if is_certain:
            app.leave()

    app.ask(QuitScreen(journal, app.keymap.first("save")), answered)


def go_to(pane: str, app: Host) -> None:
    app.main.go_to(pane)


def pane_before(app: Host) -> None:
    app.main.go_to(app.main.pane_before)


HANDLERS: Final = {
    "filter": filter_rows,
    "sort": sort,
    "sort_reverse": sort_reverse,
    "mark": mark,
    "mark_range": mark_range,
    "fold": fold,
    "command": command,
    "palette": palette,
    "help": show_help,
    "full_screen": full_screen,
    "back": back,
    "copy": copy,
    "copy_menu": copy_menu,
    "dump": dump,
    "theme": theme,
    "quit": leave,
    "pane_before": pane_before,
    **{f"pane_{name}": partial(go_to, name) for name in PANES if name != "roles"},
}
