"""How does BinaryEquals compare? Both values are decoded from base64 and compared byte by byte."""

from __future__ import annotations

from sts_tui.iam.conditions.operator import Answer, Comparison, CompileValues, Scope
from sts_tui.iam.conditions.ordered import malformed_among
from sts_tui.iam.patterns.variables import Values


def decoded(text: str) -> bytes | None:
    """The bytes of a base64 text; None if it is not base64."""
    import base64
    import binascii

    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def binary_comparison(_comparison: str, _negated: bool) -> CompileValues:
    """The comparison of values as bytes. AWS has no negated form."""
    return _compile


def _compile(values: tuple[str, ...], _scope: Scope) -> Comparison:
    wanted = frozenset(decoded(value) for value in values) - {None}
    malformed = malformed_among(values, decoded)
    otherwise: Answer = None if malformed else False

    def equals(value: str, _context: Values) -> Answer:
        actual = decoded(value)
        if actual is None:
            return False
        return True if actual in wanted else otherwise

    return Comparison(equals, malformed)
