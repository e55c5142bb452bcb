"""What was the configuration before, and how is a command undone?

**One chain.** Every write makes a new edition of the configuration, numbered from 0, the configuration as it
was opened. The history keeps the newest edition whole and, for each write, what it replaced (`change`). An
older edition is read backwards from the newest. Undo, redo, the explanation of an old request and the
configuration at a past instant all read this chain. Nothing in it is ever rewritten, and it costs what was
changed.

**Undo** is a write like any other: it carries the change of the last command out backwards, and the chain
grows by one step. It removes what the command wrote and the sessions that the command issued. It never
reverts time, lines of the log, ids that were drawn, MFA codes that were spent, or what workloads did
meanwhile; the log gains a line. So requests that were denied in between stay denied in the log, and a session
that a workload obtained under the undone policy still works. An undo takes effect at once, even where the
write was still waiting for propagation; redo writes again, and waits for propagation as any write does. A new
edit discards what could be redone.

This is enough because only commands edit the configuration, one after another: the configuration at an undo
is the one that the command left.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from sts_tui.account.configuration import Configuration
from sts_tui.account.persistent_map import PersistentMap
from sts_tui.simulation.world import World
from sts_tui.sts.session import Session

if TYPE_CHECKING:
    from sts_tui.simulation.undo.change import Change

_READ_LATELY: Final = 8
"""Past editions that stay whole after someone has asked for them."""


class NothingToUndoError(LookupError):
    """There is no command to undo, or none to redo."""


class UnknownPastError(LookupError):
    """The history does not reach back to this instant."""


class Step(Struct, frozen=True):
    """One write: what leads from an edition to the next."""

    at: datetime
    change: Change
    is_backwards: bool = False
    """Whether the write was an undo, which carried the change out backwards."""
    repeats: int | None = None
    """For undo and redo: the number of the step whose change this is."""


class Edit(Struct, frozen=True, kw_only=True):
    """What one command changed, so that it can be undone."""

    command: str
    """The `aws …` line that stands for it."""
    subject: str = ""
    """ARN of what it edited; empty where it only issued a session."""
    step: int | None = None
    """The number of its step; None where it only issued a session."""
    sessions: tuple[Session, ...] = ()
    joins: bool = False
    """It belongs to the command before it: both are undone, and redone, together."""


class History:
    """Every edition of the configuration, and the commands that can be undone or redone.

    `done` and `undone` have the newest command last.
    """

    def __init__(self, opened: Configuration, at: datetime) -> None:
        self.present = opened
        """The newest edition; its number is the number of steps."""
        self.steps: list[Step] = []
        self.in_force: list[tuple[datetime, int]] = [(at, 0)]
        """When editions came into force: (instant, edition), oldest first."""
        self.done: list[Edit] = []
        self.undone: list[Edit] = []
        self._lately: OrderedDict[int, Configuration] = OrderedDict()

    def edition(self, number: int) -> Configuration:
        """The configuration as it was after so many writes. Costs the steps from there to the present, or
        to an edition that was read recently. Raises UnknownPastError for a number that there is not.
        """
        if not 0 <= number <= len(self.steps):
            raise UnknownPastError(f"there is no edition {number} of the configuration")
        if number == len(self.steps):
            return self.present
        found = self._lately.get(number)
        if found is None:
            nearest = min((one for one in self._lately if one > number), default=len(self.steps))
            found = self._lately[nearest] if nearest < len(self.steps) else self.present
            from sts_tui.simulation.undo.change import applied

            for position in range(nearest - 1, number - 1, -1):
                step = self.steps[position]
                found = applied(step.change, found, position, backwards=not step.is_backwards)
            self._lately[number] = found
        self._lately.move_to_end(number)
        if len(self._lately) > _READ_LATELY:
            self._lately.popitem(last=False)
        return found

    def in_force_at(self, instant: datetime) -> Configuration:
        """What requests were evaluated against at this instant; of several writes at one instant the last
        counts. Raises UnknownPastError for an instant before the history begins.
        """
        position = bisect_right(self.in_force, instant, key=lambda entry: entry[0])
        if not position:
            raise UnknownPastError(f"The history begins at {self.in_force[0][0]:%Y-%m-%dT%H:%M:%SZ}.")
        return self.edition(self.in_force[position - 1][1])

    def written_at(self, instant: datetime) -> Configuration:
        """What had been written by this instant, in force or not. Raises UnknownPastError."""
        if instant < self.in_force[0][0]:
            raise UnknownPastError(f"The history begins at {self.in_force[0][0]:%Y-%m-%dT%H:%M:%SZ}.")
        return self.edition(bisect_right(self.steps, instant, key=lambda step: step.at))

    def written_before(self, instant: datetime) -> int:
        """How many writes were made before this instant: the number of the edition that reads then saw."""
        return bisect_left(self.steps, instant, key=lambda step: step.at)

    def wrote(self, world: World) -> int:
        """A write has led to this world: remember the step. Returns its number."""
        from sts_tui.simulation.undo.change import change_between

        change = change_between(self.present, world.configuration)
        return self._stepped(world, Step(world.now, change))

    def entered_force(self, world: World) -> None:
        """The world's configuration in force may be another than before: remember since when."""
        edition = world.in_force.edition
        if edition != self.in_force[-1][1]:
            self.in_force.append((world.now, edition))

    def record(self, edit: Edit) -> None:
        """A command was carried out: it can be undone, and what was undone is discarded."""
        self.done.append(edit)
        self.undone.clear()

    def forget(self) -> None:
        """Something wrote that cannot be undone: neither can the commands before it, whose changes would
        take it along.
        """
        self.done.clear()
        self.undone.clear()

    def undo(self, world: World) -> tuple[World, Edit]:
        """The world without the last command. Raises NothingToUndoError."""
        if not self.done:
            raise NothingToUndoError("nothing to undo")
        edit = self.done.pop()
        self.undone.append(edit)
        issued = [session.access_key_id for session in edit.sessions]
        world = replace(world, sessions=PersistentMap.of(world.sessions).without(issued))
        if edit.step is None:
            return world, edit
        from sts_tui.simulation.time.propagation import taken_back

        world = taken_back(world, self._again(edit.step, backwards=True))
        self._stepped(world, self._repeated(world.now, edit.step, is_backwards=True))
        return world, edit

    def last_together(self) -> list[Edit]:
        """The last command and those that it joins, the newest first; empty where there is none."""
        together: list[Edit] = []
        for edit in reversed(self.done):
            together.append(edit)
            if not edit.joins:
                break
        return together

    def without_last(self, world: World) -> World:
        """What undoing the last command, with those that it joins, would lead to; nothing is changed. Raises
        NothingToUndoError.
        """
        from sts_tui.simulation.time.propagation import taken_back
        from sts_tui.simulation.undo.change import applied

        if not self.done:
            raise NothingToUndoError("nothing to undo")
        for edit in self.last_together():
            issued = [session.access_key_id for session in edit.sessions]
            world = replace(world, sessions=PersistentMap.of(world.sessions).without(issued))
            if edit.step is not None:
                change, number = self.steps[edit.step].change, len(self.steps) + 1
                world = taken_back(world, applied(change, world.configuration, number, backwards=True))
        return world

    def redo(self, world: World) -> tuple[World, Edit]:
        """The world with the command made again. Raises NothingToUndoError."""
        if not self.undone:
            raise NothingToUndoError("nothing to redo")
        edit = self.undone.pop()
        self.done.append(edit)
        issued = {session.access_key_id: session for session in edit.sessions}
        world = replace(world, sessions=PersistentMap.of(world.sessions).updated(issued))
        if edit.step is None:
            return world, edit
        from sts_tui.simulation.time.propagation import written

        world = written(world, self._again(edit.step, backwards=False))
        self._stepped(world, self._repeated(world.now, edit.step, is_backwards=False))
        return world, edit

    def _again(self, step: int, *, backwards: bool) -> Configuration:
        from sts_tui.simulation.undo.change import applied

        return applied(self.steps[step].change, self.present, len(self.steps) + 1, backwards=backwards)

    def _repeated(self, at: datetime, step: int, *, is_backwards: bool) -> Step:
        return Step(at, self.steps[step].change, is_backwards, step)

    def _stepped(self, world: World, step: Step) -> int:
        self.steps.append(step)
        self.present = world.configuration
        self.entered_force(world)
        return len(self.steps) - 1
