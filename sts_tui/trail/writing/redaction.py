"""Which login tokens does an event hide, wherever they are? AWS's events hold session tokens; ours hold none.

Members whose names tell of a secret are hidden before (`simulation.calls.redaction`).
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
    """A JSON value whose texts hold no login token: in a message or a document no name tells of one."""
    match value:
        case str():
            return _TOKEN.sub(HIDDEN, value)
        case Mapping():
            return {name: without_tokens(inner) for name, inner in value.items()}
        case list() | tuple():
            return [without_tokens(one) for one in value]
    return value
