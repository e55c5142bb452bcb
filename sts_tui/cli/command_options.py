"""Which arguments does each command take? One function per command adds them to its parser."""

from __future__ import annotations

import argparse
from typing import Any, Final

CREDENTIAL_FORMATS: Final = ("env", "fish", "powershell", "process", "profile", "imds", "container")
"""The formats of `sts.credential_formats`, repeated so that reading the command line does not import it."""
POLICY_TYPES: Final = ("identity", "trust", "resource", "scp", "rcp", "boundary", "session")
"""The types of `account.loading.lone_policy`, repeated so that reading the command line does not import
it.
"""
DEFAULT_PORT: Final = 4550
"""The default port of `serve` and `--serve`."""


def _instant(text: str) -> Any:
    from sts_tui.tours.reading.durations import parse_instant
    from sts_tui.tours.reading.errors import StepError

    try:
        return parse_instant(text)
    except StepError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _seed(text: str) -> int:
    from sts_tui.tours.reading.errors import StepError
    from sts_tui.tours.reading.settings import parse_seed

    try:
        return parse_seed(text)
    except StepError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _add_files(
    parser: argparse.ArgumentParser, help: str = "account files (default: the built-in sample)"
) -> None:
    parser.add_argument("files", nargs="*", default=[], metavar="FILE", help=help)


def _add_trail(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--trail", action="extend", nargs="+", default=[], metavar="TRAIL",
        help="CloudTrail events as the past: files or folders; without FILE the model is derived from them",
    )  # fmt: skip
    parser.add_argument(
        "--model-before", action="store_true",
        help="with a trail: the model is from before it, and follows the policy changes that it records",
    )  # fmt: skip


def _add_model(parser: argparse.ArgumentParser) -> None:
    """Add `--model`, for commands whose first argument is not an account file."""
    parser.add_argument(
        "--model",
        dest="files",
        nargs="+",
        default=[],
        metavar="FILE",
        help="account files (default: the built-in sample)",
    )


def _add_beginning(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed", type=_seed, metavar="N", help="seed of issued ids and credentials (default 0)"
    )
    parser.add_argument(
        "--start", type=_instant, metavar="TIME", help="start of the simulated clock, ISO 8601"
    )


def _add_looks(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", metavar="NAME", help="dark, light, or the name of a Textual theme")
    parser.add_argument("--ascii", action="store_true", help="ASCII symbols and lines only")


def _add_screen(parser: argparse.ArgumentParser) -> None:
    _add_looks(parser)
    parser.add_argument("--keymap", metavar="NAME", help="default, vim, k9s, lazygit, or a keymap file")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError(f"{text} is not a port (0 to 65535; 0 is any free one)")
    return int(text)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--serve", type=_port, metavar="PORT",
        help=f"also serve AWS clients on 127.0.0.1 (--serve alone: port {DEFAULT_PORT})",
    )  # fmt: skip


def explore(parser: argparse.ArgumentParser) -> None:
    _add_files(parser, "account files, and CloudTrail events (default: the built-in sample)")
    parser.add_argument("--tour", metavar="TOUR", help="a tour to present")
    _add_trail(parser)
    parser.add_argument("--autoplay", action="store_true", help="present it step after step, without keys")
    parser.add_argument("--notes", metavar="TOUR", help="the speaker's notes of a tour presented elsewhere")
    parser.add_argument(
        "--resume", action="store_true", help="continue where the last explorer (of FILE) ended"
    )
    parser.add_argument("--readonly", action="store_true", help="refuse every change")
    _add_serve(parser)
    parser.add_argument("--no-journal", dest="journal", action="store_false", help="do not write a journal")
    _add_screen(parser)
    parser.add_argument("--calm", action="store_true", help="reduce motion: redraw only as often as needed")
    parser.add_argument("--reader", action="store_true", help="linear text and a prompt, for screen readers")
    parser.add_argument("--no-mouse", dest="mouse", action="store_false", help="do not take the mouse")
    _add_beginning(parser)


