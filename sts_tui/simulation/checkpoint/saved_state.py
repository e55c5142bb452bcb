"""What is in a checkpoint, as JSON? The types of its parts. Entities, sessions, settings and questions are
written by `frozen_json` and have type `Json` here.
"""

from __future__ import annotations

from typing import NotRequired, TypeAlias, TypedDict

from sts_tui.account.json_value import Json

SavedInstant: TypeAlias = str
"""ISO 8601."""
SavedEdit: TypeAlias = tuple[str, str, int | None, list[Json], bool]
"""[command, subject, number of its step (null: no change), sessions that it issued, whether it joins the
command before it (missing in older journals)].
"""
SavedSaying: TypeAlias = tuple[str, dict[str, Json], int | None]
"""[type of an event, its fields by name, index of its question]."""


class SavedTable(TypedDict):
    """What one step did to one table."""

    set: dict[str, Json]
    """Entities by key; null: removed."""
    places: NotRequired[dict[str, str | None]]
    """The position of each new key: the key before it, None for the first."""


class SavedChange(TypedDict):
    """What one step did."""

    tables: dict[str, SavedTable]
    """By the name of the field of `Configuration`."""
    organization: NotRequired[Json]
    """The organization, if it changed."""


class SavedStep(TypedDict):
    """One step: a change, or the number of the step that it repeats or undoes."""

    at: SavedInstant
    tables: NotRequired[dict[str, SavedTable]]
    organization: NotRequired[Json]
    repeats: NotRequired[int]
    undoes: NotRequired[int]


class SavedHistory(TypedDict):
    """What was added to a history since an earlier checkpoint."""

    steps: list[SavedStep]
    in_force_from: int
    """How many of the earlier entries are kept."""
    in_force: list[tuple[SavedInstant, int]]
    """(time, edition) of each edition that came into force."""


class SavedStretch(TypedDict):
    """Consecutive events. Only `last` if there are none."""

    last: int
    """The number of the last event; 0 if there is none."""
    begins: NotRequired[SavedInstant]
    which: NotRequired[list[int]]
    """For each event, the index of its content."""
    after: NotRequired[list[int]]
    """Microseconds since the event before."""
    sayings: NotRequired[list[SavedSaying]]
    questions: NotRequired[list[Json]]


class SavedEditions(TypedDict):
    """The editions of the configuration that are or will be in force."""

    in_force: int
    pending: list[tuple[SavedInstant, int]]


class SavedWorld(TypedDict):
    """The changing parts of the world, without its configuration."""

    now: SavedInstant
    settings: Json
    sessions: list[Json]
    workload_states: Json
    invented: NotRequired[Json]
    """Workloads that are in no file, by name; absent in older journals."""
    game_day: NotRequired[Json]
    """Null if there is none; absent in older journals."""
    paused_workloads: NotRequired[list[str]]
    identity_providers: NotRequired[Json]
    """All identity providers by name, if invented users sign in at one; else null."""
    mfa_verifications: Json
    id_counter: int


class SavedCounts(TypedDict):
    """The counts of the log."""

    first_number: int
    next_number: int
    expired: NotRequired[int]
    tallies: dict[str, tuple[int, int]]
    """[requests, denied requests] by access key id."""
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
