"""The editor shows faults, completions, the difference and the consequences before anything is saved."""

from __future__ import annotations

import threading

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.views.session_standing import standing_of
from sts_tui.tui.editor.edit_policy import EditPolicyScreen
from sts_tui.tui.widgets.json_area import JsonArea
from tests.support.explorer import Explorer, open_explorer


async def open_editor(explorer: Explorer) -> JsonArea:
    """On the managed policy of App."""
    explorer.app.main.policies.choose("OrdersReadWrite")
    await explorer.press("2", "e")
    assert isinstance(explorer.app.screen, EditPolicyScreen)
    return explorer.app.screen.query_one(JsonArea)


async def change(explorer: Explorer, before: str, after: str) -> None:
    area = explorer.app.screen.query_one(JsonArea)
    area.text = area.text.replace(before, after)
    await explorer.pilot.pause(0.3)


def place(explorer: Explorer) -> str:
    return "\n".join(explorer.app.screen.query_one("#place").dump())  # type: ignore[attr-defined]


def details(explorer: Explorer) -> str:
    return " ".join("\n".join(explorer.app.screen.query_one("#details").dump()).split())  # type: ignore[attr-defined]


async def test_keys_and_values_have_colors_also_on_the_line_of_the_cursor() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        styles = {str(span.style) for span in area.get_line(1).spans}
        assert len(styles) >= 3, "name, value, punctuation"


async def test_an_error_of_json_is_marked_and_reached_by_key_and_by_mouse() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        await change(explorer, '"Sid": "Orders",', '"Sid": "Orders"')
        assert "error line 6, column 7: invalid JSON" in details(explorer)
        assert any("underline" in str(span.style) for span in area.get_line(5).spans)
        area.go_to(0, 0)
        await explorer.press("ctrl+g")
        assert area.cursor_location == (5, 6)
        area.go_to(0, 0)
        await explorer.pilot.pause()
        await explorer.click("#place", offset=(place(explorer).index("1 error") + 1, 0))
        assert area.cursor_location == (5, 6)


async def test_an_error_of_the_grammar_and_a_warning_are_marked_where_they_are() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        await change(
            explorer, '"Sid": "Orders",\n      "Effect": "Allow"', '"Sid": "Orders",\n      "Effect": "Alow"'
        )
        assert "error line 6, column 7" in details(explorer)
        assert "AWS would refuse it" in details(explorer)
        await change(explorer, '"Alow"', '"Allow"')
        assert "error" not in details(explorer)
        await change(explorer, '"s3:PutObject"', '"s3:PutObjekt"')
        assert "warning line 9, column 9" in details(explorer)
        assert any("underline" in str(span.style) for span in area.get_line(8).spans)


async def type_action(explorer: Explorer, typed: str) -> None:
    area = explorer.app.screen.query_one(JsonArea)
    row = next(number for number, text in enumerate(area.text.split("\n")) if '"s3:GetObject"' in text)
    column = area.text.split("\n")[row].index('"s3:')
    area.selection = ((row, column + 1), (row, column + 1 + len("s3:GetObject")))  # type: ignore[assignment]
    await explorer.press("backspace")
    await explorer.type(typed)
    await explorer.pilot.pause(0.5)


async def test_actions_are_completed_by_tab_in_aws_s_case() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        await type_action(explorer, "s3:getobject")
        assert area.words[0] == "s3:GetObjectAcl"
        await explorer.press("backspace")
        await explorer.pilot.pause(0.3)
        assert "tab s3:GetObject" in place(explorer)
        await explorer.press("tab")
        assert '"s3:GetObject",' in area.text
        await explorer.press("ctrl+z")
        assert '"s3:getobjec",' in area.text, "one undo removes the completion"


async def test_another_completion_is_taken_by_key_or_by_a_click() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        await type_action(explorer, "s3:getobjecttag")
        assert area.words == ("s3:GetObjectTagging",)
        await explorer.press(*["backspace"] * len("objecttag"))
        await explorer.type("accesspoint")
        await explorer.pilot.pause(0.3)
        second = area.words[1]
        await explorer.press("ctrl+n")
        assert area.words[0] == second
        row = place(explorer)
        third = area.words[1]
        await explorer.click("#place", offset=(row.index(third) + 1, 0))
        assert f'"{third}' in area.text


