"""Which calls can the simulation not make, and what to use instead?

The error of such a call is ours and not AWS's: it is raised before anything happens, and no event is
recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.simulation.calls.callers import CallerLike
from sts_tui.simulation.identities import Identity, IdentityKind
from sts_tui.simulation.operations import OPERATIONS

_OF_A_PLAIN_REQUEST: Final = frozenset(("Resource", "Owner"))
_IN_THE_CALLERS_ACCOUNT: Final = (
    *("iam:", "organizations:", "sts:GetSessionToken", "sts:GetFederationToken", "sts:AssumeRoot"),
    "sts:GetWebIdentityToken",
)
"""Prefixes of the names of operations on the caller's own account."""


class NotModelledError(Exception):
    """The simulation does not perform this call. `message` says why, `hint` what to use instead."""

    def __init__(self, action: str, message: str, hint: str) -> None:
        super().__init__(f"{message}; {hint}")
        self.action = action
        self.message = message
        self.hint = hint


def refuse_unmodeled(action: str, params: Mapping[str, object], caller: CallerLike) -> None:
    """Raises NotModelledError for an operation that is not performed, and for one that works in the
    account of a caller outside the files.
    """
    if action not in OPERATIONS:
        if not _OF_A_PLAIN_REQUEST.issuperset(params):
            from sts_tui.simulation.operations.stated_limits import authorizing_action

            asked = authorizing_action(action)
            authorizes = f"request {asked} RESOURCE (in the library sim.request) authorizes it"
            from sts_tui.simulation.operations.stated_limits import stated_limit

            limit = stated_limit(action)
            if limit is not None:
                raise NotModelledError(
                    action, f"{action} is not performed: {limit.why}", f"{limit.instead}; {authorizes}"
                )
            raise NotModelledError(action, f"{action} is not simulated", authorizes)
    elif (
        isinstance(caller, Identity)
        and caller.kind is IdentityKind.OUTSIDE
        and action.startswith(_IN_THE_CALLERS_ACCOUNT)
    ):
        raise NotModelledError(
            action,
            f"{action} works in the caller's account, and account {caller.account} is not in the files",
            f"request {action} RESOURCE authorizes it",
        )
