"""How do StringEquals, StringEqualsIgnoreCase, StringLike and their negations compare?

`conditions/__init__.py` decides whether tag values are compared without case (TagValuesIgnoreCase).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope, ValueTest
from sts_tui.iam.patterns.variables import Template, Values, is_plain, substituted, template_of
from sts_tui.iam.patterns.wildcards import Matcher, Tokens, glob_of, tokens_of


def templates(values: Sequence[str], scope: Scope, *, wildcards: bool) -> tuple[list[Tokens], list[Template]]:
    """The policy's values in two groups: those that are the same for every request, and those with variables.

    Raises MalformedVariableError."""
    if not scope.has_variables:
        return [tokens_of(value) if wildcards else (value,) for value in values], []
    read = [template_of(value, wildcards=wildcards) for value in values]
    fixed: list[Tokens] = [template for template in read if is_plain(template)]  # type: ignore[misc]  # no variable in it
    return fixed, [template for template in read if not is_plain(template)]


def text_of(tokens: Tokens) -> str:
    """The original text of the tokens."""
    return "".join(token if isinstance(token, str) else token.value for token in tokens)


def _same(text: str) -> str:
    return text


# --- the comparisons: each returns a function that compiles the listed values into a test ---


def _equals(fold: Callable[[str], str], negated: bool) -> CompileValues:
    def compile_values(values: tuple[str, ...], scope: Scope) -> Comparison:
        fixed, variable = templates(values, scope, wildcards=False)
        wanted = frozenset(fold(text_of(tokens)) for tokens in fixed)

        def is_one_of(value: str, _context: Values) -> Answer:
            return (value in wanted) is not negated

        def is_one_of_folded(value: str, _context: Values) -> Answer:
            return (fold(value) in wanted) is not negated

        def is_one_of_substituted(value: str, context: Values) -> Answer:
            value = fold(value)
            found = value in wanted or any(
                tokens is not None and fold(text_of(tokens)) == value
                for tokens in (substituted(template, context) for template in variable)
            )
            return found is not negated

        if variable:
            return Comparison(is_one_of_substituted)
        return Comparison(is_one_of if fold is _same else is_one_of_folded)

    return compile_values


def _like(negated: bool) -> CompileValues:
    def compile_values(values: tuple[str, ...], scope: Scope) -> Comparison:
        fixed, variable = templates(values, scope, wildcards=True)
        matchers = [glob_of(tokens) for tokens in fixed]
        return Comparison(matching_any(matchers, variable, glob_of, scope, negated))

    return compile_values


def matching_any(
    matchers: Sequence[Matcher],
    variable: Sequence[Template],
    compile_tokens: Callable[[Tokens], Matcher | None],
    scope: Scope,
    negated: bool,
) -> ValueTest:
    """A test whether a value matches one of the patterns. Patterns with variables are compiled for each
    request.
    """
    wildcards = scope.settings.wildcards_in_variable_values
    only = matchers[0] if len(matchers) == 1 and not variable else None
    patterns = tuple(matchers)

    def matches_it(value: str, _context: Values) -> Answer:
        return only(value) is not negated  # type: ignore[misc]  # chosen only when there is one

    def matches_one(value: str, context: Values) -> Answer:
        for matches in patterns:
            if matches(value):
                return not negated
        for template in variable:
            tokens = substituted(template, context, wildcards_in_values=wildcards)
            compiled = None if tokens is None else compile_tokens(tokens)
            if compiled is not None and compiled(value):
                return not negated
        return negated

    return matches_it if only is not None else matches_one


_COMPARISONS: Final[Mapping[str, Callable[[bool], CompileValues]]] = {
    "Equals": partial(_equals, _same),
    "EqualsIgnoreCase": partial(_equals, str.lower),
    "Like": _like,
}


def string_comparison(comparison: str, negated: bool) -> CompileValues:
    """The comparison of values as text."""
    return _COMPARISONS[comparison](negated)
