"""What does `sts-tui validate` report? Every error and warning of account files and tours."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic, Severity, UnreadableFileError
from sts_tui.account.diagnostics.printable import one_line
from sts_tui.account.loading.load import parse
from sts_tui.account.loading.sources import read_sources
from sts_tui.account.writing.fetch_commands import missing_from_dump
from sts_tui.cli.console import EXIT_FAILED, EXIT_UNUSABLE, complain, narrate
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.files import split_files
from sts_tui.cli.sample import sample_account
from sts_tui.simulation.opening.aws_config import is_aws_config, workloads_of_config
from sts_tui.tours.reading.errors import TourError, UnreadableTourError
from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tours.reading.preamble import opening_of


class Report:
    """The diagnostics in the order they were found, each one once."""

    def __init__(self) -> None:
        self.commands: tuple[str, ...] = ()
        """Shell lines that fetch from AWS what a raw dump lacks."""
        self.unreadable: dict[str, None] = {}
        self.errors: dict[str, None] = {}
        self.warnings: dict[str, None] = {}

    def add(self, diagnostics: Iterable[Diagnostic], unreadable: bool = False) -> None:
        """Add diagnostics: unreadable files, errors and warnings are kept apart."""
        for diagnostic in diagnostics:
            if unreadable:
                self.unreadable[str(diagnostic)] = None
            elif diagnostic.severity is Severity.WARNING:
                self.warnings[str(diagnostic)] = None
            else:
                self.errors[str(diagnostic)] = None

    @property
    def exit_code(self) -> int:
        """0 clean or warnings only, 1 errors, 2 unreadable."""
        if self.unreadable:
            return EXIT_UNUSABLE
        return EXIT_FAILED if self.errors else 0


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Check account files, read together as one model, and each tour with the account files it names."""
    files, tours = split_files(options.files)
    report = Report()
    if files:
        _check_model(files, report)
    for tour in tours:
        _check_tour(tour, files, report)
    for text in report.errors:
        print(one_line(text))
    for text in report.warnings:
        print(f"warning: {one_line(text)}")
    if report.commands:
        print("\n# What the dump lacks can be fetched, as overlay files to open together with it:")
    for command in report.commands:
        print(one_line(command))
    complain(report.unreadable)
    narrate(_summary(report))
    return report.exit_code


def _check_model(files: Sequence[Path], report: Report) -> None:
    """Account files, and files shaped like `~/.aws/config`, as one model."""
    sources, unreadable = read_sources(files)
    configs = [source for source in sources if is_aws_config(source.text)]
    accounts = (source for source in sources if source not in configs)
    try:
        loaded = parse(accounts, vocabulary=True, unreadable=unreadable)
        report.add(loaded.warnings)
        report.commands = missing_from_dump(loaded.model)
        for config in configs:
            workloads_of_config(config, loaded.model)
    except UnreadableFileError as error:
        report.add(error.diagnostics, unreadable=True)
    except AccountFileError as error:
        report.add((*error.diagnostics, *error.warnings))


def _check_tour(path: Path, files: Sequence[Path], report: Report) -> None:
    """Account files on the command line stand for those of the tour, as in `run`."""
    try:
        tour = read_tour(path)
    except UnreadableTourError as error:
        report.add(error.diagnostics, unreadable=True)
        return
    except TourError as error:
        report.add(error.diagnostics)
        return
    if not files:
        _check_model(opening_of(tour, path.parent, sample_account()).files, report)


def _summary(report: Report) -> str:
    counts = [
        (len(report.unreadable), "unreadable file"),
        (len(report.errors), "error"),
        (len(report.warnings), "warning"),
    ]
    parts = [f"{count} {noun if count == 1 else noun + 's'}" for count, noun in counts if count]
    return ", ".join(parts) or "no errors"
