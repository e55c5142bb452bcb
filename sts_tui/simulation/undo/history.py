"""Undo and redo.

Undo takes back what one command wrote: the configuration becomes what it was before the command, and the
sessions that the command itself issued are gone. It never takes back time, lines of the log, ids that were
drawn, MFA codes that were spent, or anything that workloads did meanwhile; the log gains a line. So requests
that were denied in between stay denied in the log, and a session that a workload obtained under the undone
policy lives on. What was undone takes effect at once, even where the write it takes back was still on its
way; redo writes again, and waits for propagation as any write does. A new edit forgets what could be redone.

This is enough because only commands edit the configuration, one after another: the world before the last
command and the world after its undoing differ in nothing that a command could have written.
"""

from __future__ import annotations

from msgspec.structs import replace

from sts_tui.simulation.time.propagation import written
from sts_tui.simulation.undo.edits import Edit, Edits
from sts_tui.simulation.world import World


class NothingToUndoError(LookupError):
    """There is no command to take back, or none to make again."""


class History:
    """Commands that can be taken back and made again, any number of either, the newest last."""

    def __init__(self) -> None:
        self.done = Edits("done", leads_back=True)
        self.undone = Edits("undone", leads_back=False)

    @property
    def stacks(self) -> dict[str, Edits]:
        """Both, by name."""
        return {edits.name: edits for edits in (self.done, self.undone)}

    def pages(self) -> dict[str, str]:
        """The older edits, packed (see `edits`), by the names that never mean another page."""
        return {
            edits.name_of(page.number): page.text for edits in self.stacks.values() for page in edits.pages
        }

    def record(self, edit: Edit) -> None:
        self.done.push(edit)
        self.undone.clear()

    def undo(self, world: World) -> tuple[World, Edit]:
        """The world without the last command. Raises NothingToUndoError."""
        if not self.done:
            raise NothingToUndoError("nothing to undo")
        edit = self.done.pop(world.configuration, world.sessions)
        self.undone.push(edit)
        return _taken_back(edit, world), edit

    def redo(self, world: World) -> tuple[World, Edit]:
        """The world with the command made again. Raises NothingToUndoError."""
        if not self.undone:
            raise NothingToUndoError("nothing to redo")
        edit = self.undone.pop(world.configuration, world.sessions)
        self.done.push(edit)
        issued = {session.access_key_id: session for session in edit.sessions}
        again = replace(world, sessions={**world.sessions, **issued}) if issued else world
        return written(again, edit.after), edit


def _taken_back(edit: Edit, world: World) -> World:
    """Writes come into force in their order, so what is under way was written last: of a write that is taken
    back it is the newest, and where nothing is left under way all that stands is in force.
    """
    issued = {session.access_key_id for session in edit.sessions}
    sessions = {key: session for key, session in world.sessions.items() if key not in issued}
    if edit.after is edit.before:
        return replace(world, sessions=sessions)
    pending = world.pending[:-1]
    return replace(
        world,
        configuration=edit.before,
        in_force=world.in_force if pending else edit.before,
        pending=pending,
        sessions=sessions,
    )
