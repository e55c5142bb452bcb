"""A line of the command bar is performed, and the keys of the footer work again; `undo` asks first."""

from __future__ import annotations

import pytest
from textual.events import Paste

from sts_tui.simulation.views.nouns.table import ORDER
from sts_tui.tui.dialogs.undoing import UndoScreen
from sts_tui.tui.widgets.field import Field
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import representative


async def perform(explorer: Explorer, line: str) -> None:
    await explorer.press("colon")
    await explorer.type(line)
    await explorer.press("enter")
    await explorer.pilot.pause(0.1)


PERFORMED = (
    "animate",
    "animate off",
    "as alice",
    "aws sts get-caller-identity",
    "attack App",
    "aws iam create-role --role-name x",
    "can alice",
    "cut unknown-laptop by revoke-role",
    "expect ok",
    "gameday",
    "incident alice",
    "leak App",
    "pause web-shop",
    "redo",
    "request s3:GetObject arn:aws:s3:::acme-orders/a",
    "requests",
    "resume web-shop",
    "revoke App",
    "say hello",
    "score",
    "sessions",
    "signin portal ann",
    "signin app photos facebook/fay",
    "signout portal ann",
    "set propagation 5s",
    "theme",
    "try revoke Nobody",
    "undo",
    "wait 1s",
    *ORDER,
)
"""A line for each verb of the bar."""
QUICK = (
    "animate off",
    "aws sts get-caller-identity",
    "can alice",
    "revoke App",
    "try revoke Nobody",
)
"""Nothing, an answer, an overview, a dialog and an error."""


@pytest.mark.parametrize("line", representative(PERFORMED, *QUICK))
async def test_no_line_leaves_the_focus_where_keys_are_typed(line: str) -> None:
    async with open_explorer(seconds=5) as explorer:
        app = explorer.app
        await perform(explorer, line)
        if app.screen is not app.main:
            await explorer.press("escape")
        if app.main.typing:  # the line was invalid: it waits to be corrected, and the footer says so
            assert app.main.command_line.value == line
            assert "esc close" in "\n".join(app.main.key_line.dump())
            await explorer.press("escape")
        before = app.simulation.now
        await explorer.press("full_stop")
        assert app.simulation.now > before, "the next event, as the footer says"
        assert app.main.command_line.value == ""


async def test_every_verb_has_its_line_here() -> None:
    from sts_tui.tui.command_bar import VERBS

    assert {verb.split()[0] for verb in VERBS} <= {line.split()[0] for line in PERFORMED}


async def test_undo_in_the_bar_says_what_it_reverts_and_asks() -> None:
    async with open_explorer(seconds=5) as explorer:
        history = explorer.app.simulation.history
        await perform(explorer, "revoke App")
        await perform(explorer, "undo")
        assert isinstance(explorer.app.screen, UndoScreen)
        assert "put-role-policy --role-name App" in explorer.text()
        assert "works again" in explorer.text()
        assert history.done, "nothing is reverted yet"
        await explorer.press("escape")
        assert history.done
        await perform(explorer, "undo")
        await explorer.click("#confirm")
        assert not history.done
        assert "Undone" in explorer.message()


async def test_undo_on_the_incident_desk_asks_first_and_returns_to_the_desk() -> None:
    async with open_explorer(seconds=5) as explorer:
        await perform(explorer, "revoke App")
        await perform(explorer, "incident unknown-laptop")
        await explorer.pilot.pause(0.5)
        desk = explorer.app.screen
        await explorer.press("u")
        assert isinstance(explorer.app.screen, UndoScreen)
        assert explorer.app.simulation.history.done
        await explorer.press("escape")
        assert type(explorer.app.screen) is type(desk)


CREATE = (
    "aws iam create-role \\\n    --role-name Pasted \\\r\n"
    '    --assume-role-policy-document \'{\n  "Version": "2012-10-17"\n}\''
)
"""As the AWS CLI's documentation writes a command."""
ON_ONE_LINE = (
    "aws iam create-role     --role-name Pasted     --assume-role-policy-document "
    '\'{ "Version": "2012-10-17" }\''
)


@pytest.mark.parametrize("is_open", [False, True])
async def test_a_pasted_command_keeps_all_of_its_lines(is_open: bool) -> None:
    async with open_explorer(seconds=5) as explorer:
        app = explorer.app
        if is_open:
            await explorer.press("colon")
        target = app.main.command_line if is_open else app
        target.post_message(Paste(CREATE))
        await explorer.pilot.pause(0.2)
        assert app.main.command_line.value == ON_ONE_LINE
        assert not app.main.command_line.waiting


async def test_pasted_commands_open_one_after_the_other() -> None:
    async with open_explorer(seconds=5) as explorer:
        app = explorer.app
        app.post_message(Paste("aws sts get-caller-identity\n# a comment\nas alice\nas bob\n"))
        await explorer.pilot.pause(0.2)
        assert "2 more pasted lines follow" in explorer.text()
        await explorer.press("enter")
        await explorer.pilot.pause(0.2)
        assert app.main.command_line.value == "as alice"
        await explorer.press("enter")
        await explorer.pilot.pause(0.2)
        assert (app.acting.label, app.main.command_line.value) == ("alice", "as bob")
        assert "follow" not in explorer.text()
        await explorer.press("enter")
        await explorer.pilot.pause(0.2)
        assert (app.acting.label, app.main.typing) == ("bob", "")


async def test_escape_says_how_many_pasted_lines_are_not_performed() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.post_message(Paste("as alice\nas bob\nundo"))
        await explorer.pilot.pause(0.2)
        await explorer.press("escape")
        await explorer.pilot.pause(0.2)
        assert "2 pasted lines were not performed" in explorer.text()
        await explorer.press("colon", "escape")
        assert not explorer.app.main.command_line.waiting


async def test_a_line_to_type_in_takes_all_lines_that_are_pasted() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("slash")
        focused = explorer.app.focused
        assert isinstance(focused, Field)
        focused.post_message(Paste("one\n  two\n"))
        await explorer.pilot.pause(0.2)
        assert focused.value == "one two"
