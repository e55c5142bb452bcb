"""What is shown where room is short: tabs are counted, empty columns leave, names stay apart."""

from __future__ import annotations

from typing import Any

import pytest

from tests.accounts.entities import role
from tests.accounts.policies import MAIN, allows, role_arn, trusts
from tests.support.explorer import Explorer, open_explorer
from tests.support.representative import representative

BIG, MIDDLE = (200, 50), (120, 36)


def tabs(explorer: Explorer) -> str:
    return "\n".join(explorer.app.main.policies.tabs.dump())


async def test_tabs_that_do_not_fit_are_counted_and_what_restricts_stays() -> None:
    async with open_explorer(size=MIDDLE) as explorer:
        rows = explorer.app.row_cache.policies("roles", explorer.app.selection.role_arn)
        text = tabs(explorer)
        assert "OrdersReadWrite" in text
        shown = sum(
            row.name in text or row.kind == "trust policy" for row in rows if "FullAWS" not in row.name
        )
        assert shown
        assert "+" in text
        await explorer.press("2", *["right_square_bracket"] * (len(rows) - 1))
        assert "\u25b8" in tabs(explorer), "the tab in view is always shown"


async def test_columns_that_are_empty_in_every_row_are_not_shown() -> None:
    async with open_explorer(size=BIG, seconds=5) as explorer:
        assert "SESSION POLICY" not in explorer.pane("sessions")
        assert "TAGS" in explorer.pane("sessions")
        role = "arn:aws:iam::111122223333:role/Pipeline"
        policy = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
        params = {"RoleArn": role, "RoleSessionName": "again", "Policy": policy}
        simulation = explorer.app.simulation
        simulation.call("sts:AssumeRole", params, caller=simulation.resolve("etl"))
        await explorer.wait(1)
        assert "SESSION POLICY" in explorer.pane("sessions")


TEAMS = ("checkout", "payments", "search", "identity", "reporting", "warehouse")
STAGES = ("production", "staging", "development")


def sixty_roles() -> dict[str, Any]:
    """A dump of roles with the long names of one naming scheme."""
    names = [f"platform-{TEAMS[i % 6]}-service-{STAGES[i % 3]}-execution-role-{i:02d}" for i in range(60)]
    trusting = trusts({"Service": "lambda.amazonaws.com"})
    roles = [role(name, trusting, ("work", allows())) for name in names]
    return {
        "StartTime": "2026-01-15T09:00:00Z",
        "Accounts": [{"AccountId": MAIN, "RoleDetailList": roles}],
        "Workloads": [
            {
                "Name": f"work-{i}",
                "Identity": "service:lambda.amazonaws.com",
                "AssumeRoles": [{"RoleArn": role_arn(names[i]), "RoleSessionName": "work"}],
                "Requests": [{"Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x"}],
                "EverySeconds": 2,
            }
            for i in range(4)
        ],
    }


def first_words(pane: str) -> list[str]:
    """The first column of a list."""
    rows = pane.splitlines()[3:]
    return [row.removeprefix("▸").split()[0] for row in rows if row.strip("▸ ")]


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_sixty_long_names_stay_different_in_every_list(size: tuple[int, int]) -> None:
    async with open_explorer(sixty_roles(), size=size, seconds=5) as explorer:
        roles = first_words(explorer.pane("roles"))
        assert len(set(roles)) == len(roles) == 60
        assert roles[0].endswith("00")
        assert "checkout" in roles[0]
        if size == (80, 24):
            assert "role-00" in str(explorer.app.main.roles.border_subtitle), (
                "the edge has what was shortened"
            )
            await explorer.press("4")
            assert "work@platform-" in str(explorer.app.main.requests.border_subtitle)
            assert explorer.app.main.roles.border_subtitle == "", "only for the list that has the focus"
        await explorer.press("3")
        sessions = first_words(explorer.pane("sessions"))
        assert len(set(sessions)) == len(sessions) == 4
        if size == (80, 24):
            await explorer.press("enter")
            number = explorer.app.acting.label[-2:]
            assert f"…{number} " in explorer.header(), "as which role one acts"
        await explorer.press("i")
        listed = [row for row in explorer.screen().splitlines() if "active," in row]
        assert len(set(listed)) == len(listed) == 4
        await explorer.press("escape", "t")
        bars = [row.split()[0] for row in explorer.screen().splitlines() if "┄┄" in row]
        assert len(set(bars)) == len(bars) == 4


async def test_the_account_is_a_column_only_where_there_are_several() -> None:
    async with open_explorer(sixty_roles(), size=BIG) as explorer:
        assert "ACCOUNT" not in explorer.pane("roles")
    async with open_explorer(size=BIG) as explorer:
        assert "ACCOUNT" in explorer.pane("roles")


async def test_denied_appears_with_the_first_denial() -> None:
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        assert "DENIED" not in explorer.pane("roles")
        await explorer.press("R", "tab", "enter")
        await explorer.wait(10)
        assert "DENIED" in explorer.pane("roles")
        assert "DENIED" in explorer.pane("sessions")


