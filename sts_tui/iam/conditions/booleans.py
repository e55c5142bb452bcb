"""How does Bool compare? `true`, in any case, is true; everything else is false. Policy variables are
resolved.
"""

from __future__ import annotations

from msgspec.structs import replace

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope
from sts_tui.iam.conditions.strings import templates
from sts_tui.iam.patterns.variables import Values, substituted


def _is_true(text: str) -> bool:
    return text.lower() == "true"


def bool_comparison(_comparison: str, _negated: bool) -> CompileValues:
    """The comparison of values as booleans. AWS has no negated form."""
    return _compile


def _compile(values: tuple[str, ...], scope: Scope) -> Comparison:
    if not scope.settings.variables_in_bool:
        scope = replace(scope, has_variables=False)
    fixed, variable = templates(values, scope, wildcards=False)
    wanted = frozenset(_is_true("".join(map(str, tokens))) for tokens in fixed)

    def is_wanted(value: str, _context: Values) -> Answer:
        return _is_true(value) in wanted

    def is_substituted(value: str, context: Values) -> Answer:
        truth = _is_true(value)
        resolved = (substituted(template, context) for template in variable)
        return truth in wanted or any(
            tokens is not None and _is_true("".join(map(str, tokens))) is truth for tokens in resolved
        )

    return Comparison(is_substituted if variable else is_wanted)
