"""How does AWS issue tokens as an identity provider? Those of GetWebIdentityToken, for services outside AWS.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from sts_tui.account.json_value import Json
from sts_tui.identity_providers.keys import AWS_KEYS, private_key, public_jwk
from sts_tui.identity_providers.oidc import sign_rs256

_COORDINATE_BYTES: Final = 48
"""The size of r and s in a P-384 signature, which is r followed by s (RFC 7518, 3.4)."""


def outbound_issuer(account: str) -> str:
    """The issuer URL of an account, derived from its id; EnableOutboundWebIdentityFederation returns it."""
    digits = sha256(f"outbound issuer:{account}".encode()).hexdigest()
    uuid = f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:32]}"
    return f"https://{uuid}.tokens.sts.global.api.aws"


def outbound_jwks() -> dict[str, Json]:
    """The key set that verifies the tokens."""
    return {"keys": [public_jwk(key) for key in AWS_KEYS.values()]}


def payload_of(claims: Mapping[str, object]) -> bytes:
    """The JSON that is signed, whose size is limited."""
    return json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def sign_outbound(claims: Mapping[str, object], algorithm: str) -> str:
    """A JWT signed by AWS. `algorithm` is RS256 or ES384."""
    header = {"alg": algorithm, "kid": AWS_KEYS[algorithm], "typ": "JWT"}
    signing_input = b".".join(_base64url(part) for part in (payload_of(header), payload_of(claims)))
    sign = sign_rs256 if algorithm == "RS256" else _sign_es384
    signature = _base64url(sign(AWS_KEYS[algorithm], signing_input))
    return (signing_input + b"." + signature).decode()


def _sign_es384(key: str, data: bytes) -> bytes:
    """Sign with ECDSA and a nonce derived from key and data (RFC 6979), so that the signature is
    deterministic.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA384

    private = private_key(key)
    if not isinstance(private, EllipticCurvePrivateKey):
        raise TypeError(f"the key {key} is not an elliptic-curve key")
    r, s = decode_dss_signature(private.sign(data, ECDSA(SHA384(), deterministic_signing=True)))
    return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")


def _base64url(raw: bytes) -> bytes:
    return urlsafe_b64encode(raw).rstrip(b"=")
