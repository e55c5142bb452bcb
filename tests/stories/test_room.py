"""A box is as high and as wide as what it shows, up to the terminal: nothing is cut where there is room."""

from __future__ import annotations

from textual.geometry import Region

from sts_tui.tui.dialogs.dialog import Dialog
from sts_tui.tui.widgets.columns import ListRows
from sts_tui.tui.widgets.table import EMPTY_LINE
from tests.support.explorer import Explorer, open_explorer
from tests.support.screens import lines_of, many_long_names

BIG, MIDDLE = (200, 50), (120, 36)
MARGIN = 0.94


def box(explorer: Explorer) -> Region:
    return explorer.app.screen.query_one(Dialog).outer_size.region


def picture(explorer: Explorer) -> str:
    return "\n".join(lines_of(explorer.app))


def columns_of(explorer: Explorer, *words: str) -> set[int]:
    """Where the words begin on the screen, in each line that has one."""
    lines = picture(explorer).splitlines()
    return {line.index(word) for line in lines for word in words if word in line}


async def test_boxes_are_as_high_and_as_wide_as_what_they_show() -> None:
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        await explorer.press("exclamation_mark")
        assert box(explorer).height < 8, "a few messages"
        await explorer.press("escape", "question_mark")
        assert box(explorer).height == int(36 * MARGIN), "a long text takes the height there is"
        await explorer.press("slash")
        assert box(explorer).height == int(36 * MARGIN), "with the line to type in too"
        await explorer.press("escape", "escape", "o")
        assert "its access matrix, and how an edit changes it" in picture(explorer), "a note is whole"
        await explorer.press("escape", "p")
        assert len(columns_of(explorer, " console ", " console URL")) == 1, "ways to sign in are aligned"
        assert "getSigninToken with these credentials, as a custom broker" in picture(explorer)
        await explorer.press("escape", "g", "m", *"jjjj", "m", "R")
        text = explorer.text()
        assert "Revoke active sessions of" in text, "of the marked roles those that can be revoked"
        assert "Left out" in text
        assert "is a service-linked role" in text


async def test_the_table_of_operations_is_whole_on_a_wide_screen() -> None:
    async with open_explorer(size=BIG) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("alice"))
        await explorer.press("O")
        table = "\n".join(picture(explorer).splitlines()[:20])
        assert "IAM user, user session, role session, AWS service" in table
        assert "all but IAM user, root user, AWS service" in table
        assert "denied, no identity-based policy allows it" in table
        assert "\u2026" not in "".join(line[5:190] for line in table.splitlines()[3:16])


async def test_the_list_of_pane_1_takes_the_width_it_needs() -> None:
    async with open_explorer(size=BIG) as explorer:
        roles = explorer.app.main.roles
        wide = roles.outer_size.width
        explorer.app.presenter.show_noun("guardrails")
        await explorer.press()
        assert roles.outer_size.width < wide
        explorer.app.presenter.show_noun("workloads")
        await explorer.press()
        assert roles.outer_size.width == wide
        first = picture(explorer).splitlines()[4]
        assert " service ec2 " in first
        assert first[69] == "╮" or first[69] == "│", "drawn for the width it has now"
        explorer.app.presenter.show_noun("providers")
        await explorer.press()
        shown = picture(explorer)
        assert "trust policy on role ReadOnly" in shown
        assert "No role trusts this provider" not in shown, "the one that trusts it is above"


async def test_a_list_of_many_texts_takes_room_from_the_policies_and_keeps_it() -> None:
    """State, reason and chain of roles of a workload were cut while half of the policies' pane was empty."""
    async with open_explorer(size=MIDDLE) as explorer:
        roles = explorer.app.main.roles
        for_roles = roles.outer_size.width
        explorer.app.presenter.show_noun("workloads")
        await explorer.press()
        for_workloads = roles.outer_size.width
        assert for_workloads > for_roles
        assert "BreakGlass" in picture(explorer)
        roles.show_rows([roles.table.rows[0]])
        await explorer.press()
        assert roles.outer_size.width == for_workloads, "no pane moves with what the clock changes"
        await explorer.press("5")
        assert roles.outer_size.width == for_workloads, "nor where the explanation takes the policies' place"


async def test_names_come_first_and_few_sessions_leave_their_rows() -> None:
    async with open_explorer(many_long_names(), size=MIDDLE) as explorer:
        shown = picture(explorer)
        assert "checkout\u2026" in shown, "what differs is shown, beside a column of trusts"
        main = explorer.app.main
        assert main.sessions.outer_size.height <= 6
        assert main.requests.outer_size.height > main.sessions.outer_size.height


async def test_5_shows_the_explanation_in_place_of_the_policies() -> None:
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        main = explorer.app.main
        await explorer.press("5")
        assert main.shows("explanation")
        assert "Decided by" in picture(explorer)
        await explorer.press("2")
        assert main.shows("policies")
        assert not main.shows("explanation")


async def test_a_resize_under_a_dialog_leaves_the_focus_where_it_is_seen() -> None:
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        await explorer.press("2", "e")
        explorer.app.main.switch_classes({"-tab-policies": False, "-tab-roles": True})
        await explorer.pilot.resize_terminal(300, 20)
        await explorer.press("escape")
        focused = explorer.app.focused
        assert focused is not None
        assert focused.region.area


async def test_a_list_without_rows_shows_the_focus() -> None:
    """While the access matrix is computed nothing showed where keys go."""
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        explorer.app.presenter.show_noun("groups")
        table = explorer.app.main.roles.table
        table.show(ListRows((), lambda row: None))
        table.focus()
        await explorer.pilot.pause()
        assert table.background_of(EMPTY_LINE) is not None
        explorer.app.main.requests.table.focus()
        await explorer.pilot.pause()
        assert table.background_of(EMPTY_LINE) is None


async def test_the_title_of_a_box_names_what_distinguishes_a_long_name() -> None:
    """Of a session and its role the middle was left out, where both differ from all others."""
    async with open_explorer(many_long_names(), size=(60, 20)) as explorer:
        await explorer.press("e")
        title = next(line for line in picture(explorer).splitlines() if "Edit trust policy of" in line)
        assert "checkout" in title
        assert "00" in title
