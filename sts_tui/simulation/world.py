"""What is the state of everything that runs?

One frozen snapshot; `Simulation.world` is replaced at every change. Its tables are persistent maps, so that
the next world costs only as much as changed, and a copy of the world (a preview, the trial of a cut) costs
nothing until it changes.
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
"""How many expired sessions are kept and shown. Older ones are dropped, so that memory stays constant over a
simulated month; the key of a dropped session is an unknown key. Sessions that a workload still has are never
dropped.
"""


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
    """The changing state of a workload. Everything else about it is in the account file."""

    ticks: int = 0
    """The number of past ticks; the next is at start + ticks × EverySeconds, so that nothing drifts."""
    turn: int = 0
    """The number of requests made, which determines the next one in the rotation."""
    keys: tuple[str, ...] = ()
    """Its access key ids, hop by hop; the last one signs its requests."""
    own_key: str | None = None
    """The long-term access key id that it signs with; None: it has not signed yet, or has none."""
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
    """How often it recovered from failing."""


class World(Struct, frozen=True, kw_only=True):
    """The state that calls and passing time change."""

    started_at: datetime
    now: datetime
    settings: Settings
    configuration: Configuration
    """The configuration as written, which reads return and edits change."""
    in_force: Configuration
    """The configuration that requests are evaluated against; it is PropagationSeconds behind."""
    pending: tuple[PendingWrite, ...] = ()
    """Writes that are not yet in force, oldest first."""
    sessions: PersistentMap[str, Session] = field(default_factory=PersistentMap)
    """Sessions by access key id, in the order of issue."""
    identity_providers: Mapping[str, IdentityProvider] = field(default_factory=dict)
    workloads: Mapping[str, Workload] = field(default_factory=dict)
    invented: Mapping[str, Workload] = field(default_factory=dict)
    """The workloads that are in no file, by name; an export leaves them out."""
    workload_states: PersistentMap[str, WorkloadState] = field(default_factory=PersistentMap)
    paused_workloads: tuple[str, ...] = ()
    """Names of workloads that make no requests until they are resumed; sorted."""
    mfa_verifications: Mapping[str, tuple[MfaVerification, ...]] = field(default_factory=dict)
    """Verified MFA codes by serial number of the device, newest last."""
    id_counter: int = 0
    """How many ids were drawn; the next follows from the seed and this number."""
    game_day: GameDay | None = None
    """The game day with a scripted attacker; None if there is none."""

    def spent_mfa_steps(self, serial_number: str) -> tuple[int, ...]:
        """The time steps whose codes a device has used, which `mfa.next_code` skips."""
        from sts_tui.sts.issuing.mfa import spent_steps

        return spent_steps(self.mfa_verifications.get(serial_number, ()))

    @property
    def first_account(self) -> str:
        """The operator's default account; empty if there is none."""
        return next(iter(self.configuration.accounts), "")
