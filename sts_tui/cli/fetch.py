"""What does `sts-tui fetch` print? One script that collects an account or an organization into a folder."""

from __future__ import annotations

import argparse

from sts_tui.account.writing.fetch_commands import fetch_script
from sts_tui.cli.entry_points import EntryPoints


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the script."""
    print(fetch_script(), end="")
    return 0
