"""People sign in from a list: at the access portal, the console, by `aws login`, a broker's URL, an app;
servers sign in by certificate, pods by their service account.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sts_tui.simulation.sign_ins import portal_choices
from sts_tui.simulation.views.sign_in_choices import sign_in_choices
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tui.options import Options
from tests.stories.test_mouse_alone import click_hint
from tests.support.explorer import SAMPLE, Explorer, open_explorer
from tests.support.representative import one_in

SCENARIOS = SAMPLE.parent / "scenarios"
LANDING_ZONE = SCENARIOS / "landing-zone.json"
LEAKED_LOGIN = SCENARIOS / "leaked-login.json"
PHOTO_APP = SCENARIOS / "photo-app.json"
ANYWHERE = SCENARIOS / "anywhere.json"
PODS = SCENARIOS / "pods.json"


async def choose(explorer: Explorer, *words: str) -> None:
    """By keys: the first entry of the list that has all words."""
    await explorer.press("p")
    await explorer.type(" ".join(words))
    await explorer.press("enter")


def rows(explorer: Explorer) -> list[str]:
    table: Any = explorer.app.screen.query_one("Table")
    return [" ".join(row.split()) for row in table.dump()[1:]]


async def test_a_person_gets_a_permission_set_and_is_acted_as() -> None:
    async with open_explorer(LANDING_ZONE) as explorer:
        await explorer.press("p")
        assert any("Identity Center" in row for row in rows(explorer))
        await explorer.press("enter")
        assert "Signed in. Acting as" in explorer.message()
        acting = explorer.app.acting
        session = explorer.app.simulation.world.sessions[acting.access_key_id or ""]
        assert "AWSReservedSSO_" in session.issuer_arn
        assert explorer.app.selection.session() is not None
        await explorer.press("p")
        assert any("sign out (portal)" in row for row in rows(explorer))
        assert any("signed in, " in row for row in rows(explorer)), "who is signed in, and how long"


async def test_signing_out_leaves_the_credentials_alive() -> None:
    async with open_explorer(LANDING_ZONE) as explorer:
        await explorer.press("p", "enter")
        key = explorer.app.acting.access_key_id or ""
        await choose(explorer, "sign out")
        assert "Issued credentials still work" in explorer.message()
        row = explorer.app.row_cache.session(key)
        assert row is not None
        assert row.state.still_works
        await explorer.press("p")
        assert not any("sign out" in row for row in rows(explorer))


async def test_a_console_sign_in_and_aws_login_of_a_user() -> None:
    async with open_explorer(LEAKED_LOGIN) as explorer:
        await choose(explorer, "dana", "console")
        assert "dana is signed in to the console" in explorer.message()
        before = explorer.app.acting
        await choose(explorer, "dana", "aws login")
        assert explorer.app.acting != before
        assert explorer.app.acting.label == "dana-login"
        await choose(explorer, "sign out login")
        assert "AccessDenied" in explorer.message(), "the acting identity revokes, and dana may not"
        explorer.app.act_as(explorer.app.simulation.resolve("operator"))
        await choose(explorer, "sign out login")
        assert "dana is signed out" in explorer.message()


async def test_temporary_credentials_become_a_console_url() -> None:
    async with open_explorer(seconds=5) as explorer:
        await choose(explorer, "extract@Pipeline", "console URL")
        assert "signed in to the console" in explorer.message()
        assert [one.kind for one in explorer.app.simulation.world.configuration.sign_ins.values()] == [
            "console"
        ]


async def test_a_visitor_of_an_app_gets_credentials_from_its_identity_pool() -> None:
    async with open_explorer(PHOTO_APP) as explorer:
        await choose(explorer, "guest")
        assert "Signed in. Acting as" in explorer.message()


async def test_the_holder_of_a_certificate_gets_each_role_of_a_profile() -> None:
    async with open_explorer(ANYWHERE) as explorer:
        await explorer.press("p")
        listed = [row for row in rows(explorer) if "Roles Anywhere" in row]
        assert len(listed) == 6, "three certificates, two roles"
        await explorer.press("escape")
        await choose(explorer, "web-1", "Shop")
        assert "Signed in. Acting as web-1@Shop" in explorer.message()
        session = explorer.app.simulation.world.sessions[explorer.app.acting.access_key_id or ""]
        assert session.proof is not None
        assert session.proof.kind == "certificate"


async def test_a_certificate_that_the_trust_policy_does_not_mean_is_refused() -> None:
    async with open_explorer(ANYWHERE) as explorer:
        before = explorer.app.acting
        await choose(explorer, "printer", "Shop")
        assert "AccessDenied" in explorer.message()
        assert explorer.app.acting == before


async def test_a_pod_gets_the_role_of_its_association() -> None:
    async with open_explorer(PODS) as explorer:
        place = next(iter(explorer.app.simulation.world.configuration.pod_associations.values())).label
        await choose(explorer, place)
        assert "Signed in. Acting as" in explorer.message()
        session = explorer.app.simulation.world.sessions[explorer.app.acting.access_key_id or ""]
        assert session.proof is not None
        assert session.proof.kind == "pod"


async def test_a_refused_sign_in_is_shown_with_awss_words() -> None:
    async with open_explorer(seconds=5) as explorer:
        await choose(explorer, "root@", "console")
        assert explorer.app.simulation.world.configuration.sign_ins
        await explorer.press("exclamation_mark")
        assert "signed in to the console" in explorer.text()


async def test_by_mouse_a_person_signs_in_and_out() -> None:
    async with open_explorer(LANDING_ZONE) as explorer:
        explorer.app.perform("sign_in")
        await explorer.pilot.pause()
        await explorer.click("Table", offset=(6, 1), times=2)
        assert "Signed in. Acting as" in explorer.message()
        explorer.app.perform("sign_in")
        await explorer.pilot.pause()
        await explorer.click("Table", offset=(6, 1))
        await click_hint(explorer, "enter choose")
        assert "is signed out" in explorer.message()


async def test_the_palette_signs_in_as_a_person() -> None:
    async with open_explorer(LANDING_ZONE) as explorer:
        user, permission_set, _account = next(portal_choices(explorer.app.simulation.world))
        await explorer.press("ctrl+p")
        await explorer.type(f"sign in as {user.user_name}: {permission_set}")
        await explorer.pilot.pause(0.5)
        await explorer.press("enter")
        await explorer.pilot.pause(0.3)
        assert f"Acting as {user.user_name}@AWSReservedSSO_{permission_set}_" in explorer.message()


@pytest.mark.parametrize("model", one_in(3, [LANDING_ZONE, LEAKED_LOGIN, PHOTO_APP, ANYWHERE, PODS]))
async def test_what_was_chosen_is_recorded_as_a_step_that_plays(model: Path) -> None:
    async with open_explorer(model) as explorer:
        for choice in sign_in_choices(explorer.app.simulation.world):
            assert parse_step(choice.step)
        await explorer.press("p", "enter", "L")
        assert "signin" in explorer.text()


async def test_nobody_signs_in_while_the_explorer_is_read_only() -> None:
    async with open_explorer(LANDING_ZONE, options=Options(preset="default", is_readonly=True)) as explorer:
        await explorer.press("p")
        assert explorer.app.screen is explorer.app.main
        assert "read-only" in explorer.message()
