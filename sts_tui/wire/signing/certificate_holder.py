"""Was a request signed by the holder of its certificate?

The certificate is in the header `X-Amz-X509`, which is signed; Credential begins with its serial number in
decimal digits. CreateSession decides whether a trust anchor trusts the certificate.
https://docs.aws.amazon.com/rolesanywhere/latest/userguide/authentication-sign-process.html
"""

from __future__ import annotations

from typing import Final

from sts_tui.wire.messages import HttpRequest
from sts_tui.wire.signing.credential import Credential
from sts_tui.wire.signing.verification import body_is_as_signed, string_to_sign

CERTIFICATE: Final = "x-amz-x509"
CHAIN: Final = "x-amz-x509-chain"
"""The header with the certificates between it and the trust anchor, joined by commas."""


def holder_signed(request: HttpRequest, credential: Credential) -> bool:
    """Whether the certificate's key made this signature, with the algorithm that the request names."""
    from sts_tui.identity_providers.certificates import (  # loads cryptography
        InvalidCertificateError,
        certificate_facts,
        key_algorithm,
        verify_signature,
    )

    shown = request.header(CERTIFICATE)
    if CERTIFICATE not in credential.signed_headers or not body_is_as_signed(request, credential):
        return False
    try:
        serial = str(int(certificate_facts(shown).serial, 16))
        is_meant = credential.access_key_id == serial and f"-{key_algorithm(shown)}-" in credential.algorithm
        signature = bytes.fromhex(credential.signature)
        signed = string_to_sign(request, credential).encode()
        return is_meant and verify_signature(shown, signature, signed)
    except (InvalidCertificateError, ValueError):
        return False
