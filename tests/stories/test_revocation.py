"""The story of the first minute: from an open account to `denied by AWSRevokeOlderSessions`."""

from __future__ import annotations

import pytest

from sts_tui.simulation.authorization.session_state import SessionState
from sts_tui.simulation.events import RequestAnswered, SessionsRevoked, Verdict
from sts_tui.tui.text.symbols import to_ascii
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import one_in

APP = "arn:aws:iam::111122223333:role/App"


def last_request_of_app(explorer: Explorer) -> RequestAnswered:
    events = [event for event in explorer.app.simulation.events if isinstance(event, RequestAnswered)]
    return next(event for event in reversed(events) if event.caller.endswith("@App"))


async def test_something_moves_within_a_second_of_opening() -> None:
    async with open_explorer() as explorer:
        await explorer.wait(1)
        assert "ALLOW" in explorer.pane("requests")
        assert "● active" in explorer.pane("sessions")


@pytest.mark.parametrize("size", one_in(3, [(80, 24), (120, 36), (200, 50)]))
async def test_six_keys_lead_a_newcomer_to_the_statement_that_did_it(size: tuple[int, int]) -> None:
    """R, tab, enter, x: each is named on the screen when it is needed."""
    async with open_explorer(size=size, seconds=5) as explorer:
        assert "R revoke active sessions" in explorer.status()
        await explorer.press("R")
        assert "tab other button" in str(explorer.app.screen.query_one("Dialog").border_subtitle)
        await explorer.press("tab", "enter")
        await explorer.wait(5)
        assert "x explain the denial" in explorer.status()
        await explorer.press("x")
        text = explorer.text()
        assert "with an explicit deny in an identity-based policy: App/AWSRevokeOlderSessions#1" in text
        assert "DateLessThan aws:TokenIssueTime" in text


async def test_the_dialog_says_who_is_hit_and_cancel_has_the_focus() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("R")
        text = explorer.text()
        assert "Revoke active sessions of App?" in text
        assert "1 session i-0ab12cd34ef567890@App" in text
        assert "used by web-shop, unknown-laptop" in text
        assert "service ec2" in text
        assert "AWSRevokeOlderSessions" in text
        assert "09:00:40" in text, "the cutoff is now + the padding"
        assert explorer.app.focused is not None
        assert explorer.app.focused.id == "cancel"
        await explorer.press("enter")
        assert not explorer.app.simulation.history.done, "enter on Cancel changes nothing"


@pytest.mark.parametrize("size", one_in(3, [(80, 24), (120, 36), (200, 50)]))
async def test_the_stream_tells_the_thief_from_the_shop_at_every_width(size: tuple[int, int]) -> None:
    async with open_explorer(seconds=10, size=size) as explorer:
        rows = explorer.pane("requests").splitlines()
        thief = [row for row in rows if "unknown-laptop ⇢ " in row]
        assert thief
        assert all("@App" in row for row in thief)
        assert any("34ef567890@App" in row for row in rows if row not in thief)


async def test_the_filter_finds_what_a_workload_did() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("4", "slash")
        await explorer.type("workload:laptop")
        rows = explorer.app.main.requests.table.rows
        assert len(rows)
        assert {getattr(rows[index], "workload", None) for index in range(len(rows))} == {"unknown-laptop"}
        await explorer.press("escape")
        await explorer.press("slash")
        await explorer.type("who:unknown")
        assert len(explorer.app.main.requests.table.rows) == len(rows)


def test_what_uses_another_workloads_session_is_marked_in_ascii_too() -> None:
    assert to_ascii("unknown-laptop ⇢ i-0a…@App") == "unknown-laptop =>i-0a~@App"


async def test_the_dialog_names_chained_sessions_that_still_work() -> None:
    async with open_explorer(seconds=15) as explorer:
        explorer.app.presenter.go_to_role("arn:aws:iam::111122223333:role/Deploy")
        await explorer.pilot.pause()
        await explorer.press("R")
        assert "1 chained session hotfix-812@BreakGlass" in explorer.text()


async def test_affected_rows_turn_requests_fail_and_the_request_log_has_a_marker() -> None:
    async with open_explorer(seconds=10) as explorer:
        assert last_request_of_app(explorer).verdict is Verdict.ALLOWED
        await explorer.press("R", "right", "enter")
        assert "✖ revoked 09:00:10" in explorer.pane("sessions")
        assert "App revoked by operator: 1 session denied" in explorer.pane("requests")
        await explorer.wait(5)
        request = last_request_of_app(explorer)
        assert request.verdict is Verdict.EXPLICIT_DENY
        assert request.decided_by == "App/AWSRevokeOlderSessions#1"
        assert "✖ DENY!" in explorer.pane("requests")
        assert "App revoked 09:00:10 · 1 session" in explorer.status()


