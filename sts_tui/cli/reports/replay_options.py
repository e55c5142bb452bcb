"""Which arguments does `sts-tui replay` take?"""

from __future__ import annotations

import argparse


def add_replay(parser: argparse.ArgumentParser) -> None:
    """The arguments of `replay`."""
    add = parser.add_argument
    add(
        "trail", nargs="+", metavar="TRAIL",
        help="CloudTrail events: files or folders, JSON or CSV, also gzipped; - is standard input",
    )  # fmt: skip
    add(
        "--model", dest="files", nargs="+", default=[], metavar="FILE",
        help="account files (default: a skeleton derived from the trail)",
    )  # fmt: skip
    add(
        "--model-before", action="store_true",
        help="the model is from before the trail: follow the policy changes that the trail records",
    )  # fmt: skip
    add(
        "--at", action="append", nargs=2, metavar=("TIME", "STEP"),
        help="what if this step of a tour had been performed at that time; may be repeated",
    )  # fmt: skip
    add(
        "--suspect", action="append", metavar="WHO",
        help="with --at: whose calls belong to the incident (an access key id, session, role, user, source "
        "identity or address); may be repeated",
    )  # fmt: skip
    add(
        "--usage", metavar="WHO",
        help="what this role or user used of its permissions, and a policy that would have been enough",
    )  # fmt: skip
    add("--skeleton", metavar="FILE", help="also write the derived model")
    add("--json", action="store_true", help="one JSON object")
