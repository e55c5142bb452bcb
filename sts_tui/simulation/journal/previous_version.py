"""How is a checkpoint of version 3 of the journal read? Version 3 numbered the configurations of its log and
its edits, and wrote each as the difference from the one before it in the list. Older edits were packed into
pages. Here every configuration becomes an edition of the history, in the order of the list; then the commands
that could be undone are applied again, so that they can be undone from the present. Version 3 does not have
their times, so past views begin with the checkpoint.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from zlib import decompress

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.calls.commands import Commands
from sts_tui.simulation.checkpoint.checkpoint import restore_log, restore_world, sessions_of
from sts_tui.simulation.checkpoint.saved_history import add_step, change_of, read_sessions
from sts_tui.simulation.checkpoint.saved_state import SavedChange, SavedStretch, SavedTable
from sts_tui.simulation.frozen_json import from_json
from sts_tui.simulation.journal.journal_lines import Entry
from sts_tui.simulation.undo.change import change_between
from sts_tui.simulation.undo.history import Edit, History, Step
from sts_tui.sts.session import Session

_OF_THE_QUESTION: Final = ("settings", "caller")


def restore(commands: Commands, entries: Sequence[Entry], state: Any) -> None:
    """Bring a newly opened simulation to the state of the last entry, a checkpoint."""
    logs, deltas, pages = _shared(entries)
    sessions = sessions_of(state)
    history = commands.history
    at = from_json(datetime, state["now"])
    listed = [history.present]
    for delta in deltas:
        listed.append(_differing(listed[-1], delta))
        _write(history, at, listed[-1])
    legs = _Legs(listed, pages, sessions)
    present = listed[state["configuration"]]
    done = list(legs.of("done", state["done"], present, leads_back=True))
    undone = list(legs.of("undone", state["undone"], present, leads_back=False))
    _write(history, at, done[0][1] if done else present)
    history.done = [_carried_out(history, at, *one) for one in done]
    history.undone = [_carried_out(history, at, *one) for one in reversed(undone)][::-1]
    _write(history, at, present)
    history.in_force = [(at, _edition(history, listed, state["in_force"], state["configuration"]))]
    pending = [
        (when, _edition(history, listed, number, state["configuration"])) for when, number in state["pending"]
    ]
    restore_world(commands, state, sessions, {"in_force": history.in_force[0][1], "pending": pending})
    upgraded = [_upgraded(log) for log in logs]
    restore_log(commands, state, sessions, upgraded)


def _shared(entries: Sequence[Entry]) -> tuple[list[Any], list[Any], dict[str, str]]:
    """Stretches of the log, configurations as differences, and pages of older edits."""
    logs: list[Any] = []
    deltas: list[Any] = []
    pages: dict[str, str] = {}
    for one in entries:
        if one.kind == "log":
            entry = one.read()
            if entry["is_first"]:
                logs, deltas = [], []
            logs.append(entry["log"])
        elif one.kind == "shared":
            entry = one.read()
            deltas += entry["configurations"]
            pages |= entry["pages"]
    return logs, deltas, pages


def _write(history: History, at: datetime, configuration: Configuration) -> int:
    """Append an edition with the content of this configuration. Return the number of its step."""
    add_step(history, Step(at, change_between(history.present, configuration)))
    return len(history.steps) - 1


def _carried_out(
    history: History, at: datetime, command: list[Any], before: Configuration, after: Configuration,
    sessions: tuple[Session, ...],
) -> Edit:  # fmt: skip
    """Apply one command again to the present configuration."""
    step = None if after is before else _write(history, at, after)
    return Edit(command=command[0], subject=command[1], step=step, sessions=sessions)


def _edition(history: History, listed: Sequence[Configuration], number: int, present: int) -> int:
    """The edition for a listed configuration; listed ones come first, in order."""
    return len(history.steps) if number == present else number


Leg = tuple[list[Any], Configuration, Configuration, tuple[Session, ...]]
"""(command, subject, configuration before, configuration after, issued sessions)."""


class _Legs:
    """Reads the edits of a stack, oldest first."""

    def __init__(
        self, listed: Sequence[Configuration], pages: Mapping[str, str], sessions: Mapping[str, Session]
    ) -> None:
        self._listed = listed
        self._pages = pages
        self._sessions = sessions

    def of(
        self, name: str, stack: Mapping[str, Any], present: Configuration, *, leads_back: bool
    ) -> Iterator[Leg]:
        """The edits of a stack, the oldest first. `leads_back`: whether the stack leads from the present to
        the past, or forward.
        """
        unpacked = [self._unpacked(one) for one in stack["unpacked"]]
        near = (unpacked[0][1] if leads_back else unpacked[0][2]) if unpacked else present
        packed: list[Leg] = []
        for number, _ in reversed(stack["pages"]):  # the newest edit of the newest page first
            for command, subject, delta, issued in _read_page(self._pages[f"{name}/{number}"]):
                far = near if delta is None else _differing(near, delta)
                ends = (far, near) if leads_back else (near, far)
                packed.append(([command, subject], *ends, read_sessions(issued, self._sessions)))
                near = far
        yield from reversed(packed)
        yield from unpacked

    def _unpacked(self, edit: Mapping[str, Any]) -> Leg:
        ends = self._listed[edit["before"]], self._listed[edit["after"]]
        return [edit["command"], edit["subject"]], *ends, read_sessions(edit["sessions"], self._sessions)


def _read_page(text: str) -> list[Any]:
    read: list[Any] = json.loads(decompress(b64decode(text)))
    return read


def _differing(before: Configuration, delta: Mapping[str, Any]) -> Configuration:
    """The configuration after applying a difference: by table, the `set` entities, and the `order` of keys if
    it changed.
    """
    tables: dict[str, SavedTable] = {
        name: {"set": said.get("set", {})} for name, said in delta.items() if name != "organization"
    }
    written: SavedChange = {"tables": tables}
    if "organization" in delta:
        written["organization"] = delta["organization"]
    change = change_of(before, written)
    parts: dict[str, Any] = {}
    for name, table in change.tables.items():
        parts[name] = PersistentMap.of(getattr(before, name)).updated(table.after.entities)
    for name, said in delta.items():
        if name != "organization" and "order" in said:
            table_now = parts.get(name, getattr(before, name))
            parts[name] = PersistentMap((key, table_now[key]) for key in said["order"])
    if change.organization is not None:
        parts["organization"] = change.organization[1]
    return replace(before, **parts)


def _upgraded(log: Any) -> SavedStretch:
    """A stretch of the log in the form of version 4, in which the number of a listed configuration is its
    edition.
    """
    upgraded: SavedStretch = log | {"questions": [_question(one) for one in log.get("questions", ())]}
    return upgraded


def _question(written: Mapping[str, Any]) -> dict[str, Any]:
    caller = written["caller"] | ({"session": written["session"]} if written["session"] else {})
    return {
        **written["plain"],
        "edition": written["configuration"],
        "settings": written["settings"],
        "caller": caller,
        **({"resource_policy": written["trust"]} if written["trust"] else {}),
    }
