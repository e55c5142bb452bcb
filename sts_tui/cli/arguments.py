"""How is the command line read? One parser for all commands, their help, and shell completion."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

from sts_tui import VERSION_LINE
from sts_tui.account.diagnostics.suggestions import did_you_mean
from sts_tui.cli.command_options import DEFAULT_PORT
from sts_tui.cli.commands import COMMANDS, EXPLORE
from sts_tui.cli.console import UserError

SHELLS = ("bash", "zsh", "tcsh", "fish")


_OF_ANY_WIDTH = partial(argparse.HelpFormatter, width=80)


class Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line, without the usage. argparse creates a formatter for each
    argument, to check its metavar, and a formatter without a width imports shutil, bz2 and lzma to find the
    terminal's width, which only help needs.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": _OF_ANY_WIDTH, **options})

    def format_help(self) -> str:
        """The help, as wide as the terminal."""
        self.formatter_class = argparse.RawDescriptionHelpFormatter
        return super().format_help()

    def error(self, message: str) -> NoReturn:
        """Raises UserError instead of printing the usage and ending the process."""
        raise UserError(f"{message} (see {self.prog} --help)")


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """The options of a command; `options.command` names it. Raises UserError, SystemExit."""
    words = list(argv)
    if not words or (words[0] not in COMMANDS and words[0] not in _FLAGS_OF_THE_WHOLE):
        _refuse_misspelled_command(words)
        words.insert(0, EXPLORE)
    words = [f"--serve={DEFAULT_PORT}" if word == "--serve" else word for word in words]
    child: list[str] = []
    if words[0] == "serve" and "--" in words:
        at = words.index("--")
        words, child = words[:at], words[at + 1 :]
        if not child:
            raise UserError("serve: a command follows --")
    options = build_parser(words[0]).parse_args(words)
    if child:
        options.child = child
    return options


_FLAGS_OF_THE_WHOLE = ("-h", "--help", "--version", "--print-completion")


def _refuse_misspelled_command(words: Sequence[str]) -> None:
    """`sts-tui vaildate` is reported as a misspelled command, not as a missing file."""
    if not words or words[0].startswith("-") or "." in words[0] or "/" in words[0]:
        return
    if hint := did_you_mean(words[0], [name for name in COMMANDS if name != EXPLORE]):
        raise UserError(f"there is no command {words[0]!r} ({hint})")


def build_parser(first_word: str = "--print-completion") -> argparse.ArgumentParser:
    """The parser of all commands; if the first word is a command, only of that one."""
    parser = Parser(
        prog="sts-tui",
        description="A flight simulator for AWS temporary credentials. Without a command: the explorer.",
        epilog=_examples(
            "sts-tui                     the built-in sample",
            "sts-tui mine.json           the output of aws iam get-account-authorization-details",
            "sts-tui run story.tour      play a tour without a screen, as a test",
            "sts-tui run -c 'as alice' -c 'request s3:GetObject arn:aws:s3:::acme-orders/a.json'",
        ),
    )
    parser.add_argument("--version", action="version", version=VERSION_LINE)
    parser.add_argument(
        "--print-completion",
        action=_PrintCompletion,
        choices=SHELLS,
        metavar="SHELL",
        help="print the completion script of a shell: " + ", ".join(SHELLS),
    )
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", parser_class=Parser, title="commands", prog="sts-tui"
    )
    for name, command in COMMANDS.items():
        if first_word in COMMANDS and name != first_word:
            continue
        own = commands.add_parser(
            name,
            prog="sts-tui" if name == EXPLORE else f"sts-tui {name}",
            help=command.summary,
            description=command.summary[0].upper() + command.summary[1:] + ".",
            epilog=_examples(*command.examples),
        )
        command.add_arguments(own)
    return parser


def _examples(*lines: str) -> str:
    return "\n".join(["examples:", *(f"  {line}" for line in lines)])


class _PrintCompletion(argparse.Action):
    """`--print-completion bash`; shtab is imported only here."""

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: Any = None
    ) -> None:
        import shtab

        complete_files(parser, shtab)
        print(shtab.complete(parser, shell=values))
        parser.exit(0)


def complete_files(parser: argparse.ArgumentParser, shtab: object) -> None:
    """Let shells complete files and folders for the arguments that name them."""
    for action in parser._actions:  # argparse has no public way to walk its own arguments
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                complete_files(command, shtab)
        elif action.metavar in ("FILE", "TOUR", "FILE_OR_TOUR"):
            action.complete = shtab.FILE  # type: ignore[attr-defined]  # the attribute that shtab reads
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]  # the attribute that shtab reads
