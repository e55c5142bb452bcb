"""Providers that roles trust by name, in the lists of the explorer."""

from __future__ import annotations

from pathlib import Path

from sts_tui.simulation import Simulation
from sts_tui.simulation.views.nouns.others import PROVIDERS
from sts_tui.simulation.views.session_labels import via
from tests.accounts.photo_app import App

SAMPLE = Path(__file__).parents[3] / "sample_accounts" / "scenarios" / "photo-app.json"


def test_providers_without_an_entity_in_iam_are_listed_with_who_trusts_them() -> None:
    rows = {row.name: row.cells for row in PROVIDERS.rows(Simulation.open(SAMPLE).world)}
    assert rows["cognito-identity.amazonaws.com"] == ("Cognito", "Guest, Member, Editor, Print", "photos")
    assert rows["graph.facebook.com"] == ("Facebook", "Friends", "4711")


def test_a_session_says_which_pool_it_came_from() -> None:
    app = App()
    assert via(app.session(), 0, 0) == "Cognito photos"
