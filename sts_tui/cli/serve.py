"""How does `sts-tui serve` let real AWS clients use a model? Lines on stdout, a summary at the end."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

from sts_tui.cli import inputs
from sts_tui.cli.console import Paint, UserError, complain, narrate, save_private, wants_color
from sts_tui.cli.entry_points import EntryPoints

if TYPE_CHECKING:
    from sts_tui.endpoint.profiles import Files
    from sts_tui.wire.gateway import Exchange

_FAST = 4.0
"""The speed from which clients renew sessions almost continuously."""


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Serve the model of the files; return the exit status of COMMAND, else 0. Raises UserError."""
    from sts_tui.endpoint.service import missing_extra

    if missing := missing_extra():
        raise UserError(f"serve: {missing}")
    _check_address(options.source_ip)
    simulation = inputs.simulation_of(options.files, options.tour, options.seed, options.start)
    from sts_tui.endpoint.delivered import instance_role
    from sts_tui.endpoint.report import Report
    from sts_tui.endpoint.server import PortTakenError
    from sts_tui.endpoint.service import Behavior
    from sts_tui.endpoint.serving import CommandNotFoundError, Serving, serve

    try:
        instance = instance_role(simulation, options.instance)
    except LookupError as error:
        raise UserError(str(error)) from None
    report = Report()
    asked = Serving(
        simulation=simulation,
        behavior=Behavior(soft=options.soft, source_ip=options.source_ip or "", instance=instance),
        port=options.port,
        speed=options.speed,
        ready_file=Path(options.ready_file) if options.ready_file else None,
        command=options.child,
        report=_reporter(report, options),
        failed=_FailureReporter(),
        started=_announcer(options),
    )
    try:
        status = serve(asked)
    except (PortTakenError, CommandNotFoundError) as error:
        raise UserError(str(error)) from None
    for text in report.summary():
        narrate(text)
    if options.junit:
        save_private(Path(options.junit), report.junit())
    return status


def _check_address(written: str | None) -> None:
    try:
        if written:
            ip_address(written)
    except ValueError:
        raise UserError(f"--source-ip: {written} is not an IP address") from None


def _reporter(report: object, options: argparse.Namespace) -> Callable[[Exchange], None]:
    """The function that prints an exchange; to stderr if a COMMAND uses stdout."""
    from sts_tui.endpoint.report import Report, as_json_line, line

    assert isinstance(report, Report)
    stream = sys.stderr if options.child else sys.stdout
    paint = Paint(wants_color(stream))

    def add(exchange: Exchange) -> None:
        report.add(exchange)
        if options.json:
            print(as_json_line(exchange), file=stream, flush=True)
        else:
            color = paint.good if exchange.code == "200" else paint.bad
            print(color(line(exchange)), file=stream, flush=True)

    return add


class _FailureReporter:
    """Prints one line about each kind of unexpected exception, so that one that recurs at each tick is
    reported once.
    """

    def __init__(self) -> None:
        self._reported: set[tuple[str, str]] = set()

    def __call__(self, error: Exception) -> None:
        from sts_tui.account.writing.crash_log import internal_error

        kind = (type(error).__name__, str(error))
        if kind not in self._reported:
            self._reported.add(kind)
            with suppress(OSError):
                complain([f"serving continues after an {internal_error(error)}"])


def _announcer(options: argparse.Namespace) -> Callable[[str, Files], None]:
    def announce(address: str, files: Files) -> None:
        import os

        from sts_tui.endpoint.profiles import unknown_profile, unset, variables

        narrate(f"serving on {address}, simulated credentials only; profiles are in {files.config}")
        if options.speed >= _FAST:
            narrate(f"at ×{options.speed:g} clients renew their sessions at almost every call")
        if options.child:
            if note := unknown_profile(os.environ, files):
                narrate(note)
            return
        for name, value in variables(address, files).items():
            narrate(f"export {name}={shlex.quote(value)}")
        if names := unset(os.environ):
            narrate(f"unset {' '.join(names)}")

    return announce
