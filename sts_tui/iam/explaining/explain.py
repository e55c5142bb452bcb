"""How is an explanation of a decision made, with every layer and every statement?

The verdicts are results of `Statement.match`. `explain` compares every statement and keeps only the numeric
result; texts are generated when they are read, and the modules for that are imported then.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from sts_tui.account.json_value import Json
from sts_tui.iam.access_denied import denied_message
from sts_tui.iam.decide import as_policies_see_it, evaluate
from sts_tui.iam.decision import Decision
from sts_tui.iam.layers import Layer
from sts_tui.iam.policy_results import own_policy_type
from sts_tui.iam.policy_set import PolicySet
from sts_tui.iam.request import Request

if TYPE_CHECKING:
    from sts_tui.iam.explaining.explanation import ExplanationText, LayerExplanation, StatementExplanation
    from sts_tui.iam.explaining.near_misses import NearMisses


def explain(request: Request, policies: PolicySet) -> Explanation:
    """Decide a request and compare every statement of every layer with it."""
    return Explanation(as_policies_see_it(request, policies), policies, evaluate(request, policies))


class Explanation:
    """A decision and everything that led to it. `layers` are in the order in which AWS evaluates them."""

    def __init__(self, request: Request, policies: PolicySet, decision: Decision) -> None:
        self.request = request
        self.policies = policies
        self.decision = decision
        self.codes: tuple[tuple[Layer, list[int]], ...] = tuple(
            (layer, layer.codes(request)) for layer in policies.layers.in_order
        )
        """Each layer with the result of `Statement.match` for each of its statements."""

    @cached_property
    def layers(self) -> tuple[LayerExplanation, ...]:
        """Every policy type, even without a policy. SCPs and RCPs have one layer for each level."""
        from sts_tui.iam.explaining.layer_explanation import Compared, explained_layers

        return tuple(explained_layers(Compared(self.request, self.decision, self.codes)))

    @property
    def nearest_miss(self) -> StatementExplanation | None:
        """The Allow that came nearest to matching, in the layer whose missing Allow decided; None if there is
        none.
        """
        return next(
            (layer.nearest_miss for layer in self.layers if layer.is_missing_in(self.decision)),
            None,
        )

    @cached_property
    def near_misses(self) -> NearMisses:
        """Every evaluated statement that did not match, nearest first."""
        from sts_tui.iam.explaining.layer_explanation import Compared
        from sts_tui.iam.explaining.near_misses import near_misses

        return near_misses(Compared(self.request, self.decision, self.codes), own_policy_type(self.request))

    @property
    def sentence(self) -> str:
        """AWS's access denied message; empty if the request is allowed."""
        return "" if self.decision.is_allowed else denied_message(self.request, self.decision)

    def lines(self) -> list[str]:
        """The explanation as lines of plain text."""
        return list(self._text.lines())

    def to_json(self) -> dict[str, Json]:
        """The explanation as JSON values."""
        return self._text.to_json()

    def to_authorization_message(self) -> dict[str, object]:
        """The response of DecodeAuthorizationMessage, as JSON values."""
        return self._text.to_authorization_message()

    @property
    def _text(self) -> ExplanationText:
        from sts_tui.iam.explaining.explanation import ExplanationText

        return ExplanationText(self.request, self.decision, self.layers, self.sentence, self.near_misses)
