"""Which parts of a request are secret? Members whose names denote secrets.

`Logins` of Cognito has its tokens under the names of login providers, so every value in it is hidden, as in
AWS's own events.
https://docs.aws.amazon.com/cognito/latest/developerguide/understanding-amazon-cognito-entries.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

HIDDEN: Final = "HIDDEN_DUE_TO_SECURITY_REASONS"
"""The text that CloudTrail writes in place of a secret."""
MOST_KEPT: Final = 2_000
"""The maximum number of characters of a failed request's parameters in the log."""
_SECRET: Final = ("password", "secret", "token", "assertion", "privatekey")
"""Name parts of members that contain a secret."""
_SECRETS: Final = frozenset(("code", "devicecode", "usercode", "codeverifier", "authorizationcode", "logins"))
"""Whole names of such members, in lower case."""
_MAPS: Final = frozenset(("logins",))
"""Members whose values are secrets although their names do not show it."""


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


def kept_parameters(parameters: Mapping[str, object]) -> str:
    """The parameters of a failed request for the log, as JSON without secrets; empty if they are too long or
    cannot be written.
    """
    import json

    try:
        written = json.dumps(redacted(parameters), ensure_ascii=False)
    except (TypeError, ValueError):
        return ""
    return written if len(written) <= MOST_KEPT else ""
