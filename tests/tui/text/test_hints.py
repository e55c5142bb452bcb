"""The status line suggests what comes next, and announces denials only after sessions were cut."""

from __future__ import annotations

from sts_tui.simulation.views.nouns.table import NOUNS, ROLES
from sts_tui.tui.dialogs.choose import ChooseScreen
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.actions import ACTIONS
from sts_tui.tui.keys.keymap import keymap
from sts_tui.tui.text.footer_text import footer
from sts_tui.tui.text.hints import next_step
from sts_tui.tui.text.styled_text import text_of
from tests.support.explorer import open_explorer

ROLE = "arn:aws:iam::111122223333:role/App"


def test_denials_are_announced_only_where_the_revocation_cut_a_session() -> None:
    context = ActionContext(role_arn=ROLE, subject="App")
    assert "will be denied" in text_of(next_step(context, keymap(), has_cut=True, denied=0))
    assert "will be denied" not in text_of(next_step(context, keymap(), has_cut=False, denied=0))


async def test_revoking_a_role_without_sessions_announces_no_denials() -> None:
    async with open_explorer() as explorer:
        app = explorer.app
        idle = next(row for row in app.row_cache.roles() if not app.row_cache.live_sessions(row.arn))
        app.presenter.go_to_role(idle.arn)
        await explorer.press("R", "tab", "enter")
        await explorer.pilot.pause(0.2)
        assert app.selection.revocation is not None
        assert not app.selection.revocation.hit
        assert "will be denied" not in explorer.text()


def test_revoke_is_dimmed_where_the_list_has_neither_roles_nor_users() -> None:
    for noun in NOUNS:
        context = ActionContext(noun=noun, subject="x")
        (revoke,) = (part for part in footer(context, keymap()) if part.action == "revoke")
        is_dim = {span.style for span in revoke.spans} == {"muted"}
        assert is_dim == (ACTIONS["revoke"].reason_against(context) is not None) == (noun != "users")


async def test_the_list_of_lists_begins_at_the_one_that_is_shown() -> None:
    async with open_explorer() as explorer:
        explorer.app.presenter.show_noun("users")
        await explorer.press("N")
        await explorer.pilot.pause(0.1)
        screen = explorer.app.screen
        assert isinstance(screen, ChooseScreen)
        await explorer.press("enter")
        await explorer.pilot.pause(0.1)
        assert explorer.app.main.roles.noun == "users" != ROLES
