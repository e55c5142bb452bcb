"""What was done in this explorer: the acting identity, calls as `aws` lines, messages, and a tour of it all.

The explorer calls the simulation only through this log, so the list of commands and a recorded tour are
complete.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

from sts_tui.simulation import durations
from sts_tui.simulation.calls.not_modelled import refuse_unmodelled
from sts_tui.simulation.identities import Identity, name_in_tours, operator_identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.sts.errors import AwsError
from sts_tui.tui.options import Options
from sts_tui.tui.text.styled_text import Line, text_of

if TYPE_CHECKING:
    from sts_tui.tours.playing.player import Player
    from sts_tui.tours.playing.results import StepResult
    from sts_tui.tours.reading.steps import Step

KEPT = 500
"""Messages that stay in the list."""


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
        self._noted_at = simulation.now
        self.first: Identity = simulation.resolve(options.acting) if options.acting else operator_identity()
        """The acting identity at the start."""
        self.acting: Identity = self.first
        self.before: list[Identity] = []
        """Whom one acted as before, the last last."""
        self.commands: list[LoggedCommand] = []
        self.messages: list[LoggedMessage] = []
        self.status: Line = ()
        self.used: list[str] = []
        """Actions that were performed, each once, the latest last."""
        self.tour: list[str] = []
        """The steps of a tour that does the same."""

    def act_as(self, identity: Identity) -> None:
        if identity != self.acting:
            self.before.append(self.acting)
            self.acting = identity
            self._note(f"as {shlex.quote(name_in_tours(identity))}")

    def call(
        self, action: str, params: Mapping[str, object], caller: Identity, *, joins: bool = False
    ) -> dict[str, object]:
        """Raises AwsError, after writing it down; NotModelledError for a call that is not simulated."""
        from sts_tui.simulation.operations.equivalent_cli import cli_line

        refuse_unmodelled(action, params, caller)

        command = cli_line(action, params)
        error = ""
        try:
            return self._simulation.call(action, params, caller=caller, joins=joins)
        except AwsError as refusal:
            error = f"{refusal.code}: {refusal.message}"
            raise
        finally:
            self.commands.append(
                LoggedCommand(at=self._simulation.now, caller=caller.label, command=command, error=error)
            )
            profile = f" --profile {shlex.quote(name_in_tours(caller))}" if caller != self.acting else ""
            self._note(("try " if error else "") + _with_fresh_code(command, params, caller) + profile)

    def perform(self, step: Step, text: str) -> StepResult:
        """Performs a step of the tour grammar as the acting identity, which the step can change."""
        from sts_tui.tours.reading.steps import Aws, Cut, Request, Revoke, SignIn, SignOut

        player = self.player
        player.acting = self.acting
        result = player.perform(step)
        if player.acting != self.acting:
            self.before.append(self.acting)
            self.acting = player.acting
        if isinstance(step, Aws | Request | Revoke | Cut | SignIn | SignOut):
            error = f"{result.error.code}: {result.error.message}" if result.error else ""
            self.commands.append(LoggedCommand(at=result.at, caller=result.acting, command=text, error=error))
        if not result.is_invalid:
            self._note(f"try {text}" if result.error and not text.startswith("try ") else text)
        return result

    def follow_player(self) -> None:
        """While the player plays a tour, its acting identity is the explorer's."""
        if self.player.acting != self.acting:
            self.before.append(self.acting)
            self.acting = self.player.acting

    @property
    def player(self) -> Player:
        """What performs lines of the command bar, and tours."""
        if self._player is None:
            from sts_tui.tours.playing.player import Player

            self._player = Player(self._simulation, readonly=self._options.is_readonly)
        return self._player

    def undo(self) -> str:
        command = self._simulation.undo()
        self._note("undo")
        return command

    def redo(self) -> str:
        command = self._simulation.redo()
        self._note("redo")
        return command

    def show_message(self, spans: Line) -> None:
        self.status = spans
        if text_of(spans).strip():
            self.add_message(spans)

    def add_message(self, spans: Line) -> None:
        """Into the list of messages only."""
        self.messages.append(LoggedMessage(self._simulation.now, spans))
        del self.messages[:-KEPT]

    def note_use(self, action: str) -> None:
        """An action was performed: the palette lists it first."""
        if action in self.used:
            self.used.remove(action)
        self.used.append(action)

    def clear(self) -> None:
        self.status = ()

    def note_client_call(
        self, action: str, params: Mapping[str, object], who: str, *, has_failed: bool
    ) -> None:
        """A real client made a call that is performed; `who` is its WHO."""
        from sts_tui.simulation.operations.equivalent_cli import cli_line

        prefix = "try " if has_failed else ""
        self._note(f"{prefix}{cli_line(action, params)} --profile {shlex.quote(who)}")

    def note_client_request(self, step: str, who: str) -> None:
        """A real client made a request that is only authorized."""
        self._note(f"as {shlex.quote(who)}")
        self.tour += [step, f"as {shlex.quote(name_in_tours(self.acting))}"]

    def _note(self, step: str) -> None:
        """One more step of the tour, after a `wait` for the time that went by."""
        passed = self._simulation.now - self._noted_at
        if passed >= timedelta(seconds=1) and not step.startswith("wait"):
            self.tour.append(f"wait {durations.short(passed)}")
        self._noted_at = self._simulation.now
        self.tour.append(step)


def _with_fresh_code(command: str, params: Mapping[str, object], caller: Identity) -> str:
    """An MFA code is good for a minute and once; a tour asks for one when it is played."""
    code = params.get("TokenCode")
    return (
        command.replace(f"--token-code {code}", f"--token-code ${{mfa:{name_in_tours(caller)}}}")
        if code
        else command
    )
