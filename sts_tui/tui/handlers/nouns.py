"""What pane 1 lists, and what is done with its row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sts_tui.simulation.views.nouns.table import NOUNS, ORDER, ROLES

if TYPE_CHECKING:
    from sts_tui.tui.host import Host


def pane_roles(app: Host) -> None:
    """Goes to pane 1; if it has the focus already, shows its next list that is not empty."""
    main = app.main
    if main.focused_name != "roles" or not main.shows("roles"):
        main.go_to("roles")
        return
    following = [*ORDER[ORDER.index(main.roles.noun) + 1 :], *ORDER]
    noun = next((each for each in following if len(app.row_cache.nouns(each))), ROLES)
    app.presenter.show_noun(noun)
    _say_list(app, noun)


def _say_list(app: Host, noun: str) -> None:
    """Says which of its lists pane 1 shows."""
    title = "Roles" if noun == ROLES else NOUNS[noun].title
    keys = app.keymap
    app.say(f"{title}: {keys.first('nouns')} chooses another list, {keys.first('row_actions')} an action.")


def nouns(app: Host) -> None:
    """Asks which list pane 1 should show."""
    from sts_tui.tui.dialogs.choose import ChooseScreen

    choices = [
        (id, "Roles" if id == ROLES else NOUNS[id].title, f"{len(app.row_cache.nouns(id))}   :{id}")
        for id in ORDER
    ]

    def chosen(noun: str | None) -> None:
        if noun is not None:
            app.presenter.show_noun(noun)

    app.ask(ChooseScreen("Lists", choices, chosen=app.main.roles.noun), chosen)


def row_actions(app: Host) -> None:
    from sts_tui.tui.dialogs.row_actions import open_menu

    open_menu(app)


HANDLERS: Final = {"pane_roles": pane_roles, "nouns": nouns, "row_actions": row_actions}
