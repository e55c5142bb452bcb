"""The reader mode: linear text and a prompt instead of a screen, for screen readers and Braille lines.

One event a line, nothing is ever redrawn. The prompt takes every step of the tour grammar and a few words
of its own.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final, TextIO

from sts_tui.account import durations
from sts_tui.simulation.events import Event, SessionStarted
from sts_tui.simulation.simulation import Simulation
from sts_tui.simulation.views.rows import role_rows, session_rows
from sts_tui.tours.playing.results import StepResult
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.tui.command_log import CommandLog
from sts_tui.tui.options import Options
from sts_tui.tui.row_cache import RowCache
from sts_tui.tui.text.event_text import as_text
from sts_tui.tui.text.instants import date_time
from sts_tui.tui.text.styled_text import Line, one_line, text_of
from sts_tui.tui.text.unsaved import SAVED_AGAIN, unsaved_sentence

if TYPE_CHECKING:
    from sts_tui.simulation.journal.journal import Journal
    from sts_tui.tui.start.persistence import JournaledSimulation

WORDS: Final = {
    "help": "these words",
    "status": "the clock and the acting identity",
    "roles": "every role",
    "sessions": "every session and its state",
    "requests": "the last ten requests",
    "explain": "why the last denied request was denied",
    "commands": "the aws command of every call",
    "quit": "leave",
}
LAST: Final = 10
_ELEMENT: Final = re.compile(r" {4,}(?P<mark>[-+?.]) (?P<name>.*)")
"""An element of a statement, or a value of one: only its mark says whether it holds."""
_HELD: Final = {"+": "matches", "-": "does not match", "?": "undecided", ".": "not looked at"}
_MARK: Final = re.compile("^[-+✖?.○] ")
"""Before what says the same in words."""
_EVENT_MARK: Final = re.compile(r"^(\d\d:\d\d:\d\d)  (?:[○●◆] |── )")


class Reader:
    """Answers one line after another."""

    def __init__(
        self, simulation: Simulation, options: Options, kept: JournaledSimulation | None = None
    ) -> None:
        self._simulation = simulation
        self._command_log = CommandLog(simulation, options)
        self._journal: Journal | None = None
        self._unsaved = ""
        self._lost: tuple[str, ...] = ()
        self._last_shown = 0
        if kept is not None:
            kept.follow(self._command_log)
            self._journal, self._lost = kept.journal, kept.lost

    @property
    def acting(self) -> str:
        """The acting identity, as a WHO."""
        return self._command_log.acting.who

    def greeting(self) -> Iterator[str]:
        name = self._simulation.model.name or "account"
        yield f"sts-tui, reader mode. Model {one_line(name)}. Type help, or a step such as: wait 10s"
        yield from self._lost
        yield from (str(warning) for warning in self._simulation.warnings)
        yield from self.status()

    def answer(self, text: str) -> Iterator[str]:
        """The answer to one line."""
        yield from self._answer(text)
        yield from self._saving()

    def _saving(self) -> Iterator[str]:
        """Whether work is saved, if that has changed."""
        unsaved = unsaved_sentence(self._journal)
        if bool(unsaved) != bool(self._unsaved):
            yield unsaved or SAVED_AGAIN
        self._unsaved = unsaved

    def _answer(self, text: str) -> Iterator[str]:
        ways: dict[str, Callable[[], Iterator[str]]] = {
            "help": self.words,
            "status": self.status,
            "roles": self.roles,
            "sessions": self.sessions,
            "requests": self.requests,
            "explain": self.explain,
            "commands": self.commands,
        }
        if text in ways:
            yield from ways[text]()
            return
        try:
            step = parse_step(text)
        except StepError as fault:
            yield f"{fault.message}. {fault.hint}".rstrip(". ") + ". Type help for the words."
            return
        yield from self._said(self._command_log.perform(step, text))
        yield from self._news()

    def words(self) -> Iterator[str]:
        yield from (f"{word}: {meaning}" for word, meaning in WORDS.items())
        yield "Any step of a tour: as, aws, request, revoke, wait, expect, undo, redo."

    def status(self) -> Iterator[str]:
        acting = one_line(self._command_log.acting.label)
        yield f"It is {date_time(self._simulation.now)}. You act as {acting}."
        self._unsaved = unsaved_sentence(self._journal)
        yield from filter(None, [self._unsaved])

    def roles(self) -> Iterator[str]:
        for row in role_rows(self._simulation):
            trusted = one_line(row.trusted) or "nobody"
            whose = f"Role {one_line(row.name)} of {one_line(row.account_name)}"
            yield f"{whose}: {_count(row.live_sessions, 'live session')}, trusts {trusted}."

    def sessions(self) -> Iterator[str]:
        rows = session_rows(self._simulation)
        if not rows:
            yield "No sessions yet. Type wait 10s to let the workloads begin."
        for row in rows:
            left = (
                f", {durations.in_words(max(row.left, timedelta(0)))} left" if row.state.still_works else ""
            )
            chained = f", from {one_line(row.parent_label)}" if row.parent_label else ""
            reason = f" by {one_line(row.reason)}" if row.reason else ""
            yield f"Session {one_line(row.label)}{chained}: {row.state.value}{reason}{left}."

    def requests(self) -> Iterator[str]:
        events = [event for event in self._simulation.events if hasattr(event, "verdict")]
        if not events:
            yield "No requests yet. Type wait 10s to let the workloads begin."
        yield from (_happened(event) for event in events[-LAST:])

    def explain(self) -> Iterator[str]:
        from sts_tui.simulation.events import RequestAnswered, Verdict
        from sts_tui.tui.text.explanation_text import fix_lines

        for event in reversed(list(self._simulation.events)):
            if isinstance(event, RequestAnswered) and event.verdict is not Verdict.ALLOWED:
                explained = RowCache(self._simulation).explanation(event)
                lines = (*explained.lines, *fix_lines(event, self._simulation), *explained.context)
                yield from (said for spans, _ in lines if (said := spoken(spans)))
                return
        yield "No request was denied so far."

    def commands(self) -> Iterator[str]:
        yield from (
            f"{done.caller}: {done.command} {done.error}".rstrip() for done in self._command_log.commands
        )

    def _said(self, result: StepResult) -> Iterator[str]:
        yield from result.output.splitlines()
        yield from result.error_text.splitlines()
        if result.message and not result.output and not result.error_text:
            yield result.message
        yield from result.explanation
        yield from (f"warning: {each}" for each in result.warnings)

    def _news(self) -> Iterator[str]:
        """What happened since the last line; more than ten things are counted."""
        events: list[Event] = [
            event
            for event in self._simulation.events.since(self._last_shown)
            if not isinstance(event, SessionStarted)
        ]
        self._last_shown = self._simulation.events.last_number
        if len(events) > LAST:
            yield f"{_count(len(events) - LAST, 'earlier event')}."
        yield from (_happened(event) for event in events[-LAST:])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' if number != 1 else ''}"


def spoken(spans: Line) -> str:
    """A line of the screen as read out: a symbol without a word becomes a word, a symbol beside its word
    is left out, and columns are separated by commas.
    """
    element = _ELEMENT.fullmatch(text_of(spans))
    if element is not None:
        return f"{element['name']}: {_HELD[element['mark']]}"
    told, gap = "", 0
    for text, _ in spans:
        word = text.strip(" ")
        gap += len(text) - len(text.lstrip(" "))
        if word:
            told += (", " if gap > 1 else " " * gap) * bool(told) + word
            gap = len(text) - len(text.rstrip(" "))
    return _MARK.sub("", told)


def _happened(event: Event) -> str:
    return _EVENT_MARK.sub(r"\1 ", as_text(event))


def read_aloud(
    simulation: Simulation,
    options: Options,
    kept: JournaledSimulation | None = None,
    source: TextIO | None = None,
) -> int:
    """Reads lines until there are no more, or `quit`; then closes the journal."""
    reader = Reader(simulation, options, kept)
    unsaved = ""
    try:
        _print(reader.greeting())
        for text in source or _typed():
            if text.strip() in ("quit", "exit"):
                break
            if text.strip():
                _print(reader.answer(text.strip()))
    finally:
        if kept is not None:
            unsaved = kept.close(reader.acting)
    _print(iter([unsaved] if unsaved else []))
    return 0


def _typed() -> Iterator[str]:
    """A line typed at a prompt, where it can be corrected and repeated, or a line of a pipe."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    with suppress(ImportError):
        import readline  # noqa: F401  (input() uses it then; some builds of Python have none)
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            yield input("> ")
    print()  # the prompt's line was left open


def _print(lines: Iterator[str]) -> None:
    for each in lines:
        print(one_line(each))
    sys.stdout.flush()
