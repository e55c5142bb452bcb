"""The whole running state as JSON, and back: what makes a resume quick after hours of simulated time.

Holds the world with every session, what can be undone and redone, counts, and the tail of the log; the
account files themselves are kept once, in the journal's first entry.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any, Final, get_args

from sts_tui.account.entities import Settings
from sts_tui.account.policy_document import WrittenPolicy
from sts_tui.simulation.authorizer import Question
from sts_tui.simulation.commands import Commands
from sts_tui.simulation.configuration_deltas import ConfigurationTable
from sts_tui.simulation.due import Agenda
from sts_tui.simulation.event_log import Tally
from sts_tui.simulation.events import Event, RequestAnswered
from sts_tui.simulation.frozen_json import from_json, to_json
from sts_tui.simulation.history import Edit
from sts_tui.simulation.world import PendingWrite, WorkloadState, World
from sts_tui.sts.identity import CallerIdentity
from sts_tui.sts.mfa import MfaVerification
from sts_tui.sts.session import Session

LOG_TAIL: Final = 2_000
"""Events that a checkpoint keeps; older ones are gone after a resume."""

_EVENTS: Final[Mapping[str, type[Any]]] = {kind.__name__: kind for kind in get_args(Event)}
_OF_THE_QUESTION: Final = ("settings", "caller", "configuration", "resource_policy")


def checkpoint_of(commands: Commands, opened: World) -> dict[str, Any]:
    """Everything that changes, as JSON. `opened` is the world as the files gave it."""
    ledger, world = commands.ledger, commands.ledger.world
    table = ConfigurationTable(opened.configuration)
    questions = _Questions(table)
    tail = list(ledger.log.since(ledger.log.last_number - LOG_TAIL))
    state = {
        "now": to_json(world.now),
        "settings": to_json(world.settings),
        "configuration": table.number(world.configuration),
        "in_force": table.number(world.in_force),
        "pending": [[to_json(one.in_force_at), table.number(one.configuration)] for one in world.pending],
        "sessions": [to_json(session) for session in world.sessions.values()],
        "workload_states": to_json(world.workload_states),
        "mfa_verifications": to_json(world.mfa_verifications),
        "id_counter": world.id_counter,
        "done": [_edit_json(edit, table) for edit in commands.history.done],
        "undone": [_edit_json(edit, table) for edit in commands.history.undone],
        "events": [_event_json(event, questions) for event in tail],
        "next_number": ledger.log.next_number,
        "tallies": {key: [one.requests, one.denied] for key, one in ledger.log.tallies.items()},
        "denied_by_issuer": dict(ledger.log.denied_by_issuer),
        "revocations": to_json(ledger.log.revocations),
    }
    return {**state, "questions": questions.written, "configurations": table.deltas()}


def restore(commands: Commands, opened: World, state: Mapping[str, Any]) -> None:
    """Make a simulation that was just opened what the checkpoint says."""
    table = ConfigurationTable.read(opened.configuration, state["configurations"])
    sessions = {one.access_key_id: one for one in (from_json(Session, each) for each in state["sessions"])}
    world = replace(
        opened,
        now=from_json(datetime, state["now"]),
        settings=from_json(Settings, state["settings"]),
        configuration=table.listed[state["configuration"]],
        in_force=table.listed[state["in_force"]],
        pending=tuple(
            PendingWrite(in_force_at=from_json(datetime, at), configuration=table.listed[number])
            for at, number in state["pending"]
        ),
        sessions=sessions,
        workload_states=from_json(Mapping[str, WorkloadState], state["workload_states"]),
        mfa_verifications=from_json(Mapping[str, tuple[MfaVerification, ...]], state["mfa_verifications"]),
        id_counter=state["id_counter"],
    )
    commands.ledger.world = world
    commands.agenda = Agenda(world)
    commands.history.done = [_edit(one, table, sessions) for one in state["done"]]
    commands.history.undone = [_edit(one, table, sessions) for one in state["undone"]]
    _restore_log(commands, state, table, sessions)


def _restore_log(
    commands: Commands, state: Mapping[str, Any], table: ConfigurationTable, sessions: Mapping[str, Session]
) -> None:
    log = commands.ledger.log
    log.resized(commands.ledger.world.settings.request_log_size)
    questions = [_question(one, table, sessions) for one in state["questions"]]
    log.restore((_event(one, questions) for one in state["events"]), state["next_number"])
    log.tallies = {key: Tally(*counts) for key, counts in state["tallies"].items()}
    log.denied_by_issuer = dict(state["denied_by_issuer"])
    pairs = Mapping[str, tuple[tuple[datetime, datetime], ...]]
    log.revocations = dict(from_json(pairs, state["revocations"]))


def _edit_json(edit: Edit, table: ConfigurationTable) -> dict[str, Any]:
    return {
        "command": edit.command,
        "before": table.number(edit.before),
        "after": table.number(edit.after),
        "sessions": [to_json(session) for session in edit.sessions],
    }


def _edit(state: Mapping[str, Any], table: ConfigurationTable, sessions: Mapping[str, Session]) -> Edit:
    issued = (from_json(Session, each) for each in state["sessions"])
    return Edit(
        command=state["command"],
        before=table.listed[state["before"]],
        after=table.listed[state["after"]],
        sessions=tuple(sessions.get(one.access_key_id, one) for one in issued),
    )


class _Questions:
    """The questions behind events, each written once: a workload asks the same thousands of times."""

    def __init__(self, table: ConfigurationTable) -> None:
        self.written: list[dict[str, Any]] = []
        self._table = table
        self._numbers: dict[int, int] = {}
        self._by_text: dict[str, int] = {}
        self._kept: list[Question] = []  # so that an id stays one question's

    def number(self, question: Question) -> int:
        known = self._numbers.get(id(question))
        if known is None:
            written = _question_json(question, self._table)
            known = self._by_text.setdefault(json.dumps(written), len(self.written))
            if known == len(self.written):
                self.written.append(written)
            self._numbers[id(question)] = known
            self._kept.append(question)
        return known


def _question_json(question: Question, table: ConfigurationTable) -> dict[str, Any]:
    plain = {
        field.name: to_json(getattr(question, field.name))
        for field in fields(Question)
        if field.name not in _OF_THE_QUESTION
    }
    caller, session = question.caller, question.caller.session
    return {
        "plain": plain,
        "settings": to_json(question.settings),
        "configuration": table.number(question.configuration),
        "caller": to_json(replace(caller, session=None)),
        "session": to_json(session) if session else None,
        "trust": to_json(question.resource_policy) if question.resource_policy else None,
    }


def _question(
    state: Mapping[str, Any], table: ConfigurationTable, sessions: Mapping[str, Session]
) -> Question:
    caller = from_json(CallerIdentity, state["caller"])
    if state["session"]:
        written = from_json(Session, state["session"])
        caller = replace(caller, session=sessions.get(written.access_key_id, written))
    return Question(
        **state["plain"],
        settings=from_json(Settings, state["settings"]),
        configuration=table.listed[state["configuration"]],
        caller=caller,
        resource_policy=from_json(WrittenPolicy, state["trust"]) if state["trust"] else None,
    )


def _event_json(event: Event, questions: _Questions) -> list[Any]:
    if isinstance(event, RequestAnswered):
        number = None if event.recall is None else questions.number(event.recall)
        return ["RequestAnswered", to_json(replace(event, recall=None)), number]
    return [type(event).__name__, to_json(event), None]


def _event(state: list[Any], questions: list[Question]) -> Event:
    name, written, number = state
    event: Event = from_json(_EVENTS[name], written)
    if isinstance(event, RequestAnswered) and number is not None:
        return replace(event, recall=questions[number])
    return event
