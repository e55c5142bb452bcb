"""The request form shows AWS's verdict at every key; a request is sent, explained or copied from it."""

from __future__ import annotations

from sts_tui.simulation.events import RequestAnswered
from sts_tui.tui.dialogs.request_form import RequestScreen
from tests.support.explorer import Explorer, open_explorer

OBJECT = "arn:aws:s3:::acme-reports/data/today.csv"


async def open_form(explorer: Explorer, who: str = "dana@acme.example@ReadOnly") -> RequestScreen:
    explorer.app.act_as(explorer.app.simulation.resolve(who))
    await explorer.press("1", "r")
    screen = explorer.app.screen
    assert isinstance(screen, RequestScreen)
    return screen


async def fill_in(explorer: Explorer, **values: str) -> None:
    for id, value in values.items():
        explorer.app.screen.query_one(f"#field-{id}").value = value  # type: ignore[attr-defined]
    await explorer.pilot.pause(0.1)


async def test_the_verdict_follows_every_key() -> None:
    async with open_explorer(seconds=10) as explorer:
        await open_form(explorer)
        await fill_in(explorer, action="s3:GetObject", resource=OBJECT)
        assert "AWS would allow it" in explorer.text()
        await explorer.press("down")
        explorer.app.screen.query_one("#field-resource").focus()
        await explorer.press("home", "end", "backspace")
        assert "AWS would allow it" in explorer.text(), "another object of the same team"
        await fill_in(explorer, resource="arn:aws:s3:::acme-orders/x")
        assert "AWS would deny it" in explorer.text()
        assert "ReadOnly/view#TeamObjects" in explorer.text(), "the nearest miss by name"


async def test_enter_accepts_the_completion_that_is_displayed_then_sends() -> None:
    async with open_explorer(seconds=10) as explorer:
        screen = await open_form(explorer)
        await fill_in(explorer, action="", resource=OBJECT)
        screen.query_one("#field-action").focus()
        await explorer.type("s3:getobj")
        await explorer.pilot.pause(0.5)
        await explorer.press("enter")
        assert explorer.app.screen is screen, "the completion is accepted, nothing is sent yet"
        assert screen.values["action"] == "s3:GetObject"
        await explorer.press("enter")
        event = explorer.app.selection.request()
        assert isinstance(event, RequestAnswered)
        assert (event.action, event.resource) == ("s3:GetObject", OBJECT)
        assert explorer.app.main.focused_name == "requests"
        assert explorer.app.command_log.recording.steps[-2].startswith("request s3:GetObject")


async def test_what_is_wrong_with_a_field_is_shown_beside_it() -> None:
    async with open_explorer(seconds=10) as explorer:
        await open_form(explorer)
        await fill_in(explorer, action="s3:GetObjekt", resource=OBJECT)
        assert "s3:GetObject" in explorer.text(), "what was probably meant"
        await fill_in(explorer, action="s3:ListBucket")
        assert "s3:ListBucket works on arn:" in explorer.text()
        await fill_in(explorer, context="aws:PrincipalTag/team=x")
        assert "comes from the identity" in explorer.text()
        await explorer.press("enter")
        assert isinstance(explorer.app.screen, RequestScreen), "an invalid request is not sent"


async def test_context_changes_the_verdict() -> None:
    async with open_explorer(seconds=10) as explorer:
        await open_form(explorer, "i-0ab12cd34ef567890@App")
        await fill_in(explorer, action="s3:GetObject", resource="arn:aws:s3:::acme-orders/x")
        assert "AWS would allow it" in explorer.text()
        await fill_in(explorer, context="aws:SecureTransport=false")
        assert "AWS would deny it" in explorer.text()
        assert "EncryptedOnly" in explorer.text()


async def test_for_the_operator_there_is_no_verdict_but_who_could() -> None:
    async with open_explorer(seconds=10) as explorer:
        await open_form(explorer, "operator")
        await fill_in(explorer, action="s3:GetObject", resource="arn:aws:s3:::acme-orders/x")
        assert "Not evaluated: the operator bypasses IAM" in explorer.text()
        assert "As " in explorer.text()
        await explorer.press("f3")
        assert explorer.app.acting.label != "operator"
        assert isinstance(explorer.app.screen, RequestScreen)
        assert explorer.app.screen.values["action"] == "s3:GetObject", "nothing typed is lost"


async def test_f4_explains_before_anything_is_sent_and_comes_back() -> None:
    async with open_explorer(seconds=10) as explorer:
        await open_form(explorer)
        await fill_in(explorer, action="s3:GetObject", resource="arn:aws:s3:::acme-orders/x")
        before = explorer.app.simulation.events.last_number
        await explorer.press("f4")
        assert "Policy types" in explorer.screen()
        await explorer.press("escape")
        assert isinstance(explorer.app.screen, RequestScreen)
        assert explorer.app.simulation.events.last_number == before


async def test_f6_copies_a_step_of_a_tour_with_its_expectation() -> None:
    async with open_explorer(seconds=10) as explorer:
        await open_form(explorer)
        await fill_in(explorer, action="s3:GetObject", resource="arn:aws:s3:::acme-orders/x")
        await explorer.press("f6")
        copied = explorer.app.clipboard.splitlines()
        assert copied == ["try request s3:GetObject arn:aws:s3:::acme-orders/x", "expect error AccessDenied"]


async def test_a_click_goes_to_a_field_and_what_is_typed_goes_there() -> None:
    async with open_explorer(seconds=10) as explorer:
        screen = await open_form(explorer)
        await explorer.click("#field-context")
        await explorer.type("aws:SourceIp=10.0.0.1")
        assert screen.values["context"].endswith("aws:SourceIp=10.0.0.1")


async def test_a_click_on_a_listed_role_fills_it_in() -> None:
    async with open_explorer(seconds=10) as explorer:
        explorer.app.act_as(explorer.app.simulation.resolve("etl"))
        await explorer.press("a")
        explorer.app.screen.query_one("#field-role").value = ""  # type: ignore[attr-defined]
        await explorer.pilot.pause(0.2)
        assert "1 of 8 allowed" in explorer.text()
        await explorer.click("#dry-run", offset=(2, 0))
        assert explorer.app.screen.values["role"] == "Pipeline", "what is allowed is listed first"  # type: ignore[attr-defined]
        assert "AWS would allow it" in explorer.text()
