"""A Textual application that ends as soon as it has written a text: `python until_text.py TEXT NAME`.

Its instructions until then can be counted exactly. NAME is `empty` (a minimal application) or `sts-tui`.
"""

from __future__ import annotations

import os
import sys

_text = ""


def _ending_driver(text: str) -> type:
    """Textual's driver for terminals, which ends the process once `text` is written."""
    from textual.drivers.linux_driver import LinuxDriver

    class Driver(LinuxDriver):
        def write(self, data: str) -> None:
            super().write(data)
            if text in data and self._writer_thread is not None:
                self._writer_thread.stop()  # waits until it is written
                os._exit(0)

    return Driver


def __getattr__(name: str) -> type:
    """Textual imports its driver by the name in `TEXTUAL_DRIVER`; nothing of Textual may be imported before
    that.
    """
    if name == "Driver":
        return _ending_driver(_text)
    raise AttributeError(name)


def _run_empty_application() -> None:
    from textual.app import App, ComposeResult
    from textual.widgets import Static

    class Empty(App[None]):
        def compose(self) -> ComposeResult:
            yield Static("ready")

    Empty().run()


if __name__ == "__main__":
    _text, application = sys.argv[1:]
    os.environ["TEXTUAL_DRIVER"] = "__main__:Driver"
    if application == "empty":
        _run_empty_application()
    else:
        from sts_tui.__main__ import main as explore

        del sys.argv[1:]  # the explorer as one types it
        explore()
