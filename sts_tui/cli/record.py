"""How does `sts-tui record` write a tour? The explorer writes it when it closes, or a script is
translated.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sts_tui.cli.console import UserError, narrate, save_private
from sts_tui.cli.entry_points import EntryPoints
from sts_tui.cli.explorer import explorer_options

_STDIN = "-"


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Open the explorer, which writes the tour when it closes, or translate a script. Raises UserError."""
    if options.from_script is not None:
        return _translate(options)
    if options.out is None:
        raise UserError("record needs --out TOUR, the tour to write (see sts-tui record --help)")
    if options.who is not None or options.env or options.profile:
        raise UserError("--as, --env and --profile need --from-script")
    target = _target(options.out)
    files = [Path(name) for name in options.files]
    return entry_points.explore(explorer_options(options, files, record_to=target))


def _target(out: str) -> Path:
    target = Path(out)
    if target.is_dir() or not target.absolute().parent.is_dir():
        raise UserError(f"{target} cannot be written: it is a folder, or its folder does not exist")
    return target


def _translate(options: argparse.Namespace) -> int:
    from sts_tui.cli import inputs
    from sts_tui.simulation.identities import UnknownIdentityError
    from sts_tui.tours.scripts.translation import translate

    target = _target(options.out) if options.out not in (None, _STDIN) else None
    script, name, folder = _script(options.from_script)
    simulation = inputs.simulation_of(options.files, None, options.seed, options.start)
    tour_folder = target.absolute().parent if target else Path.cwd()
    try:
        found = translate(
            script,
            simulation,
            folder=folder,
            tour_folder=tour_folder,
            who=options.who,
            environment=_values(
                options.env, "--env", "NAME=VALUE, or 1=VALUE for the script's first argument"
            ),
            profiles=_values(options.profile, "--profile", "NAME=WHO"),
        )
    except UnknownIdentityError as error:
        flag = "--as" if error.who == options.who else "--profile"
        raise UserError(f"{flag}: {error.message}") from None
    beginning = _beginning(name, options.files, tour_folder, options.seed, options.start)
    text = "\n".join((*beginning, *found.steps, ""))
    if target:
        save_private(target, text)
    else:
        sys.stdout.write(text)
    for one in found.untranslated:
        narrate(f"{name}:{one.line}: not translated: {one.reason}")
    narrate(f"{len(found.steps)} lines; not translated: {len(found.untranslated)}")
    return 0


def _script(name: str) -> tuple[str, str, Path]:
    """(text, name in messages, folder of its paths)."""
    from sts_tui.cli.inputs import read_text

    if name == _STDIN:
        return read_text(name), "standard input", Path.cwd()
    return read_text(name), name, Path(name).absolute().parent


def _values(given: Sequence[str], flag: str, form: str) -> dict[str, str]:
    found = {}
    for word in given:
        name, equals, value = word.partition("=")
        if not equals or not name.strip():
            raise UserError(f"{flag} {word}: write {form}")
        found[name] = value
    return found


def _beginning(
    name: str, files: Sequence[str], folder: Path, seed: int | None, start: datetime | None
) -> list[str]:
    lines = [f"# From {' '.join(name.split())}"]
    if files:
        lines.append("account " + shlex.join(os.path.relpath(file, folder) for file in files))
    if seed is not None:
        lines.append(f"set seed {seed}")
    if start is not None:
        lines.append(f"set start {start:%Y-%m-%dT%H:%M:%SZ}")
    return [*lines, ""]
