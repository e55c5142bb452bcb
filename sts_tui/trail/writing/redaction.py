"""Which login tokens are hidden in events, in any place? AWS's events contain session tokens; ours do not.

Members whose names indicate a secret are hidden before (`simulation.calls.redaction`).
https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sts_tui.simulation.calls.redaction import HIDDEN

_TOKEN: Final = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON web token
    r"|Atza\|[\w.~+/=-]{16,}"  # an access token of Login with Amazon
    r"|EAA[\w.-]{60,}"  # one of Facebook
)


def without_tokens(value: Any) -> Any:
    """A JSON value with all login tokens in its texts hidden, for messages and documents, where no member
    name indicates them.
    """
    match value:
        case str():
            return _TOKEN.sub(HIDDEN, value)
        case Mapping():
            return {name: without_tokens(inner) for name, inner in value.items()}
        case list() | tuple():
            return [without_tokens(one) for one in value]
    return value
