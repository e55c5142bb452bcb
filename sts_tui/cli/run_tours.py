"""How does `sts-tui run` play tours without a screen, as transcripts and as tests?"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sts_tui.cli import inputs, transcript
from sts_tui.cli.console import EXIT_FAILED, Paint, UserError, narrate, save_private, wants_color
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.files import sample_account, split_files
from sts_tui.simulation.simulation import Simulation
from sts_tui.tours.playing.player import Player
from sts_tui.tours.playing.results import StepOutcome
from sts_tui.tours.playing.runner import PlayedLine, play
from sts_tui.tours.reading.errors import TourError
from sts_tui.tours.reading.grammar import parse_commands
from sts_tui.tours.reading.preamble import Opening
from sts_tui.tours.reading.steps import Tour

if TYPE_CHECKING:
    from sts_tui.trail.writing.events import TrailFile

MOST_WARNINGS: Final = 10
"""How many kinds of warnings about the account files are printed before the tours."""


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Play every tour on its own simulation; 1 when a step failed, 2 on unusable input. Raises UserError."""
    named, commands = _without_files(options.commands)
    files, paths = split_files([*options.files, *named])
    tours = _tours(paths, commands)
    openings = [inputs.beginning(tour, folder, files, options.seed, options.start) for tour, folder in tours]
    simulations = [_opened(opening) for opening in openings]
    if options.animate:
        for simulation in simulations:
            simulation.animate()
    for line in _warnings(simulations):
        narrate(line)
    trail = _watched(simulations, tours) if options.cloudtrail else None
    reports: list[tuple[Tour, list[PlayedLine]]] = []
    for (tour, folder), simulation in zip(tours, simulations, strict=True):
        reports.append((tour, _played(tour, Player(simulation, folder), options.json)))
    if trail is not None:
        save_private(Path(options.cloudtrail), trail.text())
    return _summed_up(reports, options)


def _watched(simulations: Sequence[Simulation], tours: Sequence[tuple[Tour, Path]]) -> TrailFile:
    """Collects the events of these simulations as CloudTrail events."""
    from sts_tui.trail.writing.events import TrailFile  # imported on first use

    trail = TrailFile()
    for number, (simulation, (tour, _)) in enumerate(zip(simulations, tours, strict=True)):
        trail.watch(simulation, f"{tour.name}:{number}:{simulation.seed}")
    return trail


def _opened(opening: Opening) -> Simulation:
    """The opened simulation, with all warnings of `validate`; the built-in sample has none."""
    return inputs.open_simulation(opening, vocabulary=opening.files != (sample_account(),))


def _warnings(simulations: Iterable[Simulation]) -> Iterator[str]:
    """Warnings about the account files: one line for each of the first kinds."""
    found = dict.fromkeys(warning for simulation in simulations for warning in simulation.warnings)
    if not found:
        return
    from sts_tui.cli.formats.diagnostic_formats import warning_lines  # imported on first use

    lines = list(warning_lines(list(found), "sts-tui validate --json lists all"))
    yield from lines[:MOST_WARNINGS]
    if len(lines) > MOST_WARNINGS:
        yield f"and {len(lines) - MOST_WARNINGS} more kinds of warnings: sts-tui validate lists them"


def _without_files(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """(files, steps): argparse reads the FILE of `-c STEP FILE` as a step, but no step ends in `.json`."""
    files = [word for word in words if word.endswith((".json", ".tour")) and not word.split()[1:]]
    return files, [word for word in words if word not in files]


def _tours(paths: Sequence[Path], commands: Sequence[str]) -> list[tuple[Tour, Path]]:
    """(tour, folder of its paths); the errors of all tours are reported together."""
    if bool(paths) == bool(commands):
        raise UserError("run needs either tours (*.tour) or steps (-c STEP) (see sts-tui run --help)")
    errors: list[str] = []
    tours: list[tuple[Tour, Path]] = []
    for path in paths:
        try:
            tours.append((inputs.read(path), path.parent))
        except UserError as error:
            errors.extend(error.messages)
    if commands:
        try:
            tours.append((parse_commands(commands), Path()))
        except TourError as error:
            errors.extend(str(diagnostic) for diagnostic in error.diagnostics)
    if errors:
        raise UserError(*errors)
    return tours


def _played(tour: Tour, player: Player, as_json: bool) -> list[PlayedLine]:
    paint = Paint(wants_color(sys.stdout))
    if not as_json:
        print(transcript.heading(tour, paint))
    done = []
    for played in play(tour, player):
        done.append(played)
        if as_json:
            print(transcript.as_json_line(tour, played))
        else:
            for line in transcript.lines(tour, played, paint):
                print(line)
    return done


def _summed_up(reports: list[tuple[Tour, list[PlayedLine]]], options: argparse.Namespace) -> int:
    counts = Counter(played.result.outcome for _, lines in reports for played in lines)
    not_played = sum(len(tour.lines) - len(lines) for tour, lines in reports)
    text = transcript.summary(counts, not_played)
    if options.json:
        narrate(text)
    else:
        print(f"\n{text}")
    if options.junit:
        from sts_tui.cli.formats.junit import junit_report  # imports XML: on first use

        save_private(Path(options.junit), junit_report(reports))
    return EXIT_FAILED if counts[StepOutcome.FAILED] else 0
