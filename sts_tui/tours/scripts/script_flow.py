"""Which commands of a script make no call, what are the limits of its interpretation, and what is the
result?
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SILENT: Final = frozenset(
    {":", "true", "cd", "mkdir", "chmod", "shopt", "trap", "hash", "which", "command", "type", "wait"}
    | {"clear", "rm", "jq"}
)
"""Commands without effect on AWS, or whose output is only shown."""
EXPORTS: Final = ("export", "declare", "local", "readonly", "typeset")
OF_THE_SHELL: Final = ("set", "sleep", "exit", "return", "shift", "break", "continue")
DECISIONS: Final = ("[", "[[", "test", "false")
"""Commands that only have an exit status."""
MOST_STEPS: Final = 2_000
"""The maximum number of steps of one script; a loop that makes more is listed as not translated."""
MOST_ROUNDS: Final = 100
"""The maximum number of rounds of a loop whose condition is a command."""
MOST_NESTED: Final = 10
"""The maximum depth of functions, and of scripts with `source` or `eval`, that call each other."""


class Untranslated(Struct, frozen=True):
    """A part of the script that the tour does not have."""

    line: int
    text: str
    reason: str


class Translation(Struct, frozen=True):
    """The steps of the tour, and what could not be translated."""

    steps: tuple[str, ...]
    untranslated: tuple[Untranslated, ...]


class ScriptEnd(Exception):
    """The script ends here: `exit`, or a failure under `set -e`."""


class Return(Exception):
    """`return` in a function."""


class Break(Exception):
    """`break` in a loop."""


class Continue(Exception):
    """`continue` in a loop."""
