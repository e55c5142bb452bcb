"""What does `sts-tui schema` print? The JSON Schema of the account file, for editors."""

from __future__ import annotations

import argparse
import json

from sts_tui.account.writing.schema import json_schema
from sts_tui.cli.entry_points import EntryPoints


def perform(options: argparse.Namespace, entry_points: EntryPoints) -> int:
    """Print the schema."""
    print(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
