"""Assuming a role: the form says before enter whether AWS would allow it, and why not; then one acts, and
chains.
"""

from __future__ import annotations

from textual.widgets import Input

from sts_tui.tui.dialogs.assume_role import AssumeRoleScreen
from tests.support.explorer import Explorer, open_explorer


def form_of(explorer: Explorer) -> AssumeRoleScreen:
    screen = explorer.app.screen
    assert isinstance(screen, AssumeRoleScreen)
    return screen


async def set_field(explorer: Explorer, field: str, text: str) -> None:
    form_of(explorer).query_one(f"#field-{field}", Input).value = text
    await explorer.pilot.pause()


async def test_the_form_says_before_enter_that_aws_would_refuse_and_why() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("bob"))
        await explorer.press("a")
        text = explorer.text()
        assert "✖ AWS would deny it" in text
        assert "because no role trust policy allows the sts:AssumeRole action" in text
        assert "aws sts assume-role --role-arn arn:aws:iam::111122223333:role/App" in text
        assert not [row for row in explorer.app.row_cache.sessions() if row.label.startswith("bob@")]


async def test_every_field_is_checked_as_one_types() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("a")
        await set_field(explorer, "name", "x")
        assert "2-64 characters" in explorer.text()
        await set_field(explorer, "name", "fine")
        await set_field(explorer, "duration", "99")
        assert "900 to 21600" in explorer.text()
        assert "AWS would refuse it" in explorer.text()
        await set_field(explorer, "duration", "900")
        assert "AWS would refuse it" not in explorer.text()
        assert "--duration-seconds 900" in explorer.text()
        await set_field(explorer, "tags", "nonsense")
        assert "key=value" in explorer.text()
        await set_field(explorer, "policy", "{")
        assert "invalid JSON" in explorer.text()


async def test_mfa_is_asked_for_and_the_current_code_can_be_taken() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("alice"))
        explorer.app.presenter.go_to_role("arn:aws:iam::111122223333:role/Deploy")
        await explorer.press("a")
        assert "✖ AWS would deny it" in explorer.text()
        assert "requires MFA" in explorer.text()
        await set_field(explorer, "mfa", "=")
        assert "+ AWS would allow it" in explorer.text()
        await explorer.press("enter")
        assert "alice@Deploy" in explorer.pane("sessions")


async def test_enter_issues_the_session_another_enter_acts_as_it_and_c_chains_from_it() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("alice"))
        explorer.app.presenter.go_to_role("arn:aws:iam::111122223333:role/Deploy")
        await explorer.press("a")
        await set_field(explorer, "mfa", "=")
        await set_field(explorer, "source_identity", "alice")
        await explorer.press("enter")
        assert explorer.message().startswith("alice@Deploy issued: enter ")
        await explorer.press("enter")
        assert "alice › alice@Deploy" in explorer.header()
        assert "left of" in explorer.header(), "the time left and which limit applies"
        assert explorer.app.main.has_class("-acting-as-session")
        await explorer.press("c")
        await set_field(explorer, "role", "BreakGlass")
        await set_field(explorer, "name", "alice")
        assert "at most 1h" in str(form_of(explorer).query_one("#caller").render())
        await set_field(explorer, "duration", "7200")
        assert "AWS would refuse it" in explorer.text()
        await set_field(explorer, "duration", "3600")
        assert "+ AWS would allow it" in explorer.text()
        await explorer.press("enter", "enter")
        assert "alice › alice@Deploy › alice@BreakGlass" in explorer.header()
        assert "chain cap 1h" in explorer.header()
        tree = explorer.pane("sessions")
        assert "└ alice@BreakGlass" in tree
        assert tree.index("alice@Deploy") < tree.index("└ alice@BreakGlass")
        await explorer.press("I")
        assert explorer.app.acting.label == "alice@Deploy"


async def test_escape_leaves_the_form_and_nothing_has_happened() -> None:
    async with open_explorer(seconds=5) as explorer:
        before = explorer.app.simulation.events.last_number
        await explorer.press("a", "escape")
        assert explorer.app.screen is explorer.app.main
        assert explorer.app.simulation.events.last_number == before


async def test_a_refused_assume_is_in_the_request_log_with_awss_words() -> None:
    async with open_explorer(seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("bob"))
        await explorer.press("a", "enter")
        assert "AccessDenied" in explorer.message()
        assert "bob" in explorer.pane("requests")
        await explorer.press("A")
        assert form_of(explorer).values["name"] == "bob", "again: with the values entered before"
