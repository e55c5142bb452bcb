"""What does an event hide of a request? Members whose names tell of a secret, and login tokens anywhere.

`Logins` of Cognito has its tokens under the names of login providers, so every value in it is hidden, as in
AWS's own events. AWS's events hold session tokens; ours hold none, and no token at any other place either.
https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from sts_tui.trail.writing.issuing import HIDDEN

_SECRET: Final = ("password", "secret", "token", "assertion", "privatekey")
"""Parts of names of members that hold a secret."""
_SECRETS: Final = frozenset(("code", "devicecode", "usercode", "codeverifier", "authorizationcode", "logins"))
"""Whole names of such members, in lower case."""
_MAPS: Final = frozenset(("logins",))
"""Members whose values are secrets although their names say nothing."""
_TOKEN: Final = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON web token
    r"|Atza\|[\w.~+/=-]{16,}"  # an access token of Login with Amazon
    r"|EAA[\w.-]{60,}"  # one of Facebook
)


def redacted(request: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a request by name, secrets at any depth replaced as CloudTrail does."""
    return {name: _without_secrets(name, value) for name, value in request.items()}


def _without_secrets(name: str, value: Any) -> Any:
    match value:
        case str() | bytes() if _is_secret(name):
            return HIDDEN
        case Mapping() if name.lower() in _MAPS:
            return {key: _without_secrets(name, inner) for key, inner in value.items()}
        case Mapping():
            return redacted(value)
        case list() | tuple():
            return [_without_secrets(name, one) for one in value]
    return value


def _is_secret(name: str) -> bool:
    lowered = name.lower()
    return lowered in _SECRETS or any(word in lowered for word in _SECRET)


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
