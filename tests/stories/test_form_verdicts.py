"""Forms show verdicts before a role is chosen, and enter accepts the completion that is displayed."""

from __future__ import annotations

from tests.accounts.entities import role
from tests.accounts.policies import trusts
from tests.support.explorer import Explorer, open_explorer


def typed(explorer: Explorer) -> str:
    return str(explorer.app.screen.values["role"])  # type: ignore[attr-defined]


async def test_chain_form_lists_roles_with_the_verdict_for_the_session() -> None:
    async with open_explorer(seconds=10) as explorer:
        key = next(row.access_key_id for row in explorer.app.row_cache.sessions() if "@Deploy" in row.label)
        explorer.app.presenter.go_to_session(key)
        await explorer.press("c")
        lines = {line.split()[0]: line for line in explorer.screen().splitlines() if line.strip()}
        assert "- denied" in lines["Pipeline"]
        assert "BreakGlass" in lines


async def test_roles_are_narrowed_by_what_is_typed_and_enter_accepts_the_completion() -> None:
    async with open_explorer(seconds=10) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("etl"))
        await explorer.press("a", "shift+tab")
        field = explorer.app.screen.query_one("#field-role")
        field.value = ""  # type: ignore[attr-defined]
        field.focus()
        await explorer.pilot.pause()
        await explorer.type("pipel")
        await explorer.pilot.pause(0.2)
        assert "+ allowed" in explorer.text()
        assert "Deploy" not in explorer.screen()
        await explorer.press("enter")
        assert typed(explorer) == "Pipeline"
        assert "AWS would allow it" in explorer.text()
        await explorer.press("enter")
        assert "etl-session@Pipeline" in explorer.text() or "@Pipeline issued" in explorer.message()


async def test_the_bar_that_has_the_focus_advertises_only_its_own_keys() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("colon")
        await explorer.type("wait 1x")
        await explorer.press("enter")
        assert explorer.app.main.command_line.value == "wait 1x", "to correct it"
        footer = "\n".join(explorer.app.main.key_line.dump())
        assert "esc close" in footer
        assert "revoke" not in footer
        await explorer.press("escape")
        assert explorer.app.focused is not explorer.app.main.command_line
        assert "revoke" in "\n".join(explorer.app.main.key_line.dump())


async def test_a_long_role_name_has_the_whole_line_of_its_field() -> None:
    name = "platform-checkout-service-production-execution-role-07"
    arn = f"arn:aws:iam::111122223333:role/{name}"
    dump = {"RoleDetailList": [role(name, trusts(), Arn=arn)]}
    async with open_explorer(dump, size=(80, 24)) as explorer:
        await explorer.press("a")
        assert explorer.app.screen.query_one("#field-role").size.width >= len(name)
