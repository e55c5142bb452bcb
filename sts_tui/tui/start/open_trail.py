"""How is a CloudTrail trail opened in the explorer? Read, evaluated, and kept until the explorer ends."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sts_tui.trail.opened import UNKNOWN_EXPIRATIONS, OpenedTrail, opened
from sts_tui.trail.reading.database import Trail
from sts_tui.trail.skeleton import ASSUMPTIONS, skeleton_model
from sts_tui.tui.options import Asked
from sts_tui.tui.text.instants import date_time

if TYPE_CHECKING:
    from sts_tui.tours.reading.preamble import Opening
    from sts_tui.tui.app import StsApp


@contextmanager
def opened_trail(asked: Asked, opening: Opening) -> Iterator[OpenedTrail]:
    """The trail under the account files, or under a model that is derived from it; its temporary folder goes
    at the end. Raises TrailError and AccountFileError.
    """
    if sys.stderr is not None and sys.stderr.isatty():
        print("sts-tui: reading the trail …", file=sys.stderr)
    with Trail(asked.trail) as trail:
        model = opening.open().model if asked.files else skeleton_model(trail)
        found = opened(trail, model, is_model_before=asked.model_before)
        found.replay.assumptions = [*(() if asked.files else ASSUMPTIONS), UNKNOWN_EXPIRATIONS]
        yield found


def greet(app: StsApp, trail: OpenedTrail) -> None:
    """Says what was read, and how to go on."""
    app.trail = trail
    result, keys = trail.replay, app.keymap
    span = f"{date_time(result.first)} to {date_time(result.last)}" if result.first and result.last else ""
    agree = f"{result.agreed} of {result.compared} compared requests agree with the model"
    text = (
        f"{result.events} events, {span}: {agree}. {keys.first('trail')} lists the rest, "
        f"{keys.first('timeline')} chooses an instant, {keys.first('otherwise')} asks what if."
    )
    app.call_after_refresh(app.say, text)  # after what the screen says of the last revocation
    for name, why in trail.replay.unreadable.items():
        app.say(f"Not read: {name}: {why}", "warning")
