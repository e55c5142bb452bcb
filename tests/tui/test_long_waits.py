"""A wait through thousands of requests is announced before it begins."""

from __future__ import annotations

import pytest

from sts_tui.tours.playing.player import Player
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tui.long_waits import words_of_long_wait
from tests.accounts.small import open_small, worker


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("wait 12h", "about 8,640 requests"),
        ("wait 1m", ""),
        ("wait until 2020-01-01T00:00:00Z", ""),
        ("as alice", ""),
    ],
)
def test_a_long_wait_shows_how_many_requests_it_makes(line: str, said: str) -> None:
    player = Player(open_small(worker(EverySeconds=5)))
    words = words_of_long_wait(parse_step(line), line, player)
    assert said in words
    assert bool(words) == bool(said)