async def test_condition_keys_operators_and_elements_are_completed() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        area.text = '{"Version": "2012-10-17", "Statement": [{"'
        area.go_to(0, len(area.text))
        for typed, word, then in (
            ("Eff", "Effect", '": "'),
            ("De", "Deny", '", "'),
            ("Cond", "Condition", '": {"'),
            ("DateLess", "DateLessThan", '": {"'),
            ("aws:tokeni", "aws:TokenIssueTime", '": "'),
        ):
            area.insert(typed)
            await explorer.pilot.pause(0.5)
            assert area.words[:1] == (word,)
            await explorer.press("tab")
            assert area.text.endswith(word)
            area.insert(then)
            await explorer.pilot.pause()


async def test_tab_indents_where_nothing_is_offered() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        area.go_to(0, 1)
        await explorer.press("tab")
        assert area.text.startswith("{   ")


async def test_difference_and_consequences_are_shown_before_saving_and_hold_afterwards() -> None:
    async with open_explorer(seconds=60) as explorer:
        await open_editor(explorer)
        assert "changes none" in details(explorer)
        world = explorer.app.simulation.world
        await change(explorer, '"s3:GetObject"', '"s3:DeleteObject"')
        said = details(explorer)
        assert '- "s3:GetObject"' in said
        assert '+ "s3:DeleteObject"' in said
        assert "allowed → denied" in said
        assert "1 partly cut: i-0ab12cd34ef567890@App" in said
        assert explorer.app.simulation.world is world, "nothing is saved"
        await explorer.press("ctrl+s")
        await explorer.wait(30)
        session = next(one for one in explorer.app.simulation.world.sessions.values() if "@App" in one.label)
        assert standing_of(session, explorer.app.simulation).state is SessionState.PARTLY


async def test_layout_alone_is_no_difference() -> None:
    async with open_explorer(seconds=10) as explorer:
        area = await open_editor(explorer)
        area.text = area.text.replace("\n", " ")
        await explorer.pilot.pause(0.3)
        assert "changes none" in details(explorer)


async def test_no_key_waits_for_what_is_computed() -> None:
    async with open_explorer(seconds=10) as explorer:
        explorer.app.background.patience = 0.0  # as on a screen that moves
        area = await open_editor(explorer)
        screen = explorer.app.screen
        assert isinstance(screen, EditPolicyScreen)
        go_on = threading.Event()
        before = screen._reviews._compute
        screen._reviews._compute = lambda text: (go_on.wait(10), before(text))[1]
        area.go_to(0, 1)
        await explorer.press(*["space"] * 7)
        assert area.text.startswith("{       "), "seven keys while a check hangs"
        go_on.set()
        await explorer.pilot.pause(0.5)
        assert "requests" in details(explorer), "the newest text is checked afterwards"


async def test_who_may_not_write_a_policy_is_not_told_that_it_is_malformed() -> None:
    """AWS authorizes first."""
    async with open_explorer(seconds=10) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("bob"))
        await open_editor(explorer)
        await change(explorer, '"Sid": "Orders",', '"Sid": "Orders"')
        assert "AccessDenied" in details(explorer)
        assert "MalformedPolicyDocument" not in details(explorer)
        await explorer.press("ctrl+s")
        assert "AccessDenied" in explorer.message()
        assert "e opens your text again" in explorer.message()


async def test_a_text_that_cannot_be_saved_is_there_again() -> None:
    async with open_explorer(seconds=10) as explorer:
        await open_editor(explorer)
        await change(explorer, '"Sid": "Orders",', '"Sid": "Orders"')
        await explorer.press("ctrl+s")
        assert "MalformedPolicyDocument" in explorer.status()
        (policy,) = explorer.app.command_log.drafts.texts
        assert policy.startswith("111122223333 "), "another account may have a policy of this name"
        area = await open_editor(explorer)
        assert '"Sid": "Orders"\n' in area.text
        await explorer.press("escape", "escape")
        area = await open_editor(explorer)
        assert '"Sid": "Orders",\n' in area.text, "given up: what is stored"
