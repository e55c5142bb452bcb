"""What is the state of everything that runs?

One frozen snapshot; `Simulation.world` is replaced at every change. Its tables are persistent maps, so the
next world costs what changed, and a copy of the world (a preview, a cut that is tried out) costs nothing
until it changes something itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from sts_tui.account.configuration import Configuration
from sts_tui.account.entities import IdentityProvider, Settings, Workload
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.sts.operation import MfaVerification
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.timetable import GameDay

EXPIRED_SESSIONS_KEPT: Final = 500
"""Expired sessions that are still shown. Older ones are forgotten, so that a simulated month stays flat; a
key that is forgotten is an unknown key. Sessions that a workload still holds are never forgotten."""


class Health(Enum):
    """How a workload is doing."""

    STARTING = "starting"
    HEALTHY = "healthy"
    FAILING = "failing"


class PendingWrite(Struct, frozen=True, kw_only=True):
    """A configuration that was written and is not yet in force."""

    in_force_at: datetime
    configuration: Configuration


class WorkloadState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a workload knows about itself. Everything else about it is in the account file."""

    ticks: int = 0
    """Ticks gone by; the next is at start + ticks × EverySeconds, so that nothing drifts."""
    turn: int = 0
    """Requests made, which is also whose turn it is in the rotation."""
    keys: tuple[str, ...] = ()
    """Access key ids it holds, hop by hop; the last signs its requests."""
    own_key: str | None = None
    """The long-term access key id with which it signs; None: it has not signed yet, or has none."""
    stolen: str | None = None
    """The access key id it copied from another workload."""
    failing: tuple[int, ...] = ()
    """Which requests of its list failed when last tried; -1: it could not get credentials."""
    health: Health = Health.STARTING
    reason: str = ""
    """Why it fails: AWS's code and what decided."""
    succeeded: int = 0
    failed: int = 0
    recovered: int = 0
    """How often it came back from failing."""


class World(Struct, frozen=True, kw_only=True):
    """The state that calls and passing time change."""

    started_at: datetime
    now: datetime
    settings: Settings
    configuration: Configuration
    """As written: what reads see and edits edit."""
    in_force: Configuration
    """As evaluated: lags behind by PropagationSeconds."""
    pending: tuple[PendingWrite, ...] = ()
    """Writes under way, oldest first."""
    sessions: PersistentMap[str, Session] = field(default_factory=PersistentMap)
    """By access key id, in the order of issue."""
    identity_providers: Mapping[str, IdentityProvider] = field(default_factory=dict)
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    invented: Mapping[str, Workload] = field(default_factory=dict)
    """Those of `workloads` that are in no file, by name: an export leaves them out."""
    workload_states: PersistentMap[str, WorkloadState] = field(default_factory=PersistentMap)
    paused_workloads: tuple[str, ...] = ()
    """Names of workloads that make no requests until they are resumed; sorted."""
    mfa_verifications: Mapping[str, tuple[MfaVerification, ...]] = field(default_factory=dict)
    """Codes that devices had verified, by serial number, newest last."""
    id_counter: int = 0
    """How many ids were drawn; the next follows from the seed and this number."""
    game_day: GameDay | None = None
    """A scripted attacker at work; None where there is none."""

    def spent_mfa_steps(self, serial_number: str) -> tuple[int, ...]:
        """The time steps whose codes a device has spent: `mfa.next_code` passes over them."""
        from sts_tui.sts.issuing.mfa import spent_steps

        return spent_steps(self.mfa_verifications.get(serial_number, ()))

    @property
    def first_account(self) -> str:
        """Where the operator works by default; empty where there is none."""
        return next(iter(self.configuration.accounts), "")
