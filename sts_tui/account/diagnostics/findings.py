"""What checks find, before anyone asks for its line."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from sts_tui.account.diagnostics.json_path import Steps, json_path
from sts_tui.account.diagnostics.locate import Locator
from sts_tui.account.diagnostics.printable import printable
from sts_tui.account.diagnostics.problems import Problem, Severity
from sts_tui.account.loading.sources import Source


class Place(Struct, frozen=True):
    """Somewhere in the `source`-th file."""

    source: int
    steps: Steps


class Finding(Struct, frozen=True, kw_only=True):
    """A problem with its place still as a path. `other`: a second place, put for `{other}` in the message."""

    place: Place
    message: str
    hint: str = ""
    severity: Severity = Severity.FAULT
    other: Place | None = None
    at_last: bool = False
    """Whether the last of several equal keys is meant."""


class Findings:
    """Everything found in all files."""

    def __init__(self) -> None:
        self.all: list[Finding] = []

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
        """A fault, or a warning where the place is in a raw dump."""
        severity = Severity.WARNING if lenient else Severity.FAULT
        self.all.append(
            Finding(place=place, message=message, hint=hint, severity=severity, other=other, at_last=at_last)
        )

    def problems(self, sources: Sequence[Source]) -> list[Problem]:
        """Everything with file and line, in the order of the files."""
        locators: dict[int, Locator] = {}

        def line(place: Place, *, last: bool = False) -> int:
            locator = locators.get(place.source)
            if locator is None:
                locator = locators[place.source] = Locator(sources[place.source].text)
            return locator.line(place.steps, last=last)

        located = []
        for finding in self.all:
            message = finding.message
            if finding.other is not None:
                other = finding.other
                name = f"{sources[other.source].name}:{line(other)} {json_path(other.steps)}".rstrip()
                message = message.replace("{other}", name)
            problem = Problem(
                file=sources[finding.place.source].name,
                message=printable(message),
                line=line(finding.place, last=finding.at_last),
                path=printable(json_path(finding.place.steps)),
                hint=printable(finding.hint),
                severity=finding.severity,
            )
            located.append((finding.place.source, problem.line, problem))
        located.sort(key=lambda entry: entry[:2])
        return list(dict.fromkeys(problem for _, _, problem in located))
