"""What state a session is in, computed from (session, world), never stored."""

from __future__ import annotations

from enum import Enum


class SessionState(Enum):
    """The words the screen, tours and `expect session` use. The first that holds of expired, orphaned,
    revoked, revoking, expiring, active. `expiring` and `revoking` count as active.
    """

    ACTIVE = "active"
    EXPIRING = "expiring"
    """Less than a tenth of its life or five minutes left."""
    REVOKING = "revoking"
    """A dated Deny was written that will cover it and is not yet in force."""
    REVOKED = "revoked"
    """A dated Deny on its issue time, in a role's or user's policy, denies it everything."""
    ORPHANED = "orphaned"
    """The role or user it was issued from is gone."""
    EXPIRED = "expired"

    @property
    def counts_as_active(self) -> bool:
        return self in (SessionState.ACTIVE, SessionState.EXPIRING, SessionState.REVOKING)
