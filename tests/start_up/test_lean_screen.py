"""Textual comes without the palette and asyncio without OpenSSL; both are whole when they are asked for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PREAMBLE = """
import sys
from sts_tui.start_up.own_modules import find_own_modules
from sts_tui.start_up.lean_imports import import_lean

find_own_modules("textual", "rich")
import_lean()
from sts_tui.start_up.lean_screen import import_lean_screen

import_lean_screen()
"""
LEFT_OUT = """
left_out = {"ssl", "subprocess", "logging", "pickle", "random", "tempfile", "difflib", "mimetypes", "bz2"}
left_out |= {"textual.command", "textual.markup", "textual.types", "textual.widgets._input", "rich.table"}
left_out |= {"textual.widgets._option_list", "textual.widgets._tree", "urllib.parse", "traceback", "lzma"}
assert not left_out & set(sys.modules), left_out & set(sys.modules)
from sts_tui.tui.app import StsApp
assert not left_out & set(sys.modules), left_out & set(sys.modules)
"""
COMPILED_LATER = """
import re
from textual.css import tokenize
assert not isinstance(tokenize.expect_declaration._regex, re.Pattern)
"""
LATER = """
import asyncio, logging, ssl, traceback

import asyncio.base_events, asyncio.sslproto, textual.app, textual.command, textual.theme

# What the names inside the modules give is what an import gives.
assert asyncio.base_events.ssl.SSLSocket is ssl.SSLSocket
assert asyncio.base_events.sslproto.SSLProtocol is asyncio.sslproto.SSLProtocol
assert asyncio.base_events.traceback.format_list is traceback.format_list
assert asyncio.subprocess.subprocess.Popen is __import__("subprocess").Popen
assert asyncio.log.logger.handlers is logging.getLogger("asyncio").handlers
assert textual.app.mimetypes.guess_type("a.json")[0] == "application/json"
said = []
handler = logging.Handler()
handler.emit = lambda record: said.append(record.getMessage())
logging.getLogger("asyncio").addHandler(handler)
logging.getLogger("asyncio").setLevel(logging.DEBUG)
asyncio.log.logger.debug("one %s", "message")
asyncio.log.logger.warning("two")
assert said == ["one message", "two"], said

palette = textual.app.CommandPalette()
assert type(palette) is textual.command.CommandPalette
assert isinstance(palette, textual.app.CommandPalette) and not isinstance(1, textual.app.CommandPalette)
assert issubclass(textual.command.CommandPalette, textual.app.CommandPalette)

async def echo():
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "print(input())", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    return (await process.communicate(b"said\\n"))[0].decode().strip()

assert asyncio.run(echo()) == "said"

from rich.style import Style
assert Style.parse("bold").update_link("https://example.com").link_id
assert Style.from_meta({"a": 1}).meta == {"a": 1}
import shutil
assert {"bztar", "xztar"} <= {name for name, _ in shutil.get_archive_formats()}
from fractions import Fraction
from textual.color import Color
from textual.css.stylesheet import Stylesheet
assert Fraction("1/3") == Fraction(1, 3)
assert Color.parse("#102030").hex == "#102030" and Color.parse("hsl(0,0%,0%)").hex == "#000000"
sheet = Stylesheet(variables={"wide": "3fr"})
sheet.add_source("/* one */ App > Static:hover, #b { width: $wide; color: red 50%; .c { layer: d; } }")
selectors = [rule.selectors for rule in sheet.rules]
assert selectors == ["App > Static:hover, #b", "App > Static:hover .c", "#b .c"], selectors
assert str(sheet.rules[0].styles.width) == "3fr"
import_lean_screen()
print("WHOLE")
"""


def test_what_was_left_out_is_there_later() -> None:
    """One process for both: first nothing of it is there, then all of it."""
    done = subprocess.run(
        [sys.executable, "-c", PREAMBLE + LEFT_OUT + COMPILED_LATER + LATER],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("WHOLE\n", "")
