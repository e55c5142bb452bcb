"""How are JMESPath expressions compiled and applied (`--query`, `expect output`, `${last:…}`)?

The library is imported on first use.

https://jmespath.org/specification.html
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sts_tui.tours.reading.errors import StepError

if TYPE_CHECKING:
    from jmespath.parser import ParsedResult  # pragma: no cover


@cache
def compile_expression(expression: str) -> ParsedResult:
    """The compiled expression; raises StepError if it is not JMESPath."""
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.compile(expression)
    except (JMESPathError, RecursionError) as error:
        reason = str(error).partition("\n")[0].rstrip(":")
        raise StepError(f"{expression!r} is not JMESPath: {reason}") from None


def query(expression: str, document: object) -> object:
    """The value that `expression` finds in `document`, None if it finds nothing. Raises StepError for an
    invalid expression.
    """
    from jmespath.exceptions import JMESPathError

    compiled = compile_expression(expression)
    try:
        return compiled.search(document)
    except (JMESPathError, RecursionError) as error:
        raise StepError(f"{expression!r} cannot be applied: {error}") from None
