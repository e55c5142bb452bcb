"""Everything of every list is found by what names it: palette, identity list, filter."""

from __future__ import annotations

from collections.abc import Iterator

from sts_tui.simulation.views.nouns.noun import NounRow
from sts_tui.simulation.views.nouns.table import NOUNS
from sts_tui.sts.authenticate import access_keys
from sts_tui.tui.dialogs import dry_run
from sts_tui.tui.keys.filtering import parse_filter
from sts_tui.tui.palette import ExplorerCommands
from tests.accounts.landing_zone import ANN, MODEL
from tests.support.explorer import Explorer, open_explorer


async def palette(explorer: Explorer, text: str) -> list[str]:
    commands = ExplorerCommands(explorer.app.main)
    return [str(hit.text) async for hit in commands.search(text)]


def names_of(row: NounRow) -> Iterator[str]:
    """Its name, its ARN or other key, and every id that goes with it."""
    yield from dict.fromkeys(filter(None, (row.name, row.key, row.arn, *row.words.split())))


async def test_each_thing_of_each_list_is_found_by_each_of_its_names() -> None:
    async with open_explorer(seconds=5) as explorer:
        for noun in NOUNS.values():
            rows = [row for row in explorer.app.row_cache.nouns(noun.id) if isinstance(row, NounRow)]
            assert rows, noun.id
            for row in rows:
                for text in names_of(row):
                    wanted = parse_filter(text, {}, lambda one: one.found_by.lower())
                    assert wanted.matches(row), (noun.id, text)
            first = rows[0]
            for text in names_of(first):
                assert f"{noun.one} {first.name}" in await palette(explorer, text), (noun.id, text)


async def test_roles_and_sessions_are_found_by_name_arn_ids_and_source_identity() -> None:
    async with open_explorer(seconds=20) as explorer:
        world = explorer.app.simulation.world
        role = next(iter(world.configuration.roles.values()))
        for text in (role.role_name, role.arn, role.role_id):
            assert f"role {role.role_name}" in await palette(explorer, text)
        for session in list(world.sessions.values())[:5]:
            names = [session.label, session.arn, session.user_id, session.access_key_id, session.name]
            for text in (*names, *([session.source_identity] if session.source_identity else [])):
                assert f"session {session.label}" in await palette(explorer, text), text


async def test_who_can_act_is_in_the_identity_list_by_name_arn_and_ids() -> None:
    async with open_explorer(seconds=20) as explorer:
        simulation = explorer.app.simulation
        choices, _ = dry_run.identities(simulation, explorer.app.acting)
        words = dry_run.identity_words(simulation)
        texts = {who: f"{who} {label} {note} {words.get(who, '')}".lower() for who, label, note in choices}
        for user in simulation.world.configuration.users.values():
            for text in (user.user_name, user.arn, user.user_id, *access_keys(user)):
                assert any(text.lower() in each for each in texts.values()), text
        for session in simulation.world.sessions.values():
            ids = (session.access_key_id, session.user_id, session.arn, session.name)
            for text in (*ids, *([session.source_identity] if session.source_identity else [])):
                assert any(text.lower() in each for each in texts.values()), text


async def test_a_user_of_identity_center_is_in_the_list_and_signs_in() -> None:
    async with open_explorer(MODEL) as explorer:
        await explorer.press("i")
        await explorer.type(ANN)
        assert "signs in at IAM Identity Center" in explorer.text()
        await explorer.press("enter")
        assert explorer.app.acting.label.startswith(f"{ANN}@AWSReservedSSO_Developer")
