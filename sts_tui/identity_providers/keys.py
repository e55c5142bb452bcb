"""With which keys do the simulated providers sign? With test keys that are not secret: they are part of the
package, so never trust anything that they signed.

A provider's key is selected by its name. RSA signatures (PKCS #1 v1.5) and ECDSA with RFC 6979 are
deterministic: the same input gives the same bytes.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from sts_tui.account.json_value import Json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

_PROVIDER_KEYS: Final = 3
FORGER: Final = "forger"
"""A key that no provider publishes, for forged tokens and assertions."""
WORKLOAD: Final = "workload"
"""The key of every certificate that a simulated authority issues."""
AWS_KEYS: Final = {"RS256": "aws-rs256", "ES384": "aws-es384"}
"""Algorithm → AWS's key, with which GetWebIdentityToken signs."""


def key_of_provider(name: str) -> str:
    """The name of the key with which a provider signs. Several providers may share a key."""
    return f"provider-{sha256(name.encode()).digest()[0] % _PROVIDER_KEYS + 1}"


@lru_cache(maxsize=8)
def key_text(key: str) -> bytes:
    """The PEM text of a test key, with its certificate if it has one."""
    return files("sts_tui.identity_providers").joinpath("keys", f"{key}.pem").read_bytes()


@lru_cache(maxsize=8)
def private_key(key: str) -> PrivateKeyTypes:
    """The private key of a test key."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    # the keys are ours: checking their primes would take half a second
    return load_pem_private_key(key_text(key), password=None, unsafe_skip_rsa_key_validation=True)


def rsa_key(key: str) -> RSAPrivateKey:
    """A test key by its name. Raises TypeError if it is not an RSA key."""
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    private = private_key(key)
    if not isinstance(private, RSAPrivateKey):
        raise TypeError(f"the key {key} is no RSA key")
    return private


@lru_cache(maxsize=8)
def certificate(key: str) -> str:
    """The certificate of a test key as PEM, as in a SAML provider's metadata."""
    text = key_text(key).decode()
    return text[text.index("-----BEGIN CERTIFICATE-----") :]


@lru_cache(maxsize=8)
def public_jwk(key: str) -> dict[str, Json]:
    """The public key of a test key as a JSON Web Key (RFC 7517).

    Raises TypeError if it is neither an RSA nor an elliptic curve key.
    """
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from jwt.algorithms import ECAlgorithm, RSAAlgorithm

    private = private_key(key)
    match private:
        case RSAPrivateKey():
            members = RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
            algorithm = "RS256"
        case EllipticCurvePrivateKey():
            members = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
            algorithm = "ES384"
        case _:
            raise TypeError(f"the key {key} is neither RSA nor elliptic")
    return {**members, "kid": key, "use": "sig", "alg": algorithm}
