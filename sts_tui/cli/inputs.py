"""How are the files on the command line opened? Errors in them become a UserError."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.loading.bounded_file import MOST_BYTES, read_bounded_text
from sts_tui.cli.console import UserError
from sts_tui.cli.files import sample_account
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import play
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tours.reading.preamble import Opening, opening_of
from sts_tui.tours.reading.steps import Tour

_GZIP: Final = b"\x1f\x8b"


def read(path: Path) -> Tour:
    """The tour in a file; raises UserError with every error in it."""
    try:
        return read_tour(path)
    except TourError as error:
        raise UserError.of(error.diagnostics) from None


def refuse_file_as_who(command: str, who: str, action: str | None = None) -> None:
    """Raises UserError if the first word of a command is a file because WHO was forgotten, and if the ACTION
    of `can` is a file, which belongs after `--model`.
    """
    if _is_file(who):
        option = "--model " if command == "can" else ""
        raise UserError(f"{who} is a file, and WHO comes before it: sts-tui {command} WHO {option}{who}")
    if action and _is_file(action):
        raise UserError(f"{action} is a file: sts-tui {command} {who} --model {action}")


def _is_file(word: str) -> bool:
    return ("/" in word or "." in word) and not word.startswith("arn:") and Path(word).exists()


def read_text(name: str) -> str:
    """The UTF-8 text of a file, or of standard input for `-`; raises UserError, also for more than 10 MB."""
    shown = "standard input" if name == "-" else name
    try:
        if name != "-":
            return read_bounded_text(Path(name), "utf-8-sig", accepts_pipe=True)
        return _text_of(sys.stdin.buffer.read(MOST_BYTES + 1), shown)
    except UnicodeDecodeError as error:
        raise UserError(f"{shown} is not UTF-8 text (byte {error.start})") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise UserError(f"{shown}: {reason.lower()}") from None


def read_unpacked_text(name: str) -> str:
    """As `read_text`, with gzipped input unpacked, also from standard input and a pipe. Raises UserError,
    also for more than 10 MB of text.
    """
    shown = "standard input" if name == "-" else name
    path = Path(name)
    try:
        if name == "-":
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        elif path.is_fifo():
            with path.open("rb") as pipe:
                content = pipe.read(MOST_BYTES + 1)
        elif not path.is_file():
            return read_text(name)
        else:
            with path.open("rb") as stream:
                content = stream.read(MOST_BYTES + 1)
    except (OSError, ValueError):  # read_text reports these
        return read_text(name)
    return _text_of(_unpacked(content, shown), shown)


def _unpacked(content: bytes, shown: str) -> bytes:
    """Unpacked bytes, up to one byte more than allowed. Raises UserError."""
    import gzip
    import io
    import zlib

    if not content.startswith(_GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
            return packed.read(MOST_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise UserError(f"{shown}: the gzip file is cut off or damaged") from None


def _text_of(content: bytes, shown: str) -> str:
    """The text of the bytes. Raises UserError for more than 10 MB and if it is not UTF-8."""
    if len(content) > MOST_BYTES:
        raise UserError(f"{shown} is larger than {MOST_BYTES / 1e6:g} MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UserError(f"{shown} is not UTF-8 text (byte {error.start})") from None


def open_simulation(opening: Opening, *, vocabulary: bool = False) -> Simulation:
    """Open the simulation. Raises UserError with every error in the account files. `vocabulary`: include all
    warnings.
    """
    try:
        return opening.open(vocabulary=vocabulary)
    except AccountFileError as error:
        raise UserError.of(error.diagnostics) from None


def beginning(
    tour: Tour, folder: Path, files: Sequence[Path], seed: int | None, start: datetime | None
) -> Opening:
    """The beginning of a tour, with the values from the command line."""
    return opening_of(tour, folder, sample_account(), files=files, seed=seed, start=start)


def simulation_of(
    files: Sequence[str], tour_name: str | None, seed: int | None, start: datetime | None
) -> Simulation:
    """The model of account files at its start, or after a tour, for commands that report on it.

    Raises UserError for unusable files, and, with exit code 1, if a step of the tour fails.
    """
    if tour_name is None:
        return open_simulation(
            beginning(Tour(name="", lines=()), Path(), [Path(name) for name in files], seed, start)
        )
    path = Path(tour_name)
    tour = read(path)
    simulation = open_simulation(beginning(tour, path.parent, [Path(name) for name in files], seed, start))
    failed = [
        f"{tour.name}:{played.line.number}: {played.result.error_text or played.result.message}"
        for played in play(tour, Player(simulation, path.parent))
        if played.result.outcome is StepOutcome.FAILED
    ]
    if failed:
        raise UserError(*failed, code=1)
    return simulation
