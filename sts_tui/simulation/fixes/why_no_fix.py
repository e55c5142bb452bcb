"""Why is no fix offered for a denied request? Some policies are not edited to allow one request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sts_tui.iam import Outcome, PolicyType
from sts_tui.simulation.authorization.authorizer import prepare
from sts_tui.simulation.events import RequestAnswered
from sts_tui.simulation.fixes.fixes import as_of_now
from sts_tui.simulation.world import World

_WHOSE: Final[Mapping[PolicyType, str]] = {
    PolicyType.SESSION: "a session policy is part of the credentials: only new ones can be without it",
    PolicyType.SCOPE_DOWN: "a scope-down policy is part of the credentials: only their parent is without it",
    PolicyType.SCP: "an SCP applies to whole accounts: only the organization can change it",
    PolicyType.RCP: "an RCP applies to the resources of whole accounts: only the organization can change it",
    PolicyType.ENDPOINT: "a VPC endpoint's policy applies to requests through it: its owner can change it",
}


def why_no_fix(event: RequestAnswered, world: World) -> str:
    """One sentence on why `fixes` does not edit the deciding policy; empty if it does."""
    if event.recall is None:
        return ""
    decision = prepare(as_of_now(event.recall, world)).decide(world.now)
    if decision.outcome is Outcome.UNDECIDED:
        return "something that is not modeled would decide, so that no edit can be tried"
    if decision.outcome is Outcome.ALLOWED or decision.settled_by is None:
        return ""
    return _WHOSE.get(decision.settled_by, "")
