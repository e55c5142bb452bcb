"""What is printed where? Data on stdout, narration and errors on stderr; color only on a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.account.diagnostics.printable import one_line

EXIT_FAILED = 1
EXIT_UNUSABLE = 2
EXIT_INTERRUPTED = 130
EXIT_PIPE_CLOSED = 141


class UserError(Exception):
    """A user error: printed as one line or a list of lines, never as a traceback."""

    def __init__(self, *messages: str, code: int = EXIT_UNUSABLE) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages
        self.code = code

    @classmethod
    def of(cls, diagnostics: Iterable[Diagnostic], code: int = EXIT_UNUSABLE) -> UserError:
        return cls(*map(str, diagnostics), code=code)


def complain(messages: Iterable[str]) -> None:
    """One `sts-tui: …` line for each."""
    for message in messages:
        print(f"sts-tui: {one_line(message)}", file=sys.stderr)


def narrate(text: str) -> None:
    """Print text for the user, not for a program that reads stdout."""
    print(text, file=sys.stderr)


def wants_color(stream: TextIO) -> bool:
    """https://no-color.org: any non-empty NO_COLOR disables color; pipes never get color."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


class Paint:
    """ANSI colors by meaning: blue for allowed, orange for denied; without color the text is unchanged."""

    def __init__(self, colored: bool) -> None:
        self._colored = colored

    def _in(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colored and text else text

    def good(self, text: str) -> str:
        return self._in("38;5;39", text)

    def bad(self, text: str) -> str:
        return self._in("1;38;5;208", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def strong(self, text: str) -> str:
        return self._in("1", text)


def save_private(path: Path, text: str) -> None:
    """Write a file that may contain a real account, readable only by its owner; raises UserError."""
    try:
        from sts_tui.account.writing.private_file import write_private

        write_private(path, text)
    except OSError as error:
        raise UserError(f"{path}: {(error.strerror or str(error)).lower()}") from None
