"""What msgspec and argparse are imported without is whole for everyone who imports it later."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LATER = """
import sys
from sts_tui.start_up.lean_imports import import_lean

import_lean()
left_out = {"typing_extensions", "platform", "textwrap", "gettext", "locale", "urllib.parse", "ipaddress"}
left_out |= {"msgspec.inspect", "msgspec._json_schema", "msgspec.toml", "msgspec.yaml"}
assert not left_out & set(sys.modules), left_out & set(sys.modules)
import argparse, gettext, pathlib, platform, textwrap, uuid, urllib.parse
import msgspec, msgspec.inspect
assert pathlib.Path("/a b").as_uri() == "file:///a%20b" and urllib.parse.quote("a b") == "a%20b"
assert msgspec.inspect.type_info(int) == msgspec.inspect.IntType()
assert msgspec.toml.decode(b"a = 1") == {"a": 1} and callable(msgspec.yaml.decode)
assert platform.python_version() and gettext.translation and textwrap.dedent(" a") == "a"
assert msgspec.json.decode(msgspec.json.encode(uuid.uuid4()), type=uuid.UUID).version == 4
class Described(msgspec.Struct):
    '''What it
       says.'''
assert msgspec.json.schema(Described)["$defs"]["Described"]["description"]
parser = argparse.ArgumentParser(prog="p")
parser.add_argument("file", nargs=2)
assert parser.format_help().startswith("usage: p [-h] file file")
import_lean()
print("WHOLE")
"""


def test_what_was_left_out_is_there_later() -> None:
    done = subprocess.run(
        [sys.executable, "-c", LATER], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert (done.stdout, done.stderr) == ("WHOLE\n", "")


def test_what_is_asked_of_the_modules_themselves_is_there() -> None:
    """Without an import of the name, as msgspec's own functions use it."""
    code = (
        "from sts_tui.start_up.lean_imports import import_lean\n"
        "import_lean()\n"
        "import msgspec\n"
        "assert msgspec.inspect.type_info(int) == msgspec.inspect.IntType()\n"
        "assert msgspec.json.schema(int) == {'type': 'integer'}\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_is_imported_already_stays() -> None:
    code = (
        "import sys, gettext, platform, textwrap\n"
        "from sts_tui.start_up.lean_imports import import_lean\n"
        "import_lean()\n"
        "assert [sys.modules[name] for name in ('gettext', 'platform', 'textwrap')] "
        "== [gettext, platform, textwrap]\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stderr) == (0, "")
