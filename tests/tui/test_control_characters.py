"""No control character of a model reaches the terminal, whatever is opened: a hostile model in a
pseudo-terminal, every key pressed.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import struct
import sys
import termios
import time
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from rich.segment import Segment
from textual.color import Color

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.simulation.simulation import Simulation
from sts_tui.tui.keys.actions import ACTIONS
from sts_tui.tui.text.styled_text import Span, cells
from sts_tui.tui.text.terminal_boundary import PrintableFilter
from tests.support.explorer import SAMPLE

HOSTILE = {
    "OSC 52": "\x1b]52;c;aGFjaw==\x07",
    "OSC 8": "\x1b]8;;https://evil.example\x1b\\",
    "C1": "\x9b31m\x9d0;title\x9c",
    "CSI": "\x1b[2J\x1b[31m",
    "bidi": "\u202egnp.\u2066",
    "zero width": "a\u200bb\u200d\ufeff",
    "breaks": "one\r\ntwo\x0b\x0c\u2028",
}
PAYLOAD = "X".join(HOSTILE.values())
OWN = re.compile(
    rb"\x1b\[[0-9;?<>=$]*[a-zA-Z]|\x1b\[\?[0-9;]*\$p|\x1b\]22;\w+\x07|\x1b\]52;c;[A-Za-z0-9+/=]*\x07|\x1b[78=>]"
)
"""What the explorer itself sends: styles and positions, the mouse pointer's shape, what `y` copies."""
FORBIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
KEYS = {"full_stop": ".", "comma": ",", "slash": "/", "colon": ":", "question_mark": "?", "minus": "-"} | {
    "left_square_bracket": "[", "right_square_bracket": "]", "plus": "+", "exclamation_mark": "!", "at": "@",
    "left_curly_bracket": "{", "right_curly_bracket": "}", "equals_sign": "=", "space": " ",
    "underscore": "_",
    "less_than_sign": "<", "greater_than_sign": ">", "tilde": "~", "semicolon": ";", "enter": "\r",
    "escape": "\x1b", "f1": "\x1bOP", "backspace": "\x7f",
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_span_writes_control_characters_out(kind: str) -> None:
    assert Span(HOSTILE[kind]).text.isprintable()


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_boundary_lets_none_through_and_keeps_the_width(kind: str) -> None:
    [segment] = PrintableFilter().apply([Segment(HOSTILE[kind])], Color(0, 0, 0))
    assert segment.text.isprintable()
    assert cells(segment.text) == Segment(HOSTILE[kind]).cell_length


def texts(value: Any, name: str = "") -> Iterator[str]:
    """The names of members that hold a text, anywhere."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from texts(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from texts(each, name)
    elif isinstance(value, str):
        yield name


def poisoned(value: Any, names: Mapping[str, tuple[str, int]], name: str = "") -> Any:
    """`names`: what is appended to the texts of members with this name, where they are this long."""
    if isinstance(value, dict):
        return {key: poisoned(each, names, key) for key, each in value.items()}
    if isinstance(value, list):
        return [poisoned(each, names, name) for each in value]
    payload, least = names.get(name, ("", 0))
    return value + payload if isinstance(value, str) and len(value) >= least else value


def hostile(model: dict[str, Any]) -> dict[str, Any]:
    """The payload in every member whose format allows it; the others cannot be hostile."""
    taken: dict[str, tuple[str, int]] = {}
    for name in dict.fromkeys(texts(model)):
        for way in ((PAYLOAD, 0), (HOSTILE["OSC 52"], 0), (HOSTILE["OSC 52"], 12)):
            try:
                Simulation.open(poisoned(model, {**taken, name: way}))
            except (AccountFileError, ValueError):
                continue
            taken[name] = way
            break
    assert len(taken) > 5
    return poisoned(model, taken)  # type: ignore[no-any-return]


def raw_dump(model: dict[str, Any]) -> dict[str, Any]:
    """As `aws iam get-account-authorization-details` answers."""
    account = model["Accounts"][0]
    kinds = {
        "UserDetailList": "user",
        "GroupDetailList": "group",
        "RoleDetailList": "role",
        "Policies": "policy",
    }
    return {
        name: [
            {**each, "Arn": f"arn:aws:iam::{account['AccountId']}:{kind}/{each[f'{kind.title()}Name']}"}
            for each in account.get(name, [])
        ]
        for name, kind in kinds.items()
    }


def typed(key: str) -> str:
    if key.startswith("ctrl+"):
        return chr(ord(key[-1].upper()) - 64)
    return KEYS.get(key, key if len(key) == 1 else "")


def play(path: Path, state: Path) -> bytes:
    """Everything that is sent to the terminal while every key is pressed in every list."""
    process, file = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", XDG_STATE_HOME=str(state), XDG_CONFIG_HOME=str(state))
        os.chdir(state)
        os.execv(sys.executable, [sys.executable, "-m", "sts_tui", str(path)])
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
    drawn = bytearray()

    def read(seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not select.select([file], [], [], left)[0]:
                return
            drawn.extend(os.read(file, 65536))

    deadline = time.monotonic() + 60
    while b"Requests" not in drawn and time.monotonic() < deadline:
        read(0.2)
    read(3)
    try:
        for pane in ("1", "3", "4"):
            for spec in ACTIONS.values():
                key = typed(spec.keys[0]) if spec.keys else ""
                if spec.id in ("quit", "next_event") or not key:
                    continue
                os.write(file, pane.encode())
                os.write(file, key.encode())
                read(0.12)
                os.write(file, b"\x1b")
                read(0.12)
                os.write(file, b"\x1b")
                read(0.05)
    finally:
        os.kill(process, 9)
        os.waitpid(process, 0)
        os.close(file)
    return bytes(drawn)


@pytest.mark.parametrize("form", ["account file", pytest.param("raw dump", marks=pytest.mark.long)])
def test_nothing_hostile_reaches_the_terminal(form: str, tmp_path: Path) -> None:
    model = json.loads(SAMPLE.read_text())
    whole = hostile(model if form == "account file" else raw_dump(model))
    path = tmp_path / "hostile.json"
    path.write_text(json.dumps(whole))
    drawn = play(path, tmp_path)
    assert len(drawn) > 100_000, "the screens were drawn"
    assert b"aGFjaw==" in drawn, "the payload was shown, as text"
    rest = OWN.sub(b"", drawn).decode()
    found = {c for c in rest if unicodedata.category(c) in FORBIDDEN and c not in "\r\n"}
    assert found == set()
    assert b"\x1b]52;c;aGFjaw==" not in drawn
    assert not re.search(r"one\r?\n", rest)