def run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE_OR_TOUR", help="tours (*.tour); account files replace theirs"
    )
    parser.add_argument(
        "-c", dest="commands", action="extend", nargs="+", default=[], metavar="STEP",
        help="steps, each quoted as one word; may be repeated",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object per step")
    parser.add_argument("--junit", metavar="FILE", help="also write a JUnit report")
    parser.add_argument("--cloudtrail", metavar="FILE", help="also write what happened as CloudTrail events")
    parser.add_argument(
        "--animate", action="store_true", help="invent workloads for users and roles before the first step"
    )
    _add_beginning(parser)


def shoot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tour", metavar="TOUR", help="the tour whose `shot` steps are drawn")
    parser.add_argument("--out", required=True, metavar="DIR", help="the folder for the pictures")
    parser.add_argument("--text", action="store_true", help="also each picture as text, DIR/SHOT.txt")
    parser.add_argument("--cast", action="store_true", help="also an asciinema cast, DIR/TOUR.cast")
    parser.add_argument("--html", action="store_true", help="also a page that plays the tour, DIR/TOUR.html")
    _add_looks(parser)  # no keymap: `press` in a tour means the same keys everywhere
    _add_beginning(parser)


def record(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    _add_serve(parser)
    parser.add_argument(
        "--out", metavar="TOUR", help="the tour to write (with --from-script: default standard output)"
    )
    parser.add_argument(
        "--from-script", metavar="SCRIPT",
        help="translate a shell script of aws lines (- for standard input) instead of opening the explorer",
    )  # fmt: skip
    parser.add_argument(
        "--as", dest="who", metavar="WHO", help="with --from-script: who runs it (default: the operator)"
    )
    parser.add_argument(
        "--env", action="append", default=[], metavar="NAME=VALUE",
        help="with --from-script: a variable or argument (1=…) that the script does not set",
    )  # fmt: skip
    parser.add_argument(
        "--profile", action="append", default=[], metavar="NAME=WHO",
        help="with --from-script: the identity of a profile that the script does not configure",
    )  # fmt: skip
    _add_screen(parser)
    _add_beginning(parser)


def creds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", metavar="WHO", help="a session or a user, as in a tour: job@App, alice")
    _add_files(parser)
    parser.add_argument(
        "--format", choices=CREDENTIAL_FORMATS, default="env", help="default: env (for sh, bash, zsh)"
    )
    parser.add_argument("--tour", metavar="TOUR", help="a tour to play first")
    _add_beginning(parser)


def export(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--tour", metavar="TOUR", help="a tour to play first")
    parser.add_argument("--diff", metavar="FILE", help="print the differences from FILE instead")
    parser.add_argument("--out", metavar="FILE", help="write to a file that only you can read")
    _add_beginning(parser)


def selftest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help="only claims of these topics")
    parser.add_argument("--json", action="store_true", help="one JSON object per claim")
    parser.add_argument("--list", action="store_true", help="list every claim with its source")


def validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE_OR_TOUR",
        help="account files, read as one model; single policy documents; tours; - is standard input",
    )
    parser.add_argument(
        "--as", dest="kind", choices=POLICY_TYPES, help="the files are single policy documents of this type"
    )
    formats = parser.add_mutually_exclusive_group()
    formats.add_argument("--json", action="store_true", help="one JSON object per error or warning")
    formats.add_argument("--sarif", action="store_true", help="a SARIF log, as code hosts read it")


def nothing(parser: argparse.ArgumentParser) -> None:
    """`schema` and `fetch` take no arguments."""


def can(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "who", metavar="WHO", help="a session, user or role, as in a tour: job@App, alice, App"
    )
    parser.add_argument(
        "action", nargs="?", metavar="ACTION", help="one action instead of the table: s3:GetObject"
    )
    parser.add_argument("resource", nargs="?", metavar="RESOURCE", help="the resource ARN (default: *)")
    _add_model(parser)
    parser.add_argument("--tour", metavar="TOUR", help="play this tour first, and print what it changed")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument(
        "--all",
        action="store_true",
        help="evaluate every resource that a statement names, not only the first 200, and print every name",
    )
    _add_beginning(parser)


def explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        metavar="FILE",
        help="a denial text, an encoded or decoded authorization message, an Access Troubleshooter answer or "
        "CloudTrail events; - for standard input",
    )
    _add_model(parser)
    _add_beginning(parser)
    from sts_tui.cli.reports.what_if_options import add_what_if

    add_what_if(parser)


def replay(parser: argparse.ArgumentParser) -> None:
    from sts_tui.cli.reports.replay_options import add_replay

    add_replay(parser)


def reach(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--tour", metavar="TOUR", help="play this tour first")
    parser.add_argument("--from", dest="source", metavar="WHO", help="only chains that begin with WHO")
    parser.add_argument("--to", dest="target", metavar="WHO", help="only chains that end with this role")
    parser.add_argument("--all", action="store_true", help="the shortest chain of every pair, one line each")
    parser.add_argument(
        "--outside", action="store_true", help="only principals outside the files that can come in"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object: the report, or one for each chain"
    )
    formats = parser.add_mutually_exclusive_group()
    for name, what in (("dot", "Graphviz"), ("mermaid", "a Mermaid flowchart"), ("opengraph", "BloodHound")):
        formats.add_argument(f"--{name}", dest="format", action="store_const", const=name, help=f"for {what}")


def incident(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "who", metavar="WHO", help="an access key id, session, role, user, workload or person"
    )
    _add_files(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--tour", metavar="TOUR", help="play this tour first (default: one minute passes)")
    parser.add_argument("--report", metavar="FILE", help="also write the report, Markdown")
    parser.add_argument(
        "--as", dest="acting", metavar="WHO", help="who performs the cuts (default: the operator)"
    )
    _add_beginning(parser)


def learn(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar="NAME", help="an exercise, by name or number (default: list all)"
    )
    parser.add_argument(
        "--check", metavar="TOUR", help="grade this tour as the answer; exit 1 if it is wrong"
    )
    parser.add_argument("--junit", metavar="F", help="also write the grade as a JUnit report")
    _add_screen(parser)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not a speed (0 to 3600 simulated seconds in one)")
    return speed


def serve(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument(
        "--port", type=_port, default=DEFAULT_PORT, metavar="N",
        help=f"on 127.0.0.1; 0 is any free port (default {DEFAULT_PORT})",
    )  # fmt: skip
    parser.add_argument("--ready-file", metavar="FILE", help="written when it listens, removed at the end")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="N", help="simulated seconds in a second (default 1)"
    )
    parser.add_argument("--soft", action="store_true", help="report denials, and answer them as successes")
    parser.add_argument("--source-ip", metavar="IP", help="aws:SourceIp of every request")
    parser.add_argument("--instance", metavar="ROLE", help="the role that instance metadata delivers")
    parser.add_argument("--tour", metavar="TOUR", help="a tour to play first")
    parser.add_argument("--json", action="store_true", help="one JSON object per request")
    parser.add_argument("--junit", metavar="FILE", help="also write a JUnit report; denials are failures")
    _add_beginning(parser)
    parser.set_defaults(child=[])
