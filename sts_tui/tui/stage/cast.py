"""How does a film become an asciinema cast? Version 2, which `asciinema play` and its web player read.

Only rows that change are written. Each scene is a marker.
https://docs.asciinema.org/manual/asciicast/v2/
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from sts_tui.tui.stage.film import Film
from sts_tui.tui.stage.frame import Frame, Row

IDLE: Final = 5.0
"""Seconds: longer waits of the simulated clock are shortened by the player."""
_ESCAPE: Final = "\x1b["


def cast(film: Film) -> str:
    """The cast as text: a header, then an event a line."""
    header = {
        "version": 2,
        "width": film.width,
        "height": film.height,
        "title": film.title,
        "idle_time_limit": IDLE,
        "env": {"TERM": "xterm-256color"},
    }
    return "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in (header, *_events(film)))


def _events(film: Film) -> Iterator[list[object]]:
    start, reading = film.pictures[0].at, 0.0
    before: tuple[Row, ...] = ()
    at = 0.0
    for shown in film.pictures:
        at = round((shown.at - start).total_seconds() + reading, 3)
        if shown.begins_scene:
            yield [at, "m", shown.scene]
        yield [at, "o", _drawn(shown.frame, before)]
        before, reading = shown.frame.rows, reading + shown.seconds
    yield [round(at + film.pictures[-1].seconds, 3), "o", ""]  # the last picture stays, too


def _drawn(frame: Frame, before: tuple[Row, ...]) -> str:
    """The escape sequences that make one frame of another one."""
    drawn = [] if before else [f"{_ESCAPE}?25l{_ESCAPE}2J"]
    for number, row in enumerate(frame.rows, 1):
        if number > len(before) or before[number - 1] != row:
            drawn.append(f"{_ESCAPE}{number};1H{_row(row)}")
    return "".join(drawn)


def _row(row: Row) -> str:
    text = ""
    for run in row:
        look = run.look
        codes = ["0", *(["1"] if look.is_bold else []), *(["3"] if look.is_italic else [])]
        codes += [*(["4"] if look.is_underlined else []), f"38;2;{_rgb(look.foreground)}"]
        text += f"{_ESCAPE}{';'.join([*codes, f'48;2;{_rgb(look.background)}'])}m{run.text}"
    return f"{text}{_ESCAPE}0m"


def _rgb(color: str) -> str:
    return ";".join(str(int(color[at : at + 2], 16)) for at in (1, 3, 5))
