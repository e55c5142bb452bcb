"""What can be typed after `sts-tui`: one parser for every command, with examples, and shell completion."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from sts_tui import __version__
from sts_tui.cli.console import UserError

CREDENTIAL_FORMATS = ("env", "fish", "powershell", "process", "profile", "imds", "container")
SHELLS = ("bash", "zsh", "tcsh", "fish")
EXPLORE = "explore"
"""The command that is meant where none is written."""


class Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        raise UserError(f"{message} (see {self.prog} --help)")


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """The options of the command that is meant; `options.command` names it. Raises UserError, SystemExit."""
    parser = build_parser()
    words = list(argv)
    if not words or (words[0] not in _COMMANDS and words[0] not in _FLAGS_OF_THE_WHOLE):
        _refuse_misspelt_command(words)
        words.insert(0, EXPLORE)
    return parser.parse_args(words)


_FLAGS_OF_THE_WHOLE = ("-h", "--help", "--version", "--print-completion")


def _refuse_misspelt_command(words: Sequence[str]) -> None:
    """`sts-tui vaildate` is a command that is not there rather than a file that is not there."""
    if not words or words[0].startswith("-") or "." in words[0] or "/" in words[0]:
        return
    import difflib  # only on the way to a fault

    near = difflib.get_close_matches(words[0], [name for name in _COMMANDS if name != EXPLORE], n=1)
    if near:
        raise UserError(f"there is no command {words[0]!r}; did you mean {near[0]!r}?")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    parser = Parser(
        prog="sts-tui",
        description="A flight simulator for AWS temporary credentials. Without a command: the explorer.",
        epilog=_examples(
            "sts-tui                     the built-in sample",
            "sts-tui mine.json           what aws iam get-account-authorization-details printed",
            "sts-tui run story.tour      a script of steps, as a test",
            "sts-tui run -c 'as alice' -c 'request s3:GetObject arn:aws:s3:::acme-orders/a.json'",
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sts-tui {__version__}")
    parser.add_argument(
        "--print-completion",
        action=_PrintCompletion,
        choices=SHELLS,
        metavar="SHELL",
        help="print the completion script of a shell: " + ", ".join(SHELLS),
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser, title="commands")
    for name, (summary, examples, add_arguments) in _COMMANDS.items():
        command = commands.add_parser(
            name,
            prog="sts-tui" if name == EXPLORE else f"sts-tui {name}",
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog=_examples(*examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_arguments(command)
    return parser


def _examples(*lines: str) -> str:
    return "\n".join(["examples:", *(f"  {line}" for line in lines)])


class _PrintCompletion(argparse.Action):
    """`--print-completion bash`; shtab is imported only here."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: Any = None
    ) -> None:
        import shtab

        _complete_files(parser, shtab)
        print(shtab.complete(parser, shell=values))
        parser.exit(0)


