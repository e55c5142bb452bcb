"""What was the configuration before, and how is a command undone?

**One chain.** Every write makes a new edition of the configuration; edition 0 is the configuration as opened.
The history keeps the newest edition complete and, for each write, the entities that it replaced (`change`).
An older edition is computed backwards from the newest. Undo, redo, the explanation of an old request and the
configuration at a past time all use this chain. Nothing in it is rewritten, and its size is that of the
changes.

**Undo** is a write like any other: it applies the change of the last command backwards and adds one step to
the chain. It removes what the command wrote and the sessions that the command issued. It does not revert
time, lines of the log, drawn ids, used MFA codes, or what workloads did meanwhile; the log gets a new line.
So requests that were denied in between stay denied in the log, and a session that a workload obtained under
the undone policy still works. An undo takes effect immediately, even if the write was still waiting for
propagation; a redo writes again and waits for propagation like any write. A new edit discards the commands
that could be redone.

This works because only commands edit the configuration, one after another, so that at an undo the
configuration is the one after the last command.
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
"""How many past editions are kept complete after they were read."""


class NothingToUndoError(LookupError):
    """There is no command to undo, or none to redo."""


class UnknownPastError(LookupError):
    """The history does not reach back to this time."""


class Step(Struct, frozen=True):
    """One write: the change from an edition to the next."""

    at: datetime
    change: Change
    is_backwards: bool = False
    """Whether the write was an undo, which applied the change backwards."""
    repeats: int | None = None
    """For undo and redo: the number of the step whose change this is."""


class Edit(Struct, frozen=True, kw_only=True):
    """What one command changed, so that it can be undone."""

    command: str
    """The equivalent `aws …` line."""
    subject: str = ""
    """ARN of the edited entity; empty if it only issued a session."""
    step: int | None = None
    """The number of its step; None if it only issued a session."""
    sessions: tuple[Session, ...] = ()
    joins: bool = False
    """Whether it belongs to the command before it: both are undone and redone together."""


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
        """The configuration after this many writes. The cost is that of the steps from it to the present, or
        to a recently read edition. Raises UnknownPastError for a number that does not exist.
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
        """The configuration that requests were evaluated against at this time; of several writes at one time
        the last counts. Raises UnknownPastError for a time before the history begins.
        """
        position = bisect_right(self.in_force, instant, key=lambda entry: entry[0])
        if not position:
            raise UnknownPastError(f"The history begins at {self.in_force[0][0]:%Y-%m-%dT%H:%M:%SZ}.")
        return self.edition(self.in_force[position - 1][1])

    def written_at(self, instant: datetime) -> Configuration:
        """The configuration as written by this time, in force or not. Raises UnknownPastError."""
        if instant < self.in_force[0][0]:
            raise UnknownPastError(f"The history begins at {self.in_force[0][0]:%Y-%m-%dT%H:%M:%SZ}.")
        return self.edition(bisect_right(self.steps, instant, key=lambda step: step.at))

    def written_before(self, instant: datetime) -> int:
        """How many writes were made before this time: the number of the edition that reads returned then."""
        return bisect_left(self.steps, instant, key=lambda step: step.at)

    def wrote(self, world: World) -> int:
        """Record the step of the write that led to this world. Return its number."""
        from sts_tui.simulation.undo.change import change_between

        change = change_between(self.present, world.configuration)
        return self._stepped(world, Step(world.now, change))

    def entered_force(self, world: World) -> None:
        """Record that the world's configuration in force may have changed."""
        edition = world.in_force.edition
        if edition != self.in_force[-1][1]:
            self.in_force.append((world.now, edition))

    def record(self, edit: Edit) -> None:
        """Record a command, which can be undone; commands that could be redone are discarded."""
        self.done.append(edit)
        self.undone.clear()

    def forget(self) -> None:
        """Record a write that cannot be undone. Earlier commands can no longer be undone either, because that
        would revert it too.
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
        """The last command and those that it joins, the newest first; empty if there is none."""
        together: list[Edit] = []
        for edit in reversed(self.done):
            together.append(edit)
            if not edit.joins:
                break
        return together

    def without_last(self, world: World) -> World:
        """The world after undoing the last command and those that it joins; nothing is changed. Raises
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
        """The world with the undone command applied again. Raises NothingToUndoError."""
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
