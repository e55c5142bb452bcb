"""What one does all day: look, filter, move, command, wait, copy, resize."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tui.options import Options
from tests.support.explorer import open_explorer

DEPLOY = "arn:aws:iam::111122223333:role/Deploy"


async def test_ticking_moves_neither_cursor_nor_scroll_nor_selection() -> None:
    async with open_explorer(seconds=30) as explorer:
        await explorer.press("4", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j", "j")
        table = explorer.app.main.requests.table
        key, at_screen = table.cursor_key, table.cursor - table.scroll_offset.y
        role = explorer.app.selection.role_arn
        for _ in range(5):
            await explorer.wait(3)
        assert table.cursor_key == key
        assert table.cursor - table.scroll_offset.y == at_screen
        assert explorer.app.selection.role_arn == role
        assert "g follows again" in explorer.pane("requests")
        await explorer.press("g")
        await explorer.wait(3)
        assert table.is_following
        assert table.cursor == 0


async def test_a_resize_loses_nothing() -> None:
    async with open_explorer(seconds=20) as explorer:
        explorer.app.presenter.go_to_role(DEPLOY)
        await explorer.press("3", "j", "j")
        chosen = explorer.app.main.sessions.table.cursor_key
        await explorer.press("slash")
        await explorer.type("a")
        await explorer.press("enter")
        for size in ((80, 24), (50, 10), (200, 50), (61, 16), (120, 36)):
            await explorer.pilot.resize_terminal(*size)
            await explorer.pilot.pause()
        assert explorer.app.main.sessions.table.cursor_key == chosen
        assert "filter: a" in explorer.pane("sessions")
        assert explorer.app.main.focused_name == "sessions"


async def test_too_small_a_window_says_so_and_comes_back() -> None:
    async with open_explorer(size=(50, 10)) as explorer:
        assert "60x15" in str(explorer.app.main.query_one("#too-small").render())
        assert not explorer.app.main.roles.display or explorer.app.main.has_class("-too-small")
        await explorer.pilot.resize_terminal(80, 24)
        await explorer.pilot.pause()
        assert not explorer.app.main.has_class("-too-small")


async def test_tabs_of_the_small_screen_bring_panes_to_the_front_by_key_and_click() -> None:
    async with open_explorer(size=(80, 24), seconds=10) as explorer:
        main = explorer.app.main
        for key, name in (
            ("3", "sessions"),
            ("2", "policies"),
            ("5", "explanation"),
            ("1", "roles"),
            ("4", "requests"),
        ):
            await explorer.press(key)
            assert main.shows(name), name
            assert main.focused_name == name
            assert main.requests.display, "the requests never disappear"
        tabs = main.tabs.dump()[0]
        await explorer.click("#tabs", offset=(tabs.index("Sessions"), 0))
        assert main.focused_name == "sessions"


async def test_filters_with_fields_work_in_every_list_and_escape_clears_them() -> None:
    async with open_explorer(seconds=20) as explorer:
        await explorer.press("4", "slash")
        await explorer.type("result:deny")
        await explorer.press("enter")
        rows = explorer.app.main.requests.table.rows
        assert len(rows) > 0
        assert {rows[index].verdict.value for index in range(len(rows))} <= {"DENY", "DENY!"}  # type: ignore[attr-defined]
        await explorer.wait(10)
        assert "hidden" in explorer.pane("requests")
        await explorer.press("escape")
        assert len(explorer.app.main.requests.table.rows) > len(rows) - 1
        await explorer.press("1", "slash")
        await explorer.type("nobody-has-this-name")
        await explorer.press("enter")
        assert "esc clears the filter" in str(explorer.app.main.roles.table.empty)
        await explorer.press("escape")
        assert len(explorer.app.main.roles.table.rows) == 8


async def test_the_command_bar_takes_a_step_prints_as_the_cli_would_and_remembers() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("colon")
        line = explorer.app.main.query_one("#command-line", Input)
        line.value = "as alice"
        await explorer.press("enter")
        assert explorer.app.acting.label == "alice"
        await explorer.press("colon")
        line.value = "aws sts get-caller-identity"
        await explorer.press("enter")
        assert '"Arn": "arn:aws:iam::111122223333:user/alice"' in explorer.text()
        await explorer.press("colon")
        line.value = "aws iam create-role --role-name x --assume-role-policy-document {}"
        await explorer.press("enter")
        assert "An error occurred (" in explorer.text()
        await explorer.press("colon")
        line.value = "nonsense"
        await explorer.press("enter")
        assert "there is no step 'nonsense'" in explorer.text()
        await explorer.press("up", "up")
        assert line.value.startswith("aws iam create-role")
        await explorer.press("escape")
        assert explorer.app.main.focused_name == "roles"
        await explorer.press("escape")
        assert not explorer.app.main.is_drawer_open


async def test_the_command_bar_completes_verbs_callers_roles_operations_and_flags() -> None:
    async with open_explorer(seconds=5) as explorer:
        complete = explorer.app.main.command_line.complete
        assert "aws " in complete("a")
        assert "as alice" in complete("as al")
        assert "revoke App" in complete("revoke A")
        assert "aws sts assume-role " in complete("aws sts assume-r")
        assert "aws sts assume-role --role-arn " in complete("aws sts assume-role --role-a")
        assert any(":role/Deploy" in line for line in complete("aws sts assume-role --role-arn "))
        await explorer.press("colon")
        await explorer.type("revoke A")
        await explorer.press("tab")
        assert explorer.app.main.command_line.value == "revoke App"


async def test_everything_done_has_its_aws_line_in_the_command_log() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.press("L")
        text = explorer.text()
        assert "operator" in text
        assert "aws iam put-role-policy --role-name App --policy-name AWSRevokeOlderSessions" in text
        await explorer.press("escape", "exclamation_mark")
        assert explorer.app.screen is not explorer.app.main


async def test_the_clock_pauses_speeds_up_and_steps_to_the_next_event() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("space")
        before = explorer.app.simulation.now
        await explorer.wait(10)
        assert explorer.app.simulation.now == before
        assert "PAUSED" in explorer.header()
        await explorer.press("full_stop")
        assert explorer.app.simulation.now > before
        await explorer.press("space", "plus", "plus")
        assert "x60" in explorer.header()
        before = explorer.app.simulation.now
        await explorer.wait(1)
        assert (explorer.app.simulation.now - before).total_seconds() == pytest.approx(60)
        await explorer.press("comma")
        assert "x10" in explorer.header()


async def test_will_it_last_names_the_session_that_ends_first() -> None:
    async with open_explorer(seconds=15) as explorer:
        row = next(row for row in explorer.app.row_cache.sessions() if row.label == "hotfix-812@BreakGlass")
        explorer.app.presenter.go_to_session(row.access_key_id)
        await explorer.press("J")
        assert "✖ No" in explorer.text(), "90 minutes are more than the hour of a chain"
        assert "First of the chain to expire" in explorer.text()
        explorer.app.screen.query_one(Input).value = "30m"
        await explorer.pilot.pause()
        assert "+ Yes" in explorer.text()


async def test_the_expiry_of_the_acting_session_is_announced() -> None:
    async with open_explorer(seconds=5) as explorer:
        row = next(row for row in explorer.app.row_cache.sessions() if row.label.startswith("i-"))
        explorer.app.act_as(explorer.app.simulation.resolve(row.access_key_id))
        explorer.app.simulation.call("sts:GetCallerIdentity", {})
        await explorer.press("R", "tab", "enter")
        explorer.app.act_as(explorer.app.simulation.resolve("operator"))
        await explorer.press("R", "tab", "enter")
        assert "revoked" in explorer.status()


async def test_editing_a_policy_acts_on_live_sessions_at_their_next_request() -> None:
    from textual.widgets import TextArea

    async with open_explorer(seconds=10) as explorer:
        await explorer.press("2", "right_square_bracket", "e")
        area = explorer.app.screen.query_one(TextArea)
        area.text = "{"
        await explorer.pilot.pause()
        assert "invalid JSON" in explorer.text()
        area.text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps"}]}'
        await explorer.pilot.pause()
        assert "MalformedPolicyDocument" in explorer.text()
        statement = '{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}'
        area.text = f'{{"Version": "2012-10-17", "Statement": [{statement}]}}'
        await explorer.pilot.pause()
        assert "the operator bypasses IAM" in explorer.text(), "no verdict of AWS for the operator"
        await explorer.press("ctrl+s")
        await explorer.wait(6)
        assert "- DENY" in explorer.pane("requests")
        await explorer.press("d")
        assert "sqs:*" in explorer.text()


async def test_what_one_did_is_a_tour_that_plays(tmp_path: Path) -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("alice"))
        await explorer.wait(7)
        explorer.app.presenter.go_to_role(DEPLOY)
        await explorer.press("a")
        explorer.app.screen.query_one("#field-mfa", Input).value = "="
        await explorer.pilot.pause()
        await explorer.press("enter", "1", "R", "tab", "enter")
        lines = explorer.app.command_log.recording.written(Options(), None)
    tour = parse_tour("\n".join(lines) + "\n", "recorded.tour")
    assert [line.text for line in tour.lines][:3] == ["as operator", "wait 5s", "as alice"]
    text = "\n".join(lines)
    assert "--token-code ${mfa:alice}" in text, "a code is asked for when the tour is played"
    assert [line.text for line in tour.lines][-2:] == ["revoke Deploy", "expect ok"]
    from sts_tui.simulation.simulation import Simulation
    from sts_tui.tours.playing.player import Player
    from sts_tui.tours.playing.results import StepOutcome
    from sts_tui.tours.playing.runner import play
    from tests.support.explorer import SAMPLE

    results = [played.result for played in play(tour, Player(Simulation.open(SAMPLE)))]
    assert {result.outcome for result in results} == {StepOutcome.PASSED}


async def test_the_palette_jumps_to_a_role() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.find("role BreakGlass")
        assert explorer.app.selection.role_arn.endswith("role/BreakGlass")


async def test_copying_says_how_and_what() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("y")
        assert explorer.app.clipboard == "arn:aws:iam::111122223333:role/App"
        assert "role ARN" in explorer.message()
        await explorer.press("Y")
        await explorer.type("credentials")
        await explorer.press("enter")
        assert "export AWS_SESSION_TOKEN=" in explorer.app.clipboard
        assert "simulated" in explorer.app.clipboard


async def test_the_screen_as_text_holds_every_pane() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("ctrl+o")
        for title in ("Roles", "Policies", "Sessions", "Requests", "Explanation"):
            assert title in explorer.text()


async def test_full_screen_is_one_pane_without_a_border() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("4", "f")
        main = explorer.app.main
        assert main.requests.display
        assert not main.sessions.display
        assert main.requests.styles.border_top[0] in ("", "none")
        await explorer.press("escape")
        assert main.sessions.display


async def test_saving_takes_any_name_and_writes_for_its_owner_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("ctrl+s")
        for name in ("a" * 5000, "~nobody-of-this-name/x", "\0", str(tmp_path)):
            explorer.app.screen.query_one(Input).value = name
            await explorer.press("enter")
            await explorer.pilot.pause()
            assert explorer.app.screen.query_one(Input).value == name, "to be corrected"
            assert "Not saved" in explorer.text()
        await explorer.type("model.json")
        assert "account file" in explorer.text()
        await explorer.press("enter")
        assert "model.json" in explorer.message()
        assert (tmp_path / "model.json").stat().st_mode & 0o777 == 0o600
    from sts_tui.simulation.simulation import Simulation

    assert Simulation.open(tmp_path / "model.json").world.configuration.roles
