"""Which pages are generated? Each has a function that returns its complete text."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from docs.generate.account_file import account_file
from docs.generate.aws_as_of import aws_as_of
from docs.generate.claims import claims
from docs.generate.commands import commands
from docs.generate.coverage import coverage
from docs.generate.explorer import explorer, readme
from docs.generate.incident_matrix import incident_page
from docs.generate.man_page import man_page
from docs.generate.shell import SCRIPTS
from docs.generate.sts_operations import sts_operations
from sts_tui.account.loading.load import load
from sts_tui.simulation.opening.built_sample import KEPT, stored_form
from sts_tui.tours.reading.samples import sample_folder

DOCS = Path(__file__).parents[1]

PAGES: Mapping[str, Callable[[], str]] = {
    "account-file.md": account_file,
    "aws-as-of.md": aws_as_of,
    "claims.md": claims,
    "commands.md": commands,
    "explorer.md": explorer,
    "incident.md": incident_page,
    "sts-operations.md": sts_operations,
}
SLOW_PAGES: Mapping[str, Callable[[], str]] = {"coverage.md": coverage}
"""Pages that are written only with `--all`, because every tour and claim is played for them."""
SHELL_FILES: Mapping[str, Callable[[], str]] = {"shell/sts-tui.1": man_page, **SCRIPTS}
"""The manual page and completion scripts, which the wheel installs."""


def sample_model() -> bytes:
    """The model of the built-in sample, as it is cached in the package."""
    sample = sample_folder() / "acme.json"
    return stored_form(sample.read_bytes(), load([sample]).model)


def main() -> None:
    for name, page in {**PAGES, **SHELL_FILES, **(SLOW_PAGES if "--all" in sys.argv else {})}.items():
        (DOCS / name).write_text(page(), encoding="utf-8")
        print(f"docs/{name}")
    front = DOCS.parent / "README.md"
    front.write_text(readme(front.read_text(encoding="utf-8")), encoding="utf-8")
    print("README.md")
    KEPT.write_bytes(sample_model())
    print(KEPT.relative_to(DOCS.parent))


if __name__ == "__main__":
    main()
