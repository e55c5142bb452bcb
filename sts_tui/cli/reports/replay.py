"""What does `sts-tui replay` print? A trail evaluated again, and what a change would have prevented."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, get_args

from sts_tui.account.diagnostics.diagnostic import AccountFileError
from sts_tui.account.entities import AccountModel
from sts_tui.account.loading.load import from_json
from sts_tui.cli import inputs
from sts_tui.cli.console import UserError, save_private
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.waiting import at_work
from sts_tui.tours.reading import steps
from sts_tui.tours.reading.durations import parse_instant
from sts_tui.tours.reading.errors import StepError
from sts_tui.tours.reading.grammar import parse_step
from sts_tui.trail.otherwise import Change, ChangeError
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.reading.errors import TrailError
from sts_tui.trail.replayed import Replayed, replayed
from sts_tui.trail.report import as_object, lines_of
from sts_tui.trail.skeleton import ASSUMPTIONS, skeleton_of

_IDLE: Final = (
    *get_args(steps.Narration), *get_args(steps.ScreenStep), *get_args(steps.Wait), *get_args(steps.Expect),
    *(steps.Incident, steps.ShowScore),
)  # fmt: skip
"""Steps that change nothing in a model."""
_CHANGES: Final = "revoke ROLE, cut WHO … and aws … do"


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the comparison; exit 0. Raises UserError for unusable files, times and steps."""
    if options.suspect and not options.at:
        raise UserError("--suspect needs --at TIME STEP: it says whose calls the step should have prevented")
    with tempfile.TemporaryDirectory(prefix="sts-tui-") as folder:
        paths = _paths(options.trail, Path(folder))
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


def _paths(names: Sequence[str], folder: Path) -> list[Path]:
    """The paths; standard input and pipes, which can be read only once, become private files."""
    paths = []
    for number, name in enumerate(names):
        path = Path(name)
        copied = folder / f"input-{number}"
        if name == "-":
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
        written = skeleton_of(trail)
        if options.skeleton:
            save_private(Path(options.skeleton), json.dumps(written, indent=2, ensure_ascii=False) + "\n")
        try:
            model = from_json(written, "skeleton").model
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
    """The ARN of the role or user that WHO names. Raises UserError for none and for several."""
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
            step = parse_step(text)
        except StepError as error:
            raise UserError(f"--at {time} {text!r}: {error}") from None
        if isinstance(step, _IDLE):
            raise UserError(f"--at {time} {text!r}: this step changes nothing in the model; {_CHANGES}")
        changes.append(Change(at, step))
    return changes
