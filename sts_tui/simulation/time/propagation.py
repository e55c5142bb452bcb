"""When does a write come into force?

IAM is eventually consistent: a write is visible to reads immediately and to authorization a little later.
Here `World.configuration` is what was written and `World.in_force` is what requests are evaluated against. A
write waits in `World.pending` for PropagationSeconds; with 0 it is in force immediately. Writes come into
force in the order in which they were made, so shortening the setting cannot let a later write overtake an
earlier one.

Not modeled: that services and Regions learn of a write at different times.
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
"""

from __future__ import annotations

from datetime import datetime, timedelta

from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.simulation.world import PendingWrite, World


def written(world: World, configuration: Configuration) -> World:
    """The world in which this configuration was just written, in force now or after PropagationSeconds. It
    becomes the next edition.
    """
    if configuration is world.configuration:
        return world
    edition = world.configuration.edition + 1
    if configuration.edition != edition:
        configuration = replace(configuration, edition=edition)
    delay = world.settings.propagation_seconds
    if not delay and not world.pending:
        return replace(world, configuration=configuration, in_force=configuration)
    at = world.now + timedelta(seconds=delay)
    if world.pending:
        at = max(at, world.pending[-1].in_force_at)
    pending = (*world.pending, PendingWrite(in_force_at=at, configuration=configuration))
    return replace(world, configuration=configuration, pending=pending)


def taken_back(world: World, configuration: Configuration) -> World:
    """The world after the last write was undone, with this configuration in force immediately. Pending writes
    are the last ones, in order, so that an undone write is either the last pending one, or nothing is pending
    and it was in force.
    """
    pending = world.pending[:-1]
    in_force = world.in_force if pending else configuration
    return replace(world, configuration=configuration, in_force=in_force, pending=pending)


def came_into_force(world: World, now: datetime) -> World:
    """The world in which every write that is due has come into force."""
    over = [write for write in world.pending if write.in_force_at <= now]
    if not over:
        return world
    return replace(world, in_force=over[-1].configuration, pending=world.pending[len(over) :])


def not_in_force(writes: int) -> str:
    """The sentence of an explanation about writes that were not yet in force for a request."""
    what = "1 earlier write was" if writes == 1 else f"{writes} earlier writes were"
    return f"{what} not yet in force for this request (setting PropagationSeconds)"
