"""What is the result of loading account files?"""

from __future__ import annotations

from msgspec import Struct

from sts_tui.account.diagnostics.diagnostic import Diagnostic
from sts_tui.account.entities import AccountModel


class Loaded(Struct, frozen=True):
    """A model, and the warnings about its files."""

    model: AccountModel
    warnings: tuple[Diagnostic, ...]
