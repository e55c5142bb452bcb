"""The parts of a presented tour: beats, scenes and notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from sts_tui.tours.reading import steps
from sts_tui.tours.reading.grammar import parse_tour, read_tour
from sts_tui.tui.main_screen import PANES
from sts_tui.tui.stage.script import Beat, Script

SAMPLES = Path(__file__).parents[3] / "sample_accounts"
TEXT = """account acme.json
scene One
note Speak slowly.
say Hello
note Wait for a laugh.
as alice
revoke App
expect ok
focus 3
scene Two
request s3:GetObject *
"""


def test_a_beat_is_a_step_with_what_introduces_it_and_what_belongs_to_it() -> None:
    script = Script(parse_tour(TEXT, "story.tour"))
    assert script.beats == (Beat(0, 4), Beat(4, 5), Beat(5, 8), Beat(8, 10))
    assert script.beat_from(0) == Beat(0, 4)
    assert script.beat_from(10) is None
    assert script.beat_before(8) == Beat(5, 8)
    assert script.beat_before(0) is None


def test_scenes_are_those_of_the_tour_or_one_for_each_say() -> None:
    script = Script(parse_tour(TEXT, "story.tour"))
    assert [scene.name for scene in script.scenes] == ["One", "Two"]
    assert script.scene_at(0) is None
    assert [getattr(script.scene_at(position), "number", 0) for position in (1, 8, 9)] == [1, 1, 2]
    unnamed = Script(parse_tour("as alice\nsay one\nas bob\nsay two\n", "plain.tour"))
    assert [(scene.number, scene.begin) for scene in unnamed.scenes] == [(1, 1), (2, 3)]


def test_notes_belong_to_the_beat_they_stand_in() -> None:
    script = Script(parse_tour(TEXT, "story.tour"))
    assert script.note_at(4) == ("Speak slowly.", "Wait for a laugh.")
    assert script.note_at(5) == ()
    assert script.next_note(0) == ("Speak slowly.", "Wait for a laugh.")


def test_focus_knows_the_panes_of_the_screen() -> None:
    assert steps.PANES == PANES


@pytest.mark.parametrize("path", sorted(SAMPLES.rglob("*.tour")), ids=lambda path: path.stem)
def test_every_shipped_tour_has_scenes(path: Path) -> None:
    assert len(Script(read_tour(path)).scenes) >= 2
