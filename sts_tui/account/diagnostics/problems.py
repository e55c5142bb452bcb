"""What is wrong with a file: where, what, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """A fault stops the load; a warning is told and the load goes on."""

    FAULT = "fault"
    WARNING = "warning"


class Problem(Struct, frozen=True, kw_only=True):
    """One thing wrong in one place. `line` counts from 1; 0 where there is no line (a whole file)."""

    file: str
    message: str
    line: int = 0
    path: str = ""
    """JSON path, `Accounts[0].RoleDetailList[3].MaxSessionDuration`; empty for the whole file."""
    hint: str = ""
    """What to do, kept out of the message."""
    severity: Severity = Severity.FAULT

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = f"{where} {self.path}: " if self.path else f"{where}: "
        return f"{place}{self.message}" + (f" ({self.hint})" if self.hint else "")


class AccountFileError(Exception):
    """An account file that cannot be used. Carries every fault, not only the first; warnings apart."""

    def __init__(self, problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)
        self.warnings = tuple(warnings)


class UnreadableFileError(AccountFileError):
    """A file that cannot be read at all (missing, a directory, binary, not JSON): exit code 2, not 1."""
