"""What overviews compare and draw grows with what changed and is shown, not with what exists: counted."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.generator import organization
from benchmarks.simulation import busy_house
from sts_tui.account.writing import export as exporting
from sts_tui.simulation import Simulation
from sts_tui.simulation.views.rows import session_rows
from sts_tui.tui.overviews import timeline
from sts_tui.tui.overviews.model_diff import diff_lines

EDITS = 5


@pytest.mark.parametrize("roles", [100, 800])
def test_a_diff_writes_the_roles_that_differ(roles: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = Simulation.open(organization(roles, 1))
    for role in list(sim.world.configuration.roles.values())[:EDITS]:
        sim.call("iam:TagRole", {"RoleName": role.role_name, "Tags": [{"Key": "k", "Value": "v"}]})
    written: list[int] = []
    original = exporting.export

    def counted(model: Any, **more: Any) -> str:
        written.append(sum(len(account.role_detail_list) for account in model.accounts))
        return original(model, **more)

    monkeypatch.setattr(exporting, "export", counted)
    assert diff_lines(sim)
    assert written == [EDITS, EDITS]


def lines_of(sim: Simulation) -> list[Any]:
    """The timeline of a model, as it opens."""
    found = timeline.gather(sim.now, session_rows(sim), list(sim.events))
    return timeline.timeline_lines(found, found.whole(90), sim.now)


@pytest.mark.parametrize("sessions", [300, pytest.param(900, marks=pytest.mark.long)])
def test_a_timeline_draws_what_it_shows(sessions: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = Simulation.open(busy_house(sessions))
    sim.advance(2)
    assert len(session_rows(sim)) == sessions
    drawn: list[str] = []
    original = timeline._bar

    def counted(row: Any, *given: Any) -> Any:
        drawn.append(row.access_key_id)
        return original(row, *given)

    monkeypatch.setattr(timeline, "_bar", counted)
    assert lines_of(sim)
    assert len(drawn) == timeline.MOST_ROWS


@pytest.mark.parametrize("edits", [60, 240])
def test_a_timeline_words_the_newest_edits(edits: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sim = Simulation.open(busy_house(1))
    sim.advance(2)
    for number in range(edits):
        tags = [{"Key": "k", "Value": str(number)}]
        sim.call("iam:TagRole", {"RoleName": "R0", "Tags": tags})
    named: list[str] = []
    original = timeline.name_of

    def counted(subject: str) -> str:
        named.append(subject)
        return original(subject)

    monkeypatch.setattr(timeline, "name_of", counted)
    lines_of(sim)
    assert len(named) == timeline.MOST_MARKS
