"""How are the completion scripts for packages and the wheel generated? They are the output of
`--print-completion`.
"""

from __future__ import annotations

from functools import partial

import shtab

from sts_tui.cli.arguments import build_parser, complete_files

FILES = {"bash": "sts-tui.bash", "zsh": "_sts-tui", "fish": "sts-tui.fish"}


def completion(shell: str) -> str:
    """The script of a shell."""
    parser = build_parser()
    complete_files(parser, shtab)
    return str(shtab.complete(parser, shell=shell)).rstrip() + "\n"


SCRIPTS = {f"shell/{name}": partial(completion, shell) for shell, name in FILES.items()}
