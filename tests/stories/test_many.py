"""Many at once: bursts of the same request, marked rows, several roles revoked by one question."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from textual.events import Key, Paste

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import RequestAnswered, SessionsRevoked
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import one_in

READ = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
BURSTING: dict[str, Any] = {
    "StartTime": "2026-01-15T09:00:00Z",
    "Accounts": [
        {
            "AccountId": "111122223333",
            "UserDetailList": [
                {"UserName": "etl", "UserPolicyList": [{"PolicyName": "read", "PolicyDocument": READ}]}
            ],
        }
    ],
    "Workloads": [
        {
            "Name": "poller",
            "Identity": "arn:aws:iam::111122223333:user/etl",
            "Requests": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/in.csv"}],
            "EverySeconds": 1,
        }
    ],
}
"""One user who asks for the same thing every second."""


def requests(explorer: Explorer) -> list[str]:
    return [row for row in explorer.pane("requests").splitlines() if "ALLOW" in row or "BYPASS" in row]


async def test_a_burst_of_the_same_request_is_one_line_that_says_how_many() -> None:
    async with open_explorer(BURSTING, seconds=20) as explorer:
        rows = requests(explorer)
        assert len(rows) == 2, "before and after the line that says that the workload is healthy"
        count = sum(isinstance(event, RequestAnswered) for event in explorer.app.simulation.events)
        assert f"×{count - 1} s3:GetObject" in rows[0]
        assert "09:00:20" in rows[0], "the newest of them"
        assert "×" not in rows[1]
        await explorer.press("F")
        assert len(requests(explorer)) == count
        assert "every request" in explorer.message()
        await explorer.press("F")
        assert len(requests(explorer)) == 2


async def test_a_line_that_grows_stays_under_the_cursor() -> None:
    async with open_explorer(BURSTING, seconds=5) as explorer:
        app = explorer.app
        app.simulation.call("s3:PutObject", {"Resource": "arn:aws:s3:::b/x"}, caller=None)
        await explorer.wait(5)
        await explorer.press("4")
        table = app.main.requests.table
        assert len(table.rows) >= 3
        await explorer.press("G")
        key, before = table.cursor_key, len(table.rows)
        await explorer.wait(30)
        assert table.cursor_key == key
        assert len(table.rows) == before, "thirty of the same are no new line"
        await explorer.press("g")
        assert "×" in explorer.pane("requests").splitlines()[3]


async def test_what_differs_in_anything_but_time_is_another_line() -> None:
    async with open_explorer(BURSTING) as explorer:
        app = explorer.app
        app.ticker.set_paused(True)
        for resource in ("b/x", "b/x", "b/y", "b/x"):
            app.simulation.call("s3:GetObject", {"Resource": f"arn:aws:s3:::{resource}"}, caller=None)
        app.presenter.refresh()
        shown = [row.split("operator")[1].split()[:2] for row in requests(explorer) if "operator" in row]
        assert [words[0] for words in shown] == ["s3:GetObject", "s3:GetObject", "×2"]


async def test_marked_roles_are_revoked_by_one_question_and_their_number_is_the_quick_way() -> None:
    async with open_explorer(seconds=10) as explorer:
        app = explorer.app
        await explorer.press("m", "m")
        assert "2 marked" in explorer.pane("roles")
        assert "R revoke the marked roles" in explorer.status()
        await explorer.press("R")
        text = explorer.text()
        assert "Revoke active sessions of 2 roles?" in text
        assert "i-0ab12cd34ef567890@App" in text
        assert "release-812@Deploy" in text
        assert "1 chained session hotfix-812@BreakGlass" in text, "what outlives both"
        await explorer.press("2")
        revoked = [event.subject for event in app.simulation.events if isinstance(event, SessionsRevoked)]
        assert [arn.rsplit("/", 1)[1] for arn in revoked] == ["App", "Deploy"]
        states = {row.label: row.state for row in app.row_cache.sessions()}
        assert states["release-812@Deploy"] is SessionState.REVOKED
        assert states["hotfix-812@BreakGlass"] is SessionState.ACTIVE


async def test_marks_span_a_range_are_copied_and_go_with_escape() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("3", "m", "j", "j", "M")
        assert "4 marked" in explorer.pane("sessions")
        await explorer.press("y")
        assert "Copied the 4 marked rows" in explorer.message()
        assert explorer.app.clipboard.count("arn:aws:sts::") == 4
        await explorer.press("escape")
        assert "marked" not in explorer.pane("sessions")
        await explorer.press("5", "m")
        assert "Roles (1)" in explorer.message()


@pytest.mark.parametrize("size", one_in(2, [(80, 24), (100, 30), (60, 15), (120, 36)]))
async def test_output_pushes_nothing_off_the_screen(size: tuple[int, int]) -> None:
    async with open_explorer(size=size, seconds=5) as explorer:
        await explorer.press("colon")
        await explorer.type("aws iam list-roles")
        await explorer.press("enter", "colon")
        main = explorer.app.main
        assert main.drawer.display
        assert main.key_line.region.bottom == size[1]
        assert main.header.region.y == 0
        shown = [main.drawer.region, main.command_line.region, main.status.region, main.key_line.region]
        for above, below in zip(shown, shown[1:], strict=False):
            assert above.bottom <= below.y
            assert above.height > 0
        await explorer.press("escape", "pageup")
        assert main.drawer.scroll_offset.y > 0, "it was at its end, and is read from there"
        at = main.drawer.scroll_offset.y
        await explorer.press("pagedown")
        assert main.drawer.scroll_offset.y > at
        assert "help" in main.key_line.dump()[0], "the footer lists keys that work"


async def test_the_dated_deny_comes_into_view_when_its_role_is_shown() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("colon")
        await explorer.type("revoke Deploy")
        await explorer.press("enter", "escape")
        assert "of App" in explorer.pane("policies")
        await explorer.press("j")
        assert "▸AWSRevokeOlderSessions" in explorer.pane("policies")


async def test_the_screen_as_text_says_each_value_whole_and_what_it_is() -> None:
    async with open_explorer(size=(80, 24), seconds=10) as explorer:
        assert "OIDC token.actions.githubusercontent…" in explorer.pane("roles"), "cut on the screen"
        await explorer.press("ctrl+o")
        text = explorer.text()
        assert "chosen: ROLE App, ACCOUNT prod, MAX 6h, LIVE 1, TRUSTS service ec2" in text
        assert "TRUSTS OIDC token.actions.githubusercontent.com" in text


async def test_branches_are_drawn_only_where_rows_are_under_their_parents() -> None:
    async with open_explorer(seconds=10) as explorer:
        assert "└ release-812@Deploy" in explorer.pane("sessions")
        await explorer.press("3", "s")
        assert "└" not in explorer.pane("sessions")


async def test_keys_for_policies_bring_them_into_view_where_panes_are_tabs() -> None:
    async with open_explorer(size=(80, 24), seconds=10) as explorer:
        assert not explorer.app.main.shows("policies")
        await explorer.press("right_square_bracket")
        assert explorer.app.main.shows("policies")


async def test_expired_chains_are_below_those_that_still_work() -> None:
    async with open_explorer(seconds=10) as explorer:
        explorer.app.wait_until(explorer.app.simulation.now + timedelta(hours=2))
        await explorer.pilot.pause()
        states = [row.state for row in explorer.app.main.sessions.table.rows]
        assert SessionState.EXPIRED in states
        first = states.index(SessionState.EXPIRED)
        assert set(states[first:]) == {SessionState.EXPIRED}
        assert first > 0


async def test_keys_that_come_faster_than_the_line_opens_are_typed_into_it() -> None:
    async with open_explorer(seconds=5) as explorer:
        app = explorer.app
        for char in ":wait 5m":
            app.post_message(Key({":": "colon", " ": "space"}.get(char, char), char))
        app.post_message(Key("enter", None))
        await explorer.pilot.pause(0.3)
        assert "(+5m)" in explorer.text()
        assert app.screen is app.main


async def test_a_pasted_line_waits_in_the_command_bar() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.post_message(Paste("\n: aws sts get-caller-identity\n"))
        await explorer.pilot.pause(0.2)
        assert explorer.app.main.command_line.value == "aws sts get-caller-identity"
        assert explorer.app.main.typing == "command"
