"""How does an OIDC provider issue ID tokens? As JWTs (RFC 7519), with the key set that verifies them.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from sts_tui.account.entities import DirectoryUser, IdentityProvider
from sts_tui.identity_providers.keys import FORGER, key_of_provider, public_jwk, rsa_key
from sts_tui.identity_providers.relative_times import seconds_from_now

TOKEN_LIFETIME: Final = 900
DEFAULT_AUDIENCE: Final = "sts.amazonaws.com"
TAGS_CLAIM: Final = "https://aws.amazon.com/tags"
ROLES_CLAIM: Final = "https://aws.amazon.com/roles"
SOURCE_IDENTITY_CLAIM: Final = "https://aws.amazon.com/source_identity"

TIMES: Final = ("exp", "iat", "nbf", "auth_time")
HEADER: Final = ("alg", "kid")
SIGNATURES: Final = ("forged", "broken", "none")
"""Values of `signature=`: a token signed with another key, a damaged one, or one without signature."""


def jwks(provider: IdentityProvider) -> dict[str, Any]:
    """The provider's key set, as its `jwks_uri` would return it (RFC 7517)."""
    return {"keys": [{**public_jwk(key_of_provider(provider.name)), "kid": key_id(provider)}]}


def key_id(provider: IdentityProvider) -> str:
    """The `kid` of its tokens. It is different for each provider, although providers share a few test keys,
    so that a token that one of them issued in another's name is refused.
    """
    return f"{provider.name}-signing-key"


def issue_oidc(
    provider: IdentityProvider,
    user: DirectoryUser,
    *,
    now: datetime,
    overrides: Mapping[str, Any] | None = None,
) -> str:
    """Issue an ID token of `user`, signed with RS256 and with a `kid`.

    `overrides` replaces claims by name: `exp`, `iat`, `nbf` and `auth_time` are in seconds from now, an empty
    value removes the claim (or `kid`), and a value in JSON brackets is parsed as JSON. `alg` and `kid`
    replace those in the header; `signature` is one of `SIGNATURES`. Raises ValueError for an invalid
    override.
    """
    claims = _claims(provider, user, int(now.timestamp()))
    header = {"alg": "RS256", "kid": key_id(provider), "typ": "JWT"}
    signature = ""
    for name, value in (overrides or {}).items():
        if name == "signature":
            signature = _known_signature(value)
        elif name == "kid" and value in ("", None):
            del header["kid"]
        elif name in HEADER:
            header[name] = str(value)
        elif value in ("", None):
            claims.pop(name, None)
        else:
            claims[name] = (
                int(now.timestamp()) + seconds_from_now(name, value) if name in TIMES else _read(value)
            )
    return _signed(header, claims, signature, key_of_provider(provider.name))


def _claims(provider: IdentityProvider, user: DirectoryUser, now: int) -> dict[str, Any]:
    claims: dict[str, Any] = {
        "iss": provider.issuer,
        "sub": user.name,
        "aud": provider.client_id or DEFAULT_AUDIENCE,
        "iat": now,
        "nbf": now,
        "exp": now + TOKEN_LIFETIME,
        **user.claims,
    }
    if user.principal_tags and TAGS_CLAIM not in claims:
        claims[TAGS_CLAIM] = {
            "principal_tags": {key: [value] for key, value in user.principal_tags.items()},
            "transitive_tag_keys": list(user.transitive_tag_keys),
        }
    if user.source_identity is not None:
        claims.setdefault(SOURCE_IDENTITY_CLAIM, user.source_identity)
    if user.roles:
        claims.setdefault(ROLES_CLAIM, list(user.roles))
    claims.setdefault("jti", sha256(json.dumps(claims, sort_keys=True).encode()).hexdigest()[:32])
    return claims


def _known_signature(value: Any) -> str:
    if value not in SIGNATURES:
        raise ValueError(f"signature={value}: it can be {', '.join(SIGNATURES)}")
    return str(value)


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in ("[", "{"):
        try:
            return json.loads(value)
        except ValueError:
            raise ValueError(f"{value} looks like JSON and is not") from None
    return value


def _signed(header: Mapping[str, str], claims: Mapping[str, Any], signature: str, key: str) -> str:
    signing_input = f"{_segment(header)}.{_segment(claims)}"
    if signature == "none" or header["alg"] == "none":
        return f"{signing_input}."
    raw = sign_rs256(FORGER if signature == "forged" else key, signing_input.encode())
    if signature == "broken":
        raw = bytes([raw[0] ^ 1]) + raw[1:]
    return f"{signing_input}.{_base64url(raw)}"


def sign_rs256(key: str, data: bytes) -> bytes:
    """Sign with a test key: RSASSA-PKCS1-v1_5 with SHA-256."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    return rsa_key(key).sign(data, PKCS1v15(), SHA256())


def _segment(value: Mapping[str, Any]) -> str:
    return _base64url(
        json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
    )


def _base64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
