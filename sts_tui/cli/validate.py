"""What does `sts-tui validate` report? Every error and warning of account files, lone policies and tours."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from sts_tui.account.diagnostics.diagnostic import AccountFileError, Diagnostic, Severity, UnreadableFileError
from sts_tui.account.diagnostics.printable import one_line
from sts_tui.account.diagnostics.source import Source
from sts_tui.account.loading.load import Progress, parse
from sts_tui.account.loading.lone_policy import KINDS, check_lone_policy, is_lone_policy
from sts_tui.account.loading.pages import json_source
from sts_tui.account.loading.sources import parse_json, read_sources
from sts_tui.account.policies.policy_kind import PolicyKind
from sts_tui.account.writing.fetch_commands import missing_from_dump
from sts_tui.cli.console import EXIT_FAILED, EXIT_UNUSABLE, complain, narrate
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.files import sample_account, split_files
from sts_tui.cli.formats import diagnostic_formats
from sts_tui.cli.waiting import at_work
from sts_tui.simulation.opening.aws_config import is_aws_config, workloads_of_config
from sts_tui.tours.reading.errors import TourError, UnreadableTourError
from sts_tui.tours.reading.grammar import read_tour
from sts_tui.tours.reading.preamble import opening_of


class Report:
    """The diagnostics in the order in which they were found, each once."""

    def __init__(self) -> None:
        self.commands: tuple[str, ...] = ()
        """Shell lines that fetch from AWS what a raw dump lacks."""
        self.notes: list[str] = []
        """Notes on the guessed type of a lone policy document."""
        self.progress: Progress | None = None
        """Called with the progress of a model's check."""
        self._unreadable: dict[Diagnostic, None] = {}
        self._diagnostics: dict[Diagnostic, None] = {}

    def add(self, diagnostics: Iterable[Diagnostic], unreadable: bool = False) -> None:
        """Add diagnostics; those of unreadable files are kept apart."""
        kept = self._unreadable if unreadable else self._diagnostics
        kept.update(dict.fromkeys(diagnostics))

    @property
    def all(self) -> list[Diagnostic]:
        return [*self._unreadable, *self._diagnostics]

    @property
    def unreadable(self) -> list[Diagnostic]:
        return list(self._unreadable)

    @property
    def errors(self) -> list[Diagnostic]:
        return [one for one in self._diagnostics if one.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Diagnostic]:
        return [one for one in self._diagnostics if one.severity is Severity.WARNING]

    @property
    def exit_code(self) -> int:
        """0 clean or warnings only, 1 errors, 2 unreadable."""
        if self._unreadable:
            return EXIT_UNUSABLE
        return EXIT_FAILED if self.errors else 0


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Check account files as one model, lone policy documents, and tours with the account files they name."""
    files, tours = split_files(options.files)
    report = Report()
    with at_work("checking", things="policy documents") as work:
        report.progress = work.note
        if files:
            _check_files(files, KINDS.get(options.kind or ""), report)
        for tour in tours:
            _check_tour(tour, files, report)
    if options.json:
        for line in diagnostic_formats.as_json_lines(report.all):
            print(line)
    elif options.sarif:
        print(diagnostic_formats.as_sarif(report.all))
    else:
        _print_lines(report)
    for note in report.notes:
        narrate(note)
    narrate(_summary(report))
    return report.exit_code


def _print_lines(report: Report) -> None:
    for error in report.errors:
        print(one_line(str(error)))
    for line in diagnostic_formats.warning_lines(report.warnings):
        print(line)
    if report.commands:
        print("\n# What the dump lacks can be fetched, as overlay files to open together with it:")
    for command in report.commands:
        print(one_line(command))
    complain(str(one) for one in report.unreadable)


def _check_files(files: Sequence[Path], kind: PolicyKind | None, report: Report) -> None:
    """Lone policy documents one by one, everything else together as one model."""
    sources, unreadable = read_sources(files)
    policies = [source for source in sources if kind is not None or _is_lone_policy(source)]
    for source in policies:
        _check_policy(source, kind, report)
    others = [source for source in sources if source not in policies]
    if others or unreadable:
        _check_model(others, unreadable, report)


def _is_lone_policy(source: Source) -> bool:
    if "Statement" not in source.text or is_aws_config(source.text):
        return False
    try:
        return is_lone_policy(msgspec.json.decode(source.text, type=dict[str, msgspec.Raw]))
    except (msgspec.DecodeError, RecursionError):
        pass  # not JSON: YAML, or an error that is reported below
    try:
        return is_lone_policy(parse_json(json_source(source)).value)
    except UnreadableFileError:
        return False


def _check_policy(source: Source, kind: PolicyKind | None, report: Report) -> None:
    try:
        used, diagnostics = check_lone_policy(json_source(source), kind)
    except UnreadableFileError as error:
        report.add(error.diagnostics, unreadable=True)
        return
    report.add(diagnostics)
    if kind is None:
        report.notes.append(f"{source.name}: checked as {used.value}; --as names another type")


def _check_model(sources: Sequence[Source], unreadable: Sequence[Diagnostic], report: Report) -> None:
    """Account files, and files shaped like `~/.aws/config`, as one model."""
    configs = [source for source in sources if is_aws_config(source.text)]
    accounts = (source for source in sources if source not in configs)
    try:
        loaded = parse(accounts, vocabulary=True, unreadable=unreadable, progress=report.progress)
        report.add(loaded.warnings)
        report.commands = missing_from_dump(loaded.model)
        for config in configs:
            workloads_of_config(config, loaded.model)
    except UnreadableFileError as error:
        report.add(error.diagnostics, unreadable=True)
    except AccountFileError as error:
        report.add((*error.diagnostics, *error.warnings))


def _check_tour(path: Path, files: Sequence[Path], report: Report) -> None:
    """Account files on the command line replace those of the tour, as in `run`."""
    try:
        tour = read_tour(path)
    except UnreadableTourError as error:
        report.add(error.diagnostics, unreadable=True)
        return
    except TourError as error:
        report.add(error.diagnostics)
        return
    if not files:
        sources, unreadable = read_sources(opening_of(tour, path.parent, sample_account()).files)
        _check_model(sources, unreadable, report)


def _summary(report: Report) -> str:
    counts = [
        (len(report.unreadable), "unreadable file"),
        (len(report.errors), "error"),
        (len(report.warnings), "warning"),
    ]
    parts = [f"{count} {noun if count == 1 else noun + 's'}" for count, noun in counts if count]
    return ", ".join(parts) or "no errors"
