"""Forms show verdicts before a role is chosen, and enter accepts the completion that is displayed."""

from __future__ import annotations

from tests.accounts.entities import role, user
from tests.accounts.policies import MAIN, allows, trusts
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


async def no_role_yet(explorer: Explorer, who: str) -> None:
    """The form of this caller, with the list of roles."""
    explorer.app.act_as(explorer.app.simulation.resolve(who))
    await explorer.press("a")
    explorer.app.screen.query_one("#field-role").value = ""  # type: ignore[attr-defined]
    await explorer.pilot.pause(0.2)


async def test_roles_that_need_something_say_what_and_f2_fills_it_in() -> None:
    async with open_explorer(seconds=10) as explorer:
        await no_role_yet(explorer, "alice")
        rows = [line for line in explorer.screen().splitlines() if "Deploy" in line]
        assert "~ needs MFA" in rows[0]
        assert "f2 fills it in" in rows[0]
        await explorer.press("f2")
        assert typed(explorer) == "Deploy"
        assert "AWS would allow it" in explorer.text()
        await explorer.press("enter")
        assert "alice@Deploy issued" in explorer.message()


async def test_f2_fills_in_the_source_identity_that_the_next_role_of_a_chain_asks_for() -> None:
    async with open_explorer(seconds=10) as explorer:
        await no_role_yet(explorer, "alice")
        await explorer.press("f2", "enter")
        await explorer.press("c")
        await explorer.type("BreakGlass")
        await explorer.pilot.pause(0.2)
        assert "AWS would deny it" in explorer.text()
        assert "f2 add source identity" in explorer.text()
        await explorer.press("f2")
        assert "AWS would allow it" in explorer.text()
        assert explorer.app.screen.values["source_identity"]  # type: ignore[attr-defined]


async def test_a_click_fills_in_what_the_role_needs() -> None:
    async with open_explorer(seconds=10, size=(80, 24)) as explorer:
        await no_role_yet(explorer, "alice")
        shown = explorer.app.screen.query_one("#dry-run")
        row = next(y for y, text in enumerate(shown.dump()) if "Deploy" in text)  # type: ignore[attr-defined]
        await explorer.click("#dry-run", offset=(2, row))
        assert typed(explorer) == "Deploy"
        verdict = explorer.app.screen.query_one("#verdict")
        (line,) = verdict.dump()  # type: ignore[attr-defined]
        await explorer.click("#verdict", offset=(line.index("f2") + 1, 1))
        assert explorer.app.screen.values["mfa"] == "="  # type: ignore[attr-defined]
        assert "AWS would allow it" in explorer.text()


async def test_what_no_field_holds_is_named_and_not_filled_in() -> None:
    trusting = trusts()
    trusting["Statement"][0]["Condition"] = {"IpAddress": {"aws:SourceIp": "198.51.100.0/24"}}
    ann = user("ann", ("p", allows("sts:AssumeRole")))
    dump = {"UserDetailList": [ann], "RoleDetailList": [role("R", trusting)]}
    async with open_explorer({"Accounts": [{"AccountId": MAIN, **dump}]}) as explorer:
        await no_role_yet(explorer, "ann")
        assert "~ needs aws:SourceIp=198.51.100.0" in explorer.text()
        assert "f2" not in explorer.text()


async def test_an_open_form_speaks_of_the_present() -> None:
    """The clock continues behind it: the session of the caller expires."""
    async with open_explorer(seconds=10) as explorer:
        key = next(row.access_key_id for row in explorer.app.row_cache.sessions() if "@Deploy" in row.label)
        explorer.app.presenter.go_to_session(key)
        await explorer.press("c")
        await explorer.type("BreakGlass")
        await explorer.pilot.pause()
        assert "ExpiredToken" not in explorer.text()
        explorer.app.simulation.advance(3600)
        await explorer.wait(1)
        assert "ExpiredToken" in explorer.text()


async def test_the_list_of_a_form_is_tried_again_as_time_passes() -> None:
    async with open_explorer(seconds=10) as explorer:
        key = next(row.access_key_id for row in explorer.app.row_cache.sessions() if "@Deploy" in row.label)
        explorer.app.presenter.go_to_session(key)
        await explorer.press("c")
        await explorer.pilot.pause(0.2)
        assert "expired" not in explorer.text()
        explorer.app.simulation.advance(3600)
        for _ in range(4):
            await explorer.wait(1)
            assert "not tried yet" not in explorer.text(), "no row loses its verdict meanwhile"
        assert "0 of 8 allowed" in explorer.text()
        assert "expired" in explorer.text().lower()


async def test_the_revoke_dialog_says_the_cutoff_that_would_be_written_now() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("R")
        assert "09:00:40" in explorer.text()
        await explorer.wait(60)
        assert "09:01:40" in explorer.text()
        assert "09:00:40" not in explorer.text()
