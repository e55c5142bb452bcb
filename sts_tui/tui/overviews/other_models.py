"""What else can be opened? The built-in sample, scenarios, game days, exercises, and your own account."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.loading.bounded_file import read_bounded_text, why_missing
from sts_tui.tours.reading.samples import sample_folder
from sts_tui.tui.dialogs.ask_line import AskLineScreen
from sts_tui.tui.dialogs.choose import Choice, ChooseScreen
from sts_tui.tui.dialogs.reading import ReadingScreen
from sts_tui.tui.options import Other
from sts_tui.tui.text.narration import narration
from sts_tui.tui.text.styled_text import Line, line, one_line, shorten, text_of

if TYPE_CHECKING:
    from sts_tui.tui.background import Progress
    from sts_tui.tui.host import Host

OWN: Final = "own"
SAMPLE: Final = "sample"
TRAIL: Final = "trail"
LONGEST_PATH: Final = 200
"""Cells of a path in a message."""


def open_other(app: Host) -> None:
    """Asks what to open; the explorer then begins again with it."""
    if app.is_web:
        app.say("In a browser there is one model for each window: reload the page for the sample.", "warning")
        return

    def chosen(value: str | None) -> None:
        if value == OWN:
            _ask_for_own(app)
        elif value == TRAIL:
            ask_for_trail(app)
        elif value is not None:
            _open(app, _other(value))

    app.ask(ChooseScreen("Open …", list(choices())), chosen)


def choices() -> Iterator[Choice]:
    """(value, name, what it is), in the order of the list."""
    yield SAMPLE, "The built-in sample", "a web shop; someone else uses its credentials"
    yield OWN, "Your own account", "a file or folder of the AWS CLI's outputs; sts-tui fetch collects it"
    yield TRAIL, "A CloudTrail trail", "what happened, evaluated again under this model or a derived one"
    folder = sample_folder()
    for path in sorted((folder / "scenarios").glob("*.tour")):
        yield str(path), f"Scenario {path.stem}", _about(path)
    for path in sorted((folder / "gamedays").glob("*.tour")):
        yield str(path), f"Game day {path.stem}", _about(path)
    from sts_tui.tours.exercises.load import exercises  # all their files: only when the list opens

    for each in exercises():
        yield (
            f"exercise:{each.name}",
            f"Exercise {each.number}: {each.title}",
            text_of(narration(" ".join(each.goal.split()))),
        )


def _about(path: Path) -> str:
    """The comment that a tour begins with."""
    first = read_bounded_text(path, "utf-8").partition("\n")[0]
    return first.lstrip("# ")


def _other(value: str) -> Other:
    if value == SAMPLE:
        return Other()
    kind, _, name = value.partition(":")
    return Other(exercise=name) if kind == "exercise" else Other(tour=Path(value))


def _ask_for_own(app: Host) -> None:
    def answer(text: str) -> list[Line]:
        path = _path_of(text)
        if not text.strip():
            return [
                line("Type the path of an account file, or of a folder that sts-tui fetch has filled:"),
                line(("sts-tui fetch > fetch.sh", "strong")),
                line(("sh fetch.sh my-account", "strong")),
                line("The script only reads, and nothing leaves this machine."),
            ]
        return [_missing(path) or line(("enter opens it", "allow"))]

    def entered(text: str | None) -> None:
        if text:
            _open_own(app, _path_of(text))

    def is_usable(text: str) -> bool:
        return bool(text.strip()) and not why_missing(_path_of(text))

    title, hint = "Open your own account", "enter open   esc cancel"
    app.ask(AskLineScreen(title, "file or folder", "", answer, hint=hint, is_usable=is_usable), entered)


def _path_of(text: str) -> Path:
    path = Path(text.strip())
    try:
        return path.expanduser()
    except RuntimeError:  # a user without a home: the path is none then
        return path


def _missing(path: Path) -> Line:
    """Why a path cannot be opened; empty where it can."""
    reason = why_missing(path)
    return (
        line((f"{shorten(one_line(str(path)), LONGEST_PATH, middle=True)}: {reason}", "warning"))
        if reason
        else ()
    )


def ask_for_trail(app: Host) -> None:
    """Asks for CloudTrail events; the model stays, or one is derived where the sample is open."""
    if app.is_web:
        app.say("In a browser there is one model for each window: reload the page for the sample.", "warning")
        return
    from sts_tui.trail.reading.database import WITHOUT_DUCKDB, is_installed
    from sts_tui.trail.reading.sources import is_trail

    if not is_installed():
        app.say(WITHOUT_DUCKDB, "warning")
        return
    files = tuple(map(Path, app.options.files))

    def entered(text: str | None) -> None:
        if text:
            _open(app, Other(files=files, trail=(_path_of(text),)))

    def is_usable(text: str) -> bool:
        return bool(text.strip()) and is_trail(_path_of(text))

    model = ", ".join(one.name for one in files) or "a model that is derived from the events"
    about = partial(_about_trail, model=one_line(model))
    title, hint = "Open a CloudTrail trail", "enter open   esc cancel"
    app.ask(AskLineScreen(title, "file or folder", "", about, hint=hint, is_usable=is_usable), entered)


def _about_trail(text: str, model: str) -> list[Line]:
    """The note on a typed path of CloudTrail events; `model`: what they are evaluated against."""
    from sts_tui.trail.reading.sources import is_trail

    path = _path_of(text)
    if not text.strip():
        return [
            line("Type the path of CloudTrail events: a file, or a folder of them; JSON or CSV, gzipped."),
            line((f"They are evaluated under {model}.", "muted")),
        ]
    if missing := _missing(path):
        return [missing]
    if path.is_dir() and not is_trail(path):
        return [line(("no CloudTrail events in this folder", "warning"))]
    if path.is_dir():
        return [line((f"enter opens the events in it, evaluated under {model}", "allow"))]
    if not is_trail(path):
        return [line(("no CloudTrail events: eventTime, eventSource and eventName are missing", "warning"))]
    return [line((f"enter opens it, evaluated under {model}", "allow"))]


def _open_own(app: Host, path: Path) -> None:
    """Reads it first: an error is shown, and the model on the screen stays."""

    def compute(progress: Progress) -> list[str]:
        from sts_tui.simulation.simulation import Simulation

        try:
            Simulation.open((path,))
        except AccountFileError as error:
            return [str(each) for each in error.diagnostics]
        return []

    def show(errors: list[str]) -> None:
        app.clear_status()
        if errors:
            app.ask(
                ReadingScreen.of_text("This account cannot be opened", [one_line(each) for each in errors]),
                app.copied("errors"),
            )
        else:
            _open(app, Other(files=(path,)))

    app.background.soon(f"Reading {path.name}", compute, show)


def _open(app: Host, other: Other) -> None:
    if app.journal is not None and not app.journal.save_again():
        key = app.keymap.first("save")
        app.say(f"This model is not saved, so nothing was opened. {key} saves it somewhere else.", "warning")
        return
    app.open_other(other)
