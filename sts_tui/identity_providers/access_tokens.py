"""How do Login with Amazon and Facebook issue access tokens, and what do they return about a token?

Such a token is opaque: only its provider knows to which user it belongs, so AWS asks the provider. The
simulated provider stores no tokens: the token contains everything that it would look up, with a code that
only the provider can compute.
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
"""In seconds. Login with Amazon documents `expires_in: 3600`; Facebook documents one to two hours."""
_PREFIXES: Final = {"Amazon": "Atza|", "Facebook": "EAA"}
_CODE_SIZE: Final = 43
SIGNATURES: Final = ("forged", "broken")
"""Values of `signature=`: a token that someone else made, or a damaged one."""


class RejectedTokenError(ValueError):
    """The provider does not accept the token. The message says why."""


class TokenProfile(Struct, frozen=True, kw_only=True):
    """What the provider returns about one of its access tokens."""

    app_id: str
    user_id: str
    user: DirectoryUser


def user_id_of(provider: IdentityProvider, user: DirectoryUser) -> str:
    """The id of a user at the provider: the claim if given, else derived from the name."""
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
    """Issue an access token of `user` for the provider's app.

    `overrides`: `exp` in seconds from now, `app_id` of another app, and `signature`, one of `SIGNATURES`.
    Raises ValueError for any other override and for an invalid value.
    """
    content = {
        "user": user.name,
        "app": provider.client_id,
        "exp": int(now.timestamp()) + ACCESS_TOKEN_LIFETIME,
    }
    signature = ""
    for name, value in (overrides or {}).items():
        match name:
            case "exp":
                content["exp"] = int(now.timestamp()) + seconds_from_now("exp", value)
            case "app_id":
                content["app"] = str(value)
            case "signature" if value in SIGNATURES:
                signature = str(value)
            case "signature":
                raise ValueError(f"signature={value}: it can be {' or '.join(SIGNATURES)}")
            case _:
                raise ValueError(f"{name}: of an access token exp, app_id and signature can be set")
    body = _encoded(json.dumps(content, separators=(",", ":")).encode())
    code = _code(FORGER if signature == "forged" else key_of_provider(provider.name), provider, body)
    if signature == "broken":
        code = code[::-1]
    return f"{_PREFIXES[provider.type]}{body}{code}"


def look_up(provider: IdentityProvider, token: str, now: datetime) -> TokenProfile:
    """Look up a token. Raises RejectedTokenError if the provider did not issue it, it has expired, or its
    user no longer exists.
    """
    prefix = _PREFIXES[provider.type]
    body, code = token.removeprefix(prefix)[:-_CODE_SIZE], token[-_CODE_SIZE:]
    expected = _code(key_of_provider(provider.name), provider, body)
    if not token.startswith(prefix) or not compare_digest(code.encode(), expected.encode()):
        raise RejectedTokenError(f"{provider.name} did not issue this token")
    content = json.loads(urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    if now.timestamp() >= content["exp"]:
        raise RejectedTokenError(f"{provider.name} says that the token has expired")
    user = next((one for one in provider.users if one.name == content["user"]), None)
    if user is None:
        raise RejectedTokenError(f"{provider.name} no longer has the user {content['user']}")
    return TokenProfile(app_id=content["app"], user_id=user_id_of(provider, user), user=user)


def _code(key: str, provider: IdentityProvider, body: str) -> str:
    content = f"{provider.name}:{body}".encode("utf-8", "surrogatepass")
    return _encoded(authentication_code(key_text(key), content, "sha256"))


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
