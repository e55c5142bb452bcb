"""Which options are for what-if questions?"""

from __future__ import annotations

import argparse
from typing import Final

LAYERS: Final = ("scp", "rcp", "boundary", "session", "endpoint", "resource", "identity")
"""The policy types that `--without` can leave out."""


def add_what_if(parser: argparse.ArgumentParser) -> None:
    """`--tour`, `--json`, `--without TYPE` and `--what-if KEY=VALUE`."""
    parser.add_argument("--tour", metavar="TOUR", help="play this tour first")
    parser.add_argument("--json", action="store_true", help="one JSON array")
    parser.add_argument(
        "--without",
        action="append",
        default=[],
        choices=LAYERS,
        help="what if: leave a policy type out (repeatable)",
    )
    parser.add_argument(
        "--what-if",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="what if: another value of a condition key (repeatable)",
    )
