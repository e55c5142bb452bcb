"""What does a checkpoint hold, as JSON? The types of its parts.

Entities, sessions, settings and questions are as `frozen_json` writes them: `Json` here.
"""

from __future__ import annotations

from typing import NotRequired, TypeAlias, TypedDict

from sts_tui.account.json_value import Json

SavedInstant: TypeAlias = str
"""ISO 8601."""
SavedEdit: TypeAlias = tuple[str, str, int | None, list[Json], bool]
"""The command, its subject, the number of its step (null: no change), the sessions that it issued, whether it
joins the command before it (missing in older journals).
"""
SavedSaying: TypeAlias = tuple[str, dict[str, Json], int | None]
"""The type of an event, what it says by field, and which question it is about."""


class SavedTable(TypedDict):
    """What one step did to one table."""

    set: dict[str, Json]
    """Entities by key; null: removed."""
    places: NotRequired[dict[str, str | None]]
    """Where in the order a new key is: after which other one, None for the first."""


class SavedChange(TypedDict):
    """What one step did."""

    tables: dict[str, SavedTable]
    """By the name of the field of `Configuration`."""
    organization: NotRequired[Json]
    """Where it changed."""


class SavedStep(TypedDict):
    """One step: a change, or the number of the step that it repeats or undoes."""

    at: SavedInstant
    tables: NotRequired[dict[str, SavedTable]]
    organization: NotRequired[Json]
    repeats: NotRequired[int]
    undoes: NotRequired[int]


class SavedHistory(TypedDict):
    """What a history gained since an earlier checkpoint."""

    steps: list[SavedStep]
    in_force_from: int
    """How many of the entries before stay."""
    in_force: list[tuple[SavedInstant, int]]
    """When which edition came into force."""


class SavedStretch(TypedDict):
    """Events that follow one another. Only `last` where there is none."""

    last: int
    """The number of the last; 0 where there is none."""
    begins: NotRequired[SavedInstant]
    which: NotRequired[list[int]]
    """For each event, which of the sayings it says."""
    after: NotRequired[list[int]]
    """Microseconds since the event before."""
    sayings: NotRequired[list[SavedSaying]]
    questions: NotRequired[list[Json]]


class SavedEditions(TypedDict):
    """Which editions of the configuration are, or will be, in force."""

    in_force: int
    pending: list[tuple[SavedInstant, int]]


class SavedWorld(TypedDict):
    """What changes of the world besides its configuration."""

    now: SavedInstant
    settings: Json
    sessions: list[Json]
    workload_states: Json
    invented: NotRequired[Json]
    """Workloads that are in no file, by name; absent in older journals."""
    game_day: NotRequired[Json]
    """Null where there is none; absent in older journals."""
    paused_workloads: NotRequired[list[str]]
    identity_providers: NotRequired[Json]
    """By name, where invented users sign in at some; else null."""
    mfa_verifications: Json
    id_counter: int


class SavedCounts(TypedDict):
    """What the log knows besides its events."""

    first_number: int
    next_number: int
    expired: NotRequired[int]
    tallies: dict[str, tuple[int, int]]
    """Requests, and how many of them were denied, by access key id."""
    denied_by_issuer: dict[str, int]
    revocations: Json
    gone: Json
    issued_under: NotRequired[dict[str, int]]


class SavedState(SavedWorld, SavedCounts, SavedEditions):
    """A checkpoint."""

    done: list[SavedEdit]
    undone: list[SavedEdit]
    history: SavedHistory
    log: SavedStretch
