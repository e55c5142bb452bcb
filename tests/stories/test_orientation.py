"""Undo, hints and the palette: what a key will do, which request is meant, and where a name leads."""

from __future__ import annotations

from sts_tui.simulation.events import RequestAnswered, Verdict
from tests.support.explorer import open_explorer


async def test_undo_says_what_it_reverts_before_it_does() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("R", "tab", "enter", "u")
        text = explorer.text()
        assert "aws iam put-role-policy --role-name App" in text
        assert "i-0ab12cd34ef567890@App works again" in text
        assert "stay denied" in text
        await explorer.press("escape")
        assert explorer.app.simulation.history.done, "nothing was undone"
        await explorer.press("u", "enter")
        assert not explorer.app.simulation.history.done


async def test_undo_names_the_session_that_it_removes_and_is_confirmed_by_mouse() -> None:
    async with open_explorer(seconds=10) as explorer:
        simulation = explorer.app.simulation
        role = "arn:aws:iam::111122223333:role/Pipeline"
        etl = simulation.resolve("etl")
        simulation.call("sts:AssumeRole", {"RoleArn": role, "RoleSessionName": "again"}, caller=etl)
        await explorer.press("u")
        assert "session again@Pipeline" in explorer.text()
        await explorer.click("#confirm")
        assert not simulation.history.done


async def test_hint_after_a_revocation_explains_the_request_that_was_denied() -> None:
    async with open_explorer(seconds=10) as explorer:
        await explorer.press("R", "tab", "enter")
        await explorer.wait(20)
        await explorer.press("4", "end")
        assert "X explain the denial" in explorer.status()
        await explorer.press("X")
        text = explorer.text()
        assert "App/AWSRevokeOlderSessions#1 Deny" in text
        await explorer.press("escape")
        selected = explorer.app.selection.request()
        assert isinstance(selected, RequestAnswered)
        assert selected.verdict is Verdict.EXPLICIT_DENY


async def test_palette_lists_likely_actions_first() -> None:
    async with open_explorer(seconds=5) as explorer:
        await explorer.press("w", "escape", "3", "ctrl+p")
        await explorer.until(lambda: bool(explorer.hits()))
        names = explorer.hits()
        assert names[0].startswith(("sessions", "what if")), "used last"
        reasons = ["Nothing to undo" in name for name in names]
        assert reasons.index(True) > len(names) // 2, "what cannot be done now comes last"


async def test_palette_finds_nouns_by_name_and_id() -> None:
    async with open_explorer(seconds=5) as explorer:
        configuration = explorer.app.simulation.world.configuration
        deploy = configuration.roles["arn:aws:iam::111122223333:role/Deploy"]
        await explorer.find(deploy.role_id)
        assert explorer.app.selection.role_arn == deploy.arn
        session = explorer.app.row_cache.sessions()[0]
        await explorer.find(session.access_key_id)
        assert explorer.app.selection.session() is not None
        await explorer.find("identity etl")
        assert explorer.app.acting.label == "etl"
        await explorer.find("user etl")
        assert "of etl" in explorer.pane("policies")
        await explorer.find("resource acme-orders")
        assert "EncryptedOnly" in explorer.pane("policies")
        await explorer.find("policy OrdersReadWrite")
        assert "OrdersReadWrite" in explorer.pane("policies")
        await explorer.find("workload web-shop")
        assert explorer.app.selection.subject.key == "web-shop"
        await explorer.press("o")
        await explorer.type("requests")
        await explorer.press("enter")
        assert explorer.app.main.requests.filter_line.value == "workload:web-shop"
