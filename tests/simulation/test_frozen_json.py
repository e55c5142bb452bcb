"""Checkpoints: every frozen value comes back as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import fields, replace

from sts_tui.account.entities import Settings
from sts_tui.simulation import Simulation
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.simulation.undo.change import TABLES
from tests.accounts.small import assume, open_small


def through_text(kind: Any, value: Any) -> Any:
    return from_json(kind, json.loads(json.dumps(to_json(value))))


@pytest.mark.parametrize("table", [*TABLES, "organization"])
def test_entities_come_back_whole(table: str) -> None:
    configuration = Simulation.open("sample_accounts/acme.json").world.configuration
    held = getattr(configuration, table)
    entities = [held] if table == "organization" else list(held.values())
    for entity in entities:
        again = through_text(type(entity), entity)
        assert type(again) is type(entity)
        assert to_json(again) == to_json(entity)


def test_sessions_come_back_equal() -> None:
    sim = Simulation.open("sample_accounts/acme.json")
    sim.advance(5)
    kinds = {session.operation for session in sim.world.sessions.values()}
    assert {"AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"} <= kinds
    for session in sim.world.sessions.values():
        assert through_text(type(session), session) == session


def test_settings_come_back_equal_with_none_at_its_default() -> None:
    settings = Settings()
    for field in fields(Settings):
        present = getattr(settings, field.name)
        match present:
            case bool():
                settings = replace(settings, **{field.name: not present})
            case int() | float():
                settings = replace(settings, **{field.name: present + 1})
            case tuple():
                settings = replace(settings, **{field.name: ("me-south-1",)})
    assert through_text(Settings, settings) == settings


def test_a_value_without_a_json_form_is_refused_rather_than_guessed() -> None:
    with pytest.raises(TypeError, match="no JSON form for object"):
        to_json({"x": object()})


def test_a_checkpoint_does_not_follow_what_happens_later() -> None:
    sim = open_small()
    assume(sim)
    taken = sim.checkpoint()
    text = json.dumps(taken)
    assume(sim)
    sim.advance(100)
    assert json.dumps(taken) == text
    other = open_small()
    other.restore(json.loads(text))
    assert json.dumps(other.checkpoint()) == text
