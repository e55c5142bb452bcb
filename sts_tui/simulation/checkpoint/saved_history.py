"""What is the history of the configuration as JSON, and how is it read back?

The steps start from the configuration of the account files. Each step has the new entities (null: removed);
the replaced ones follow from earlier steps. An undo or redo names the step that it repeats. A journal writes
each step once, because the list only grows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import Organization
from sts_tui.account.json_value import Json
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.simulation.undo.change import Change, TableChange, applied, change_between
from sts_tui.simulation.undo.history import Edit, History, Step
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.checkpoint.saved_state import (
        SavedChange,
        SavedEdit,
        SavedHistory,
        SavedStep,
        SavedTable,
    )


class Extent(Struct, frozen=True):
    """How much of a history was written, so that the next checkpoint writes only new steps."""

    steps: int = 0
    in_force: int = 0


def extent_of(history: History) -> Extent:
    """The extent of a whole history."""
    return Extent(len(history.steps), len(history.in_force))


def history_json(history: History, after: Extent) -> SavedHistory:
    """The `steps` after those already written, and when editions came into force (`in_force`)."""
    return {
        "steps": [_step_json(step) for step in history.steps[after.steps :]],
        "in_force_from": after.in_force,
        "in_force": [(to_json(at), number) for at, number in history.in_force[after.in_force :]],
    }


def read_history(history: History, written: SavedHistory) -> None:
    """Append the output of `history_json` to a history that ends where it begins."""
    for one in written["steps"]:
        add_step(history, _step(history, one))
    entries = [(from_json(datetime, at), number) for at, number in written["in_force"]]
    history.in_force[written["in_force_from"] :] = entries


def add_step(history: History, step: Step) -> None:
    """Append one step and apply its change to the present configuration."""
    number = len(history.steps) + 1
    history.present = applied(step.change, history.present, number, backwards=step.is_backwards)
    history.steps.append(step)


def edits_json(edits: Sequence[Edit]) -> list[SavedEdit]:
    """Commands that can be undone or redone, the newest last."""
    return [
        (edit.command, edit.subject, edit.step, [to_json(one) for one in edit.sessions], edit.joins)
        for edit in edits
    ]


def read_edits(written: Sequence[SavedEdit], sessions: Mapping[str, Session]) -> list[Edit]:
    """Read `edits_json`. Sessions that still exist are the same objects as in `sessions`."""
    return [
        Edit(
            command=command,
            subject=subject,
            step=step,
            sessions=read_sessions(issued, sessions),
            joins=any(joins),
        )
        for command, subject, step, issued, *joins in written
    ]


def read_sessions(written: Sequence[Json], sessions: Mapping[str, Session]) -> tuple[Session, ...]:
    """Read sessions from JSON; those that still exist are the same objects as in `sessions`."""
    issued = (from_json(Session, one) for one in written)
    return tuple(sessions.get(one.access_key_id, one) for one in issued)


def _step_json(step: Step) -> SavedStep:
    said: SavedStep = {"at": to_json(step.at)}
    if step.repeats is not None:
        said["undoes" if step.is_backwards else "repeats"] = step.repeats
        return said
    change = step.change
    said["tables"] = {name: _table_json(table) for name, table in change.tables.items()}
    if change.organization is not None:
        said["organization"] = to_json(change.organization[1])
    return said


def _table_json(table: TableChange) -> SavedTable:
    keys = (*table.after.entities, *(key for key in table.before.entities if key not in table.after.entities))
    said: SavedTable = {"set": {key: to_json(table.after.entities.get(key)) for key in keys}}
    if table.after.places:
        said["places"] = dict(table.after.places)
    return said


def _step(history: History, written: SavedStep) -> Step:
    at = from_json(datetime, written["at"])
    if "undoes" in written:
        return Step(at, history.steps[written["undoes"]].change, True, written["undoes"])
    if "repeats" in written:
        return Step(at, history.steps[written["repeats"]].change, False, written["repeats"])
    change: SavedChange = {"tables": written["tables"]}
    if "organization" in written:
        change["organization"] = written["organization"]
    return Step(at, change_of(history.present, change))


def change_of(before: Configuration, written: SavedChange) -> Change:
    """Read a written change; `before`: the configuration before it."""
    after: dict[str, Any] = {}
    for name, said in written["tables"].items():
        table = PersistentMap.of(getattr(before, name))
        kept = {key: from_json(_entity(name), one) for key, one in said["set"].items() if one is not None}
        gone = [key for key, one in said["set"].items() if one is None]
        places = said.get("places", {})
        new = table.without(gone).updated({key: one for key, one in kept.items() if key not in places})
        after[name] = new.inserted({key: kept[key] for key in places}, places) if places else new
    if "organization" in written:
        organization = written["organization"]
        after["organization"] = None if organization is None else from_json(Organization, organization)
    return change_between(before, replace(before, **after))


@cache
def _entity(name: str) -> Any:
    return get_args(get_type_hints(Configuration)[name])[1]
