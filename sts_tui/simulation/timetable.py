"""What does a scripted attacker do, and when? The timetable of a game day, and its progress.

A game day begins at a given time and has a given duration. Its attacks are scripted: at a time after the
beginning, once or at regular intervals, with credentials that the attacker took or obtained. The player does
not see the timetable. The counts are kept here, with the attacks, so that they survive a resume and do not
depend on the size of the request log.

**Order.** Attacks that are due at one time happen in the order in which they are written, after everything
else that is due at that time.

**What must never happen.** The attacker uses credentials that it has not taken or obtained. `undo` reverts
something that the attacker did.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from msgspec import Struct, field
from msgspec.structs import replace

END: Final = "end"
"""The name of the end of the game day in the schedule; attacks are named by their number."""
ANONYMOUS: Final = "anonymous"
"""In place of a name of credentials: calls that are not signed."""
UNCOUNTED: Final = frozenset({"sts:GetCallerIdentity"})
"""Actions that need no permission and cannot be denied, so that they show nothing about containment.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""


class Attack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the timetable."""

    text: str
    """The step as written."""
    begins: float
    """Seconds after the beginning of the game day."""
    every: float = 0
    """Seconds from one attempt to the next; 0: once."""
    until: float | None = None
    """Seconds after the beginning from which it is no longer attempted; None: until the end."""
    who: str
    """The name of credentials that the attacker has; for a theft, whose credentials it takes (a WHO of
    tours).
    """
    action: str = ""
    """Empty: it takes the credentials that WHO has then, without a request to AWS."""
    params: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    region: str | None = None
    is_plain: bool = False
    """Whether it is only authorized, even if the action is a simulated operation."""
    name: str = ""
    """The attacker's name for the credentials that it takes or obtains."""

    @property
    def is_theft(self) -> bool:
        return not self.action

    @property
    def obtains(self) -> str:
        """The attacker's name for the credentials of this attack: that of the script, else the name in the
        call.
        """
        if self.name:
            return self.name
        named = (self.params.get(member) for member in ("RoleSessionName", "Name", "UserName"))
        return next((name for name in named if isinstance(name, str)), self.who)

    def goes_on_after(self, made: int) -> bool:
        """Whether there is another attempt after this many, regardless of the end of the game day."""
        if not self.every:
            return made < 1
        return self.until is None or self.begins + self.every * made < self.until

    @property
    def is_counted(self) -> bool:
        """Whether its attempts are requests that containment could deny."""
        return not self.is_theft and self.action not in UNCOUNTED


class Attempts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The results of one line of the timetable so far."""

    made: int = 0
    through: int = 0
    """How many of them were allowed."""
    last_at: datetime | None = None
    last_code: str = ""
    """`200`, AWS's error code, or why no request was made."""


class Pars(Struct, frozen=True, kw_only=True):
    """The values up to which a measure gets all its points."""

    detect: float = 300
    """Seconds."""
    contain: float = 900
    """Seconds."""
    through: int = 20
    denied: int = 10


class GameDay(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A game day: its plan and its results so far."""

    begins_at: datetime
    ends_at: datetime
    pars: Pars = Pars()
    attacks: tuple[Attack, ...] = ()
    attempts: tuple[Attempts, ...] = ()
    """The results of each attack, in order."""
    taken: Mapping[str, str] = field(default_factory=dict)
    """Access key ids that the attacker has, by its names for them."""
    first_at: datetime | None = None
    """The attacker's first request."""
    last_through_at: datetime | None = None
    """Its last request that was allowed."""
    stopped_since: datetime | None = None
    """Its first request after that one; all requests since were denied. None: the last request was
    allowed.
    """
    detected_at: datetime | None = None
    """When the player first looked at credentials that the attacker has."""
    responded_at: datetime | None = None
    """The player's first write after the attacker's first request."""
    failed_before: int = 0
    """Requests of workloads that had failed when the game day began."""
    failed: int | None = None
    """The same at the end; None: the game day is not over."""

    def due_at(self, name: str) -> datetime | None:
        """When the end or the next attempt of an attack, by its number, is due; None: never again."""
        if name == END:
            return self.ends_at if self.failed is None else None
        attack, made = self.attacks[int(name)], self.attempts[int(name)].made
        if not attack.goes_on_after(made):
            return None
        at = self.begins_at + timedelta(seconds=attack.begins + attack.every * made)
        return at if at < self.ends_at else None

    def due(self) -> dict[str, datetime]:
        """When everything that remains is due, by its name in the schedule."""
        names = (*(str(number) for number in range(len(self.attacks))), END)
        return {name: at for name in names if (at := self.due_at(name)) is not None}

    @property
    def is_stopped(self) -> bool:
        """Whether the attacker's last request was denied, and also the last attempt of every line that will
        be repeated.
        """
        if self.stopped_since is None:
            return False
        return not any(
            attack.is_counted and attempts.last_code == "200" and attack.goes_on_after(attempts.made)
            for attack, attempts in zip(self.attacks, self.attempts, strict=True)
        )

    def with_attack(self, attack: Attack) -> GameDay:
        return replace(self, attacks=(*self.attacks, attack), attempts=(*self.attempts, Attempts()))

    def attempted(self, number: int, at: datetime, code: str, key: str) -> GameDay:
        """After an attempt. `code`: `200`, or why it failed. `key`: the access key id that it took or
        obtained; may be empty.
        """
        attack, before, is_allowed = self.attacks[number], self.attempts[number], code == "200"
        now = Attempts(made=before.made + 1, through=before.through + is_allowed, last_at=at, last_code=code)
        attempts = (*self.attempts[:number], now, *self.attempts[number + 1 :])
        taken = {**self.taken, attack.obtains: key} if key else self.taken
        after = replace(self, attempts=attempts, taken=taken)
        if not attack.is_counted:
            return after
        first_at = self.first_at or at
        if is_allowed:
            return replace(after, first_at=first_at, last_through_at=at, stopped_since=None)
        return replace(after, first_at=first_at, stopped_since=self.stopped_since or at)

    def looked_at(self, keys: frozenset[str], at: datetime) -> GameDay:
        """The player looked at these credentials, by access key id."""
        if (
            self.detected_at is not None
            or self.failed is not None
            or not keys.intersection(self.taken.values())
        ):
            return self
        return replace(self, detected_at=at)

    def responded(self, at: datetime) -> GameDay:
        """The player changed the configuration."""
        if self.responded_at is not None or self.first_at is None or self.failed is not None:
            return self
        return replace(self, responded_at=at)
