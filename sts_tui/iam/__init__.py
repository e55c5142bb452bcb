"""Do policies allow a request? Pure functions: one request and its policies in, a decision out. No clock, no
sessions, no files.

from sts_tui.iam import PolicySet, Request, evaluate
decision = evaluate(Request(principal="arn:aws:iam::111122223333:user/ana", action="s3:GetObject",
                            resource="arn:aws:s3:::data/key"), PolicySet(identity=[document]))
"""

from typing import TYPE_CHECKING

from sts_tui.iam.access_denied import denied_message
from sts_tui.iam.caller import Caller, CallerKind
from sts_tui.iam.decide import evaluate
from sts_tui.iam.decision import Decision, Outcome
from sts_tui.iam.documents.policy import PolicyDocument, compiled
from sts_tui.iam.layers import Layer
from sts_tui.iam.policy_set import PolicySet
from sts_tui.iam.provenance import PolicyType, Provenance
from sts_tui.iam.request import Request
from sts_tui.iam.settings import DEFAULT_SETTINGS, EvaluationSettings

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explain import Explanation, explain
    from sts_tui.iam.fixing.fixes import Fix, suggest_fixes

__all__ = [
    "DEFAULT_SETTINGS",
    "Caller",
    "CallerKind",
    "Decision",
    "EvaluationSettings",
    "Explanation",
    "Fix",
    "Layer",
    "Outcome",
    "PolicyDocument",
    "PolicySet",
    "PolicyType",
    "Provenance",
    "Request",
    "compiled",
    "denied_message",
    "evaluate",
    "explain",
    "suggest_fixes",
]


def __getattr__(name: str) -> object:
    """Import explanations and suggestions on first use, because they would slow down the start."""
    if name in ("Explanation", "explain"):
        from sts_tui.iam.explaining import explain as explanations

        return getattr(explanations, name)
    if name in ("Fix", "suggest_fixes"):
        from sts_tui.iam.fixing import fixes

        return getattr(fixes, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
