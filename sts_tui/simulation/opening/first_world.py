"""What is the state of a simulation when it begins?"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sts_tui.account.configuration import configuration_of
from sts_tui.account.entities import AccountModel
from sts_tui.account.permission_set_roles import provisioned_at_load
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.account.values import FIRST_INSTANT, LAST_INSTANT
from sts_tui.simulation.world import WorkloadState, World

DEFAULT_START: Final = datetime(2026, 1, 15, 9, tzinfo=UTC)
"""The start time if neither the file nor the caller gives one."""


def first_world(model: AccountModel, start: datetime | None) -> World:
    """The world at the start. `start`: the simulated time; None: that of the file, else `DEFAULT_START`.
    Raises ValueError for a time outside the years that the simulation covers.
    """
    start = _start(start or model.start_time or DEFAULT_START)
    configuration = provisioned_at_load(configuration_of(model))
    if configuration.pod_associations:
        from sts_tui.simulation.operations.pod_identity.node_roles import with_node_roles

        configuration = with_node_roles(configuration)
    workloads = {workload.name: workload for workload in model.workloads}
    return World(
        started_at=start,
        now=start,
        settings=model.settings,
        configuration=configuration,
        in_force=configuration,
        identity_providers={provider.name: provider for provider in model.identity_providers},
        workloads=workloads,
        workload_states=PersistentMap({name: WorkloadState() for name in workloads}),
    )


def _start(instant: datetime) -> datetime:
    start = in_utc(instant)
    if not FIRST_INSTANT <= start <= LAST_INSTANT:
        raise ValueError(f"start={instant.isoformat()}: the clock starts in the years 1970 to 9000")
    return start


def in_utc(instant: datetime) -> datetime:
    """The time in UTC; a time without a zone is UTC. Raises OverflowError outside Python's calendar."""
    return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
