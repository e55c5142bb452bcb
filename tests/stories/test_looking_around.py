"""Identities, overviews, order, help, themes: what one looks at and comes back from."""

from __future__ import annotations

from sts_tui.tui.dialogs.request_form import RequestScreen
from tests.support.explorer import open_explorer


async def test_any_identity_in_the_list_can_be_acted_as() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("i")
        assert "bypasses IAM" in explorer.text()
        await explorer.type("alice")
        await explorer.press("enter")
        assert explorer.app.acting.label == "alice"
        await explorer.press("i")
        assert "aws sts get-caller-identity: arn:aws:iam::111122223333:user/alice" in explorer.text()


async def test_what_a_user_issued_is_cut_off_by_a_deny_on_the_user() -> None:
    async with open_explorer(seconds=5) as explorer:
        simulation = explorer.app.simulation
        answer = simulation.call("sts:GetSessionToken", {}, caller=simulation.resolve("alice"))
        key = answer["Credentials"]["AccessKeyId"]
        explorer.app.presenter.go_to_session(key)
        await explorer.press("U")
        assert "Revoke the sessions of user alice?" in explorer.text()
        await explorer.press("tab", "enter")
        assert explorer.app.command_log.commands[-1].command.startswith("aws iam put-user-policy")
        row = explorer.app.row_cache.session(key)
        assert row is not None
        assert not row.state.counts_as_active


async def test_a_request_starts_from_the_chosen_one_in_its_form() -> None:
    async with open_explorer(seconds=5) as explorer:
        before = len(explorer.app.simulation.events)
        await explorer.press("r")
        assert isinstance(explorer.app.screen, RequestScreen)
        await explorer.press("enter")
        assert len(explorer.app.simulation.events) > before


async def test_brackets_go_through_the_policies_of_a_role() -> None:
    async with open_explorer(seconds=5) as explorer:
        first = explorer.pane("policies")
        await explorer.press("right_square_bracket")
        assert explorer.pane("policies") != first
        await explorer.press("left_square_bracket")
        assert explorer.pane("policies") == first


async def test_overviews_open_and_close() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("O")
        assert "AssumeRoleWithWebIdentity" in explorer.text()
        await explorer.press("escape", "t")
        assert "i-0ab12cd34ef567890@App" in explorer.screen()
        await explorer.press("escape")
        assert explorer.app.screen is explorer.app.main


async def test_lists_are_sorted_by_one_column_after_another_and_the_other_way_round() -> None:
    async with open_explorer(seconds=5) as explorer:
        table = explorer.app.main.roles.table

        def order() -> list[object]:
            return [table.rows.key(index) for index in range(len(table.rows))]

        natural = order()
        await explorer.press("s")
        assert "sorted by" in explorer.message()
        forward = order()
        await explorer.press("S")
        assert order() != forward
        assert sorted(map(str, order())) == sorted(map(str, natural)), "no row is lost"
        for _ in range(len(table.columns)):
            await explorer.press("s")
            assert not table.sort_shown or table.sort_shown[0] in [each.id for each in table.shown_columns]


async def test_help_tells_of_the_pane_one_is_in() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("4", "question_mark")
        assert "All requests" in explorer.text()
        await explorer.press("escape", "f1")
        assert "all keys" in explorer.screen()


async def test_the_theme_goes_over_and_back() -> None:
    async with open_explorer() as explorer:
        assert explorer.app.theme == "sts-dark"
        await explorer.press("T")
        assert explorer.app.theme == "sts-light"
        await explorer.press("T")
        assert explorer.app.theme == "sts-dark"


async def test_five_goes_to_the_explanation_where_it_is_a_pane() -> None:
    async with open_explorer(size=(200, 50), seconds=5) as explorer:
        await explorer.press("5")
        assert explorer.app.main.focused_name == "explanation"
        assert "Policy types, in the order" in explorer.pane("explanation")


async def test_the_explorer_is_left_by_its_key() -> None:
    async with open_explorer() as explorer:
        await explorer.press("ctrl+q")
        assert explorer.app.return_code == 0
