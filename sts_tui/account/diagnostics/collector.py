"""How are the diagnostics of several files collected, and when do they get their lines?

A check reports a place as a JSON path. Line numbers are looked up at the end and only for reported places:
most files have no errors, and finding a line means reading the text again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

from sts_tui.account.diagnostics.diagnostic import Diagnostic, Severity
from sts_tui.account.diagnostics.json_path import Steps, json_path
from sts_tui.account.diagnostics.printable import printable
from sts_tui.account.diagnostics.source import Source

_printable: Final = lru_cache(maxsize=4096)(printable)
"""Cached, because many of thousands of diagnostics have the same message."""


class Place(Struct, frozen=True):
    """A JSON path in the file with the index `source` among all files."""

    source: int
    steps: Steps


class PendingDiagnostic(Struct, frozen=True, kw_only=True):
    """A diagnostic without its line number. `other`: a second place, for `{other}` in the message."""

    place: Place
    message: str
    hint: str = ""
    severity: Severity = Severity.ERROR
    other: Place | None = None
    at_last: bool = False
    """Whether the last of several equal keys is meant, rather than the first."""


class Diagnostics:
    """Collects the errors and warnings of all files."""

    def __init__(self) -> None:
        self.all: list[PendingDiagnostic] = []

    def add(
        self,
        place: Place,
        message: str,
        *,
        hint: str = "",
        lenient: bool = False,
        other: Place | None = None,
        at_last: bool = False,
    ) -> None:
        """Add an error, or with `lenient` (the place is in a raw dump) a warning."""
        severity = Severity.WARNING if lenient else Severity.ERROR
        pending = PendingDiagnostic(
            place=place, message=message, hint=hint, severity=severity, other=other, at_last=at_last
        )
        self.all.append(pending)

    def located(self, sources: Sequence[Source]) -> list[Diagnostic]:
        """All diagnostics with file and line, sorted by file and line, without duplicates."""
        if not self.all:
            return []
        from sts_tui.account.diagnostics.locate import Locator  # imported on first use

        paths: dict[int, list[Steps]] = {}
        for pending in self.all:
            for place in (pending.place, pending.other):
                if place is not None:
                    paths.setdefault(place.source, []).append(place.steps)
        locators = {source: Locator(sources[source].text, asked) for source, asked in paths.items()}

        def line(place: Place, *, last: bool = False) -> int:
            return locators[place.source].line(place.steps, last=last)

        located = []
        for pending in self.all:
            message = pending.message
            if pending.other is not None:
                other = pending.other
                source = sources[other.source]
                name = f"{source.name}:{line(other)} {json_path(source.written_at(other.steps))}".rstrip()
                message = message.replace("{other}", name)
            diagnostic = Diagnostic(
                file=sources[pending.place.source].name,
                message=_printable(message),
                line=line(pending.place, last=pending.at_last),
                path=printable(json_path(sources[pending.place.source].written_at(pending.place.steps))),
                hint=printable(pending.hint),
                severity=pending.severity,
            )
            located.append((pending.place.source, diagnostic.line, diagnostic))
        located.sort(key=lambda entry: entry[:2])
        return list(dict.fromkeys(diagnostic for _, _, diagnostic in located))
