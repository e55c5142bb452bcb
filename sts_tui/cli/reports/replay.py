"""What does `sts-tui replay` print? A trail evaluated again, and the requests that a change would have
prevented.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.entities import AccountModel
from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, save_private
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.waiting import at_work
from sts_tui.tours.reading.durations import parse_instant
from sts_tui.tours.reading.errors import StepError
from sts_tui.trail.otherwise import Change, ChangeError, change
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.reading.errors import TrailError
from sts_tui.trail.replayed import Replayed, replayed
from sts_tui.trail.report import as_object, lines_of
from sts_tui.trail.skeleton import ASSUMPTIONS, skeleton_model, skeleton_of


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the comparison; exit 0. Raises UserError for unusable files, times and steps."""
    if options.suspect and not options.at:
        raise UserError("--suspect needs --at TIME STEP: it says whose calls the step should have prevented")
    with tempfile.TemporaryDirectory(prefix="sts-tui-") as folder:
        paths = trail_paths(options.trail, Path(folder))
        try:
            with at_work("reading the trail"), Trail(paths) as trail:
                done = _replayed(options, trail)
        except (TrailError, ChangeError) as error:
            raise UserError(str(error)) from None
    if options.json:
        print(json.dumps(as_object(done), ensure_ascii=False))
    else:
        print("\n".join(lines_of(done)))
    return 0


def trail_paths(names: Sequence[str | Path], folder: Path) -> list[Path]:
    """The paths; standard input and pipes, which can be read only once, become private files."""
    paths = []
    for number, name in enumerate(names):
        path = Path(name)
        copied = folder / f"input-{number}"
        if str(name) == "-":
            with copied.open("wb") as stream:
                shutil.copyfileobj(sys.stdin.buffer, stream)
            path = copied
        elif path.is_fifo():
            with path.open("rb") as pipe, copied.open("wb") as stream:
                shutil.copyfileobj(pipe, stream)
            path = copied
        paths.append(path)
    return paths


def _replayed(options: argparse.Namespace, trail: Trail) -> Replayed:
    assumptions: tuple[str, ...] = ()
    if options.files:
        simulation = inputs.simulation_of(options.files, None, None, None)
        model = simulation.model
    else:
        if options.skeleton:
            written = json.dumps(skeleton_of(trail), indent=2, ensure_ascii=False) + "\n"
            save_private(Path(options.skeleton), written)
        try:
            model = skeleton_model(trail)
        except AccountFileError as error:
            raise UserError.of(error.diagnostics) from None
        assumptions = ASSUMPTIONS
    done = replayed(
        trail, model, _changes(options.at or (), trail), options.suspect or (),
        is_model_before=options.model_before, usage_of=_entity(options.usage, model) if options.usage else "",
    )  # fmt: skip
    done.replay.assumptions = [*assumptions]
    return done


def _entity(who: str, model: AccountModel) -> str:
    """The ARN of the role or user that WHO names. Raises UserError if there is none or more than one."""
    entities = [one for account in model.accounts for one in account.role_detail_list]
    users = [one for account in model.accounts for one in account.user_detail_list]
    named = [one.arn for one in entities if who in (one.arn, one.role_name, one.role_id)]
    named += [one.arn for one in users if who in (one.arn, one.user_name, one.user_id)]
    if len(named) != 1:
        several = f": several have this name: {', '.join(named)}" if named else ": no such role or user"
        raise UserError(f"--usage {who}{several}")
    return named[0]


def _changes(given: Sequence[Sequence[str]], trail: Trail) -> list[Change]:
    """`--at TIME STEP`. A time of day is the next one after the trail begins. Raises UserError."""
    changes = []
    for time, text in given:
        try:
            at = parse_instant(time, trail.first - timedelta(seconds=1))
            changes.append(change(at, text))
        except (StepError, ChangeError) as error:
            raise UserError(f"--at {time} {text!r}: {error}") from None
    return changes
