"""What was done in this explorer: the acting identity, calls as `aws` lines, messages, and a tour of it all.

The explorer calls the simulation only through this log, so the list of commands and a recorded tour are
complete.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.simulation.calls.not_modeled import refuse_unmodeled
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.identities import Identity, operator_identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.tui.drafts import Drafts
from sts_tui.tui.options import Options
from sts_tui.tui.recording import Recording
from sts_tui.tui.text.styled_text import Line, text_of

if TYPE_CHECKING:
    from sts_tui.tours.playing.player import Player
    from sts_tui.tours.playing.results import StepResult
    from sts_tui.tours.reading.steps import Step, Wait

KEPT = 500
"""Messages that are kept in the list."""


class LoggedCommand(Struct, frozen=True, kw_only=True):
    """One call in the command log."""

    at: datetime
    caller: str
    command: str
    error: str = ""
    """AWS's code and message, where it was refused."""


class LoggedMessage(Struct, frozen=True):
    """One message."""

    at: datetime
    spans: Line


class CommandLog:
    """The acting identity, and the commands entered with their results."""

    def __init__(self, simulation: Simulation, options: Options) -> None:
        self._simulation = simulation
        self._options = options
        self._player: Player | None = None
        self.first: Identity = simulation.resolve(options.acting) if options.acting else operator_identity()
        """The acting identity at the start."""
        self.acting: Identity = self.first
        self.drafts = Drafts()
        """Texts of the policy editor that are not saved."""
        self.before: list[Identity] = []
        """Earlier acting identities, the latest last."""
        self.commands: list[LoggedCommand] = []
        self.messages: list[LoggedMessage] = []
        self.status: Line = ()
        self._waits: Wait | None = None
        """The wait that has begun."""
        self.used: list[str] = []
        """Actions that were performed, each once, the latest last."""
        self.recording = Recording(simulation, lambda: self.acting)
        """The tour that repeats what was done."""

    def act_as(self, identity: Identity) -> None:
        if identity != self.acting:
            self.before.append(self.acting)
            self.acting = identity
            self.recording.note_identity(identity)

    def call(
        self, action: str, params: Mapping[str, object], caller: Identity, *, joins: bool = False
    ) -> dict[str, object]:
        """Raises AwsError, after writing it down; NotModelledError for a call that is not simulated."""
        from sts_tui.simulation.operations.equivalent_cli import cli_line

        refuse_unmodeled(action, params, caller)

        command = cli_line(action, params)
        error: AwsError | None = None
        before = self._simulation.events.last_number
        try:
            return self._simulation.call(action, params, caller=caller, joins=joins)
        except AwsError as refusal:
            error = refusal
            raise
        finally:
            said = f"{error.code}: {error.message}" if error else ""
            self.commands.append(
                LoggedCommand(at=self._simulation.now, caller=caller.label, command=command, error=said)
            )
            self.recording.note_call(command, params, caller, error, before)

    def perform(self, step: Step, text: str) -> StepResult:
        """Performs a step of the tour grammar as the acting identity, which a step can change."""
        from sts_tui.tours.reading.steps import Aws, Cut, Request, Revoke, SignIn, SignOut

        player = self.player
        player.acting = self.acting
        if step is not self._waits:
            self.recording.begin_wait()
        self._waits = None
        before = self._simulation.events.last_number
        result = player.perform(step)
        if player.acting != self.acting:
            self.before.append(self.acting)
            self.acting = player.acting
        if isinstance(step, Aws | Request | Revoke | Cut | SignIn | SignOut):
            error = f"{result.error.code}: {result.error.message}" if result.error else ""
            self.commands.append(LoggedCommand(at=result.at, caller=result.acting, command=text, error=error))
        self._record(step, text, result, before)
        return result

    def begin_wait(self, step: Wait) -> datetime | None:
        """Until when a wait lasts whose time passes before it is performed; None where it is refused."""
        if step is not self._waits:
            self.player.acting = self.acting
            self.recording.begin_wait()
        until = self.player.begin_wait(step)
        self._waits = None if until is None else step
        return until

    def drop_wait(self) -> None:
        """A wait that has begun is not performed; the time that has passed counts."""
        self._waits = None
        self.player.drop_wait()

    def _record(self, step: Step, text: str, result: StepResult, before: int) -> None:
        """Records a step that was performed, and AWS's answer if it made a call. `before`: the last event
        before it.
        """
        from sts_tui.tours.playing.results import StepOutcome
        from sts_tui.tours.reading.steps import CallStep, Expect, Request, Wait

        if result.is_invalid or (isinstance(step, Expect) and result.outcome is StepOutcome.FAILED):
            return
        if isinstance(step, Wait):
            self.recording.note_wait(text)
        elif isinstance(step, CallStep):
            self.recording.note(text.removeprefix("try "))
            code = result.error.code if result.error else ""
            self.recording.note_result(code, before, names_statement=isinstance(step, Request))
        else:
            self.recording.note(text)

    def follow_player(self) -> None:
        """Takes over the player's acting identity while it plays a tour."""
        if self.player.acting != self.acting:
            self.before.append(self.acting)
            self.acting = self.player.acting

    @property
    def player(self) -> Player:
        """Performs lines of the command bar, and tours."""
        if self._player is None:
            from sts_tui.tours.playing.player import Player

            self._player = Player(self._simulation, readonly=self._options.is_readonly)
        return self._player

    def undo(self) -> str:
        command = self._simulation.undo()
        self.recording.note("undo")
        return command

    def redo(self) -> str:
        command = self._simulation.redo()
        self.recording.note("redo")
        return command

    def show_message(self, spans: Line) -> None:
        self.status = spans
        if text_of(spans).strip():
            self.add_message(spans)

    def add_message(self, spans: Line) -> None:
        """Adds to the list of messages only."""
        self.messages.append(LoggedMessage(self._simulation.now, spans))
        del self.messages[:-KEPT]

    def note_use(self, action: str) -> None:
        """Remembers that an action was performed: the palette lists it first."""
        if action in self.used:
            self.used.remove(action)
        self.used.append(action)

    def clear(self) -> None:
        self.status = ()

    def note_client_call(
        self, action: str, params: Mapping[str, object], who: str, code: str, event: RequestAnswered | None
    ) -> None:
        """Records a call of a real client that is performed; `who` is its WHO, `code` AWS's error code or
        empty.
        """
        from sts_tui.simulation.operations.equivalent_cli import cli_line

        self.recording.note(f"{cli_line(action, params)} --profile {shlex.quote(who)}")
        self.recording.expect(code, event)

    def note_client_request(self, step: str, who: str, code: str, event: RequestAnswered) -> None:
        """Records a request of a real client that is only authorized."""
        self.recording.note(f"as {shlex.quote(who)}")
        self.recording.note(step)
        self.recording.expect(code, event, names_statement=True)
        self.recording.note_identity(self.acting)
