"""What does `sts-tui --notes TOUR` show? The speaker's page of a presentation in another terminal."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from sts_tui.account.diagnostics.printable import printable
from sts_tui.tui.stage.notes_channel import NotesPage, socket_of

LOOKS_EVERY: Final = 0.5
"""Seconds between two attempts to reach the presentation."""
_CLEAR: Final = b"\x1b[2J\x1b[3J\x1b[H"


def follow(tour: Path) -> int:
    """Shows page after page until ctrl+c; without a terminal, until the presentation ends. The exit code."""
    is_terminal = sys.stdout.isatty()
    try:
        _wait_for(tour, is_terminal=is_terminal)
        while True:
            for page in pages(tour):
                if is_terminal:
                    _clear()
                print("\n".join(lines_of(page, _width())), flush=True)
            if not is_terminal:
                return 0
            print("\nThe presentation has ended.", flush=True)
            _wait_for(tour, is_terminal=False)
    except KeyboardInterrupt:
        print()
        return 0


def _clear() -> None:
    """Clears the terminal, past the filter that keeps control characters away."""
    sys.stdout.flush()
    os.write(sys.stdout.fileno(), _CLEAR)


def _width() -> int:
    return max(40, shutil.get_terminal_size().columns)


def _wait_for(tour: Path, *, is_terminal: bool) -> None:
    """Waits until a presentation listens."""
    path = socket_of(tour)
    if is_terminal and not path.exists():
        print(f"Waiting for the presentation: sts-tui --tour {printable(str(tour))}", flush=True)
    while not path.exists():
        time.sleep(LOOKS_EVERY)


def pages(tour: Path) -> Iterator[NotesPage]:
    """What the presentation sends, until it ends."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(socket_of(tour)))
        with connection.makefile("rb") as received:
            for content in received:
                yield msgspec.json.decode(content, type=NotesPage)
    except OSError:  # it has ended, or left its socket behind
        time.sleep(LOOKS_EVERY)
    finally:
        connection.close()


def lines_of(page: NotesPage, width: int) -> list[str]:
    """A page as lines of text, without control characters."""
    head = f"{page.scene}/{page.scenes}  {page.scene_name}".rstrip()
    lines = [*_wrapped(f"{head}   {page.clock}  as {page.acting}", width), "=" * min(width - 1, 80), ""]
    for note in page.notes:
        lines += [*_wrapped(f"* {note}", width), ""]
    lines += _wrapped(page.said, width)
    if page.step:
        lines += ["", *_wrapped(f"> {page.step}", width)]
    if page.failed:
        lines += _wrapped(f"FAILED: {page.failed}", width)
    lines += ["", "-" * min(width - 1, 80), *_wrapped(f"next: {page.following or 'the end'}", width)]
    for note in page.following_notes:
        lines += _wrapped(f"* {note}", width)
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(printable(text), width - 1, subsequent_indent="  ")
