"""How is text copied? By a native tool on a local terminal, by OSC 52 over ssh, else from a box to select
from.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from sts_tui.tui.host import Clipboard

OSC_52_LIMIT: Final = 74_994
"""Bytes that every terminal accepts; some cut off the rest without notice."""
TOOLS: Final = (
    ("WAYLAND_DISPLAY", ("wl-copy",)),
    ("DISPLAY", ("xclip", "-selection", "clipboard")),
    ("DISPLAY", ("xsel", "--clipboard", "--input")),
)


def native_tool(environment: Mapping[str, str], platform: str = sys.platform) -> Sequence[str] | None:
    """The command that takes text for this machine's clipboard; None over ssh, or where there is none."""
    if environment.get("SSH_TTY") or environment.get("SSH_CONNECTION"):
        return None
    if platform == "darwin":
        return ("pbcopy",)
    if platform == "win32":
        return ("clip",)
    for variable, command in TOOLS:
        if environment.get(variable) and shutil.which(command[0]):
            return command
    return None


def copy(app: Clipboard, what: str, text: str) -> str:
    """Copies, and says how. Never fails: at worst it shows the text in a box."""
    tool = None if app.is_headless or app.is_web else native_tool(os.environ)
    if tool is not None and _given_to(tool, text):
        return f"Copied the {what} with {tool[0]}."
    if len(text.encode()) <= OSC_52_LIMIT:
        app.copy_to_clipboard(text)
        if app.is_web:
            return f"Copied the {what} (through the browser)."
        return f"Copied the {what} (OSC 52; where that is unsupported, f shows the pane without a border)."
    app.show_text(f"{what}: too long for the terminal's clipboard, select it here", text)
    return f"The {what} is too long for the terminal's clipboard (OSC 52)."


def copy_briefly(app: Clipboard, what: str, text: str) -> str:
    """Copies, and says how in a few words, for the lower edge of a box."""
    return copy(app, what, text).partition(" (")[0].removesuffix(".")


def _given_to(tool: Sequence[str], text: str) -> bool:
    try:
        subprocess.run(tool, input=text.encode(), check=True, timeout=2, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True
