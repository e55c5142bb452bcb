"""How are struct columns in a CSV of Athena parsed? They have the form `{type=AssumedRole, arn=arn:…}`.

Values are not quoted, so a value ends before `, name=` with a known name.
https://docs.aws.amazon.com/athena/latest/ug/create-cloudtrail-table.html
"""

from __future__ import annotations

import re
from typing import Any, Final

_NAMES: Final = (
    *("type", "principalId", "arn", "accountId", "accessKeyId", "userName", "invokedBy", "sessionContext"),
    *("attributes", "sessionIssuer", "webIdFederationData", "sourceIdentity", "ec2RoleDelivery"),
    *("mfaAuthenticated", "creationDate", "federatedProvider", "identityProvider", "onBehalfOf", "userId"),
    *("identityStoreArn", "credentialId", "signInSessionArn", "sessionCredentialFromConsole", "assumedRoot"),
    *("inScopeOf", "issuerType", "credentialsIssuedTo", "sourceArn", "sourceAccount"),
)
_CANONICAL: Final = {name.lower(): name for name in _NAMES} | {"accountid": "accountId", "arn": "arn"}
_NAME: Final = re.compile(rf"({'|'.join(_CANONICAL)}|[a-z_]\w*)=", re.IGNORECASE)
_NEXT: Final = re.compile(rf", (?={'|'.join(f'{name}=' for name in _CANONICAL)})", re.IGNORECASE)


def canonical(value: Any) -> Any:
    """A structure with CloudTrail's member names, from Athena's lower-case names."""
    match value:
        case dict():
            return {_CANONICAL.get(name.lower(), name): canonical(inner) for name, inner in value.items()}
        case list():
            return [canonical(one) for one in value]
    return value


def value_of_row(text: str) -> Any:
    """The value of a row or an array of rows; None for `null`. Other text is returned unchanged."""
    return _value(text.strip())


def _value(text: str) -> Any:
    if text in ("null", ""):
        return None
    if text.startswith("[") and text.endswith("]"):
        return [_value(one) for one in _parts(text[1:-1], ", ")]
    if text.startswith("{") and text.endswith("}"):
        return dict(_member(one) for one in _parts(text[1:-1], None) if one)
    return text


def _member(text: str) -> tuple[str, Any]:
    name, _, value = text.partition("=")
    return _CANONICAL.get(name.strip().lower(), name.strip()), _value(value)


def _parts(text: str, between: str | None) -> list[str]:
    """The parts at the outermost level, split between known names or at a separator between rows."""
    found, depth, begin, at = [], 0, 0, 0
    while at < len(text):
        one = text[at]
        if one in "{[":
            depth += 1
        elif one in "}]":
            depth -= 1
        elif one == "," and depth == 0:
            is_next = text.startswith(between, at) if between else _NEXT.match(text, at)
            if is_next:
                found.append(text[begin:at])
                begin = at + 2
        at += 1
    return [*found, text[begin:]] if text else []