def _complete_files(parser: argparse.ArgumentParser, shtab: Any) -> None:
    for action in parser._actions:  # argparse has no public way to walk its own arguments
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_files(command, shtab)
        elif action.metavar in ("FILE", "TOUR", "FILE_OR_TOUR"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # how shtab is told
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # how shtab is told


def _instant(text: str) -> Any:
    from sts_tui.tours.durations import parse_instant
    from sts_tui.tours.faults import StepFault

    try:
        return parse_instant(text)
    except StepFault as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def _add_files(
    parser: argparse.ArgumentParser, help: str = "account files; none: the built-in sample"
) -> None:
    parser.add_argument("files", nargs="*", default=[], metavar="FILE", help=help)


def _add_beginning(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=_seed, metavar="N", help="where issued ids come from (default 0)")
    parser.add_argument("--start", type=_instant, metavar="TIME", help="where the clock starts, ISO 8601")


def _add_screen(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--theme", metavar="NAME", help="a theme of the explorer")
    parser.add_argument("--keymap", metavar="NAME", help="default, vim, k9s, lazygit, or a keymap file")
    parser.add_argument("--ascii", action="store_true", help="no symbols and lines beyond ASCII")


def _explore(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--tour", metavar="TOUR", help="a tour to present")
    parser.add_argument("--resume", action="store_true", help="go on where the last explorer was left")
    parser.add_argument("--readonly", action="store_true", help="look, but change nothing")
    parser.add_argument("--no-journal", dest="journal", action="store_false", help="write no journal")
    _add_screen(parser)
    parser.add_argument("--calm", action="store_true", help="nothing moves by itself more often than it must")
    parser.add_argument("--reader", action="store_true", help="linear text and a prompt, for screen readers")
    parser.add_argument(
        "--no-mouse", dest="mouse", action="store_false", help="leave the mouse to the terminal"
    )
    _add_beginning(parser)


def _run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE_OR_TOUR", help="tours (*.tour); account files replace theirs"
    )
    parser.add_argument(
        "-c",
        dest="commands",
        action="extend",
        nargs="+",
        default=[],
        metavar="STEP",
        help="steps, each quoted as one word; it may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per step")
    parser.add_argument("--junit", metavar="FILE", help="write a JUnit report as well")
    _add_beginning(parser)


def _shoot(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tour", metavar="TOUR", help="the tour whose `shot` steps are drawn")
    parser.add_argument("--out", required=True, metavar="DIR", help="where the pictures go")
    _add_screen(parser)
    _add_beginning(parser)


def _record(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--out", required=True, metavar="TOUR", help="the tour to write")
    _add_screen(parser)
    _add_beginning(parser)


def _creds(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", metavar="WHO", help="a session or a user, as in a tour: job@App, alice")
    _add_files(parser)
    parser.add_argument(
        "--format", choices=CREDENTIAL_FORMATS, default="env", help="default: env (for sh, bash, zsh)"
    )
    parser.add_argument("--tour", metavar="TOUR", help="a tour to play first")
    _add_beginning(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--tour", metavar="TOUR", help="a tour to play first")
    parser.add_argument("--diff", metavar="FILE", help="print what is different in FILE instead")
    parser.add_argument("--out", metavar="FILE", help="write to a file that only you can read")
    _add_beginning(parser)


def _selftest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help="only claims of these topics")
    parser.add_argument("--json", action="store_true", help="one JSON object per claim")
    parser.add_argument("--list", action="store_true", help="list every claim with its source")


def _validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="+", metavar="FILE_OR_TOUR", help="account files, read as one model, and tours"
    )


def _nothing(parser: argparse.ArgumentParser) -> None:
    """`schema` takes no arguments."""


def _reach(parser: argparse.ArgumentParser) -> None:
    _add_files(parser)
    parser.add_argument("--from", dest="source", metavar="WHO", help="only chains that begin with WHO")
    parser.add_argument("--to", dest="target", metavar="WHO", help="only chains that end with this role")
    parser.add_argument("--json", action="store_true", help="one JSON object per chain")


_Command = tuple[str, tuple[str, ...], Callable[[argparse.ArgumentParser], None]]
_COMMANDS: dict[str, _Command] = {
    EXPLORE: (
        "open the explorer (the default)",
        ("sts-tui mine.json overlay.json", "sts-tui --tour story.tour", "sts-tui --resume"),
        _explore,
    ),
    "run": (
        "run tours headless and print their transcripts",
        (
            "sts-tui run story.tour --junit report.xml",
            "sts-tui run mine.json story.tour",
            "sts-tui run -c 'as alice' -c 'aws sts get-caller-identity' --json",
        ),
        _run,
    ),
    "shoot": (
        "run a tour against the real screen and write its pictures",
        ("sts-tui shoot story.tour --out docs/pictures",),
        _shoot,
    ),
    "record": (
        "open the explorer and write what you do as a tour",
        ("sts-tui record mine.json --out story.tour",),
        _record,
    ),
    "creds": (
        "print a session's simulated credentials as other tools read them",
        (
            'eval "$(sts-tui creds job@App mine.json)"',
            "sts-tui creds alice --format process",
            "sts-tui creds demo@Ops --tour story.tour --format profile",
        ),
        _creds,
    ),
    "export": (
        "print the model, with its edits, as an account file",
        (
            "sts-tui export mine.json --tour story.tour --out after.json",
            "sts-tui export mine.json --diff after.json",
        ),
        _export,
    ),
    "selftest": (
        "run every claim about AWS against the engine",
        ("sts-tui selftest", "sts-tui selftest --list permissions-boundaries"),
        _selftest,
    ),
    "validate": (
        "check account files and tours",
        ("sts-tui validate mine.json overlay.json story.tour",),
        _validate,
    ),
    "schema": (
        "print the JSON Schema of the account file",
        ("sts-tui schema > account.schema.json",),
        _nothing,
    ),
    "reach": (
        "say who can become whom, through which chain of roles",
        ("sts-tui reach mine.json", "sts-tui reach mine.json --from alice --to Admin"),
        _reach,
    ),
}
