"""How do ArnEquals and ArnLike compare? Identically: they match the six segments one by one."""

from __future__ import annotations

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope
from sts_tui.iam.conditions.strings import matching_any, templates, text_of
from sts_tui.iam.patterns.variables import Values


def is_arn(text: str) -> bool:
    return text.startswith("arn:") and text.count(":") >= 5


def arn_comparison(_comparison: str, negated: bool) -> CompileValues:
    """The comparison of values as ARNs, which is the same for Equals and Like."""

    def compile_values(values: tuple[str, ...], scope: Scope) -> Comparison:
        fixed, variable = templates(values, scope, wildcards=True)
        from sts_tui.iam.patterns.arn_patterns import arn_matcher

        compiled = [arn_matcher(tokens) for tokens in fixed]
        matchers = [matcher for matcher in compiled if matcher is not None]
        unread = [text_of(tokens) for tokens, one in zip(fixed, compiled, strict=True) if one is None]
        matches = matching_any(matchers, variable, arn_matcher, scope, negated)

        def matches_arn(value: str, context: Values) -> Answer:
            # for a value that is not an ARN, the negated operator is false too
            return is_arn(value) and matches(value, context)

        def matches_with_malformed(value: str, _context: Values) -> Answer:
            """In a Deny, a listed value that is not an ARN matches every ARN (measured on the live service,
            2026).
            """
            return is_arn(value)

        return Comparison(matches_with_malformed, unread[0] or '""') if unread else Comparison(matches_arn)

    return compile_values
