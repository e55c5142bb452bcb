"""How does a sign-in page prove that a user has signed in? With a signed code that is valid for a few
minutes.

The access portal of IAM Identity Center and the sign-in page of the console return an OAuth code to the
client, which exchanges it for tokens. AWS's codes are opaque. Ours are readable, and their signature is
verified.
https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
https://docs.aws.amazon.com/signin/latest/APIReference/API_CreateOAuth2Token.html
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from sts_tui.identity_providers.keys import key_of_provider, rsa_key
from sts_tui.identity_providers.oidc import sign_rs256

CODE_LIFETIME: Final = 600
"""In seconds. AWS does not document it."""
PORTAL: Final = "access portal"
CONSOLE: Final = "console sign-in"
IDENTITY_CONTEXT: Final = "identity context"
"""The kind of code that an application gets for a signed-in user: `sts:identity_context` of an ID token.
https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateTokenWithIAM.html"""


class InvalidCodeError(ValueError):
    """The code is not from this page, or was changed."""


class ExpiredCodeError(InvalidCodeError):
    """The code is older than `CODE_LIFETIME`."""


def issue_code(page: str, subject: str, now: datetime) -> str:
    """Issue a code that `subject` has signed in at `page` (`PORTAL`, `CONSOLE`)."""
    body = _encoded(json.dumps({"sub": subject, "iat": int(now.timestamp())}).encode())
    return f"{body}.{_encoded(sign_rs256(key_of_provider(page), f'{page}:{body}'.encode()))}"


def read_code(page: str, code: str, now: datetime) -> str:
    """The subject of a code. Raises InvalidCodeError, ExpiredCodeError."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    body, _, signature = code.partition(".")
    try:
        raw = _decoded(signature)
        public = rsa_key(key_of_provider(page)).public_key()
        public.verify(raw, f"{page}:{body}".encode(), PKCS1v15(), SHA256())
        claims = json.loads(_decoded(body))
    except (InvalidSignature, ValueError, binascii.Error):
        raise InvalidCodeError("the code is not one of this sign-in page") from None
    assert isinstance(claims, Mapping)  # it was signed here
    issued = datetime.fromtimestamp(claims["iat"], UTC)
    if (now - issued).total_seconds() > CODE_LIFETIME:
        raise ExpiredCodeError(f"the code of {issued:%H:%M:%S} was valid for {CODE_LIFETIME} seconds")
    return str(claims["sub"])


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
