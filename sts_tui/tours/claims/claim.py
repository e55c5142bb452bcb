"""A claim about AWS: given / when / then, where it is known from, and how sure it is.

Claims are data. `decisions/<topic>.json` holds those that one policy evaluation shows,
`stories/<topic>.json` those that need time, sessions and calls. Anybody who knows IAM can read them, and
`sts-tui selftest` runs them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Self

from sts_tui.tours.claims.members import ClaimFileError, Members

DOCUMENTATION = "https://docs.aws.amazon.com/"
OBSERVED = "observed on the live service (2026)"


class Sureness(Enum):
    """How sure a claim is."""

    DOCUMENTED = "documented"
    """The page says it, or it follows from what the page says."""
    OBSERVED = "observed"
    """The service was seen doing it."""
    UNVERIFIED = "unverified"
    """The likeliest reading where the documentation is silent; several are behind a setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What every claim says about itself."""

    topic: str
    """The name of its file."""
    id: str
    """Unique within its topic."""
    title: str
    """The claim, in one sentence."""
    source: str
    """A page of AWS's documentation, or OBSERVED."""
    sure: Sureness

    @classmethod
    def read(cls, members: Members, topic: str) -> Self:
        heading = cls(
            topic=topic,
            id=members.take("id", str),
            title=members.take("title", str),
            source=members.take("source", str),
            sure=members.one_of("sure", Sureness),
        )
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", heading.id):
            raise ClaimFileError(f"{members.where}: an id is made of small letters, digits and dashes")
        if not re.fullmatch(r"[A-Z`].{18,}\.", heading.title):
            raise ClaimFileError(f"{members.where}: a title is a sentence")
        if heading.source != OBSERVED and not heading.source.startswith(DOCUMENTATION):
            raise ClaimFileError(f"{members.where}: a source is a page of {DOCUMENTATION} or {OBSERVED!r}")
        return heading


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A claim; `given`, `when` and `then` are added by its kind."""

    heading: Heading

    @property
    def name(self) -> str:
        """`topic/id`"""
        return f"{self.heading.topic}/{self.heading.id}"

    @property
    def topic(self) -> str:
        return self.heading.topic

    @property
    def title(self) -> str:
        return self.heading.title

    def check(self) -> str:
        """Runs it against the engine; answers what differs, or nothing."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class ClaimResult:
    """What came of one claim."""

    claim: Claim
    explanation: str = ""
    """Wanted and actual, in words; empty when the claim holds."""

    @property
    def passed(self) -> bool:
        return not self.explanation