async def test_a_flood_of_denials_is_one_row_for_each_session_and_statement() -> None:
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.wait(60)
        denied = [row for row in explorer.pane("requests").splitlines() if "DENY!" in row]
        assert len(denied) == 2, "the shop and the laptop that use the session"
        assert all("×" in row for row in denied)
        assert any("+2" in row for row in denied), "how many other actions"
        await explorer.press("4", "F")
        shown = [row for row in explorer.pane("requests").splitlines() if "DENY!" in row]
        assert len(shown) > 10, "F shows each"


async def test_the_cursor_stays_on_a_flood_that_comes_to_the_top() -> None:
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.wait(10)
        table = explorer.app.main.requests.table
        at = next(i for i in range(len(table.rows)) if getattr(table.rows[i], "code", "") == "AccessDenied")
        await explorer.press("4", *["j"] * max(1, at))
        key = table.cursor_key
        for _ in range(20):
            await explorer.wait(1)
            assert table.cursor_key == key
        assert not table.is_following
        await explorer.press("g")
        assert table.is_following


DIALOGS = ("R", "a", "e", "4 x", "r", "O", "i", "question_mark")
NARROW = (60, 15)


@pytest.mark.parametrize(
    ("keys", "size"),
    representative(
        [(keys, size) for keys in DIALOGS for size in (NARROW, (80, 24), MIDDLE)],
        ("R", NARROW), ("a", NARROW), ("e", NARROW), ("4 x", MIDDLE), ("question_mark", (80, 24)),
    ),
)  # fmt: skip
async def test_hints_of_dialogs_are_whole_keys_and_say_how_to_close(keys: str, size: tuple[int, int]) -> None:
    async with open_explorer(size=size, seconds=5) as explorer:
        await explorer.press("1", *keys.split())
        box = explorer.app.screen.query("Dialog").first()
        hint = str(box.border_subtitle)
        assert len(hint) <= box.outer_size.width - 4
        assert "…" not in hint
        assert "esc" in hint


async def test_the_desk_shows_the_selected_cut_in_full_at_80_columns() -> None:
    async with open_explorer(size=(80, 24), seconds=5) as explorer:
        await explorer.press("colon")
        await explorer.type("incident unknown-laptop")
        await explorer.press("enter")
        await explorer.until(lambda: getattr(explorer.app.screen, "incident", None) is not None)
        await explorer.pilot.pause()
        table = explorer.app.screen.query_one("#cuts")
        titles = {row.cut.title: index for index, row in enumerate(explorer.app.screen.incident.rows)}  # type: ignore[attr-defined]
        longest = max(titles, key=len)
        await explorer.press(*["j"] * len(titles), *["k"] * len(titles))
        table.move_to(titles[longest])  # type: ignore[attr-defined]
        await explorer.pilot.pause()
        whole = " ".join("\n".join(explorer.app.screen.query_one("#whole").dump()).split())  # type: ignore[attr-defined]
        assert longest in whole


async def test_by_mouse_a_long_name_is_chosen_among_sixty_and_a_tab_comes_to_the_front() -> None:
    async with open_explorer(sixty_roles(), size=MIDDLE, seconds=5) as explorer:
        table = explorer.app.main.roles.table
        lines = table.dump()
        row = next(y for y, text in enumerate(lines) if "03" in text)
        await explorer.click("#roles Table", offset=(6, row))
        chosen = explorer.app.selection.role_arn
        assert chosen.endswith("-03")
        assert chosen.rpartition("/")[2] in explorer.text(), "pane 2 has the name in full"
        (tabs_line,) = explorer.app.main.policies.tabs.dump()[:1]
        await explorer.click("#policies Bar", offset=(tabs_line.index("work") + 1, 0))
        assert "▸work" in tabs(explorer)


async def test_by_mouse_a_flood_of_denials_is_opened() -> None:
    async with open_explorer(size=MIDDLE, seconds=5) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.wait(30)
        table = explorer.app.main.requests.table
        row = next(y for y, text in enumerate(table.dump()) if "DENY!" in text and "×" in text)
        await explorer.click("#requests Table", offset=(6, row), times=2)
        assert "AWSRevokeOlderSessions" in explorer.text()
        assert "Explain request" in explorer.text()


@pytest.mark.parametrize("size", [(80, 24), (120, 36), (200, 50)])
async def test_accounts_and_origins_are_shown_whole(size: tuple[int, int]) -> None:
    async with open_explorer(size=size, seconds=5) as explorer:
        assert "management" in explorer.pane("roles")
        if size[0] > 80:
            assert "SAML acme-sso" in explorer.pane("sessions")


async def test_reasons_of_the_desk_take_the_room_of_empty_columns_at_80() -> None:
    async with open_explorer(size=(80, 24), seconds=5) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("bob"))
        await explorer.press("colon")
        await explorer.type("incident unknown-laptop")
        await explorer.press("enter")
        for _ in range(300):
            await explorer.pilot.pause(0.02)
            if not explorer.app.background.what:
                break
        table = explorer.app.screen.query_one("#cuts")
        assert "refused: may not iam:" in "\n".join(table.dump())  # type: ignore[attr-defined]


async def test_the_caller_of_a_form_is_never_cut_at_the_edge() -> None:
    async with open_explorer(sixty_roles(), size=(80, 24), seconds=5) as explorer:
        await explorer.press("3", "c")
        label = str(explorer.app.screen.query_one("#caller").render())
        assert label.endswith("(role chaining: at most 1h)")
        assert "…" in label
