"""What is a claim about AWS? Given / when / then, its source, and its confidence.

Claims are data. `decisions/<topic>.json` has those that one policy evaluation shows, `stories/<topic>.json`
those that need time, sessions and calls. Anyone who knows IAM can read them, and `sts-tui selftest` runs
them.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, BaseModel, ConfigDict, PrivateAttr, StringConstraints

DOCUMENTATION = "https://docs.aws.amazon.com/"
OBSERVED = "observed on the live service (2026)"
REPORTS = "https://github.com/"
"""Public threads in which several people, or AWS's own staff, report what the service does."""


class ClaimFileError(Exception):
    """A claim file that cannot be read: unknown key, missing member, an id used twice."""


class Sureness(Enum):
    """The confidence in a claim."""

    DOCUMENTED = "documented"
    """AWS's page states it, or it follows from the page."""
    OBSERVED = "observed"
    """It was observed on the live service."""
    UNVERIFIED = "unverified"
    """The most likely interpretation where the documentation does not say; several have a setting."""


def _is_known(source: str) -> str:
    if source != OBSERVED and not source.startswith((DOCUMENTATION, REPORTS)):
        raise ValueError(f"a source is a page of {DOCUMENTATION}, a thread of {REPORTS} or {OBSERVED!r}")
    return source


class Written(BaseModel):
    """An object in a claim file: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Claim(Written):
    """A claim; `given`, `when` and `then` are added by its kind."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    """Unique within its topic."""
    title: Annotated[str, StringConstraints(pattern=r"^[A-Z`].{18,}\.$")]
    """The claim, in one sentence."""
    source: Annotated[str, AfterValidator(_is_known)]
    """A page of AWS's documentation, a public report, or OBSERVED."""
    sure: Sureness
    _topic: str = PrivateAttr(default="")

    def model_post_init(self, context: Any, /) -> None:
        """Set the topic to the name of the file, which the loader passes as context."""
        self._topic = (context or {}).get("topic", "")

    @property
    def topic(self) -> str:
        return self._topic

    @property
    def name(self) -> str:
        """`topic/id`"""
        return f"{self.topic}/{self.id}"

    def check(self) -> str:
        """Run the claim against the engine; returns the differences, or an empty text."""
        raise NotImplementedError


class ClaimResult(Struct, frozen=True):
    """The result of one claim."""

    claim: Claim
    explanation: str = ""
    """Expected and actual, in words; empty when the claim holds."""

    @property
    def passed(self) -> bool:
        return not self.explanation
