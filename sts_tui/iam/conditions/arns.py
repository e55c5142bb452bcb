"""ArnEquals and ArnLike, which are the same, and their negations: six segments, matched one by one."""

from __future__ import annotations

from sts_tui.iam.conditions.operator import Answer, CompileValues, Scope, ValueTest
from sts_tui.iam.conditions.strings import matching_any, templates
from sts_tui.iam.patterns.arn_patterns import arn_matcher
from sts_tui.iam.patterns.variables import Values


def is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") >= 5


def arn_comparison(_comparison: str, negated: bool) -> CompileValues:
    """How values are compared as ARNs: Equals and Like are the same."""

    def compile_values(values: tuple[str, ...], scope: Scope) -> ValueTest:
        fixed, variable = templates(values, scope, wildcards=True)
        compiled = [arn_matcher(tokens) for tokens in fixed]
        matchers = [matcher for matcher in compiled if matcher is not None]
        is_malformed = len(matchers) < len(compiled)
        matches = matching_any(matchers, variable, arn_matcher, scope, negated)

        def matches_arn(value: str, context: Values) -> Answer:
            return is_arn(value) and matches(
                value, context
            )  # what is no ARN matches nothing, negated neither

        def matches_beside_malformed(value: str, context: Values) -> Answer:
            """An operand that is no ARN: an Allow never grants by it, a Deny takes it for a match."""
            if not is_arn(value):
                return False
            return scope.is_deny or (not negated and matches(value, context))

        return matches_beside_malformed if is_malformed else matches_arn

    return compile_values
