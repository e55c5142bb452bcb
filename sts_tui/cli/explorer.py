"""How does `sts-tui [FILE…]` open the explorer? It first makes every check that needs no screen."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from msgspec.structs import replace

from sts_tui.account.diagnostics.diagnostic import UnreadableFileError
from sts_tui.account.loading.sources import STDIN, read_source
from sts_tui.cli.console import UserError
from sts_tui.cli.entry_points import EntryPoints, ExplorerOptions
from sts_tui.cli.files import sample_account, split_files


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Open the explorer; returns its exit code. Raises UserError."""
    if options.notes is not None:
        return entry_points.notes(_tour_to_follow(options))
    files, tours = split_files(options.files)
    files, trail = _split_trail(files, options)
    if options.tour:
        tours.append(Path(options.tour))
    if len(tours) > 1:
        raise UserError("the explorer presents one tour at a time")
    tour = tours[0] if tours else None
    if options.autoplay and tour is None:
        raise UserError("--autoplay needs a tour (--tour TOUR)")
    _check_serve(options, has_tour=tour is not None)
    if tour is not None:
        from sts_tui.cli import inputs

        inputs.read(tour)
    if not trail:
        return entry_points.explore(explorer_options(options, files, tour=tour))
    if tour is not None or options.resume:
        raise UserError("--trail cannot be combined with a tour or --resume")
    return _explore_trail(explorer_options(options, files), trail, entry_points)


def _split_trail(files: list[Path], options: argparse.Namespace) -> tuple[list[Path], list[Path]]:
    """(account files, CloudTrail events): those of `--trail`, and files that begin like CloudTrail events.

    Raises UserError for a path that does not exist, and for `--model-before` without both.
    """
    if not files and not options.trail and not options.model_before:
        return [], []
    from sts_tui.trail.reading.sources import is_trail  # does not import DuckDB yet

    found = [one for one in files if is_trail(one)]
    account, trail = [one for one in files if one not in found], [*found, *map(Path, options.trail)]
    for one in trail:
        if str(one) != STDIN and not one.exists():
            raise UserError(f"{one}: no such file or folder")
    if options.model_before and not (account and trail):
        raise UserError("--model-before needs an account file and a trail")
    return account, trail


def _explore_trail(options: ExplorerOptions, trail: list[Path], entry_points: EntryPoints) -> int:
    """Input that can be read only once is copied first; keys are then read from the terminal."""
    import tempfile

    from sts_tui.cli.reports.replay import trail_paths

    with tempfile.TemporaryDirectory(prefix="sts-tui-") as folder:
        paths = trail_paths(trail, Path(folder))
        if STDIN in map(str, trail):
            _keys_from_terminal()
        return entry_points.explore(replace(options, trail=tuple(paths)))


def _tour_to_follow(options: argparse.Namespace) -> Path:
    from sts_tui.cli import inputs

    if options.files or options.tour:
        raise UserError(
            "--notes TOUR cannot be combined with other arguments: it shows the notes of a tour that "
            "another terminal presents"
        )
    tour = Path(options.notes)
    inputs.read(tour)
    return tour


def keys_from_the_terminal(options: ExplorerOptions) -> None:
    """If a file is standard input (`-`), read it now, and read keys from the terminal instead."""
    if STDIN not in map(str, options.files):
        return
    with suppress(UnreadableFileError):  # the error is reported when the file is opened
        read_source(STDIN)
    _keys_from_terminal()


def _keys_from_terminal() -> None:
    with suppress(OSError):  # without a terminal, `refuse_without_terminal` reports it
        terminal = os.open("/dev/tty", os.O_RDWR)
        os.dup2(terminal, sys.stdin.fileno())


def _check_serve(options: argparse.Namespace, *, has_tour: bool) -> None:
    if options.serve is None:
        return
    from sts_tui.endpoint.service import missing_extra

    if has_tour or options.reader:
        raise UserError("--serve cannot be combined with a tour or --reader")
    if missing := missing_extra():
        raise UserError(f"--serve: {missing}")


def refuse_without_terminal(options: ExplorerOptions) -> NoReturn:
    """Raises UserError: errors in the files first, then that there is no terminal."""
    from sts_tui.cli import inputs
    from sts_tui.tours.reading.steps import Tour

    tour = inputs.read(options.tour) if options.tour else Tour(name="", lines=())
    folder = options.tour.parent if options.tour else Path()
    inputs.open_simulation(inputs.beginning(tour, folder, options.files, options.seed, options.start))
    raise UserError("the explorer needs a terminal (sts-tui run plays tours without one)")


def explorer_options(
    options: argparse.Namespace, files: list[Path], *, tour: Path | None = None, record_to: Path | None = None
) -> ExplorerOptions:
    """The options for the explorer."""
    return ExplorerOptions(
        files=tuple(files),
        sample=sample_account(),
        model_before=getattr(options, "model_before", False),
        tour=tour,
        autoplay=getattr(options, "autoplay", False),
        seed=options.seed,
        start=options.start,
        resume=getattr(options, "resume", False),
        journal=getattr(options, "journal", True),
        readonly=getattr(options, "readonly", False),
        theme=options.theme,
        keymap=getattr(options, "keymap", None),
        ascii=options.ascii,
        calm=getattr(options, "calm", False),
        reader=getattr(options, "reader", False),
        mouse=getattr(options, "mouse", True),
        serve=getattr(options, "serve", None),
        text=getattr(options, "text", False),
        cast=getattr(options, "cast", False),
        html=getattr(options, "html", False),
        record_to=record_to,
    )
