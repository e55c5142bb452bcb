"""How do Login with Amazon and Facebook issue access tokens, and what do they say about one when asked?

Such a token is opaque: only its provider knows whose it is, so AWS asks the provider. The simulated provider
needs no memory: the token holds what it would look up, with a code that nobody else can make.
https://developer.amazon.com/docs/login-with-amazon/obtain-customer-profile.html
https://developers.facebook.com/docs/facebook-login/guides/access-tokens
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from hmac import digest as authentication_code
from typing import Any, Final

from msgspec import Struct

from sts_tui.account.entities import USER_ID_CLAIMS, DirectoryUser, IdentityProvider
from sts_tui.identity_providers.keys import FORGER, key_of_provider, key_text
from sts_tui.identity_providers.relative_times import seconds_from_now

ACCESS_TOKEN_LIFETIME: Final = 3600
"""Seconds. Login with Amazon says `expires_in: 3600`; Facebook says one to two hours."""
_PREFIXES: Final = {"Amazon": "Atza|", "Facebook": "EAA"}
_CODE_SIZE: Final = 43
SIGNATURES: Final = ("forged", "broken")
"""What `signature=` makes of a token: made by someone else, or damaged."""


class RejectedTokenError(ValueError):
    """The provider does not accept the token; the message says why."""


class TokenProfile(Struct, frozen=True, kw_only=True):
    """What the provider says about one of its access tokens."""

    app_id: str
    user_id: str
    user: DirectoryUser


def user_id_of(provider: IdentityProvider, user: DirectoryUser) -> str:
    """The id of a user at the provider: the claim, or one derived from the name."""
    if claimed := user.claims.get(USER_ID_CLAIMS[provider.type]):
        return str(claimed)
    digest = sha256(f"{provider.name}/{user.name}".encode()).hexdigest()
    return f"amzn1.account.{digest[:28].upper()}" if provider.type == "Amazon" else str(int(digest[:13], 16))


def issue_access_token(
    provider: IdentityProvider,
    user: DirectoryUser,
    *,
    now: datetime,
    overrides: Mapping[str, Any] | None = None,
) -> str:
    """A fresh access token of `user` for the provider's app.

    `overrides`: `exp` in seconds from now, `app_id` of another app, and `signature`, one of `SIGNATURES`.
    Raises ValueError for any other override and for a value that makes no sense.
    """
    said = {"user": user.name, "app": provider.client_id, "exp": int(now.timestamp()) + ACCESS_TOKEN_LIFETIME}
    signature = ""
    for name, value in (overrides or {}).items():
        match name:
            case "exp":
                said["exp"] = int(now.timestamp()) + seconds_from_now("exp", value)
            case "app_id":
                said["app"] = str(value)
            case "signature" if value in SIGNATURES:
                signature = str(value)
            case "signature":
                raise ValueError(f"signature={value}: it can be {' or '.join(SIGNATURES)}")
            case _:
                raise ValueError(f"{name}: of an access token exp, app_id and signature can be set")
    body = _encoded(json.dumps(said, separators=(",", ":")).encode())
    code = _code(FORGER if signature == "forged" else key_of_provider(provider.name), provider, body)
    if signature == "broken":
        code = code[::-1]
    return f"{_PREFIXES[provider.type]}{body}{code}"


def look_up(provider: IdentityProvider, token: str, now: datetime) -> TokenProfile:
    """Whose the token is. Raises RejectedTokenError for one that the provider did not issue, that has
    expired, or whose user it no longer has.
    """
    prefix = _PREFIXES[provider.type]
    body, code = token.removeprefix(prefix)[:-_CODE_SIZE], token[-_CODE_SIZE:]
    expected = _code(key_of_provider(provider.name), provider, body)
    if not token.startswith(prefix) or not compare_digest(code.encode(), expected.encode()):
        raise RejectedTokenError(f"{provider.name} did not issue this token")
    said = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if now.timestamp() >= said["exp"]:
        raise RejectedTokenError(f"{provider.name} says that the token has expired")
    user = next((one for one in provider.users if one.name == said["user"]), None)
    if user is None:
        raise RejectedTokenError(f"{provider.name} no longer has the user {said['user']}")
    return TokenProfile(app_id=said["app"], user_id=user_id_of(provider, user), user=user)


def _code(key: str, provider: IdentityProvider, body: str) -> str:
    said = f"{provider.name}:{body}".encode("utf-8", "surrogatepass")
    return _encoded(authentication_code(key_text(key), said, "sha256"))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
