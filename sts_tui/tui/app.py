"""How do the parts of the explorer come together? The app holds them and performs actions."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import WorkerFailed

from sts_tui.account.writing.crash_log import internal_error
from sts_tui.simulation.clock import SimClock
from sts_tui.simulation.identities import Identity
from sts_tui.simulation.simulation import Simulation
from sts_tui.start_up.later_patterns import compile_next
from sts_tui.tui.background import PATIENCE, Background
from sts_tui.tui.calls import Calls
from sts_tui.tui.command_log import CommandLog
from sts_tui.tui.handlers import Handler, handlers
from sts_tui.tui.housekeeping import Housekeeping
from sts_tui.tui.keys.action_context import ActionContext
from sts_tui.tui.keys.actions import ACTIONS
from sts_tui.tui.keys.keymap import load_keymap
from sts_tui.tui.main_screen import MainScreen
from sts_tui.tui.opening_messages import note_lost_names, opening_messages
from sts_tui.tui.options import Options, Other
from sts_tui.tui.presenter import Passing, Past, Presenter, Tour
from sts_tui.tui.row_cache import SLICE, RowCache
from sts_tui.tui.selection import Selection
from sts_tui.tui.styled_app import StyledApp
from sts_tui.tui.text.styled_text import Line, Style, line
from sts_tui.tui.ticker import TICK, Ticker
from sts_tui.tui.widgets.bar import Bar
from sts_tui.tui.widgets.lines import LineView
from sts_tui.tui.widgets.table import Table
from sts_tui.tui.widgets.textual_internals import type_into

if TYPE_CHECKING:
    from textual.command import Provider

    from sts_tui.simulation.journal.journal import Journal
    from sts_tui.tours.exercises.grade import Attempt
    from sts_tui.trail.opened import OpenedTrail

T = TypeVar("T")


def _explorer_commands() -> type[Provider]:
    from sts_tui.tui.palette import ExplorerCommands  # the first frame comes without the palette

    return ExplorerCommands


LATER: Final = 1.0
"""Seconds after the start at which work begins that no frame depends on."""
BETWEEN_PATTERNS: Final = 0.01
"""Seconds between two regular expressions of Textual that are compiled after the first frame."""
MOST_FAILURES: Final = 5
PATIENCE_OF_STILL_SCREENS: Final = 30.0
"""Seconds that a screen waits for a result where nothing moves by itself, as in pictures."""
FAILURES_WITHIN: Final = 10.0
"""`MOST_FAILURES` unexpected errors within this many seconds end the explorer at the next one."""


class StsApp(StyledApp):
    """The explorer."""

    TITLE = "sts-tui"
    COMMANDS: ClassVar[set[type[Provider] | Callable[[], type[Provider]]]] = {_explorer_commands}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "perform('quit')", "Quit", show=False, priority=True, id="quit"),
        Binding("ctrl+p", "perform('palette')", "Palette", show=False, id="palette"),
    ]
    ENABLE_COMMAND_PALETTE = True

    presentation: Tour | None = None
    long_wait: Passing | None = None
    """A wait that passes in slices."""
    looking_back: Past | None = None
    """Set while the whole screen shows a past instant."""
    journal: Journal | None = None
    """Where actions are written down; None in a tour and where the user wants no journal."""
    trail: OpenedTrail | None = None
    """The CloudTrail trail that is the past of this model."""
    attempt: Attempt | None = None
    """The exercise that is open."""
    opens_next: Other | None = None
    """What opens when this model ends; None: the explorer ends."""
    is_shooting = False
    """Pictures are being taken: a key that would issue an AWS call is an error in the tour."""

    def __init__(
        self,
        simulation: Simulation,
        options: Options | None = None,
        *,
        reading: Callable[[], float] = time.monotonic,
        is_ticking: bool = True,
    ) -> None:
        """`reading` returns the wall clock in seconds. With `is_ticking` off, only `tick` moves time."""
        super().__init__(options or Options())
        self.simulation = simulation
        self._is_ticking = is_ticking
        self.ticker = Ticker(simulation, reading, speed=self.options.speed, is_paused=self.options.is_paused)
        self.keymap = load_keymap(self.options.keymap, self.options.preset)
        self.row_cache = RowCache(simulation, SLICE if is_ticking else None)
        self.command_log = CommandLog(simulation, self.options)
        self.presenter = Presenter(self)
        self._followed = simulation.now, reading()
        """The simulated instant, and the reading, at which an open question was last brought up to date."""
        self._calls = Calls(self)
        patience = PATIENCE if is_ticking else PATIENCE_OF_STILL_SCREENS
        self.background = Background(self, self.show_progress, self.survive, patience)
        self.housekeeping = Housekeeping()
        self.when_mounted: list[Callable[[], object]] = []
        """What else happens when the screen is there: signals, the first step of a tour."""
        self.failures: list[tuple[float, Exception]] = []
        """Unexpected errors, with the reading of the wall clock."""
        self._faults: list[str] = []
        game = simulation.game_day
        self._is_game_day_over = game is not None and game.failed is not None
        """Whether the end of the last game day has been announced."""

    # What it is made of ----------------------------------------------------------------------------------

    @property
    def main(self) -> MainScreen:
        return self.presenter.main

    @property
    def selection(self) -> Selection:
        return self.presenter.selection

    @property
    def clock(self) -> SimClock:
        return self.ticker.clock

    @property
    def reading(self) -> Callable[[], float]:
        return self.ticker.reading

    # Start -----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        own = {id: ",".join(keys) for id, keys in self.keymap.keys.items() if keys != ACTIONS[id].keys}
        if own:  # Textual searches a keymap at every key, so none is set where nothing differs
            self.set_keymap(own)
        self.main.complete = self._completions
        for text in opening_messages(self.simulation, self.keymap, self.unknown_theme(), self.command_log):
            self.say(text, "warning")
        for each in self.when_mounted:
            each()
        if self._is_ticking:
            self.call_after_refresh(self._begin_to_tick)  # only after the first frame
        else:
            note_lost_names(self.command_log)

    def on_ready(self) -> None:
        """Fills the panes, also where the terminal is too small to give one the focus."""
        self.presenter.refresh()

    def _begin_to_tick(self) -> None:
        self.set_interval(TICK, self.tick)
        self.set_timer(LATER, lambda: note_lost_names(self.command_log))
        self._compile_patterns()

    def _compile_patterns(self) -> None:
        """One at a time, so that no key waits for all of them: the first field or dialog needs them."""
        if compile_next():
            self.set_timer(BETWEEN_PATTERNS, self._compile_patterns)

    def get_default_screen(self) -> Screen[None]:
        """The main screen, at its size from the beginning, so that every style is looked up only once."""
        if self.size:  # a terminal may not know its own before the first event
            self.main.fit(*self.size)
        if self.options.is_ascii:
            self.main.add_class("-ascii")
        return self.main

    # Time ------------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Advances simulated time to what the clock shows, and shows what happened."""
        if self.long_wait is not None and not self.long_wait.show():
            return
        self.ticker.tick()
        self.presenter.tick()
        if self.presentation is not None:
            self.presentation.tick()
        self._let_question_follow()
        self._announce_end_of_game_day()
        self.housekeeping.tidy(self.reading())

    def _let_question_follow(self) -> None:
        """An open form or dialog speaks of the present, too."""
        follow = getattr(self.screen, "time_passed", None)
        now, reading = self.simulation.now, self.reading()
        if follow is not None and now != self._followed[0] and reading - self._followed[1] >= 1:
            self._followed = now, reading
            follow()

    def _announce_end_of_game_day(self) -> None:
        game = self.simulation.game_day
        if self.looking_back is not None:
            return
        if game is None or game.failed is None:
            self._is_game_day_over = False
        elif not self._is_game_day_over and self.presentation is None:
            from sts_tui.tui.overviews.game_day import announce  # only on game days

            self._is_game_day_over = True
            announce(self)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key):
            self.housekeeping.note_key(self.reading())
        await super().on_event(event)

    def wait_until(self, instant: datetime) -> None:
        """Runs to an instant at once; the clock continues from there."""
        if self.is_unchangeable() or self.is_left_to_steps("move the clock"):
            return
        self.ticker.wait_until(instant)
        self.presenter.refresh()

    @property
    def is_ticking(self) -> bool:
        """Whether the clock moves by itself, and rows may be completed later."""
        return self._is_ticking

    def is_unchangeable(self) -> bool:
        """Whether nothing may change now, since a past instant is shown or a long wait passes; says so."""
        if self.looking_back is not None:
            self.say("The screen shows a past instant, read-only; esc returns to now.", "warning")
        elif self.long_wait is not None:
            self.long_wait.refuse()
        return self.looking_back is not None or self.long_wait is not None

    def is_left_to_steps(self, what: str) -> bool:
        """Whether a key must not do this because pictures of a tour are being taken: `run` skips keys, so the
        two would differ from there on. It is reported as an error of the tour.
        """
        if self.is_shooting:
            self._faults.append(f"a key would {what}: write that as a step")
        return self.is_shooting

    # The acting identity and its calls -------------------------------------------------------------------

    @property
    def acting(self) -> Identity:
        return self.command_log.acting

    def act_as(self, identity: Identity) -> None:
        if self.is_unchangeable():
            return
        self.command_log.act_as(identity)
        self.say(f"Acting as {identity.label}.")

    def call(
        self, action: str, params: Mapping[str, Any], *, caller: Identity | None = None, joins: bool = False
    ) -> dict[str, Any] | None:
        return self._calls.call(action, params, caller or self.acting, joins=joins)

    def undo(self) -> None:
        self._calls.undo()

    def redo(self) -> None:
        self._calls.redo()

    # Tours -----------------------------------------------------------------------------------------------

    def take_faults(self) -> list[str]:
        """The errors of the tour so far: what keys did while pictures were taken. Empties the list."""
        faults, self._faults = self._faults, []
        return faults

    def restart(self, simulation: Simulation | None = None) -> None:
        """Restarts with the model as it was opened, for a step back in a tour, or with the one that
        is given.
        """
        if self.long_wait is not None:
            self.long_wait.drop()
        self.simulation = simulation or Simulation(
            self.simulation.model, seed=self.simulation.seed, start=self.simulation.world.started_at
        )
        self.row_cache = RowCache(self.simulation, SLICE if self._is_ticking else None)
        self.command_log = CommandLog(self.simulation, self.options)
        self.ticker.restart(self.simulation)
        self.presenter.restart()

    # Actions ---------------------------------------------------------------------------------------------

    @cached_property
    def _handlers(self) -> Mapping[str, Handler]:
        return handlers()  # imports all that actions need, after the first frame

    def action_context(self) -> ActionContext:
        return self.presenter.action_context()

    def action_perform(self, id: str) -> None:
        self.perform(id)

    def perform(self, id: str) -> None:
        """Performs an action, or says why it is unavailable."""
        self.selection.update()
        reason = ACTIONS[id].reason_against(self.action_context())
        if reason is not None:
            self.say(f"{ACTIONS[id].label}: {reason}.", "warning")
            return
        self.command_log.clear()  # the last message has been read
        self.command_log.note_use(id)
        self._handlers[id](self)
        if self.is_running:
            self.presenter.refresh()

    def perform_chosen(self, id: str | None) -> None:
        """Performs the action that a screen returned, if any."""
        if id is not None:
            self.perform(id)

    def on_key(self, event: events.Key) -> None:
        """Types keys into the focused field that were pressed while a list still had the focus, in their
        order.
        """
        if self.focused is None or isinstance(self.focused, LineView):
            return
        from sts_tui.tui.widgets.field import Field  # a field has the focus, or another widget of a dialog

        if isinstance(self.focused, Field):
            type_into(self.focused, event, LineView)

    def on_bar_clicked(self, event: Bar.Clicked) -> None:
        self.perform(event.action)

    def on_table_activated(self, event: Table.Activated) -> None:
        """Enter in a list of the main screen. Lists in dialogs handle it themselves."""
        if self.main not in event.table.ancestors:
            return
        pane = self.main.focused_name
        if pane == "sessions":
            if "enter" in self.keymap.keys["act_as"]:
                self.perform("act_as")
        elif pane == "requests":
            self.perform("explain")
        else:
            self.main.go_to("policies")

    def on_descendant_focus(self) -> None:
        self.presenter.focus_moved()

    def on_command_line_entered(self, event: Any) -> None:
        from sts_tui.tui.command_bar import offer_next, perform_line

        perform_line(self, event.line)
        offer_next(self)

    def on_command_line_waiting(self) -> None:
        from sts_tui.tui.command_bar import say_waiting

        say_waiting(self)

    def on_command_line_dropped(self, event: Any) -> None:
        lines = "1 pasted line was" if event.count == 1 else f"{event.count} pasted lines were"
        self.say(f"{lines} not performed.", "warning")

    def _completions(self, text: str) -> list[str]:
        from sts_tui.tui.command_bar import completions

        return completions(self, text)

    def on_command_line_closed(self) -> None:
        self.main.go_to(self.main.focused_name)

    # Dialogs ---------------------------------------------------------------------------------------------

    def ask(self, screen: Screen[T], answered: Callable[[T | None], None]) -> None:
        self.push_screen(screen, answered)

    def show_text(self, title: str, text: str) -> None:
        from sts_tui.tui.dialogs.reading import ReadingScreen

        self.push_screen(ReadingScreen.of_text(title, text.splitlines()))

    def open_palette(self) -> None:
        self.action_command_palette()

    def action_command_palette(self) -> None:
        """Textual's own palette, with a placeholder that says what can be found."""
        from textual.command import CommandPalette

        if not CommandPalette.is_open(cast("Any", self)):
            what = "Search actions, names, ids and ARNs"
            self.push_screen(CommandPalette(placeholder=what, id="--command-palette"))

    def open_other(self, other: Other) -> None:
        self.opens_next = other
        self.exit(0)

    def leave(self) -> None:
        self.exit(0)

    # Words -----------------------------------------------------------------------------------------------

    def say(self, text: str, style: Style = "plain") -> None:
        """Shows a message on the bottom line and adds it to the list of messages."""
        self.say_line(line((text, style)))

    def say_line(self, spans: Line) -> None:
        self.command_log.show_message(spans)
        self.presenter.show_status()

    def notify_denials(self, texts: Sequence[str]) -> None:
        """Shows denials as notifications and adds them to the list of messages; in calm mode only the
        latter.
        """
        self.clear_notifications()
        for text in texts:
            self.command_log.add_message(line((text, "deny")))
            if not self.options.is_calm:
                self.notify(text, severity="warning", markup=False, timeout=6)

    def show_progress(self, text: str) -> None:
        """Shows progress on the bottom line only; the list of messages keeps the beginning and the end."""
        self.command_log.status = line(text)
        self.presenter.show_status()

    def survive(self, error: Exception) -> bool:
        """Continues after an unexpected error and says where it was written. False where nothing is on the
        screen yet, or one error follows another: then the explorer ends.
        """
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            error = error.error
        now = self.reading()
        recent = [at for at, _ in self.failures if at > now - FAILURES_WITHIN]
        self.failures.append((now, error))
        if not self.main.is_filled or len(recent) >= MOST_FAILURES:
            return False
        self.say(f"The explorer continues after an {internal_error(error)}.", "warning")
        return True

    def clear_status(self) -> None:
        self.command_log.clear()
        self.presenter.show_status()

    def copied(self, what: str) -> Callable[[str | None], None]:
        """The callback that copies what a reading screen returns."""
        return lambda text: self.copy_text(what, text) if text is not None else None

    def copy_text(self, what: str, text: str) -> None:
        from sts_tui.tui.copying.clipboard import copy

        self.say(copy(self, what, text))
