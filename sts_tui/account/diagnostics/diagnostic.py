"""What is an error or warning in a file or tour: where it is, what is wrong, and what to do?"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from msgspec import Struct


class Severity(Enum):
    """An error prevents the file from being loaded; a warning is reported and loading continues."""

    ERROR = "error"
    WARNING = "warning"


class Diagnostic(Struct, frozen=True, kw_only=True):
    """One error or warning at one place in a file or tour."""

    file: str
    message: str
    line: int = 0
    """Counted from 1; 0 where the diagnostic concerns the whole file."""
    path: str = ""
    """The JSON path, `Accounts[0].RoleDetailList[3].MaxSessionDuration`; empty for a whole file or a tour."""
    hint: str = ""
    """What to do about it, separate from the message."""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        place = f"{where} {self.path}: " if self.path else f"{where}: "
        return f"{place}{self.message}" + (f" ({self.hint})" if self.hint else "")


class AccountFileError(Exception):
    """The account files cannot be used. Has every error, and the warnings separately."""

    def __init__(self, diagnostics: Sequence[Diagnostic], warnings: Sequence[Diagnostic] = ()) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)
        self.warnings = tuple(warnings)


class UnreadableFileError(AccountFileError):
    """A file cannot be read at all (missing, a directory, binary, not JSON): exit code 2 instead of 1."""
