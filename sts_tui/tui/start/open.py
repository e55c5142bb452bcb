"""Opening the explorer on account files, or on a tour."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from msgspec.structs import replace

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.diagnostics.printable import many_lines
from sts_tui.account.writing.crash_log import internal_error
from sts_tui.account.writing.private_file import write_private
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.reading.preamble import Opening, opening_of
from sts_tui.tui.keys.keymap import PRESETS
from sts_tui.tui.options import UNUSABLE, Asked, Options, Other
from sts_tui.tui.start.persistence import JournaledSimulation, NothingToResumeError, begin, resume
from sts_tui.tui.start.preferences import preferences
from sts_tui.tui.start.signals import EndWatch
from sts_tui.tui.text.styled_text import line, one_line

if TYPE_CHECKING:
    from sts_tui.tours.reading.steps import Tour
    from sts_tui.tui.app import StsApp
    from sts_tui.tui.start.served import ServedBeside

SAMPLE_IDENTITY: Final = "alice"
"""The built-in sample opens acting as this user, so that the first revocation goes through IAM."""


_KEPT: Final = (
    "sample", "journal", "readonly", "theme", "keymap", "ascii", "serve", "calm", "reader", "mouse",
)  # fmt: skip
"""Arguments that also hold for the next model that is opened."""
FAILED = 1
"""Exit code after an internal error."""


def open_explorer(asked: Asked) -> int:
    """Runs the explorer, and again as long as something else is opened in it; returns the exit code."""
    code, other = _open_any(asked)
    while other is not None:
        asked = _asked_for(other, asked)
        code, other = _open_any(asked)
    return code


def _open_any(asked: Asked) -> tuple[int, Other | None]:
    """(exit code, what was opened in it)"""
    if getattr(asked, "exercise", None):
        return _open_exercise(asked)
    if getattr(asked, "trail", ()):
        return _open_trail(asked)
    return _open_one(asked)


def _asked_for(other: Other, before: Asked) -> Asked:
    """The same command line with another model."""
    from types import SimpleNamespace

    kept = {name: getattr(before, name) for name in _KEPT if hasattr(before, name)}
    own: dict[str, object] = {"files": other.files, "tour": other.tour, "exercise": other.exercise}
    own |= {"trail": other.trail, "model_before": False}
    return cast("Asked", SimpleNamespace(**kept, **own, resume=False, record_to=None, seed=None, start=None))


def _open_one(asked: Asked) -> tuple[int, Other | None]:
    """(exit code, what was opened in it)"""
    tour = _tour_of(asked.tour)
    opening = opening_for(asked, tour)
    options = options_of(asked, opening.theme)
    if tour is None and not asked.files and not asked.resume:
        options = replace(options, acting=SAMPLE_IDENTITY)
    kept: JournaledSimulation | None = None
    try:
        if asked.resume:
            kept = resume(asked.files)
            options = replace(options, is_paused=True)  # so that it can be looked at as it was left
        is_own = opening.files != (asked.sample,)
        simulation = (
            kept.simulation
            if kept
            else opening.open()  # at the same instant as `run`
            if tour is not None
            else _at_present(opening, vocabulary=is_own and options.is_reader)
        )
    except AccountFileError as error:
        for problem in error.diagnostics:
            print(f"sts-tui: {one_line(str(problem))}", file=sys.stderr)
        return UNUSABLE, None
    except NothingToResumeError as error:
        print(f"sts-tui: {one_line(str(error))}", file=sys.stderr)
        return UNUSABLE, None
    is_new = kept is None and asked.journal and tour is None  # a tour can be played again
    if is_new:
        kept = begin(simulation, opening.files)
    if options.is_reader:
        return _read_aloud(simulation, options, kept, opening.files if is_new else (), is_own=is_own), None
    files = () if asked.resume or not is_own else opening.files
    greet: Callable[[StsApp], None] | None = offer if options.acting == SAMPLE_IDENTITY else None
    if tour is not None:
        greet = partial(_present, tour=tour, asked=asked, opening=opening)
    if is_new and kept is not None:
        greet = _greeting(greet, kept, opening.files, is_own=is_own)
    return _run(simulation, options, kept, files, greet)


def _read_aloud(
    simulation: Simulation,
    options: Options,
    kept: JournaledSimulation | None,
    begun: tuple[Path, ...],
    *,
    is_own: bool,
) -> int:
    """The exit code. `begun`: the files of a journal that was just begun."""
    from sts_tui.tui.start.left_work import left_work_sentence
    from sts_tui.tui.start.reader import read_aloud

    if kept is not None and begun and (left := left_work_sentence(kept, begun, is_own=is_own)):
        print(one_line(left))
    return read_aloud(simulation, options, kept)


def _greeting(
    greet: Callable[[StsApp], None] | None,
    kept: JournaledSimulation,
    files: tuple[Path, ...],
    *,
    is_own: bool,
) -> Callable[[StsApp], None]:
    """What is shown first, and then whether work was left that can be continued."""

    def show(app: StsApp) -> None:
        from sts_tui.tui.start.left_work import report_left_work

        if greet is not None:
            greet(app)
        report_left_work(app, kept, files, is_own=is_own)

    return show


def _open_trail(asked: Asked) -> tuple[int, Other | None]:
    """A trail as the past of a model, the clock paused at the last event. The trail is the journal."""
    from sts_tui.trail.reading.errors import TrailError
    from sts_tui.tui.start.open_trail import greet, opened_trail

    opening = opening_for(asked, None)
    options = options_of(asked, opening.theme)
    try:
        with opened_trail(asked, opening) as trail:
            if options.is_reader:
                from sts_tui.tui.start.reader import read_aloud

                return read_aloud(trail.simulation, options, None), None
            options = replace(options, is_paused=True)
            files = opening.files if asked.files else ()
            return _run(trail.simulation, options, None, files, partial(greet, trail=trail))
    except AccountFileError as error:
        for problem in error.diagnostics:
            print(f"sts-tui: {one_line(str(problem))}", file=sys.stderr)
    except TrailError as error:
        print(f"sts-tui: {one_line(str(error))}", file=sys.stderr)
    return UNUSABLE, None


def _open_exercise(asked: Asked) -> tuple[int, Other | None]:
    """The model of an exercise with its setup played, and its goal in front."""
    from sts_tui.tours.exercises.grade import begin as begin_exercise
    from sts_tui.tours.exercises.load import exercise
    from sts_tui.tui.overviews.exercise import open_goal

    attempt = begin_exercise(exercise(str(getattr(asked, "exercise", None))))
    options = replace(options_of(asked), acting=attempt.exercise.identities[0])
    if options.is_reader:
        from sts_tui.tui.start.reader import read_aloud

        print(one_line(attempt.exercise.goal))
        return read_aloud(attempt.simulation, options, None), None

    def show_goal(app: StsApp) -> None:
        app.attempt = attempt
        app.call_after_refresh(open_goal, app, attempt)

    return _run(attempt.simulation, options, None, (), show_goal)


def offer(app: StsApp) -> None:
    """Says what else can be opened; the sample opens without asking."""
    key = app.keymap.first("open")
    app.say(f"The built-in sample. {key} opens scenarios, exercises or your own account.")


def _present(app: StsApp, tour: Tour, asked: Asked, opening: Opening) -> None:
    """Presents a tour, which is read again when its file is saved."""
    from sts_tui.tui.stage.notes_channel import NotesServer
    from sts_tui.tui.stage.presentation import present
    from sts_tui.tui.stage.tour_file import TourFile

    path = asked.tour or Path()

    def read() -> tuple[Tour, Simulation]:
        from sts_tui.tours.reading.grammar import read_tour

        tour = read_tour(path)
        return tour, opening_for(asked, tour).open()

    file = TourFile(path, opening.files, read)
    notes = NotesServer(path)
    try:
        notes.begin()
    except OSError as error:
        app.say(f"No speaker's notes in a second terminal: {error.strerror or error}", "warning")
    autoplays = getattr(asked, "autoplay", False)
    present(app, tour, path.parent, autoplays=autoplays, file=file, notes=notes)


def _tour_of(path: Path | None) -> Tour | None:
    if path is None:
        return None
    from sts_tui.tours.reading.grammar import read_tour

    return read_tour(path)


def _run(
    simulation: Simulation,
    options: Options,
    kept: JournaledSimulation | None,
    files: tuple[Path, ...],
    greet: Callable[[StsApp], None] | None = None,
) -> tuple[int, Other | None]:
    """(exit code, what was opened next). `files`: account files whose words are compared with AWS's lists
    when the screen is there; `greet`: what is shown first.
    """
    from sts_tui.tui.app import LATER, StsApp
    from sts_tui.tui.start.file_warnings import report_all_warnings
    from sts_tui.tui.start.kept_styles import keep_styles, load_styles

    app = StsApp(simulation, options)
    styled_as = app.theme
    load_styles(styled_as)
    app.when_mounted.append(lambda: app.set_timer(LATER, partial(keep_styles, styled_as)))
    if kept is not None:
        _go_on(app, kept)
    if files:
        app.when_mounted.append(lambda: report_all_warnings(app, files))
    if greet is not None:
        app.when_mounted.append(partial(greet, app))
    finish = _Finish(app, options, kept)
    served = _serve(app, options)
    watch = EndWatch(app, finish)
    app.when_mounted.append(watch.begin)
    app.housekeeping.begin()
    code: int | None = None
    try:
        code = app.run(mouse=options.has_mouse)
        finish.has_quit = code is None
    except Exception as error:  # outside the handling of messages
        app.ended_by = error
    finally:
        app.housekeeping.end()
        if app.presentation is not None:
            app.presentation.close()
        finish()
        watch.end()
        if served is not None:
            served.end()
    if finish.unsaved:
        print(f"sts-tui: {one_line(finish.unsaved)}", file=sys.stderr)
    if app.ended_by is not None:  # the terminal is restored
        return _ended_by(app.ended_by, is_resumable=kept is not None), None
    return code or app.return_code or 0, app.opens_next


def _serve(app: StsApp, options: Options) -> ServedBeside | None:
    if options.serve is None:
        return None
    from sts_tui.tui.start.served import ServedBeside  # aiohttp, only where it is wanted

    served = ServedBeside(app, options.serve)
    app.when_mounted.append(served.begin)
    return served


def _ended_by(error: BaseException, *, is_resumable: bool) -> int:
    """One line about an error that ended the explorer; the exit code."""
    resume_it = "; sts-tui --resume continues where you were" if is_resumable else ""
    print(f"sts-tui: {internal_error(error)}{resume_it}", file=sys.stderr)
    return FAILED


class _Finish:
    """Closes the journal and saves a recording, once: by the main thread, or by the one that watches the
    terminal.
    """

    def __init__(self, app: StsApp, options: Options, kept: JournaledSimulation | None) -> None:
        self._app = app
        self._options = options
        self._kept = kept
        self._lock = threading.Lock()
        self._is_done = False
        self.unsaved = ""
        """What the journal could not save at the end, as a sentence."""
        self.has_quit = False
        """Whether the explorer was left on purpose."""

    def __call__(self) -> None:
        with self._lock:
            if self._is_done:
                return
            self._is_done = True
            log = self._app.command_log
            if self._kept is not None:
                self.unsaved = self._kept.close(log.acting.who, has_quit=self.has_quit)
            if self._options.record is not None:
                lines = log.recording.written(self._options, self._options.record)
                save_recording("\n".join(lines) + "\n", self._options.record)


def save_recording(tour: str, path: Path) -> None:
    """Saves what was recorded; where that fails, prints it, so that it is not lost."""
    try:
        write_private(path, tour)
    except OSError as error:
        print(f"sts-tui: {path}: {error.strerror or error}; this is what was recorded:", file=sys.stderr)
        print(many_lines(tour), end="")


def _go_on(app: StsApp, kept: JournaledSimulation) -> None:
    """Restores the identity that acted, and writes down what follows."""
    app.journal = kept.journal
    if kept.acting is not None:
        app.say(f"Resumed as it was left, clock paused: {app.keymap.first('pause')} runs it.")
    kept.follow(app.command_log)
    for sentence in kept.lost:
        app.command_log.show_message(line((sentence, "warning")))


def opening_for(asked: Asked, tour: Tour | None) -> Opening:
    """Which files, seed and start."""
    if tour is not None and asked.tour is not None:
        return opening_of(
            tour, asked.tour.parent, asked.sample, files=asked.files, seed=asked.seed, start=asked.start
        )
    return Opening(files=asked.files or (asked.sample,), seed=asked.seed or 0, start=asked.start)


def _at_present(opening: Opening, *, vocabulary: bool) -> Simulation:
    """A model without a start of its own starts now."""
    simulation = opening.open(vocabulary=vocabulary)
    if opening.start is None and simulation.model.start_time is None:
        now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251 (a front end)
        return replace(opening, start=now).open(vocabulary=vocabulary)
    return simulation


def options_of(asked: Asked, theme: str | None = None) -> Options:
    """The user's preferences, overridden by the command line."""
    own = preferences()
    preset = asked.keymap if asked.keymap in PRESETS else None
    return replace(
        own,
        is_readonly=asked.readonly,
        theme=asked.theme or theme or own.theme,
        keymap=Path(asked.keymap) if asked.keymap and preset is None else None,
        preset=preset or own.preset,
        is_ascii=asked.ascii or own.is_ascii,
        is_calm=getattr(asked, "calm", False) or own.is_calm,
        is_reader=getattr(asked, "reader", False) or own.is_reader,
        has_mouse=getattr(asked, "mouse", True) and own.has_mouse,
        record=asked.record_to,
        serve=asked.serve,
        files=tuple(str(file) for file in asked.files),
    )
