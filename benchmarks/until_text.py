"""A Textual application that ends as soon as it has written a text: `python until_text.py TEXT NAME`.

Its work until then can be counted to the instruction. NAME is `empty`, the least application, or `sts-tui`.
"""

from __future__ import annotations

import os
import sys
from typing import Any

_EMPTY = "empty"


class _Ending:
    """The terminal, for Textual's driver."""

    def __init__(self, file: Any, text: str) -> None:
        self._file, self._text = file, text

    def write(self, written: str) -> None:
        self._file.write(written)
        if self._text in written:
            self._file.flush()
            os._exit(0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _empty_application() -> None:
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Empty(App[None]):
        def compose(self) -> ComposeResult:
            yield Static("ready")

    Empty().run()


if __name__ == "__main__":
    text, name = sys.argv[1:]
    sys.__stderr__ = _Ending(sys.__stderr__, text)  # type: ignore[assignment,misc]
    del sys.argv[1:]  # the explorer as one types it
    if name == _EMPTY:
        _empty_application()
    else:
        from sts_tui.__main__ import main as explorer

        explorer()
