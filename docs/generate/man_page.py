"""How is the manual page sts-tui(1) generated? From the parser, with the texts of --help.

https://man7.org/linux/man-pages/man7/man.7.html
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from sts_tui import __version__
from sts_tui.cli.arguments import build_parser
from sts_tui.cli.commands import COMMANDS, EXPLORE

_EXIT = (
    ("0", "Success; for validate: no error, perhaps warnings."),
    (
        "1",
        "A step failed, an error was found, or a claim does not hold; for can: denied; for reach: no path.",
    ),
    ("2", "The input cannot be used, or the command line is wrong."),
    ("3", "can and reach: unknown; something that is not modeled would decide."),
    ("130", "Interrupted."),
)
_ENVIRONMENT = (
    ("NO_COLOR", "No color in transcripts."),
    ("XDG_CONFIG_HOME", "Where sts-tui/keymap.json and preferences are; by default ~/.config."),
    ("XDG_STATE_HOME", "Where journals and the crash log are; by default ~/.local/state."),
)


def man_page() -> str:
    """The page in the man macros."""
    parser = build_parser()
    lines = [
        f'.TH STS\\-TUI 1 "" "sts\\-tui {_roff(__version__)}" "User Commands"',
        ".SH NAME",
        r"sts\-tui \- a flight simulator for AWS temporary credentials, entirely offline",
        ".SH SYNOPSIS",
        *_synopsis(),
        ".SH DESCRIPTION",
        _roff(str(parser.description)),
        "Nothing is sent to AWS and no credentials are needed: those that it issues are simulated.",
        ".SH COMMANDS",
    ]
    (subcommands,) = (each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    for name, command in subcommands.choices.items():
        lines += _command(name, command)
    lines += [".SH EXIT STATUS", *_table(_EXIT), ".SH ENVIRONMENT", *_table(_ENVIRONMENT)]
    lines += [".SH SEE ALSO", ".BR aws (1)", ""]
    return "\n".join(lines)


def _synopsis() -> Iterator[str]:
    yield ".B sts\\-tui\n.RI [ FILE ...]"
    for name in COMMANDS:
        if name != EXPLORE:
            yield f".br\n.B sts\\-tui {_roff(name)}\n.RI [ ARGUMENTS ...]"


def _command(name: str, command: argparse.ArgumentParser) -> Iterator[str]:
    shown = "sts-tui" if name == EXPLORE else f"sts-tui {name}"
    yield f".SS {_roff(shown)}"
    yield _roff(str(command.description))
    for action in command._actions:
        if action.help and action.help != argparse.SUPPRESS:
            yield f".TP\n{_flags(action)}\n{_roff(action.help)}"
    yield ".PP\nExamples:"
    yield from (f".PP\n.RS\n.nf\n{_roff(example)}\n.fi\n.RE" for example in COMMANDS[name].examples)


def _flags(action: argparse.Action) -> str:
    value = str(action.metavar or "") if action.nargs != 0 else ""
    if not action.option_strings:
        return f".I {_roff(value or action.dest)}"
    names = ", ".join(_roff(each) for each in action.option_strings)
    return f'.BI "{names}" " {_roff(value)}"' if value else f".B {names}"


def _table(rows: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for name, text in rows:
        yield f".TP\n.B {_roff(name)}\n{_roff(text)}"


def _roff(text: str) -> str:
    """Text escaped for troff."""
    escaped = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    escaped = escaped.replace("'", "\\(aq").replace('"', "\\(dq").replace("`", "\\(ga")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