async def test_the_policy_that_revokes_comes_into_view_with_its_statement_marked() -> None:
    async with open_explorer(seconds=10, size=(200, 50)) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.wait(3)
        assert "aws:TokenIssueTime" in explorer.pane("policies")
        assert "▎" in explorer.pane("policies"), "the deciding statement has a bar at its edge"


async def test_the_same_story_by_mouse_alone() -> None:
    async with open_explorer(seconds=5) as explorer:
        footer = explorer.app.main.key_line.dump()[0]
        await explorer.click("#footer", offset=(footer.index("revoke"), 0))
        await explorer.click("#confirm")
        await explorer.wait(6)
        rows = explorer.app.main.requests.table.rows
        denied = next(
            index
            for index in range(len(rows))
            if getattr(rows[index], "verdict", None) is Verdict.EXPLICIT_DENY
        )
        await explorer.click("#requests StreamTable", offset=(20, denied + 1), times=2)
        assert "denied by" in explorer.text().lower() or "Decided by" in explorer.text()
        assert "AWSRevokeOlderSessions#1" in explorer.text()


async def test_chained_sessions_of_another_role_survive() -> None:
    async with open_explorer(seconds=15) as explorer:
        explorer.app.presenter.go_to_role("arn:aws:iam::111122223333:role/Deploy")
        await explorer.press("R", "tab", "enter")
        states = {row.label: row.state for row in explorer.app.row_cache.sessions()}
        assert states["release-812@Deploy"] is SessionState.REVOKED
        assert states["hotfix-812@BreakGlass"] is SessionState.ACTIVE


async def test_undo_undoes_the_revocation_and_the_log_keeps_both_lines() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.wait(4)
        await explorer.press("u", "u")
        await explorer.wait(4)
        assert last_request_of_app(explorer).verdict is Verdict.ALLOWED
        assert "undone: aws iam put-role-policy" in explorer.pane("requests")
        explorer.app.clear_status()
        await explorer.wait(1)
        assert "App revoked" not in explorer.status(), "it is no longer"
        await explorer.press("ctrl+r")
        await explorer.wait(4)
        explorer.app.clear_status()
        await explorer.wait(1)
        assert "App revoked" in explorer.status()
        assert last_request_of_app(explorer).verdict is Verdict.EXPLICIT_DENY


async def test_an_identity_that_may_not_revoke_is_warned_in_the_dialog_and_denied_by_aws() -> None:
    async with open_explorer(seconds=10) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("bob"))
        await explorer.press("R")
        assert "AWS would deny it AccessDenied (403)" in explorer.text()
        await explorer.press("tab", "enter")
        assert not any(isinstance(event, SessionsRevoked) for event in explorer.app.simulation.events)
        assert "AccessDenied" in explorer.message()


async def test_readonly_has_no_revocation() -> None:
    from sts_tui.tui.options import Options

    async with open_explorer(seconds=10, options=Options(preset="default", is_readonly=True)) as explorer:
        await explorer.press("R")
        assert explorer.app.screen is explorer.app.main
        assert "--readonly" in explorer.message()
        assert "revoke" not in explorer.app.main.key_line.dump()[0]


async def test_the_dialog_answers_by_name_what_breaks_and_who_comes_back() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("R")
        text = explorer.text()
        assert "used by web-shop, unknown-laptop" in text
        assert "web-shop 30 requests a minute until 14:55:00" in text
        assert "web-shop yes, at its next renewal 14:55:00, through service ec2" in text
        assert "unknown-laptop no: " in text
        assert "(of 8 roles and 4 users)" in text
        await explorer.press("y")
        assert "$(date -u -d '+30 seconds'" in explorer.app.clipboard, "right in a real account"


async def test_roles_that_form_a_loop_are_named() -> None:
    async with open_explorer("sample_accounts/scenarios/trust-loop.json", seconds=10) as explorer:
        await explorer.press("R")
        assert "Operator and Repair can assume each other" in explorer.text()
        assert "revoke Repair too" in explorer.text()
        await explorer.press("escape", "m", "m", "R")
        assert "they are revoked together" in explorer.text()
