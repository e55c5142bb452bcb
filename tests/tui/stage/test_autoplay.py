"""How long a step stays, and what pauses it. Seconds of the wall clock."""

from __future__ import annotations

from sts_tui.tours.reading.grammar import parse_tour
from sts_tui.tui.stage.autoplay import AT_MOST, LOOK, Autoplay, seconds_for
from sts_tui.tui.stage.script import Script

SCRIPT = Script(parse_tour(f"say one two three\nrevoke App\nexpect ok\nsay {'word ' * 500}\n", "story.tour"))


def test_a_step_stays_long_enough_to_read_it_and_not_forever() -> None:
    autoplay = Autoplay(is_on=True)
    said, revoked, endless = SCRIPT.beats
    autoplay.showing(SCRIPT, said, 100.0)
    assert not autoplay.is_due(100.0 + LOOK - 0.1)
    assert autoplay.is_due(100.0 + LOOK)
    autoplay.showing(SCRIPT, revoked, 200.0)
    assert autoplay.is_due(200.0 + LOOK), "an expectation takes no time: nobody sees it"
    autoplay.showing(SCRIPT, endless, 300.0)
    assert not autoplay.is_due(300.0 + AT_MOST - 0.1)
    assert autoplay.is_due(300.0 + AT_MOST)


def test_more_words_take_longer() -> None:
    short, _, _, long = (line.step for line in SCRIPT.lines)
    assert seconds_for(long) > 10 * seconds_for(short)


def test_nothing_is_due_while_paused_or_without_autoplay() -> None:
    autoplay = Autoplay(is_on=True)
    autoplay.pause()
    assert not autoplay.is_due(1e9)
    autoplay.resume()
    assert autoplay.is_due(1e9)
    off = Autoplay(is_on=False)
    off.resume()
    assert not off.is_due(1e9)
